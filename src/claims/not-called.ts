import { z } from "zod";
import { inlineCode } from "../text/inline-code.ts";
import { part } from "./claim-data.ts";
import { claimType } from "./claim.ts";
import { checkByRun, runPart } from "./shown-by-run.ts";

/** A function that the failing test does not call, which speaks against it as the cause. */
export const notCalled = claimType({
  name: "not-called",
  mark: "run",
  schema: z.strictObject({ run: runPart.run, test: runPart.test, at: part.definition }),
  say: ({ run, test, at }) => ({
    label: "against it",
    text: `${inlineCode(test.name)} fails and never calls ${inlineCode(at.name)} in its own process (${inlineCode(run)})`,
    citations: [{ kind: "lines", path: at.path, start: at.start, end: at.end }],
  }),
  check: (data, evidence) => checkByRun("not-called", data, evidence),
});
