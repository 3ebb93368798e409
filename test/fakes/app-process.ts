import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { SimulatedGitHub } from "../../src/simulator/github/contract.ts";
import { WEBHOOK_PATH } from "../../src/server/http-server.ts";
import { openJobsAt, settingsFor } from "./app.ts";
import { prepareStore } from "./prepared-store.ts";

const MAIN = join(import.meta.dirname, "../../src/cli/main.ts");

/** The real server as a process of its own, which can be killed and started again. */
export interface AppProcess extends AsyncDisposable {
  /** Where it listens since its last start. */
  readonly url: string;
  readonly pid: number | undefined;
  /** Starts it, or starts it again, and lets the webhooks come to it; ends when it listens. */
  start(): Promise<void>;
  /** Sends the signal and waits for the end; gives the exit code. */
  stop(signal: NodeJS.Signals): Promise<number | null>;
  /** Sends a signal and continues. */
  signal(signal: NodeJS.Signals): void;
  /** Ends when the process has ended, whoever ended it. */
  ended(): Promise<void>;
  /** Jobs and runs that wait or are at work: `sync active 1`. */
  openJobs(): Promise<readonly string[]>;
  /** Lines that it printed. */
  readonly lines: readonly string[];
}

/** With `DATABASE_URL` in `more` it uses that server, else the embedded store in its data folder. */
export async function appProcess(
  github: SimulatedGitHub,
  data: string,
  more: Readonly<Record<string, string>> = {},
): Promise<AppProcess> {
  if (more["DATABASE_URL"] === undefined) await prepareStore(data);
  const lines: string[] = [];
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: data,
    NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? "",
    ...settingsFor(github, data, { LOG_LEVEL: "info", ...more }),
  };
  let child: ChildProcess | undefined;
  let end: Promise<unknown> = Promise.resolve();
  let url = "";
  const app: AppProcess = {
    get url() {
      return url;
    },
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
      const listening = Promise.withResolvers<string>();
      createInterface({ input: started.stdout }).on("line", (line) => {
        lines.push(line);
        const found = /"url":"(http:[^"]+)".*"msg":"listening"/.exec(line)?.[1];
        if (found !== undefined) listening.resolve(found);
      });
      url = await Promise.race([
        listening.promise,
        end.then(() => {
          throw new Error(`the server ended before it listened: ${errors}${lines.slice(-3).join("\n")}`);
        }),
      ]);
      if (more["CASEBOOK_ROLE"] !== "worker") github.deliverTo(`${url}${WEBHOOK_PATH}`);
    },
    async stop(signal) {
      child?.kill(signal);
      await end;
      return child?.exitCode ?? null;
    },
    signal: (signal) => void child?.kill(signal),
    ended: () => end.then(() => undefined),
    openJobs: () => openJobsAt(url),
    async [Symbol.asyncDispose]() {
      if (child?.exitCode === null && child.signalCode === null) {
        child.kill("SIGCONT");
        await app.stop("SIGKILL");
      }
    },
  };
  return app;
}
