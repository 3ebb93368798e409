import type { RecordedRun } from "../documents/recorded-run.ts";
import type { ClaimEvidence } from "./claim-evidence.ts";
import { type Checked, undecided, wrong } from "./claim.ts";

/** Why a claim about a run is not settled by its record: undefined where Casebook made the run as it is recorded. */
export function unlessOwnRun(run: RecordedRun, { runs }: Pick<ClaimEvidence, "runs">): Checked | undefined {
  if (runs === undefined) return undecided("the run is recorded and not repeated here");
  const known = runs(run.name);
  return known !== undefined && JSON.stringify(known, KEYS) === JSON.stringify(run, KEYS)
    ? undefined
    : wrong("Casebook made no such run");
}

const KEYS = ["name", "command", "commit", "changed", "end", "milliseconds", "output", "environment"];
