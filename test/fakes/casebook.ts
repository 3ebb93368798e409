import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runCli } from "../../src/cli/run-cli.ts";
import { researchHere } from "./research-here.ts";
import { gitFolder, type GitFolder } from "./git-folder.ts";

interface Given {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const BIN = join(import.meta.dirname, "../../bin/casebook.mjs");

function environmentIn(cwd: string, more: Given["env"]): Record<string, string | undefined> {
  const data = join(cwd, ".git", "casebook-data");
  return { ...process.env, CASEBOOK_DATA: data, CASEBOOK_WORKERS: "1", ...more };
}

/** Runs the command line as a user does, in a folder, with an index of its own below it. */
export function casebookProcess(cwd: string, args: readonly string[], { input = "", env }: Given = {}): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    cwd,
    input,
    encoding: "utf8",
    env: environmentIn(cwd, env),
  });
  return { exit: status, out: stdout, err: stderr };
}

/** The same command line in this process: a process of its own takes a second of a core. */
export async function casebook(
  cwd: string,
  args: readonly string[],
  { input = "", env }: Given = {},
): Promise<Ran> {
  let [out, err] = ["", ""];
  const exit = await runCli(args, {
    cwd,
    env: environmentIn(cwd, env),
    signal: new AbortController().signal,
    out: (line) => void (out += `${line}\n`),
    err: (line) => void (err += `${line}\n`),
    isTerminal: false,
    stdin: async () => input,
    // A process of its own takes a second of a core; tests of that process start it.
    research: ({ data }) => researchHere(data),
  });
  return { exit, out, err };
}

export interface Ran {
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
}

/** The same beside what this process serves; `pid` is there at once, so that it can be killed. */
export function startCasebook(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): { readonly child: ChildProcess; readonly ended: Promise<Ran> } {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    env: environmentIn(cwd, env),
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const ended = once(child, "close").then(([exit]) => ({ exit: exit as number | null, out, err }));
  return { child, ended };
}

/** One of the bundled examples as a repository with one commit. */
export function exampleRepository(name: "issue-42" | "issue-42-renamed"): GitFolder {
  const folder = gitFolder();
  cpSync(join(import.meta.dirname, "../../examples", name), folder.path, { recursive: true });
  rmSync(join(folder.path, "issue.md"));
  folder.commit({}, "Keep values in one file");
  return folder;
}
