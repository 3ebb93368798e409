import type { RecordedRun } from "./recorded-run.ts";

/** What Casebook read from a run, one JSON object a line, behind everything that the program printed. */
const MARKER = "[read from this run by Casebook]";

/** The output with what was read from the run. In: what the program printed, and JSON values. */
export function withRecords(output: string, records: readonly unknown[]): string {
  return [withoutRecords(output).trimEnd(), MARKER, ...records.map((record) => JSON.stringify(record))].join(
    "\n",
  );
}

/** What a program printed, so that none of it is taken for a record. */
export function withoutRecords(output: string): string {
  return output.replaceAll(MARKER, MARKER.replace("[", "(").replace("]", ")"));
}

/** The lines that `withRecords` wrote, as they stand; what a program printed before the last mark is not among them. */
export function recordsOf({ output }: Pick<RecordedRun, "output">): readonly string[] {
  const lines = output.split("\n");
  const at = lines.lastIndexOf(MARKER);
  return at < 0 ? [] : lines.slice(at + 1).map((line) => line.trim());
}
