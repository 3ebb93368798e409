import { z } from "zod";
import { formatRun, parseRun, type RecordedRun } from "../documents/recorded-run.ts";
import { withoutRecords, withRecords } from "../documents/run-record.ts";
import { INTERPRETERS, type ProgramLanguage } from "../claims/program-prints.ts";
import { inlineCode, printable } from "../text/inline-code.ts";
import { quoteUntrusted } from "./untrusted.ts";
import { defineTool, type Tool } from "./tool.ts";
import type { Sandbox, SandboxEnvironment, SandboxResult, SandboxState } from "../sandbox/sandbox.ts";

/** Runs code for a model and remembers each run, so that a finding can cite it. */
export interface CodeRunner {
  /** `run`, or none where no code can be run. */
  readonly tools: readonly Tool[];
  /** A run by its name. */
  run(name: string): RecordedRun | undefined;
  /** Keeps a run that Casebook made for a check of its own. */
  keep(
    result: SandboxResult,
    of: {
      readonly command: readonly string[];
      readonly changed: readonly string[];
      /** Characters of output that are kept. */
      readonly maxOutput?: number;
      /** What Casebook read from it, kept whole behind the output. */
      readonly records?: readonly object[];
      /** 40 hexadecimal digits; undefined: the base commit. */
      readonly commit?: string;
    },
  ): RecordedRun;
  /** Runs that are in an earlier answer, in a run that continues. */
  recall(text: string): void;
  readonly runs: readonly RecordedRun[];
  /** A run as an answer shows it; `recall` reads it back. */
  shown(run: RecordedRun): string;
  /**
   * Runs a few lines over the files of the commit: twice, and once without these files. A text says why nothing was run.
   */
  evaluate(language: ProgramLanguage, program: string, signal: AbortSignal): Promise<Evaluated | string>;
  /** What a command does where the repository is not; undefined where no code can be run. */
  without(command: readonly string[], signal: AbortSignal): Promise<RecordedRun | undefined>;
}

interface Evaluated {
  readonly run: RecordedRun;
  /** The second run printed the same. */
  readonly isStable: boolean;
  /** Without the repository it does something else. */
  readonly needsRepository: boolean;
}

const MAX_FILES = 10;
const MAX_FILE = 100_000;
/** Characters of output that a document keeps of a run. */
const MAX_OUTPUT = 6_000;
const SECONDS = 60;
/** Characters of an argument that is recorded as it is. */
const MAX_ARGUMENT = 400;

const args = z.object({
  command: z
    .array(z.string().min(1).max(2_000))
    .min(1)
    .max(50)
    .describe('Program and arguments, e.g. ["python3", "-m", "unittest", "tests.test_a"]. No shell.'),
  files: z
    .array(z.object({ path: z.string().min(1).max(500), text: z.string().max(MAX_FILE) }))
    .max(MAX_FILES)
    .default([])
    .describe("Files to write over those of the commit before it starts; thrown away afterwards."),
  commit: z
    .string()
    .regex(/^[0-9a-f]{7,40}$/)
    .optional()
    .describe("Run on the files of this earlier commit in the place of the one under research."),
});

/** The files of other commits to run code on; a text says why there are none. */
export type SandboxAt = (commit: string) => Promise<OtherCommit | string>;

interface OtherCommit {
  /** 40 hexadecimal digits. */
  readonly commit: string;
  readonly sandbox: Sandbox;
}

/** `at`: opens other commits for the tool `run`; undefined: it runs on the base commit alone. */
export function codeRunner(state: SandboxState, nonce: string, at?: SandboxAt): CodeRunner {
  const runs: RecordedRun[] = [];
  const recorded = (
    name: string,
    result: SandboxResult,
    command: readonly string[],
    changed: readonly string[],
    maxOutput = MAX_OUTPUT,
    records: readonly object[] = [],
    commit?: string,
  ): RecordedRun => ({
    name,
    command: command.map(shortened),
    ...(commit === undefined ? {} : { commit }),
    changed,
    end: describeEnd(result.end),
    milliseconds: Math.round(result.milliseconds),
    output:
      records.length === 0
        ? withoutRecords(kept(result, maxOutput))
        : withRecords(kept(result, maxOutput), records),
    environment:
      state.kind === "ready" ? describeEnvironment(state.sandbox.environment, command.slice(0, 1)) : "",
  });
  const keep: CodeRunner["keep"] = (result, { command, changed, maxOutput, records, commit }) => {
    const run = recorded(`run-${runs.length + 1}`, result, command, changed, maxOutput, records, commit);
    runs.push(run);
    return run;
  };
  const recall: CodeRunner["recall"] = (text) => {
    for (const run of runsIn(text, nonce)) if (!runs.some(({ name }) => name === run.name)) runs.push(run);
  };
  const run = (sandbox: Sandbox, command: readonly string[], signal: AbortSignal): Promise<SandboxResult> =>
    sandbox.run({ changes: new Map(), command, limits: { seconds: SECONDS } }, signal);
  return {
    async evaluate(language, program, signal) {
      if (state.kind === "none") return `No code is run here: ${state.why}.`;
      const [name, flag] = INTERPRETERS[language];
      if (!state.sandbox.environment.toolchains.has(name)) return `There is no ${name} here.`;
      const command = [name, flag, program];
      const [first, second] = [
        await run(state.sandbox, command, signal),
        await run(state.sandbox, command, signal),
      ];
      const bare = await run(state.sandbox, withoutRepository(command), signal);
      const done = (one: SandboxResult): string => `${describeEnd(one.end)}\n${one.output}`;
      return {
        run: keep(first, { command, changed: [] }),
        isStable: done(first) === done(second),
        needsRepository: done(first) !== done(bare),
      };
    },
    async without(command, signal) {
      if (state.kind === "none") return undefined;
      const result = await run(state.sandbox, withoutRepository(command), signal);
      return recorded("run-0", result, command, []);
    },
    tools: state.kind === "ready" ? [runTool(state.sandbox, at, nonce, keep, recall)] : [],
    run: (name) => runs.find((run) => run.name === name),
    keep,
    recall,
    runs,
    shown: (run) => formatRunAnswer(run, nonce),
  };
}

function runTool(
  sandbox: Sandbox,
  at: SandboxAt | undefined,
  nonce: string,
  keep: CodeRunner["keep"],
  recall: CodeRunner["recall"],
): Tool {
  return defineTool({
    name: "run",
    description: `Runs one program in a sandbox on a fresh copy of the repository at the commit: no network, ${SECONDS} s, nothing is kept. There: ${describeEnvironment(sandbox.environment, [])}. The answer names the run, so that a finding can cite it.`,
    args: at === undefined ? args.omit({ commit: true }) : args,
    async run({ command, files, commit }: z.infer<typeof args>, signal) {
      const wrong = files.find(({ path }) => !isPlainPath(path));
      // Never at the beginning of a line: a path could hold what `recall` takes for a run.
      if (wrong !== undefined)
        return `Nothing was run: ${inlineCode(wrong.path)} is no path inside the repository.`;
      const other = commit === undefined || at === undefined ? undefined : await at(commit);
      if (typeof other === "string") return `Nothing was run: ${other}.`;
      const result = await (other?.sandbox ?? sandbox).run(
        {
          changes: new Map(files.map(({ path, text }) => [path, text])),
          command,
          limits: { seconds: SECONDS },
        },
        signal,
      );
      const run = keep(result, {
        command,
        changed: files.map(({ path }) => path),
        ...(other === undefined ? {} : { commit: other.commit }),
      });
      return formatRunAnswer(run, nonce);
    },
    restore: async (_, answer) => recall(answer),
  });
}

/** The same command after the files of the commit are gone: what it still does it does without them. */
function withoutRepository(command: readonly string[]): readonly string[] {
  return ["sh", "-c", 'rm -rf ./* 2>/dev/null; exec "$@"', "sh", ...command];
}

/** A run as a model sees it; `recall` reads it back. */
export function formatRunAnswer(run: RecordedRun, nonce: string): string {
  return quoteUntrusted(formatRun(run), { nonce, source: `${run.name}, what a program printed` });
}

/** Every run that appears in an answer between the marks of this run; other marks are somebody's imitation. */
function runsIn(text: string, nonce: string): readonly RecordedRun[] {
  const found: RecordedRun[] = [];
  const lines = text.split("\n");
  for (let i = 0; i < lines.length; i++) {
    if (!lines[i]!.startsWith(`<<data ${nonce} run-`)) continue;
    const end = lines.findIndex((line, at) => at > i && line === `data ${nonce}>>`);
    const run = parseRun(lines.slice(i + 1, end < 0 ? lines.length : end).join("\n"));
    if (typeof run !== "string") found.push(run);
    // What is between the marks is what a program printed: nothing in it is looked at again.
    if (end >= 0) i = end;
  }
  return found;
}

/** A path inside the repository, on one line and without characters that do not show. */
export function isPlainPath(path: string): boolean {
  return (
    path === printable(path) &&
    !path.startsWith("/") &&
    !path.includes("\\") &&
    path
      .split("/")
      .every((part) => part !== "" && part !== "." && part !== ".." && part.toLowerCase() !== ".git")
  );
}

/** Where Casebook and the code host keep their own files: nothing that a model writes goes there. */
export function isOurs(path: string): boolean {
  return /^(\.chant|\.github|\.gitlab|\.circleci)\//i.test(path);
}

/** A program that is given as an argument is named by its beginning. */
export function shortened(argument: string): string {
  return argument.length <= MAX_ARGUMENT ? argument : `(a program of ${argument.length} characters)`;
}

/** True for what `shortened` puts in the place of an argument. */
export function isShortened(argument: string): boolean {
  return /^\(a program of \d+ characters\)$/.test(argument);
}

function kept({ output, cut }: SandboxResult, max: number): string {
  const note = (more: number): string => `\n[cut: ${more} characters]\n`;
  if (output.length <= max) return cut > 0 ? output + note(cut) : output;
  const half = Math.floor(max / 2);
  return (
    output.slice(0, half).toWellFormed() +
    note(output.length - 2 * half + cut) +
    output.slice(-half).toWellFormed()
  );
}

function describeEnd(end: SandboxResult["end"]): string {
  switch (end.kind) {
    case "exit":
      return `exit ${end.code}`;
    case "signal":
      return `signal ${end.signal}`;
    case "not-started":
      return `not started: ${end.why}`;
    default:
      return end.limit === "seconds" ? "stopped: it took too long" : "stopped: it printed too much";
  }
}

/** `bubblewrap 0.8.0, python3 3.11.2; no prepared dependencies`. `used`: toolchains that are named; none: all. */
export function describeEnvironment(
  { sandbox, toolchains, dependencies }: SandboxEnvironment,
  used: readonly string[],
): string {
  const tools = [...toolchains]
    .filter(([name]) => used.length === 0 || used.includes(name))
    .map(([name, version]) => `${name} ${version}`);
  return `${[sandbox, ...tools].join(", ")}; ${dependencies === undefined ? "no prepared dependencies" : `dependencies prepared by the operator in ${dependencies}`}`;
}
