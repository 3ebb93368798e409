import { z } from "zod";
import { sentencesOf } from "../issue/report/sentences.ts";
import type { VisibleIssue } from "../issue/visible-issue.ts";
import { inlineCode, printable } from "../text/inline-code.ts";
import { quoted } from "../text/safe-text.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

/** Characters of one quotation. */
const MAX_WORDS = 600;
/** A longer stretch without the end of a sentence is a log; its lines are quoted. */
const MAX_SENTENCE = 300;
/** Fewer letters are in any text. */
const MIN_LETTERS = 8;

interface Said {
  /** Login; absent for the text of the issue itself. */
  readonly author?: string | undefined;
  readonly maintainer: boolean;
  /** Whole sentences, white space folded. */
  readonly words: string;
}

/** Whole sentences of one person in the issue: a part of a sentence can say the opposite of it. */
export const personSaid = claimType({
  name: "person-said",
  mark: "reported",
  schema: z.strictObject({
    author: part.name.optional(),
    maintainer: z.boolean(),
    words: z.string().min(1).max(MAX_WORDS),
  }),
  say: ({ author, maintainer, words }) => ({
    text: `${author === undefined ? "The reporter" : `${inlineCode(author)}${maintainer ? ", a maintainer," : ""}`} wrote ${quoted(words, MAX_WORDS)}`,
  }),
  check({ author, maintainer, words }, { issue }) {
    if (issue === undefined) return undecided("the issue is not at hand");
    const said = whoSaid(words, issue);
    if (said.length === 0) return wrong("nobody wrote these words");
    const own = said.filter((one) => one.author === author && one.maintainer === maintainer);
    if (own.length === 0) return wrong("somebody else wrote these words");
    return own.some((one) => one.words === words)
      ? holds("these sentences are there")
      : wrong("the words are a part of a sentence");
  },
});

/** Everybody who wrote some words in the issue, in its order, with the whole sentences around them. */
export function whoSaid(words: string, { title, body, comments }: VisibleIssue): readonly Said[] {
  return [
    { maintainer: false, text: `${title.text}\n\n${body.text}` },
    ...comments.map(({ author, maintainer, body: { text } }) => ({ author, maintainer, text })),
  ].flatMap(({ text, ...who }) => {
    const whole = sentencesAround(words, withoutReplies(text));
    return whole === undefined ? [] : [{ ...who, words: whole }];
  });
}

/**
 * The shortest row of sentences that holds the words, as words of their own: "able" is no part of "unable". White space is
 * folded. Undefined where they are not there, or the row has more than 600 characters.
 */
export function sentencesAround(words: string, text: string): string | undefined {
  const wanted = printable(words);
  if ((wanted.match(/[\p{L}\p{N}]/gu) ?? []).length < MIN_LETTERS) return undefined;
  const units = text
    .split(/\n\s*\n/)
    .flatMap((paragraph) => sentencesOf(paragraph))
    .flatMap((sentence) => (sentence.length > MAX_SENTENCE ? sentence.split("\n") : [sentence]))
    .map(printable)
    .filter((unit) => unit !== "");
  const joined = units.join(" ");
  /** Where each unit begins in `joined`. */
  const starts: number[] = [];
  for (let i = 0, at = 0; i < units.length; at += units[i]!.length + 1, i++) starts.push(at);
  for (let at = joined.indexOf(wanted); at >= 0; at = joined.indexOf(wanted, at + 1)) {
    if (isCut(joined[at - 1], wanted[0]) || isCut(joined[at + wanted.length], wanted.at(-1))) continue;
    const first = starts.findLastIndex((start) => start <= at);
    const last = starts.findLastIndex((start) => start < at + wanted.length);
    const whole = units.slice(first, last + 1).join(" ");
    if (whole.length <= MAX_WORDS) return whole;
  }
  return undefined;
}

function isCut(outside: string | undefined, inside: string | undefined): boolean {
  return /[\p{L}\p{N}]/u.test(outside ?? " ") && /[\p{L}\p{N}]/u.test(inside ?? " ");
}

/** What a person quotes is somebody else's. */
function withoutReplies(text: string): string {
  return text
    .split("\n")
    .filter((line) => !/^\s{0,3}>/.test(line))
    .join("\n");
}
