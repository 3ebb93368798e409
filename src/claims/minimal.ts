import { z } from "zod";
import { counted } from "../text/counted.ts";
import { inlineCode } from "../text/inline-code.ts";
import { formatLocation } from "../text/location.ts";
import { part } from "./claim-data.ts";
import { claimType } from "./claim.ts";
import { checkByRun, runPart } from "./shown-by-run.ts";

/** Which hunks of a fix the failing test needs, found by leaving each out. Lines are those of the base commit. */
export const minimal = claimType({
  name: "minimal",
  mark: "run",
  schema: z.strictObject({
    run: runPart.run,
    test: runPart.test,
    hunks: part.count,
    unneeded: z.array(part.lines).max(50),
  }),
  say: ({ run, test, hunks, unneeded }) => ({
    label: unneeded.length === 0 ? "minimal" : "not minimal",
    text:
      unneeded.length === 0
        ? `${inlineCode(test.name)} needs ${hunks === 1 ? "the one hunk" : `each of the ${counted(hunks, "hunk")}`} of the change (${inlineCode(run)})`
        : `${inlineCode(test.name)} passes without ${unneeded.length} of the ${counted(hunks, "hunk")} of the change (${inlineCode(run)}): ${unneeded.map((lines) => inlineCode(formatLocation(lines), 1_000)).join(", ")}`,
    citations: unneeded.map((lines) => ({ kind: "lines", ...lines }) as const),
  }),
  check: (data, evidence) => checkByRun("minimal", data, evidence),
});
