/** A program that Casebook ran itself, in the sandbox, on the files of the base commit. */
export interface RecordedRun {
  /** `run-1`, unique within a document. */
  readonly name: string;
  /** Program and arguments; no shell read them. */
  readonly command: readonly string[];
  /** Files that were written over those of the commit. */
  readonly changed: readonly string[];
  /** `exit 1`, `signal SIGSEGV`, `stopped after 60 s`. */
  readonly end: string;
  readonly milliseconds: number;
  /** What it printed, as it was kept: control characters removed, the middle cut when it was long. */
  readonly output: string;
  /** What it ran in, e.g. `bubblewrap 0.8.0, python3 3.11.2`. */
  readonly environment: string;
}

/** What can be quoted of a run: how it ended and what it printed. */
export function printedBy({ end, output }: RecordedRun): string {
  return `${end}\n${output}`;
}
