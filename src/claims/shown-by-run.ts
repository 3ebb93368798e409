import { z } from "zod";
import { recordsOf } from "../documents/run-record.ts";
import type { ClaimEvidence } from "./claim-evidence.ts";
import { definitionAt } from "./claim-evidence.ts";
import { type Checked, holds, undecided, wrong } from "./claim.ts";
import { type DefinitionData, part } from "./claim-data.ts";

/** Data that claims of runs share. */
export const runPart = {
  /** The run of the document that shows it. */
  run: z.string().regex(/^run-[1-9]\d{0,3}$/),
  test: z.strictObject({ path: part.path, name: part.name }),
} as const;

/** The line that a run holds for a claim: its data, without the run's own name. */
export function recordFor(type: string, data: { readonly run: string }): object {
  return { type, ...data, run: undefined };
}

/**
 * Decides a claim by the run that the document holds: the run must hold its record. Without that run only a new one could decide. `at`: a
 * function that must be at the commit as well.
 */
export async function checkByRun(
  type: string,
  data: { readonly run: string; readonly at?: DefinitionData | undefined },
  evidence: ClaimEvidence,
): Promise<Checked> {
  if (data.at !== undefined && (await definitionAt(data.at, evidence)) === undefined)
    return wrong("the file has no such function on these lines");
  const run = evidence.documentRuns?.get(data.run);
  if (run === undefined) return undecided("the document does not hold the run, so it had to be made again");
  return recordsOf(run).includes(JSON.stringify(recordFor(type, data)))
    ? holds("the run of the document holds it")
    : wrong("the run of the document shows something else");
}
