import { z } from "zod";
import { inlineCode } from "../text/inline-code.ts";
import { part } from "./claim-data.ts";
import { claimType } from "./claim.ts";
import { checkByRun, guardedPart, noWorse, runPart } from "./shown-by-run.ts";

/**
 * The failure depends on a function: a change there removes it and leaves the other tests as they were, and without that change the same
 * failure is back.
 */
export const necessary = claimType({
  name: "necessary",
  mark: "run",
  schema: z.strictObject({
    /** Without the change of the function. */
    run: runPart.run,
    test: runPart.test,
    at: part.definition,
    /** With it. */
    with: runPart.run,
    /** What was changed. */
    change: z.enum([
      "the fix",
      "the proposed change",
      "condition negated",
      "part of a condition left out",
      "limit moved",
      "statement skipped",
      "constant returned",
      "lines as before a commit",
    ]),
    /** That commit. */
    commit: part.oid.optional(),
    /** The line of a change that is not the fix. */
    line: part.line.optional(),
    /** Tests that are no worse with the change. */
    guarded: guardedPart,
  }),
  say: ({ run, test, at, with: other, change, commit, line, guarded }) => ({
    label: "necessary",
    text: `${
      change === "the fix" || change === "the proposed change"
        ? `with ${change} ${inlineCode(test.name)} passes (${inlineCode(other)}); without its part in ${inlineCode(at.name)} the same failure is back (${inlineCode(run)})`
        : `with ${commit === undefined ? "one change" : "lines"} in ${inlineCode(at.name)} (line ${line ?? at.start}: ${commit === undefined ? change : `as before commit ${inlineCode(commit.slice(0, 12))}`}) ${inlineCode(test.name)} passes (${inlineCode(other)}); without it the same failure is back (${inlineCode(run)})`
    }; ${noWorse(guarded)}`,
    citations: [{ kind: "lines", path: at.path, start: line ?? at.start, end: line ?? at.end }],
  }),
  check: (data, evidence) => checkByRun("necessary", data, evidence),
});
