import { printable } from "../text/inline-code.ts";

/** A program that Casebook ran itself, in the sandbox, on the files of the base commit or of another one. */
export interface RecordedRun {
  /** `run-1`, unique within a document. */
  readonly name: string;
  /** Program and arguments; no shell read them. */
  readonly command: readonly string[];
  /** 40 hexadecimal digits; absent for the base commit. */
  readonly commit?: string | undefined;
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

/** The language of the fenced block that records a run. */
export const RUN_LANGUAGE = "casebook-run";

const OUTPUT = "output:";

/** The inside of the fenced block: one key a line, then what the program printed. */
export function formatRun(run: RecordedRun): string {
  return [
    `name: ${run.name}`,
    `command: ${JSON.stringify(run.command)}`,
    ...(run.commit === undefined ? [] : [`commit: ${run.commit}`]),
    ...(run.changed.length > 0 ? [`changed: ${JSON.stringify(run.changed)}`] : []),
    `end: ${printable(run.end)}`,
    `milliseconds: ${run.milliseconds}`,
    `environment: ${printable(run.environment)}`,
    OUTPUT,
    ...run.output.split("\n").map((line) => line.trimEnd()),
  ].join("\n");
}

/** Reads such a block; a text when it says why it cannot be read. */
export function parseRun(text: string): RecordedRun | string {
  const lines = text.split("\n");
  const at = lines.indexOf(OUTPUT);
  if (at < 0) return "the block of a run has no `output:`";
  const keys = new Map(
    lines.slice(0, at).map((line) => {
      const colon = line.indexOf(": ");
      return colon < 0 ? [line, ""] : [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
  const command = listOf(keys.get("command"));
  const changed = listOf(keys.get("changed") ?? "[]");
  const [name, end, milliseconds, environment] = ["name", "end", "milliseconds", "environment"].map((key) =>
    keys.get(key),
  );
  if (command === undefined || command.length === 0 || changed === undefined)
    return "the block of a run needs `command`, a list";
  if (name === undefined || !/^run-[1-9]\d{0,3}$/.test(name)) return "the block of a run needs `name`";
  if (end === undefined || milliseconds === undefined || !/^\d{1,9}$/.test(milliseconds))
    return "the block of a run needs `end` and `milliseconds`";
  const commit = keys.get("commit");
  if (commit !== undefined && !/^[0-9a-f]{40}$/.test(commit))
    return "`commit` of the block of a run needs 40 hexadecimal digits";
  return {
    name,
    command,
    ...(commit === undefined ? {} : { commit }),
    changed,
    end,
    milliseconds: Number(milliseconds),
    environment: environment ?? "",
    output: lines.slice(at + 1).join("\n"),
  };
}

function listOf(json: string | undefined): readonly string[] | undefined {
  if (json === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value) && value.every((item) => typeof item === "string") ? value : undefined;
  } catch {
    return undefined;
  }
}
