/**
 * The words by which a statement speaks of everything or of nothing ("no other callers", "the only place", "never
 * checked", "all instances"); undefined when it does not. Only a search that can be run again shows such a thing.
 */
export function universalClaim(words: string): string | undefined {
  for (const pattern of PATTERNS) {
    const match = pattern.exec(words);
    if (match !== null) return match[0];
  }
  return undefined;
}

const THINGS =
  "(?:callers?|calls?|callsites?|uses?|usages?|instances?|places?|occurrences?|copies|functions?|methods?|class(?:es)?|" +
  "files?|modules?|tests?|checks?|references?|importers?|imports?|consumers?|implementations?|handlers?|docs?|" +
  "documentation|locks?|guards?|sites?|writers?|readers?|definitions?)";

/** Bounded gaps and no nesting: each runs in linear time. */
const PATTERNS: readonly RegExp[] = [
  new RegExp(
    `\\bno (?:other |further |more |additional |existing |such |known )?(?:\\w{1,20} ){0,2}?${THINGS}\\b`,
    "i",
  ),
  new RegExp(`\\b(?:the|its|their|one) (?:only|sole|single) (?:\\w{1,20} ){0,2}?${THINGS}\\b`, "i"),
  new RegExp(`\\bonly (?:one|a single) (?:\\w{1,20} ){0,1}?${THINGS}\\b`, "i"),
  new RegExp(
    `\\b(?:all|every|each|none|any) (?:of )?(?:the |its |their )?(?:other )?(?:\\w{1,20} )?${THINGS}\\b`,
    "i",
  ),
  /\b(?:nowhere|anywhere else|elsewhere|everywhere|nothing else)\b/i,
  /\b(?:is|are|was|were) (?:not|never) (?:\w{1,20} )?(?:called|used|referenced|tested|covered|imported|documented)\b/i,
  /\b(?:isn't|aren't|wasn't|weren't) (?:\w{1,20} )?(?:called|used|referenced|tested|covered|imported|documented)\b/i,
  /\b(?:unused|untested|uncovered|undocumented|dead code)\b/i,
];
