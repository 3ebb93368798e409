import { z } from "zod";
import { counted } from "../text/counted.ts";
import { inlineCode } from "../text/inline-code.ts";
import { part } from "./claim-data.ts";
import { claimType } from "./claim.ts";
import { checkByRun, runPart } from "./shown-by-run.ts";

/** A line of a function that the failing test runs, and how many of the nearest passing tests run it too. */
export const discriminating = claimType({
  name: "discriminating",
  mark: "run",
  schema: z.strictObject({
    run: runPart.run,
    test: runPart.test,
    at: part.definition,
    line: part.line,
    /** Passing tests that run the line, of so many. */
    passing: part.count,
    of: part.count,
  }),
  say: ({ run, test, at, line, passing, of }) => ({
    label: "discriminating",
    text: `${inlineCode(test.name)} runs line ${line} of ${inlineCode(at.name)}; of the ${counted(of, "passing test")} nearest to it, ${passing === 0 ? "none does" : passing === 1 ? "1 does" : `${passing} do`} (${inlineCode(run)})`,
    citations: [{ kind: "lines", path: at.path, start: line, end: line }],
  }),
  check: (data, evidence) => checkByRun("discriminating", data, evidence),
});
