import { recordFor } from "../claims/shown-by-run.ts";
import type { StatedClaim } from "../documents/finding.ts";
import type { RecordedRun } from "../documents/recorded-run.ts";
import type { TestRun } from "../reproduction/run-tests.ts";
import type { CodeRunner } from "./code-runner.ts";
import { formatReport } from "./trial.ts";

/** Characters of the report of a run that a document keeps. */
const MOST_OUTPUT = 4_000;

/** Keeps a run with what was read from it. */
export function keepWith(
  runner: CodeRunner,
  { result, command, report }: TestRun,
  changed: readonly string[],
  claims: readonly StatedClaim[],
): RecordedRun {
  const records = claims.map(({ type, data }) => recordFor(type, data as { readonly run: string }));
  return runner.keep(
    // What it printed and how long it took differ from run to run; the same phase again gives the same document.
    { ...result, output: formatReport(report), cut: 0, milliseconds: 0 },
    { command, changed, maxOutput: MOST_OUTPUT, records },
  );
}

/** `4-6,9` */
export function rangesOf(lines: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const line of lines) {
    const last = parts.at(-1);
    if (last !== undefined && last[1] === line - 1) last[1] = line;
    else parts.push([line, line]);
  }
  return parts.map(([a, b]) => (a === b ? String(a) : `${a}-${b}`)).join(",");
}
