import { type ChildProcess, fork } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type GitEnd, type GitRun, type RunnerAnswer, type RunnerRequest, spawnGit } from "./git-runner.ts";

interface Runner {
  users: number;
  calls: number;
  readonly child: ChildProcess;
  readonly waiting: Map<number, { resolve: (end: GitEnd) => void; reject: (error: Error) => void }>;
}

let runner: Runner | undefined;

/**
 * Lets a small process start git from now on. To start a program from a process that holds 600 MB takes 18 ms of a core,
 * from a small one 1 ms, and a simulated GitHub starts a hundred for one investigation. Dispose it.
 */
export function useGitRunner(): Disposable {
  const own = (runner ??= startRunner());
  own.users++;
  return {
    [Symbol.dispose]() {
      if (--own.users > 0) return;
      if (runner === own) runner = undefined;
      own.child.disconnect();
    },
  };
}

export function runGitProcess(run: GitRun): Promise<GitEnd> {
  if (runner === undefined) return spawnGit(run);
  const { child, waiting } = runner;
  const id = ++runner.calls;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    child.send({ id, run } satisfies RunnerRequest, (error) => {
      if (error !== null) reject(error);
    });
  });
}

function startRunner(): Runner {
  const source = join(import.meta.dirname, "git-runner.ts");
  const child = fork(existsSync(source) ? source : join(import.meta.dirname, "git-runner.js"), [], {
    execArgv: [],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const waiting: Runner["waiting"] = new Map();
  child.on("message", ({ id, end, error }: RunnerAnswer) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (end === undefined) call?.reject(new Error(error));
    else call?.resolve({ ...end, stdout: Buffer.from(end.stdout) });
  });
  child.on("close", () => {
    for (const { reject } of waiting.values()) reject(new Error("the process that starts git has ended"));
  });
  return { users: 0, calls: 0, child, waiting };
}
