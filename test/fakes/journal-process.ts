import { fork } from "node:child_process";
import { once } from "node:events";
import { openDatabase } from "../../src/store/io/database.ts";
import { journalStore } from "../../src/store/io/journal.ts";
import type { Reply } from "../../src/llm/transcript.ts";
import type { Caps, Journal, Task } from "../../src/llm/journal.ts";

/** Where a journal is that several processes share. */
export interface JournalPlace {
  readonly url: string;
  readonly schema: string;
}

export interface Spending {
  readonly place: JournalPlace;
  readonly task: Task;
  readonly caps: Caps;
  /** Reserved by each call; each costs between 0 and this. */
  readonly micros: number;
  readonly at: number;
  /** After so many calls, it stands still in the middle of the next one. */
  readonly blockedAfter?: number;
}

/** What the process says while it works. */
export type Said =
  | { readonly kind: "ready" }
  | { readonly kind: "settled"; readonly micros: number }
  | { readonly kind: "stands-still" }
  | { readonly kind: "over"; readonly taken: number };

/** How a process ended, and all that it said. */
export interface Ended {
  readonly said: readonly Said[];
  /** None when it was killed. */
  readonly code: number | null;
}

/**
 * Processes that all call until a cap stops them, from the same moment on. `isEnough` is asked after each word of the
 * process `i`: true kills it.
 */
export async function spendTogether(
  spendings: readonly Spending[],
  isEnough: (i: number, said: readonly Said[]) => boolean,
): Promise<readonly Ended[]> {
  let waiting = spendings.length;
  const children = spendings.map((spending) =>
    fork(import.meta.filename, [JSON.stringify(spending)], { execArgv: [] }),
  );
  return Promise.all(
    children.map(async (child, i) => {
      const said: Said[] = [];
      child.on("message", (message) => {
        said.push(message as Said);
        if (said.length === 1 && --waiting === 0) for (const each of children) each.send("go");
        if (isEnough(i, said)) child.kill("SIGKILL");
      });
      await once(child, "close");
      return { said, code: child.exitCode };
    }),
  );
}

export async function openJournal(
  place: JournalPlace,
): Promise<{ readonly journal: Journal } & AsyncDisposable> {
  const database = await openDatabase(place);
  return {
    journal: journalStore(database, place.schema),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

function replyOf(micros: number): Reply {
  const usage = { input: micros, cached: 0, output: 1, estimated: false };
  return { kind: "reply", text: `It cost ${micros}.`, calls: [], usage, model: "small" };
}

async function main({ place, task, caps, micros, at, blockedAfter }: Spending): Promise<void> {
  const say = (said: Said): void => void process.send!(said);
  await using open = await openJournal(place);
  const { journal } = open;
  let length = (await journal.transcript(task)).length;
  const go = once(process, "message");
  say({ kind: "ready" });
  await go;
  for (let call = 0; ; call++) {
    const begun = await journal.begin(
      task,
      length,
      [{ kind: "request", text: `call ${call} of ${task.name}` }],
      { model: "small", micros, at },
      caps,
    );
    if (begun.kind === "over") {
      say({ kind: "over", taken: begun.taken });
      break;
    }
    if (call === blockedAfter) {
      say({ kind: "stands-still" });
      await new Promise((resolve) => setTimeout(resolve, 3_600_000));
    }
    // As a model does: meanwhile it is the others' turn.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
    // Some give everything back, some cost what was reserved, most something between.
    const cost = Math.floor(Math.random() * (micros + 1));
    if (call % 10 === 9) await journal.release(begun.call, 0);
    else {
      await journal.settle(begun.call, replyOf(cost), cost);
      length += 1;
      say({ kind: "settled", micros: cost });
    }
    length += 1;
  }
  process.disconnect();
}

const [, file, spending] = process.argv;
if (file === import.meta.filename && spending !== undefined) await main(JSON.parse(spending) as Spending);
