import { z } from "zod";
import { inlineCode } from "../text/inline-code.ts";
import { part } from "./claim-data.ts";
import { claimType } from "./claim.ts";
import { checkByRun, runPart, shownValue, valuesPart, valuesWords } from "./shown-by-run.ts";

/** How the last call of a function in a failing test ends. */
export const returned = claimType({
  name: "returned",
  mark: "run",
  schema: z.strictObject({
    run: runPart.run,
    test: runPart.test,
    at: part.definition,
    /** Its arguments. */
    values: valuesPart,
    value: shownValue,
  }),
  say: ({ run, test, at, values, value }) => ({
    label: "returned",
    text: `the last call of ${inlineCode(at.name)} in ${inlineCode(test.name)}${valuesWords(values)} returns ${inlineCode(value, 200)} (${inlineCode(run)})`,
    citations: [{ kind: "lines", path: at.path, start: at.start, end: at.end }],
  }),
  check: (data, evidence) => checkByRun("returned", data, evidence),
});
