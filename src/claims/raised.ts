import { z } from "zod";
import { inlineCode } from "../text/inline-code.ts";
import { part } from "./claim-data.ts";
import { claimType } from "./claim.ts";
import { checkByRun, runPart, valuesPart, valuesWords } from "./shown-by-run.ts";

/** The exception that ends a failing test, on the innermost watched line that it comes from. */
export const raised = claimType({
  name: "raised",
  mark: "run",
  schema: z.strictObject({
    run: runPart.run,
    test: runPart.test,
    at: part.definition,
    line: part.line,
    exception: z.string().regex(/^[\w.]{1,200}$/),
    /** Raised on this line; false: by what the line calls. */
    own: z.boolean(),
    values: valuesPart,
  }),
  say: ({ run, test, at, line, exception, own, values }) => ({
    label: "raised",
    text: `${inlineCode(test.name)} ends with the ${inlineCode(exception)} that line ${line} of ${inlineCode(at.name)} ${own ? "raises" : "gets from what it calls"}${valuesWords(values)} (${inlineCode(run)})`,
    citations: [{ kind: "lines", path: at.path, start: line, end: line }],
  }),
  check: (data, evidence) => checkByRun("raised", data, evidence),
});
