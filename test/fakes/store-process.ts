import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { openStore } from "../../src/store/io/open-store.ts";
import { newInvestigation } from "../../src/investigation/investigation.ts";
import { handlers } from "./handlers.ts";

/** What the process does with a run that it takes up. */
export type Behaviour =
  /** Works on it for ever. */
  | "hold"
  /** Stands still in the middle of a change of the investigation, as a process that is paused does. */
  | "stand-still";

export interface ProcessTask {
  readonly place: { readonly url: string } | { readonly folder: string };
  readonly schema: string;
  readonly behaviour: Behaviour;
}

/** Another process that works runs. Gives it when it took one up. */
export async function startStoreProcess(task: ProcessTask): Promise<ChildProcess> {
  const child = fork(import.meta.filename, [JSON.stringify(task)], { execArgv: [] });
  const said = await Promise.race([
    once(child, "message").then(([message]) => message as unknown),
    once(child, "exit").then(([code]) => `it ended with ${code}`),
  ]);
  if (said !== "begun") throw new Error(`the process says: ${String(said)}`);
  return child;
}

export async function killProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

async function main({ place, schema, behaviour }: ProcessTask): Promise<void> {
  const store = await openStore({ ...place, schema });
  await store.work(
    handlers({
      async run({ run, repository, issue }) {
        await store.beginRun(run, "another process");
        if (behaviour === "hold") {
          process.send!("begun");
          await new Promise(() => undefined);
        }
        await store.change({ repository, issue, installation: 1 }, (current) => {
          process.send!("begun");
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
          return { investigation: current ?? newInvestigation(repository, issue), effects: [] };
        });
      },
    }),
    { runs: 1, reconcileSeconds: 3_600 },
  );
}

const [, file, task] = process.argv;
if (file === import.meta.filename && task !== undefined) await main(JSON.parse(task) as ProcessTask);
