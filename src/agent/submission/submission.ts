import { z } from "zod";
import { INTERPRETERS, MAX_PRINTED, MAX_PROGRAM, type ProgramLanguage } from "../../claims/program-prints.ts";
import { MAX_PLACES } from "../../claims/proposed-cause.ts";
import { OUTCOMES } from "../../phases/outcome.ts";

/** Claims that one call of `submit` may bring. */
const MAX_CLAIMS = 20;
/** Characters of a question, a gap or a step. */
const MAX_TEXT = 300;
/** Words of the explanation of one phase. */
export const MAX_EXPLANATION = 80;

const path = z.string().max(1_000);
const line = z.int().min(1).max(10_000_000);
const quote = z.string().max(4_000);
const text = z.string().max(MAX_TEXT);

/** Lines with words copied from them. */
const place = z.object({ path, start: line, end: line.optional(), quote });

/** The types of claim that a model may hand in, each with the fields that it takes; the tool's description shows this table. */
export const HANDED = {
  code: "path, start, end, quote: what is on these lines (at most 4)",
  calls: "path, start, name: the line calls the function `name`",
  uses: "path, start: who calls the function on this line, and which tests; Casebook counts",
  alike: "path, start, other, otherStart: two functions have the same structure; Casebook compares",
  search: "search: how many lines it finds; also for “there is no other”",
  commit: "commit, optional path that it changed, optional quote of its message",
  said: "quote of the issue or a comment, optional name of its author",
  ran: "run, quote of a line that it printed; only of a run without files of yours",
  value:
    "run of `watch`, path, start, name: the expression, or `returns`, `raises`, `order` of the function there",
  executable:
    "language, program, prints: at most 5 lines over the repository, and exactly what they print; Casebook runs them",
  hypothesis: "path, start, end, quote: the cause may be on these lines",
  option: "edits: a change that may mend it",
  question: "text: one question to the reporter",
  unknown: "text: what is not known, from “whether”, “how”, “why”, “which”, “what”, “when” or “where” on",
  step: "text: one step by which a person sees the failure",
  withdraw:
    "path of an earlier document, quote (and `start`, a line cited beside it) of a conclusion or a model's sentence there that no longer holds, against: numbers of claims taken here that speak against it",
} as const satisfies Readonly<Record<string, string>>;
export type HandedType = keyof typeof HANDED;

/** One claim as a model gives it: flat, since small models write flat objects right. */
export const handedClaim = z.object({
  type: z.enum(Object.keys(HANDED) as [HandedType, ...HandedType[]]),
  section: z.string().max(60).optional(),
  /** The place in the chain of events; the section `sequence` is ordered by it. */
  step: z.int().min(1).max(100).optional(),
  path: path.optional(),
  start: line.optional(),
  end: line.optional(),
  quote: quote.optional(),
  name: z.string().max(300).optional(),
  other: path.optional(),
  otherStart: line.optional(),
  commit: z.string().max(64).optional(),
  search: z
    .object({
      kind: z.enum(["word", "text", "regex"]),
      pattern: z.string().min(1).max(500),
      include: z.array(z.string().max(500)).max(20).default([]),
      exclude: z.array(z.string().max(500)).max(20).default([]),
    })
    .optional(),
  run: z.string().max(20).optional(),
  language: z.enum(Object.keys(INTERPRETERS) as [ProgramLanguage, ...ProgramLanguage[]]).optional(),
  program: z.string().max(MAX_PROGRAM).optional(),
  prints: z.string().max(MAX_PRINTED).optional(),
  edits: z
    .array(z.object({ path, old: z.string().min(1).max(4_000), new: z.string().max(4_000) }))
    .max(5)
    .optional(),
  text: text.optional(),
  against: z.array(z.int().min(1)).max(8).optional(),
});
export type HandedClaim = z.infer<typeof handedClaim>;

/**
 * What `submit` takes where there are these sections, and earlier documents or none: fields that no type of it needs are not there,
 * since each costs tokens.
 */
export function submissionFor(sections: readonly string[], hasEarlier: boolean) {
  const claim = handedClaim.omit({
    ...(hasEarlier ? {} : { against: true }),
    ...(sections.includes("options") ? {} : { edits: true }),
    ...(sections.includes("sequence") ? {} : { step: true }),
    ...(sections.includes("similar") ? {} : { other: true, otherStart: true }),
  });
  return z.object({ claims: z.array(claim).min(1).max(MAX_CLAIMS) });
}

export const ending = z.object({
  explanation: z
    .array(
      z.object({
        text: text.min(3),
        claims: z.array(z.int().min(1)).min(1).max(8).describe("Numbers of the claims that it follows from."),
      }),
    )
    .max(8)
    .default([])
    .describe(`The explanation in your own words, at most ${MAX_EXPLANATION} together; shown as yours.`),
  cause: z
    .array(place)
    .max(MAX_PLACES)
    .optional()
    .describe("Only for the root cause: the lines that hold it."),
  outcome: z
    .object({
      kind: z.enum(OUTCOMES),
      claims: z.array(z.int().min(1)).max(8).default([]).describe("Numbers of the claims that show it."),
      questions: z.array(text).max(5).optional(),
      of: z.string().max(60).optional(),
      parts: z.array(place).max(6).optional(),
    })
    .optional()
    .describe("Only when the investigation should not simply go on."),
  works: z.boolean().optional().describe("Only for a fix: false when the recommendation does not work."),
});
export type Ending = z.infer<typeof ending>;
