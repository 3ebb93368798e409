import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { freePort } from "./free-port.ts";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { SimulatedGitHub } from "../../src/simulator/github/contract.ts";
import { WEBHOOK_PATH } from "../../src/server/http-server.ts";
import { settingsFor } from "./app.ts";
import { prepareStore } from "./prepared-store.ts";

const MAIN = join(import.meta.dirname, "../../src/cli/main.ts");

/** The real server as a process of its own, which can be killed and started again at the same address. */
export interface AppProcess extends AsyncDisposable {
  readonly url: string;
  readonly pid: number | undefined;
  /** Starts it, or starts it again; ends when it listens. */
  start(): Promise<void>;
  /** Sends the signal and waits for the end; gives the exit code. */
  stop(signal: NodeJS.Signals): Promise<number | null>;
  /** Sends a signal and goes on. */
  signal(signal: NodeJS.Signals): void;
  /** Ends when the process has ended, whoever ended it. */
  ended(): Promise<void>;
  /** Lines that it printed. */
  readonly lines: readonly string[];
}

export async function appProcess(
  github: SimulatedGitHub,
  data: string,
  more: Readonly<Record<string, string>> = {},
): Promise<AppProcess> {
  if (more["DATABASE_URL"] === undefined) await prepareStore(data);
  const port = await freePort();
  const lines: string[] = [];
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: data,
    NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? "",
    ...settingsFor(github, data, { PORT: String(port), LOG_LEVEL: "info", ...more }),
  };
  let child: ChildProcess | undefined;
  let end: Promise<unknown> = Promise.resolve();
  const url = `http://127.0.0.1:${port}`;
  const app: AppProcess = {
    url,
    get pid() {
      return child?.pid;
    },
    lines,
    async start() {
      const started = spawn(process.execPath, [MAIN, "serve"], { env, stdio: ["ignore", "pipe", "pipe"] });
      child = started;
      end = once(started, "close");
      let errors = "";
      started.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
      const listening = Promise.withResolvers<void>();
      createInterface({ input: started.stdout }).on("line", (line) => {
        lines.push(line);
        if (line.includes('"msg":"listening"')) listening.resolve();
      });
      await Promise.race([
        listening.promise,
        end.then(() => {
          throw new Error(`the server ended before it listened: ${errors}${lines.slice(-3).join("\n")}`);
        }),
      ]);
    },
    async stop(signal) {
      child?.kill(signal);
      await end;
      return child?.exitCode ?? null;
    },
    signal: (signal) => void child?.kill(signal),
    ended: () => end.then(() => undefined),
    async [Symbol.asyncDispose]() {
      if (child?.exitCode === null && child.signalCode === null) {
        child.kill("SIGCONT");
        await app.stop("SIGKILL");
      }
    },
  };
  return app;
}

/** Lets the webhooks of a GitHub come to this process. */
export function deliverTo(github: SimulatedGitHub, app: Pick<AppProcess, "url">): void {
  github.deliverTo(`${app.url}${WEBHOOK_PATH}`);
}
