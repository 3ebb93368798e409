import { z } from "zod";
import type { ReportQuotes } from "../issue/report/report-quotes.ts";
import { codeLines, inlineCode } from "../text/inline-code.ts";
import { quoted } from "../text/safe-text.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

const LABELS = {
  symptom: "Symptom",
  expected: "Expected",
  actual: "Actual",
  steps: "Reproduce",
  environment: "Environment",
  frequency: "Only when",
  tried: "Tried",
  messages: "Message",
} as const satisfies Partial<Record<keyof ReportQuotes | "messages", string>>;
export type ReportPart = keyof typeof LABELS;

/** Characters of one quotation; the issue itself is one click away. */
const MAX_WORDS = 280;

/** A picture is not shown, and its tag is nothing that the reporter said. */
function withoutPictures(words: string): string {
  return words
    .replace(/<img\b[^<>]{0,1000}>/gi, "[picture]")
    .replace(/!\[[^\]\n]{0,200}\]\([^()\n]{0,1000}\)/g, "[picture]");
}

/** At most `max` characters of what has several lines: whole lines, so that no statement is cut. */
function wholeLines(words: string, max: number): string {
  if (words.length <= max) return words;
  const end = words.lastIndexOf("\n", max);
  return end <= 0 ? words : words.slice(0, end).trimEnd();
}

/** One line of the reporter's in quotation marks, several as code. */
function shown(words: string, max: number): string {
  if (!words.includes("\n")) return quoted(withoutPictures(words), max);
  const kept = wholeLines(words, max);
  return `${codeLines(kept, max)}${kept.length < words.trimEnd().length ? " …" : ""}`;
}

/** What a program printed is no sentence; it is shown where there is nothing else. */
function sentences(words: readonly string[]): string {
  const inWords = words.filter((one) => !one.includes("\n"));
  return inWords.length > 0
    ? quoted(withoutPictures(inWords.join(" … ")), MAX_WORDS)
    : shown(words[0]!, MAX_WORDS);
}

function textOf(part: ReportPart, words: readonly string[]): string {
  switch (part) {
    case "steps":
      return words.length === 1
        ? shown(words[0]!, MAX_WORDS)
        : words.map((one, i) => `${i + 1}. ${shown(one, MAX_WORDS / 2)}`).join(" ");
    // As it was printed: nothing in it is markup.
    case "messages":
      return words.map((one) => inlineCode(one, MAX_WORDS)).join(" … ");
    default:
      return sentences(words);
  }
}

/** Words of the reporter, and the part of the report in which they are. */
export const reportedWords = claimType({
  name: "reported-words",
  mark: "reported",
  schema: z.strictObject({
    part: z.enum(Object.keys(LABELS) as [ReportPart, ...ReportPart[]]),
    /** In their order; several steps, or several sentences of one answer. */
    words: z.array(part.words).min(1).max(30),
  }),
  say: ({ part: of, words }) => ({ label: LABELS[of], text: textOf(of, words) }),
  check({ part: of, words }, { report }) {
    if (report === undefined) return undecided("the issue is not at hand");
    const there = report[of];
    // An ellipsis stands between sentences; steps are told without a gap.
    let at = -1;
    const found = words.every((one, i) => {
      const before = at;
      at = there.indexOf(one, before + 1);
      return at >= 0 && (of !== "steps" || i === 0 || at === before + 1);
    });
    return found
      ? holds("the reader finds these words in this part of the report")
      : wrong("the reader finds other words in this part of the report");
  },
});
