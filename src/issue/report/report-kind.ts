import type { ReportBlock } from "./report-blocks.ts";

export type ReportKind = "bug" | "feature" | "question" | "docs" | "security" | "other" | "unclear";

/** A title that asks for a change starts with a verb in its base form; a mark or a bracket may stand before it. */
const VERB_FIRST =
  /^(?:\P{L}{0,6}|\s*[[(][^\])]{1,20}[\])]\s*:?\s*|[\w-]{1,20}: )(?:please |proposal:? |we should )?(?:add|allow|adopt|apply|automatically|avoid|build|bump|cache|change|check|clarify|configure|consider|convert|create|customi[sz]e|deduplicate|default|define|deprecate|detect|disable|document|drop|emit|enable|encode|ensure|expose|extend|extract|format|generate|handle|hide|implement|improve|include|increase|initiali[sz]e|integrate|introduce|limit|load|log|make|merge|migrate|move|normali[sz]e|optimi[sz]e|parse|pass|plan|prefer|prevent|print|provide|read|redesign|reduce|refactor|remove|rename|reorder|replace|report|respect|return|rework|run|show|simplify|skip|sort|split|stop|store|support|suppress|switch|throw|track|treat|unify|unroll|unset|update|upgrade|use|validate|warn|wrap|write)\b/iu;

/** The first word is a noun where a verb in the third person follows it with an object ("Cache loses entries"), or "is", "has". */
const NOUN_FIRST =
  /^\P{L}{0,6}\p{L}+ (?:(?:\p{L}+ )?(?:is|are|was|were|has|does|gets|keeps)\b|\p{L}+(?<![sui])s (?!(?:in|for|of|to|from|with|on|at|by|as|and|or|when|if|via|into|per|than|that|which|instead|before|after|without|using|during|under|over|like)\b)\p{L})/iu;

/** Secrets where others can read them. */
const LEAKED =
  /\b(?:passwords?|tokens?|credentials?|secrets?|api keys?)\b.{0,60}\b(?:plain ?text|plaintext|logged|in the logs?|leak\w*|expos\w*|disclos\w*)|\b(?:plain ?text|plaintext|leak\w*|expos\w*|disclos\w*|encrypt\w*)\b.{0,40}\b(?:passwords?|tokens?|credentials?|secrets?)\b/i;
const WISH_ELSEWHERE =
  /^\P{L}{0,6}(?:wunsch|vorschlag|建议|希望|请求|求|要望|機能追加|提案|제안|건의|demande|souhait|suggestion|sugerencia|sugest[ãa]o|solicit|pedido|пожелание|предложение|добавьте|хотелось)/iu;

/** What speaks for a kind, where it is looked for, and how much it weighs. */
const CUES: readonly {
  readonly kind: ReportKind;
  readonly where: "title" | "heading" | "text" | "code";
  readonly cue: RegExp;
  /** Where it does not count. */
  readonly but?: RegExp;
  readonly weight: number;
}[] = [
  { kind: "bug", where: "title", cue: /^\s*[[(]?bug\b|\bregression\b|^fix\b/i, weight: 4 },
  {
    kind: "bug",
    where: "title",
    cue: /\b(?:crash\w*|fail\w*|error|exception|panic\w*|broken|breaks?|wrong\w*|incorrect\w*|does(?:n't| not)|do(?:n't| not)|not work\w*|isn't|is not|cannot|can't|unable|unexpected\w*|invalid|missing|ignore[sd]?|lost|leak\w*|hang\w*|deadlock|null ?pointer\w*|infinite|duplicate[sd]?|no longer|stops?|never|truncat\w*|mismatch\w*|inconsisten\w*|problem|issue)\b/i,
    weight: 2,
  },
  {
    kind: "feature",
    where: "title",
    cue: /^\s*[[(]?(?:feat(?:ure)?|enhancement|request|proposal|rfc|suggestion|idea)\b|\bfeature request\b/i,
    weight: 5,
  },
  { kind: "feature", where: "title", cue: VERB_FIRST, but: NOUN_FIRST, weight: 3 },
  {
    kind: "feature",
    where: "title",
    cue: /\bsupport for\b|\bshould (?:support|allow|be able|default|have|accept|also)\b|\bis it possible\b|\bwould be (?:nice|great)\b|\b(?:option|flag|way|ability|mechanism|switch|function|method|plan) (?:to|for)\b|\bhope\b|^missing `|\bif (?:some|the) \w+ is present\b/i,
    weight: 3,
  },
  {
    kind: "question",
    where: "title",
    cue: /^\s*[[(]?question\b|^(?:how (?:do|can|to|should)|why (?:do|does|is)|what is)\b.*\??$|^(?:is|are|which|where|when|who|what) [^?]*\?$/i,
    weight: 3,
  },
  {
    kind: "docs",
    where: "title",
    cue: /^\s*[[(]?docs?\b|^document (?!\w+s\b)|\b(?:documentation|docstring|readme|typo in)\b/i,
    weight: 4,
  },
  {
    kind: "security",
    where: "title",
    cue: /\b(?:security|vulnerab\w*|cve-\d|xss|injection|exploit)\b/i,
    weight: 4,
  },
  { kind: "security", where: "title", cue: LEAKED, weight: 5 },
  {
    kind: "security",
    where: "text",
    cue: /\bseverity\W{1,4}(?:high|critical|medium)\b|\bsecurity (?:risk|issue|breach|hole|flaw|point of view)\b|\battackers?\b/i,
    weight: 1.5,
  },
  // A wish in another language, and a thing that is wished for.
  { kind: "feature", where: "title", cue: WISH_ELSEWHERE, weight: 5 },
  {
    kind: "feature",
    where: "title",
    cue: /^(?:[\w/+-]+ ){1,4}support$|^(?:custom|configurable|optional)\b|^configuration (?:for|of)\b/i,
    weight: 2,
  },
  {
    kind: "feature",
    where: "text",
    cue: /\bis it possible to (?:have|add|get|make|support)\b|\bwe should (?:add|rename|make|move|change|support|use|provide)\b|\bit (?:must|should|needs to) be (?:moved|configurable|possible)\b|daher wäre|wäre (?:es )?(?:schön|sinnvoll|toll|gut)|希望.{0,30}(?:功能|支持|增加|添加)|^proposer\b|il serait (?:bien|utile)|sería (?:bueno|útil)|seria (?:bom|útil)|было бы (?:хорошо|здорово|удобно)/gim,
    weight: 1.5,
  },
  {
    kind: "question",
    where: "title",
    cue: /\?\s*$/,
    but: /\b(?:bug|crash\w*|fail\w*|error|broken|wrong|not|n't|unnecessary|warning)\b|n't\b/i,
    weight: 2,
  },
  {
    kind: "question",
    where: "text",
    cue: /\bmy question is\b|\b(?:is there|there is) (?:a |any )?(?:practical |simple )?(?:solution|fix|guide)\b[^.!\n]{0,80}\?|\bdo i (?:really )?(?:need|have) to\b|\bi need to really\b|será que|gostaria de saber|quisiera saber|wüsste gern|je voudrais savoir|подскажите|请问|教えて/gi,
    weight: 2.5,
  },
  {
    kind: "feature",
    where: "heading",
    cue: /is your feature request|solution you'?d like|alternatives you'?ve|feature description|proposal|motivation|use case|describe (?:the|your) (?:feature|enhancement|proposal)|what problem does this|suggested solution|expected rule behavior/i,
    weight: 4,
  },
  {
    kind: "bug",
    where: "heading",
    cue: /describe the bug|steps? to reproduce|to reproduce|reproduc|actual|what went wrong|current behaviou?r|observed|bug report|what happened|environment information|minimal example/i,
    weight: 3,
  },
  {
    kind: "feature",
    where: "text",
    cue: /\b(?:feature request|i(?:'d| would) like|i hope|we want to|is there an eta|would (?:a|some|the) (?:pr|mechanism|change)\b[^.?\n]{0,60}\b(?:welcome\w*|accepted|possible)|seems? to be missing|you should probably add|there (?:is|are) no\b|not supported|it would be (?:nice|great|good|useful|helpful|awesome)|it'd be (?:nice|great|useful)|would be (?:nice|great|useful|helpful)|would like (?:to (?:have|be able|see)|a)|i(?:'d| would) love|please add|we should add|should (?:also )?support|add support|proposal|i propose|i suggest|could we|can we|would it be possible|it should be possible|allow(?:ing)? users?|there is no way|is there (?:a|any) way|no (?:option|way|support)|does(?:n't| not) (?:currently )?(?:support|provide|offer|have)|currently[,]? (?:there|we|it|the))\b/gi,
    weight: 1.5,
  },
  {
    kind: "bug",
    where: "text",
    cue: /\b(?:bug|crash(?:es|ed)?|fail(?:s|ed|ing|ure)?|error|exception|panic(?:s|ked)?|broken|breaks?|wrong(?:ly)?|incorrect(?:ly)?|unexpected(?:ly)?|regression|instead of|does(?:n't| not) work|not work(?:ing)?|no longer|used to work|ignored|lost|hangs?|stack ?trace|after upgrading|since upgrading|reproduc\w*)\b/gi,
    weight: 0.6,
  },
  {
    kind: "bug",
    where: "code",
    cue: /Traceback \(most recent call last\)|panicked at|^\s+at \S+\(|Exception in thread|\bAssertion\b.*failed|^\w*Error: /im,
    weight: 3,
  },
  {
    kind: "question",
    where: "text",
    cue: /\b(?:how (?:can|do|should) i|am i (?:doing|missing)|what am i|any (?:help|idea)|is this (?:the )?intended)\b/gi,
    weight: 0.8,
  },
];
/** A text repeats itself: a cue counts so often. */
const MOST = 4;

/** What kind of issue it is, from its title, the headings of its form, and its words; "unclear" where nothing speaks. */
export function kindOf(title: string, blocks: readonly ReportBlock[]): ReportKind {
  const headings = [...new Set(blocks.map(({ heading }) => heading))].join("\n");
  const prose = blocks
    .filter(({ kind, part }) => kind !== "code" && part !== "form" && part !== "environment")
    .map(({ text }) => text)
    .join("\n")
    .slice(0, 20_000);
  const code = blocks
    .filter(({ kind }) => kind === "code")
    .map(({ text }) => text)
    .join("\n")
    .slice(0, 40_000);
  const texts = { title, heading: headings, text: prose, code };
  const scores = new Map<ReportKind, number>();
  for (const { kind, where, cue, but, weight } of CUES) {
    if (but?.test(texts[where]) === true) continue;
    const hits = cue.global
      ? Math.min(MOST, [...texts[where].matchAll(cue)].length)
      : Number(cue.test(texts[where]));
    if (hits > 0) scores.set(kind, (scores.get(kind) ?? 0) + weight * hits);
  }
  // Most issues are about something that does not work; alone it decides only where nothing else does.
  scores.set("bug", (scores.get("bug") ?? 0) + 0.5);
  const [best] = [...scores].sort((a, b) => b[1] - a[1]);
  return best === undefined ? "unclear" : best[0];
}
