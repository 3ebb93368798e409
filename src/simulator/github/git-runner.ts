import { spawn } from "node:child_process";

/** One run of git: what it is given, and what comes back. */
export interface GitRun {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly input: string | Uint8Array;
}

export interface GitEnd {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export function spawnGit({ args, cwd, env, input }: GitRun): Promise<GitEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", args, { cwd, env });
    const chunks: Buffer[] = [];
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-10_000)));
    child.on("error", reject);
    // A program that ends without reading all of its input is no fault of its own; its exit code tells.
    child.stdin.on("error", () => undefined);
    child.on("close", (code) => resolve({ code: code ?? -1, stdout: Buffer.concat(chunks), stderr }));
    child.stdin.end(input);
  });
}

export interface RunnerRequest {
  readonly id: number;
  readonly run: GitRun;
}

export interface RunnerAnswer {
  readonly id: number;
  readonly end: GitEnd | undefined;
  readonly error: string | undefined;
}

// As a process of its own (`git-runners.ts`): it is small, so that a child of it starts quickly.
if (process.argv[1] === import.meta.filename && process.send !== undefined) {
  const answer = (message: RunnerAnswer): void => void process.send!(message, () => undefined);
  process.on("message", ({ id, run }: RunnerRequest) => {
    spawnGit(run).then(
      (end) => answer({ id, end, error: undefined }),
      (error: unknown) => answer({ id, end: undefined, error: String(error) }),
    );
  });
  process.on("disconnect", () => process.exit());
}
