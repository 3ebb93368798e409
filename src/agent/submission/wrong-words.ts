import { inlineCode } from "../../text/inline-code.ts";
import { MARKS, QUESTION_MARK, UNKNOWN_MARK } from "../../documents/render-document.ts";
import type { PlainStatement } from "./plain-statement.ts";

/** Words that would make a sentence look like something that Casebook itself established. */
const OWN_WORDS = [...Object.values(MARKS), UNKNOWN_MARK, QUESTION_MARK].map((mark) => mark.slice(0, -1));
const OWN_MARK = new RegExp(
  `(?:^|[.!?;(…—–-]\\s*)(?:${OWN_WORDS.join("|")})\\s*(?:[:：∶꞉︓﹕]|\\s[-–—]\\s)`,
  "i",
);
const OWN_MARK_ANYWHERE = new RegExp(`(?:${OWN_WORDS.join("|")})\\s*[:：∶꞉︓﹕]`);

/** What was done to find out is for Casebook to say; "is verified before" of code is another thing. */
const LOOKED_AT: readonly RegExp[] = [
  /\bacceptance criteri|\bcriteri(?:a|on) (?:is|are|was|were) (?:\w{1,12} )?(?:met|fulfilled|satisfied)\b/i,
  /\bcasebook\b/i,
  /(?<![\w/'’])(?:I|we|my|our)(?:['’](?:ve|m|re))? (?:\w{1,12} )?(?:have|had|ran|run|checked|looked|verified|confirmed|tested|investigated|reproduced|found|saw|measured|analy[sz]ed|reviewed|searched)\b/i,
  /\b(?:is|are|was|were|been|has been|have been)(?: (?!not\b|never\b)\w{1,12}){0,1} (?:investigated|reproduced|proven|proved|double-checked|fact-checked|ascertained)\b/i,
  /\b(?:it|this|that|which|the (?:root )?cause|the (?:bug|issue|failure|fault|fix|finding|hypothesis|behaviou?r|problem|report|claim|statement)|everything|these findings|the above|all of (?:it|this|that|them|the above)) (?:is|are|was|were|has been|have been)(?: (?!not\b|never\b)\w{1,12}){0,1} (?:verified|confirmed|validated|checked|tested|measured|established|certain|guaranteed|known)\b/i,
  /(?:^|[.!?;:(]\s*)(?:verified|confirmed|proven|validated|reproduced|checked|established|fact|certain|guaranteed)\b/i,
  /\b(?:all|every) tests? (?:\w{1,12} )?pass(?:es|ed)?\b|\b(?:tests?|ci|build|suite)(?: \w{1,12})? (?:are|is|was|were) (?:green|red|passing|failing|broken)\b/i,
  /(?<!\b(?:not|never|hardly) )\b(?:reproduces|reproducible|reproducibly)\b/i,
  /\b(?:by|with) (?:machine|certainty)\b|\bwithout (?:a|any) doubt\b|\bundoubtedly\b|\bbeyond doubt\b/i,
];
/** The same in a document for people to read: what a judge says of it is a judgement. */
const MAY_JUDGE = 1;

/** Forms that are read back as references; only citations make them. */
const REFERENCE = /\b(?:search S\d|see S\d|issue: `|comment by `|run `run-\d)/i;

/** German, French, Spanish, Italian, Dutch, Portuguese; none of them is an English word that a sentence about code holds. */
const FOREIGN: ReadonlySet<string> = new Set(
  (
    "der und nicht ist wird werden eine einen einer dem den auch oder aber wenn von mit für durch nur " +
    "les des est une dans pour avec sont cette cet qui que pas mais " +
    "los las una con para por esta este como pero sin " +
    "gli della delle sono questo questa che non " +
    "het een niet wordt deze zijn voor " +
    "uma não são isso pelo pela"
  ).split(" "),
);

/** Why the words of a sentence cannot appear in a document, whatever it cites; nothing when they can. */
export function wrongWords(
  { markdown, words }: PlainStatement,
  { mayJudge = false }: { readonly mayJudge?: boolean } = {},
): readonly string[] {
  if (markdown === "") return ["The statement is empty."];
  if (/[\ufffd\p{Cf}\p{Co}\p{Cn}]/u.test(markdown))
    return ["The statement holds characters that do not show; write it without them."];
  const plain = words.replace(/\p{M}/gu, "").normalize("NFKC");
  const mixed = plain
    .split(/[^\p{L}]+/u)
    .find((word) => /\p{Script=Latin}/u.test(word) && /[^\p{Script=Latin}]/u.test(word));
  if (mixed !== undefined)
    return [`${inlineCode(mixed, 60)} mixes letters of different alphabets; write it with one.`];
  if (/[^\P{L}\p{Script=Latin}\p{Script=Greek}]/u.test(withoutQuotations(plain)))
    return ["Write in English; other words only between backticks or quotation marks, as they stand there."];
  if (/[^\P{N}0-9]/u.test(words)) return ["Write numbers with the digits 0 to 9."];
  const foreign = new Set(
    (
      withoutQuotations(plain)
        .toLowerCase()
        .match(/\p{L}+/gu) ?? []
    ).filter((word) => FOREIGN.has(word)),
  );
  if (foreign.size >= 2)
    return ["Write in English; other words only between quotation marks, as they stand there."];
  const mark = OWN_MARK.exec(plain) ?? OWN_MARK_ANYWHERE.exec(plain);
  if (mark !== null)
    return [
      `Leave out “${mark[0].replace(/^[^\p{L}]+/u, "").trim()}”: Casebook writes by itself where a statement comes from.`,
    ];
  const said = withoutQuotations(plain);
  if (LOOKED_AT.slice(0, mayJudge ? MAY_JUDGE : undefined).some((pattern) => pattern.test(said)))
    return ["Say what is there, not that it was looked at or is met; that is for Casebook to say."];
  if (REFERENCE.test(markdown))
    return ["Give a search, a run or words of the issue as a citation, not in words."];
  return [];
}

function withoutQuotations(text: string): string {
  return text.replace(/["“„”«‹]([^"“”„«»‹›]{3,600})["”“»›]/g, " ");
}
