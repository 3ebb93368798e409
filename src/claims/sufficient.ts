import { z } from "zod";
import { inlineCode } from "../text/inline-code.ts";
import { part } from "./claim-data.ts";
import { claimType } from "./claim.ts";
import { checkByRun, runPart } from "./shown-by-run.ts";

/** The part of a fix that lies in one function removes the failure by itself. */
export const sufficient = claimType({
  name: "sufficient",
  mark: "run",
  schema: z.strictObject({
    run: runPart.run,
    test: runPart.test,
    at: part.definition,
    change: z.enum(["the fix", "the proposed change"]),
  }),
  say: ({ run, test, at, change }) => ({
    label: "sufficient",
    text: `with nothing but the part of ${change} in ${inlineCode(at.name)}, ${inlineCode(test.name)} passes (${inlineCode(run)})`,
    citations: [{ kind: "lines", path: at.path, start: at.start, end: at.end }],
  }),
  check: (data, evidence) => checkByRun("sufficient", data, evidence),
});
