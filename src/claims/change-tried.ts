import { z } from "zod";
import { inlineCode } from "../text/inline-code.ts";
import { listed } from "../text/listed.ts";
import { part } from "./claim-data.ts";
import { claimType } from "./claim.ts";
import { checkByRun, guardedPart, noWorse, runPart } from "./shown-by-run.ts";

/** A change that somebody proposes removes the failure: with it the failing test passes twice, without it the same failure is back. */
export const changeTried = claimType({
  name: "change-tried",
  mark: "run",
  schema: z.strictObject({
    run: runPart.run,
    test: runPart.test,
    paths: z.array(part.path).min(1).max(10),
    /** Of the changed files with their new text: SHA-256, its first 16 digits. */
    change: z.string().regex(/^[0-9a-f]{16}$/),
    guarded: guardedPart,
  }),
  say: ({ run, test, paths, guarded }) => ({
    label: "tried",
    text: `with the proposed change of ${listed(paths.map((path) => inlineCode(path)))} ${inlineCode(test.name)} passes, and without it the same failure is back (${inlineCode(run)}); ${noWorse(guarded)}`,
    citations: [],
  }),
  check: (data, evidence) => checkByRun("change-tried", data, evidence),
});
