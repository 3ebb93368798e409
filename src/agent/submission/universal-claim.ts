/**
 * The words by which a statement speaks of everything or of nothing ("no other callers", "the only place", "never
 * checked", "all instances"); undefined when it does not. Only a search that can be run again shows such a thing.
 */
export function universalClaim(words: string): string | undefined {
  return universalMatch(words)?.text;
}

/** The same with where it is, from 0. */
export function universalMatch(words: string): { readonly text: string; readonly at: number } | undefined {
  for (const pattern of PATTERNS) {
    const match = pattern.exec(words);
    if (match !== null) return { text: match[0].trim().replace(/\s+/g, " "), at: match.index };
  }
  return undefined;
}

/** What there are many of in a repository. */
const THINGS =
  "(?:callers?|calls?|callsites?|uses?|usages?|instances?|places?|occurrences?|copies|functions?|methods?|class(?:es)?|" +
  "files?|modules?|tests?|references?|importers?|imports?|consumers?|implementations?|handlers?|docs?|" +
  "documentation|sites?|writers?|readers?|definitions?|code)";
/** These are also spoken of where one piece of code is described: "takes no lock". */
const LOCAL = "(?:checks?|locks?|guards?)";
/** "Each call reads the file" describes a function; "each caller" speaks of the repository. */
const ELSEWHERE =
  "(?:callers?|callsites?|usages?|instances?|places?|occurrences?|copies|class(?:es)?|modules?|references?|importers?|" +
  "consumers?|implementations?|sites?)";
const SMALL = "two|three|four|five|six|seven|eight|nine|ten|both|of these|of them|these|those|\\d{1,3}";
const USED =
  "(?:called|used|referenced|tested|covered|imported|documented|reached|invoked|instantiated|subclassed|overridden)";
const USES =
  "(?:calls?|uses?|references?|tests?|covers?|imports?|documents?|reads?|writes?|touches|invokes?|depends?)";

/** Bounded gaps and no nesting: each runs in linear time. */
const PATTERNS: readonly RegExp[] = [
  `\\b(?:no|zero|0) (?:other |further |more |additional |existing |such |known |single )?(?:\\w{1,20} ){0,2}?${THINGS}\\b`,
  `\\bno (?:other|further|more|additional|existing|such|known) (?:\\w{1,20} ){0,2}?${LOCAL}\\b`,
  `\\bno (?:\\w{1,20} ){0,2}?${LOCAL} (?:anywhere|at all|in the)\\b`,
  `\\b(?:the|its|their|one) (?:only|sole|single|one) (?:\\w{1,20} ){0,2}?(?:${THINGS}|${LOCAL})\\b`,
  `\\bonly (?:one|a single) (?:\\w{1,20} ){0,1}?(?:${THINGS}|${LOCAL})\\b`,
  `\\b(?:all|every|none|any) (?:of )?(?!(?:the |its )?(?:${SMALL})\\b)(?:the |its |their )?(?:other )?(?:\\w{1,20} )?(?:${THINGS}|${LOCAL})\\b`,
  `\\beach (?:of )?(?!(?:the |its )?(?:${SMALL})\\b)(?:the |its |their )?(?:other )?(?:\\w{1,20} )?${ELSEWHERE}\\b`,
  `\\beach (?:call|use|test|function|method) (?:\\w{1,20} ){0,3}?(?:is|are|has|goes|passes)\\b`,
  `\\b(?:nowhere|anywhere|elsewhere|everywhere|nothing else|anything else|everything else)\\b`,
  `\\bin (?:\\w{1,20} ){0,3}?alone\\b`,
  `\\bno (?:\\w{1,20} ){0,2}?(?:counterparts?|equivalents?|traces?|mentions?|coverage|examples?) (?:of|in|for|is|are|exists?)\\b`,
  `\\b(?:tests?|docs|documentation|coverage|${ELSEWHERE}) (?:\\w{1,20} ){0,3}?(?:(?:do|does) not|don['’]?t|doesn['’]?t) exist\\b`,
  `\\b(?:tests?|test suite|suite|documentation|docs) (?:never|nowhere|(?:do|does) not|don['’]?t|doesn['’]?t) (?:\\w{1,20} )?(?:covers?|tests?|exercises?|mentions?|calls?|uses?|checks?|touch(?:es)?|contains?|includes?|says?)\\b`,
  `\\bnot (?:a single|one|any) (?:\\w{1,20} )?\\w{1,20}\\b`,
  `\\bnone (?:but|other|else|except)\\b`,
  `\\bno (?:other|further|more|additional) (?:\\w{1,20} ){1,2}?(?:is|are) (?:needed|required|affected|necessary|changed|involved|touched)\\b`,
  `\\b(?:anyone|anybody|whoever) (?:who|that|${USES}|calling|using)\\b`,
  `\\b(?:all|every) (?:\\w{1,20} )?(?:requests?|users?|services?|packages?|clients?) (?:\\w{1,20} ){0,3}?(?:is|are|go|goes|pass|passes|uses?|calls?|depends?|reach|reaches)\\b`,
  `\\b(?:nobody|no(?:-| )one|noone|no body|no developer|no part|no piece)\\b`,
  `\\bnothing (?:other|more|in the|in this|in \\s*(?:repository|project)|${USES})\\b`,
  `\\b(?:exclusively|solely|without exception|one and only|by nothing|in all cases|in every case|at all times|in no case|under no conditions)\\b`,
  `\\b(?:the|all) (?:rest|remainder|others?|remaining)\\b(?: \\w{1,20}){0,5}? (?:is|are|was|were|does|do|works?|passe?s?|behaves?|has|have|holds?|takes?|uses?)\\b`,
  `\\b(?:throughout|across|in|over) (?:the|this|its|our) (?:\\w{1,20} ){0,2}?(?:code ?base|repository|repo)\\b`,
  `\\b(?:entire|whole|complete|rest of the) (?:\\w{1,20} ){0,2}?(?:code ?base|repository|repo|project|application|system|program|test suite|suite)\\b`,
  `\\b(?:everything|everyone|everybody) (?:is|are|was|works?|passes|else|uses|calls)\\b`,
  `\\b(?:is|are|was|were|gets?|been|being) (?:not|never) (?:\\w{1,20} )?${USED}\\b`,
  `\\b(?:never|not) (?:gets? |been |being |ever |otherwise )${USED}\\b`,
  `\\b(?:isn['’]?t|aren['’]?t|wasn['’]?t|weren['’]?t) (?:\\w{1,20} )?${USED}\\b`,
  `\\bonly (?:ever )?(?:called|used|referenced|tested|covered|imported|defined|invoked)\\b(?! (?:when|if|after|before|while|once|as|until|on|with|for)\\b)`,
  `\\b${USED} only (?:by|from|in|here)\\b`,
  // A name stood between: "only `set` calls it".
  `\\bonly\\s{4,9}(?:ever )?${USES}\\b`,
  `\\b(?:unused|untested|uncovered|undocumented|dead code|unreachable|unreferenced|uncalled|orphaned|callerless)\\b`,
  `\\b(?:lacks?|without|devoid of|free of) (?:any |all )?(?:other )?(?:callers?|tests?|callsites?|usages?|references?|importers?|documentation|coverage)\\b`,
  // Other languages: what is checked is English, and these say the same.
  `(?<!\\p{L})(?:alle[nrs]?|jede[nrms]?|keine?[nrms]?|niemand|nirgends|nirgendwo|ausschließlich|sämtliche[nrs]?|überall|tous|toutes|aucune?|jamais|personne|partout|nulle part|todos|todas|ning[uú]n[ao]?|nunca|nadie|siempre|tutti|nessun[ao]?|niets|niemals|geen|alleen|nenhuma?|ninguém|żaden|wszystkie|никто|все|нигде)(?!\\p{L})`,
  // A name between backticks may appear in every gap.
].map((source) => new RegExp(source.replaceAll(" ", "\\s{1,9}"), "iu"));
