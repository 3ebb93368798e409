import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { gitFolder, type GitFolder } from "./git-folder.ts";

const BIN = join(import.meta.dirname, "../../bin/casebook.mjs");

/** Runs the command line as a user does, in a folder, with an index of its own below it. */
export function casebook(
  cwd: string,
  args: readonly string[],
  { input = "", env = {} }: { readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {},
): { readonly exit: number | null; readonly out: string; readonly err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    cwd,
    input,
    encoding: "utf8",
    env: { ...process.env, CASEBOOK_DATA: join(cwd, ".git", "casebook-data"), CASEBOOK_WORKERS: "1", ...env },
  });
  return { exit: status, out: stdout, err: stderr };
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
    env: { ...process.env, CASEBOOK_DATA: join(cwd, ".git", "casebook-data"), CASEBOOK_WORKERS: "1", ...env },
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
