import { z } from "zod";
import { inlineCode } from "../text/inline-code.ts";
import { part } from "./claim-data.ts";
import { claimType } from "./claim.ts";
import { checkByRun, runPart } from "./shown-by-run.ts";

/** The lines that the last call of a function in a failing test runs, in their order. */
export const lineOrder = claimType({
  name: "line-order",
  mark: "run",
  schema: z.strictObject({
    run: runPart.run,
    test: runPart.test,
    at: part.definition,
    lines: z.array(part.line).min(1).max(40),
  }),
  say: ({ run, test, at, lines }) => ({
    label: "order",
    text: `the last call of ${inlineCode(at.name)} in ${inlineCode(test.name)} runs lines ${lines.join(", ")}, in this order (${inlineCode(run)})`,
    citations: [{ kind: "lines", path: at.path, start: at.start, end: at.end }],
  }),
  check: (data, evidence) => checkByRun("line-order", data, evidence),
});
