import { z } from "zod";
import { printedBy, type RecordedRun } from "../documents/recorded-run.ts";
import { inlineCode, printable } from "../text/inline-code.ts";
import { claimType, holds, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";
import { unlessOwnRun } from "./own-run.ts";

/** A command, run on the files of the commit as they are, ended in some way and printed a line. */
export const runPrinted = claimType({
  name: "run-printed",
  mark: "run",
  schema: z.strictObject({
    run: part.run,
    /** A whole line of what it printed; absent where its end says enough. */
    line: z.string().min(1).max(1_000).optional(),
  }),
  say: ({ run, line }) => ({
    text: `${inlineCode(run.command.join(" "), 300)}${run.commit === undefined ? "" : ` at ${inlineCode(run.commit.slice(0, 7))}`} ended with ${inlineCode(run.end)}${line === undefined ? "" : ` and printed ${inlineCode(line, 300)}`}`,
    citations: [{ kind: "run", run, quote: line === undefined ? run.end : printable(line) }],
  }),
  async check({ run, line }, evidence) {
    if (
      run.commit !== undefined &&
      (await evidence.history.commit(evidence.baseCommit, run.commit)) === undefined
    )
      return wrong("the base commit does not reach the commit of the run");
    if (run.changed.length > 0) return wrong("the run had files that are not in the commit");
    if (line !== undefined && !linesOf(run).includes(line)) return wrong("the run printed no such line");
    return unlessOwnRun(run, evidence) ?? holds("the record of the run has it");
  },
});

/** What a run printed, line by line, white space folded. */
export function linesOf(run: RecordedRun): readonly string[] {
  return printedBy(run)
    .split("\n")
    .map(printable)
    .filter((line) => line !== "");
}
