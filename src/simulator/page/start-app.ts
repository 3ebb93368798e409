import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** The real App as a process of its own. */
export interface StartedApp {
  /** The address on which it listens. */
  readonly url: string;
  readonly pid: number;
  /** Resolves when the process has ended, with its last output. */
  readonly ended: Promise<string>;
  /** Stops it with SIGTERM, within ten seconds. */
  stop(): Promise<void>;
}

/** Characters of standard error that are kept. */
const MAX_TOLD = 2_000;

/**
 * Starts `casebook serve` with these settings alone: neither this environment nor a `.env` of the current folder, which may
 * name a real database. Throws when it ends before it listens.
 */
export async function startApp(
  settings: Readonly<Record<string, string>>,
  onLine: (line: string) => void = () => undefined,
): Promise<StartedApp> {
  const source = join(import.meta.dirname, "../../cli/main.ts");
  const main = existsSync(source) ? source : join(import.meta.dirname, "../../cli/main.js");
  const { PATH = "", NODE_COMPILE_CACHE } = process.env;
  const child = spawn(process.execPath, [main, "serve"], {
    cwd: settings["CASEBOOK_DATA"] ?? tmpdir(),
    env: { PATH, ...(NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }), ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // The App ends with this process.
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  let told = "";
  child.stderr.on("data", (chunk: Buffer) => (told = (told + chunk.toString()).slice(-MAX_TOLD)));
  const ended = once(child, "close").then(() => {
    process.off("exit", kill);
    return told.trim();
  });
  const listening = Promise.withResolvers<string>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    onLine(line);
    const url = /"url":"(http:[^"]+)".*"msg":"listening"/.exec(line)?.[1];
    if (url !== undefined) listening.resolve(url);
  });
  const url = await Promise.race([
    listening.promise,
    ended.then((words) => {
      throw new Error(`the App ended before it listened: ${words}`);
    }),
  ]);
  return { url, pid: child.pid!, ended, stop: () => stop(child, ended) };
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill("SIGTERM");
  const killer = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await ended;
  clearTimeout(killer);
}
