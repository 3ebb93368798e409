import { z } from "zod";
import type { ClaimEvidence } from "./claim-evidence.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";

interface SoughtPart {
  /** Completes "Casebook found no …". */
  readonly words: string;
  readonly count: (
    report: NonNullable<ClaimEvidence["report"]>,
    text: string,
    tags: readonly string[],
  ) => number;
}

/** A number that may be a version, or the hash of a commit: with one of these in the text, "found no version" is not said. */
const LIKE_A_VERSION = /\d\.\d|\b(?=[a-f]*\d)(?=\d*[a-f])[\da-f]{7,40}\b/i;

/** A tag of the repository is written: `r60`. */
function namesTag(text: string, tags: readonly string[]): boolean {
  const words = new Set(text.match(/[\w./+-]+/g)?.flatMap((word) => [word, word.replace(/[./+-]+$/, "")]));
  return tags.some((tag) => /\d/.test(tag) && words.has(tag));
}

/** Nor where an error and its text are. */
const LIKE_A_MESSAGE = /\b\w*(?:Error|Exception|Sanitizer): \S/;

const SOUGHT = {
  version: {
    words: "version of the project",
    count: ({ versions }, text, tags) =>
      versions.length + (LIKE_A_VERSION.test(text) || namesTag(text, tags) ? 1 : 0),
  },
  environment: {
    words: "environment",
    count: ({ environment, versions }) => environment.length + versions.length,
  },
  expected: { words: "expected result", count: ({ expected }) => expected.length },
  actual: { words: "actual result", count: ({ actual, symptom }) => actual.length + symptom.length },
  message: {
    words: "error message or stack trace",
    count: ({ messages, frames }, text) =>
      messages.length + frames.length + (LIKE_A_MESSAGE.test(text) ? 1 : 0),
  },
} as const satisfies Record<string, SoughtPart>;
export type SoughtName = keyof typeof SOUGHT;

/** The reader found nothing for these parts: a fact about us, never about the report. */
export const notInReport = claimType({
  name: "not-in-report",
  mark: "concluded",
  schema: z.strictObject({
    parts: z
      .array(z.enum(Object.keys(SOUGHT) as [SoughtName, ...SoughtName[]]))
      .min(1)
      .max(5),
  }),
  say: ({ parts }) => ({
    text: `Casebook found no ${parts.map((one) => SOUGHT[one].words).join(", no ")} in the report`,
  }),
  async check({ parts }, { report, issue, history }) {
    if (report === undefined || issue === undefined) return undecided("the issue is not at hand");
    const tags = (await history.tags()).map(({ name }) => name);
    const there = parts.find((one) => SOUGHT[one].count(report, issue.text, tags) > 0);
    return there === undefined
      ? holds("the reader finds none of them")
      : wrong(`the reader finds ${SOUGHT[there].words}`);
  },
});

/** What the reader looks for and did not find, of `names`. `tags`: names of the repository's tags. */
export function missingParts(
  names: readonly SoughtName[],
  report: NonNullable<ClaimEvidence["report"]>,
  text: string,
  tags: readonly string[],
): readonly SoughtName[] {
  return names.filter((name) => SOUGHT[name].count(report, text, tags) === 0);
}
