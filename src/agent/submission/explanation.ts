import { z } from "zod";
import type { CheckSource } from "../../documents/check-document.ts";
import type { Citation } from "../../documents/citation.ts";
import { conclusionKey } from "../../documents/withdraw.ts";
import { printedBy } from "../../documents/recorded-run.ts";
import type { Finding } from "../../documents/finding.ts";
import { quoteUntrusted } from "../untrusted.ts";
import { askJudge, type Asking } from "../ask-judge.ts";
import type { WithdrawnStatement } from "../../phases/builtin/researcher.ts";
import { inlineCode } from "../../text/inline-code.ts";
import { plainStatement, plainText } from "./plain-statement.ts";
import { type Ending, MAX_EXPLANATION } from "./submission.ts";
import type { TakenClaim, Withdrawal } from "./taken-claim.ts";

/** A sentence of a model with the claims that it is bound to. */
export interface Sentence {
  /** Markdown on one line. */
  readonly text: string;
  readonly claims: readonly TakenClaim[];
}

/** What a second model says of a sentence, given what it is bound to. */
type Verdict = "follows" | "does-not-follow" | "contradicts";

const VERDICTS = {
  follows: "the material alone makes the sentence true",
  "does-not-follow": "the material leaves it open, whole or in part",
  contradicts: "the material says otherwise",
} as const satisfies Record<Verdict, string>;

const answer = z.object({
  verdicts: z.array(
    z.object({
      sentence: z.int().min(1),
      verdict: z.enum(Object.keys(VERDICTS) as [Verdict, ...Verdict[]]),
    }),
  ),
});

/** Who judges, and by what. */
interface Judging extends Asking {
  readonly from: { readonly source: Pick<CheckSource, "text"> };
  /** What becomes of doubtful sentences. Default: they are shown as such. */
  readonly doubtful?: "show" | "drop" | undefined;
}

/** Characters of the material of one sentence. */
const MAX_MATERIAL = 8_000;

/** Sentences that may be shown, or why one may not, for the model. */
export function readExplanation(
  handed: Ending["explanation"],
  taken: readonly TakenClaim[],
): readonly Sentence[] | string {
  const count = handed.reduce((sum, { text }) => sum + text.trim().split(/\s+/).length, 0);
  if (count > MAX_EXPLANATION) return `It has ${count} words; at most ${MAX_EXPLANATION} are shown.`;
  const sentences: Sentence[] = [];
  for (const { text, claims } of handed) {
    const plain = plainText(text);
    if (typeof plain !== "string") return plain.why;
    const bound = taken.filter(({ number }) => claims.includes(number));
    const missing = claims.find((number) => !bound.some((one) => one.number === number));
    if (missing !== undefined) return `There is no claim ${missing}; name claims that were taken.`;
    sentences.push({ text: plain, claims: bound });
  }
  return sentences;
}

/**
 * The sentences as a document shows them: each marked as a model's, and as doubtful where it names what its claims do not hold or
 * where a second model does not find it in them. What that one finds contradicted is left out; so is what is doubtful, where the
 * repository wishes so.
 */
export async function judgedExplanation(
  sentences: readonly Sentence[],
  judging: Judging,
): Promise<readonly Finding[]> {
  if (sentences.length === 0) return [];
  const materials = await Promise.all(sentences.map((one) => materialOf(one, judging.from.source)));
  const verdicts = await judge(sentences, materials, judging);
  return sentences.flatMap(({ text, claims }, i): Finding[] => {
    const verdict = verdicts.get(i + 1);
    const isDoubtful = verdict === "does-not-follow" || namesMore(text, materials[i]!);
    if (verdict === "contradicts" || (isDoubtful && judging.doubtful === "drop")) return [];
    return [{ text, provenance: isDoubtful ? "doubtful" : "model", citations: citationsOf(claims) }];
  });
}

/** A model's own words in a document, and what they take back from earlier ones. */
export interface Explained {
  readonly explanation: readonly Finding[];
  readonly withdrawn: readonly WithdrawnStatement[];
}

/**
 * The explanation with what a model takes back from earlier documents, as far as a second model does not find that the claims against
 * it make it true. Where none answers, it is taken back: the sentence stays readable, and the claims beside it were checked.
 */
export async function explained(
  {
    explanation,
    withdrawals,
  }: {
    readonly explanation: () => readonly Sentence[];
    readonly withdrawals: () => readonly Withdrawal[];
  },
  judging: Judging,
): Promise<Explained> {
  const own = await judgedExplanation(explanation(), judging);
  const asked = withdrawals();
  if (asked.length === 0) return { explanation: own, withdrawn: [] };
  const sentences = asked.map(({ statement: { text }, against }) => ({ text, claims: against }));
  const materials = await Promise.all(sentences.map((one) => materialOf(one, judging.from.source)));
  const verdicts = await judge(sentences, materials, judging);
  const withdrawn = asked.filter((_, i) => verdicts.get(i + 1) !== "follows");
  return {
    explanation: [
      ...own,
      ...withdrawn.map(({ file, statement, against }): Finding => ({
        text: `Withdrawn from ${inlineCode(file.slice(file.lastIndexOf("/") + 1))}: ~~${statement.text}~~`,
        provenance: "model",
        citations: citationsOf(against),
      })),
    ],
    withdrawn: withdrawn.map(({ file, statement }) => ({ file, key: conclusionKey(statement) })),
  };
}

function citationsOf(claims: readonly TakenClaim[]): readonly Citation[] {
  return unique(claims.flatMap(({ claims: stated }) => stated.flatMap(({ citations }) => citations))).slice(
    0,
    MAX_CITATIONS,
  );
}

/** Of one sentence. */
const MAX_CITATIONS = 6;

/** A name of code or a number that is not in what the sentence is bound to. */
function namesMore(markdown: string, material: string): boolean {
  const { code, words } = plainStatement(markdown);
  const tokens = [...code, ...(words.match(/(?<![\w.])\d[\w.,]*\b/g) ?? [])];
  return tokens.some((token) => !holds(material, token));
}

/** As a whole: `12` is not in `312`. */
function holds(text: string, token: string): boolean {
  const isPart = (character: string | undefined): boolean => /[\p{L}\p{N}_]/u.test(character ?? " ");
  for (let at = text.indexOf(token); at >= 0; at = text.indexOf(token, at + 1))
    if (
      !(isPart(text[at - 1]) && isPart(token[0])) &&
      !(isPart(text[at + token.length]) && isPart(token.at(-1)))
    )
      return true;
  return false;
}

/** The claims of a sentence, with the lines and runs that they cite. */
async function materialOf({ claims }: Sentence, source: Pick<CheckSource, "text">): Promise<string> {
  const parts: string[] = [];
  for (const { text, citations } of claims.flatMap((one) => one.claims)) {
    parts.push(text);
    for (const citation of citations) parts.push(await citedText(citation, source));
  }
  return parts.join("\n").slice(0, MAX_MATERIAL);
}

async function citedText(citation: Citation, source: Pick<CheckSource, "text">): Promise<string> {
  switch (citation.kind) {
    case "lines": {
      const { path, start, end } = citation;
      const lines = (await source.text(path))?.lines.slice(start - 1, Math.min(end, start + 39)) ?? [];
      return [`${path}:`, ...lines.map((line, i) => `${start + i}  ${line}`)].join("\n");
    }
    case "commit":
      return `commit ${citation.oid}: ${citation.subject}`;
    case "issue":
      return citation.quote;
    case "run":
      return `${citation.run.command.join(" ")}\n${printedBy(citation.run)}`;
    case "search":
      return "";
  }
}

function unique(citations: readonly Citation[]): readonly Citation[] {
  const seen = new Set<string>();
  return citations.filter((one) => {
    const key = JSON.stringify(one);
    return !seen.has(key) && seen.add(key);
  });
}

/** Asks another model where there is one. No answer judges nothing. By the number of the sentence, from 1. */
async function judge(
  sentences: readonly Sentence[],
  materials: readonly string[],
  judging: Judging,
): Promise<ReadonlyMap<number, Verdict>> {
  const { nonce } = judging;
  const judged = await askJudge(
    {
      instructions: [
        "You judge sentences about code. You did not write them. For each you get the material that it rests on, and nothing else counts: not what is likely, not what you know.",
        ...Object.entries(VERDICTS).map(([verdict, when]) => `- ${verdict}: ${when}.`),
        "Look for what speaks against a sentence: a turned condition, cause and effect exchanged, “always” where it is “sometimes”, a caller or a value that is not there. When you cannot tell, it does not follow.",
        "Answer with JSON: for each sentence its number and the verdict.",
      ],
      request: sentences
        .flatMap(({ text }, i) => [
          quoteUntrusted(text, { nonce, source: `sentence ${i + 1}` }),
          quoteUntrusted(materials[i]!, { nonce, source: `material of sentence ${i + 1}` }),
        ])
        .join("\n\n"),
      answer,
    },
    judging,
  );
  const verdicts = new Map<number, Verdict>();
  for (const { sentence, verdict } of judged?.answer.verdicts ?? [])
    // Who says two things of one sentence found it not to follow.
    verdicts.set(sentence, (verdicts.get(sentence) ?? verdict) === verdict ? verdict : "does-not-follow");
  return verdicts;
}
