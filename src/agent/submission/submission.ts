import { z } from "zod";

/** Findings that one call of `submit` may bring. */
const MAX_FINDINGS = 20;
export const MAX_STATEMENT = 600;

const line = z.int().min(1).max(10_000_000);

/**
 * A citation as a model gives it: flat, since small models write flat objects right. Which keys are there says what it is:
 * `path`, `commit`, `issue`, `search` or `run`.
 */
export const submittedCitation = z.object({
  path: z.string().max(1_000).optional().describe("A file of the repository, as the tools print it."),
  start: line.optional().describe("First line, from 1."),
  end: line.optional().describe("Last line; leave it out for one line."),
  quote: z
    .string()
    .max(4_000)
    .optional()
    .describe("With path: text copied from these lines. With run: text copied from the run's output."),
  commit: z.string().max(64).optional().describe("Hash of a commit that a tool showed, at least 7 digits."),
  issue: z.string().max(4_000).optional().describe("Words copied from the issue or one of its comments."),
  search: z
    .object({
      kind: z.enum(["word", "text", "regex"]),
      pattern: z.string().min(1).max(500),
      include: z.array(z.string().max(500)).max(20).default([]),
      exclude: z.array(z.string().max(500)).max(20).default([]),
    })
    .optional()
    .describe("A search as you ran it; it is run again."),
  dismissed: z
    .array(z.object({ path: z.string().max(1_000), line, why: z.string().min(3).max(200) }))
    .max(100)
    .optional()
    .describe(
      "With search: hits that do not count against a statement such as “no other callers”, each with what its line is: its definition, an import, a comment, or a name on it. Readers see them.",
    ),
  run: z.string().max(20).optional().describe("Name of a run that the tool `run` showed, such as run-1."),
});
export type SubmittedCitation = z.infer<typeof submittedCitation>;

/** One finding as a model gives it. */
const submittedFinding = z.object({
  section: z.string().max(60).describe("The section that it belongs to."),
  statement: z
    .string()
    .min(3)
    .max(MAX_STATEMENT)
    .describe("One or two plain sentences; names of code between backticks."),
  provenance: z
    .enum(["code", "run", "reporter", "maintainer", "inference"])
    .describe(
      "code: you read it in the cited lines. run: a run showed it. reporter, maintainer: a person says so in the issue. inference: you conclude it.",
    ),
  citations: z.array(submittedCitation).max(12).default([]),
  result: z
    .enum(["confirmed", "eliminated", "open"])
    .optional()
    .describe("Only in the section hypotheses: how the test of the hypothesis ended."),
  because: z
    .string()
    .max(MAX_STATEMENT)
    .optional()
    .describe("Only in the section hypotheses: the evidence in one sentence."),
});
export type SubmittedFinding = z.infer<typeof submittedFinding>;

export const submission = z.object({ findings: z.array(submittedFinding).min(1).max(MAX_FINDINGS) });
