import { z } from "zod";
import { inlineCode } from "../text/inline-code.ts";
import { part } from "./claim-data.ts";
import { claimType } from "./claim.ts";
import { checkByRun, runPart } from "./shown-by-run.ts";

/** A function that the failing test ran, with the lines of it that ran. */
export const executed = claimType({
  name: "executed",
  mark: "run",
  schema: z.strictObject({
    run: runPart.run,
    /** Absent: the report's own program. */
    test: runPart.test.optional(),
    at: part.definition,
    /** `4-6,9` */
    lines: z
      .string()
      .regex(/^\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*$/)
      .max(2_000),
  }),
  say: ({ run, test, at, lines }) => ({
    label: "executed",
    text: `${test === undefined ? "The report's own program" : inlineCode(test.name)} runs ${inlineCode(at.name)}, ${/^\d+$/.test(lines) ? "line" : "lines"} ${lines.replaceAll(",", ", ")} (${inlineCode(run)})`,
    citations: [{ kind: "lines", path: at.path, start: at.start, end: at.end }],
  }),
  check: (data, evidence) => checkByRun("executed", data, evidence),
});
