import { z } from "zod";
import type { ReportQuotes } from "../issue/report/report-quotes.ts";
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

/** Words of the reporter, and the part of the report in which they are. */
export const reportedWords = claimType({
  name: "reported-words",
  mark: "reported",
  schema: z.strictObject({
    part: z.enum(Object.keys(LABELS) as [ReportPart, ...ReportPart[]]),
    /** In their order; several steps, or several sentences of one answer. */
    words: z.array(part.words).min(1).max(30),
  }),
  say: ({ part: of, words }) => ({
    label: LABELS[of],
    text:
      of === "steps" && words.length > 1
        ? words.map((one, i) => `${i + 1}. ${quoted(withoutPictures(one), MAX_WORDS / 2)}`).join(" ")
        : quoted(withoutPictures(words.join(" … ")), MAX_WORDS),
  }),
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
