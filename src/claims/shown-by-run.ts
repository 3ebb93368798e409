import { z } from "zod";
import { recordsOf } from "../documents/run-record.ts";
import { inlineCode } from "../text/inline-code.ts";
import { listed } from "../text/listed.ts";
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

/** Tests that are no worse with a change, in words: `6 other tests of the file, all 80 tests`. */
export const guardedPart = z
  .string()
  .max(200)
  .regex(/^[\w ,.]*$/);

export function noWorse(guarded: string): string {
  return `no worse: ${guarded === "" ? "no other test was run" : guarded}`;
}

/** A value as a run showed it: a short `repr`. */
export const shownValue = z.string().max(200);

/** Values of names, in the order of the code. */
export const valuesPart = z
  .array(z.strictObject({ name: z.string().min(1).max(200), value: shownValue }))
  .max(4);

/** ` with key as None and n as 3`; empty without values. */
export function valuesWords(values: z.infer<typeof valuesPart>): string {
  return values.length === 0
    ? ""
    : ` with ${listed(values.map(({ name, value }) => `${inlineCode(name, 200)} as ${inlineCode(value, 200)}`))}`;
}

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
