import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** The real App as a process of its own. */
export interface StartedApp {
  /** Where it listens. */
  readonly url: string;
  /** Ends it in good order; within ten seconds. */
  stop(): Promise<void>;
}

/** What the App printed before it ended without listening. */
const MAX_TOLD = 2_000;

/** Starts `casebook serve` with these settings and nothing else of this environment. Throws when it does not listen. */
export async function startApp(
  settings: Readonly<Record<string, string>>,
  onLine: (line: string) => void = () => undefined,
): Promise<StartedApp> {
  const source = join(import.meta.dirname, "../cli/main.ts");
  const main = existsSync(source) ? source : join(import.meta.dirname, "../cli/main.js");
  const child = spawn(process.execPath, [main, "serve"], {
    env: { PATH: process.env["PATH"] ?? "", ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // Whatever ends this process ends the App too; it is nobody's server.
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  const ended = once(child, "close").then(() => void process.off("exit", kill));
  let told = "";
  child.stderr.on("data", (chunk: Buffer) => (told = (told + chunk.toString()).slice(-MAX_TOLD)));
  const listening = Promise.withResolvers<string>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    onLine(line);
    const url = /"url":"(http:[^"]+)".*"msg":"listening"/.exec(line)?.[1];
    if (url !== undefined) listening.resolve(url);
  });
  const url = await Promise.race([
    listening.promise,
    ended.then(() => {
      throw new Error(`the App ended before it listened: ${told.trim()}`);
    }),
  ]);
  return { url, stop: () => stop(child, ended) };
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill("SIGTERM");
  const killer = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await ended;
  clearTimeout(killer);
}
