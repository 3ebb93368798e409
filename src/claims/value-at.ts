import { z } from "zod";
import { inlineCode } from "../text/inline-code.ts";
import { part } from "./claim-data.ts";
import { claimType } from "./claim.ts";
import { checkByRun, runPart, shownValue } from "./shown-by-run.ts";

/** The value of an expression before a line runs for the last time in a failing test. */
export const valueAt = claimType({
  name: "value-at",
  mark: "run",
  schema: z.strictObject({
    run: runPart.run,
    test: runPart.test,
    at: part.definition,
    line: part.line,
    expression: z.string().min(1).max(200),
    value: shownValue,
  }),
  say: ({ run, test, at, line, expression, value }) => ({
    label: "value",
    text: `before line ${line} of ${inlineCode(at.name)} runs for the last time in ${inlineCode(test.name)}, ${inlineCode(expression, 200)} is ${inlineCode(value, 200)} (${inlineCode(run)})`,
    citations: [{ kind: "lines", path: at.path, start: line, end: line }],
  }),
  check: (data, evidence) => checkByRun("value-at", data, evidence),
});
