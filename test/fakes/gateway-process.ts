import { fork } from "node:child_process";
import { once } from "node:events";
import { openModel } from "../../src/llm/io/open-model.ts";
import type { Entry } from "../../src/llm/transcript.ts";
import type { Caps, Payer } from "../../src/llm/journal.ts";
import { paidGateway } from "../../src/llm/paid-gateway.ts";
import { type JournalPlace, openJournal } from "./journal-process.ts";

/** One process that asks a model through the gateway until a cap stops it. */
export interface Asking {
  readonly place: JournalPlace;
  readonly run: string;
  readonly payer: Payer;
  readonly caps: Caps;
  /** Of the endpoint. */
  readonly url: string;
  readonly price: { readonly input: number; readonly output: number };
  readonly outputTokens: number;
  readonly at: number;
}

export type Word = { readonly kind: "ready" } | { readonly kind: "end"; readonly why: string };

export interface AskingEnd {
  readonly run: string;
  /** None when it was killed. */
  readonly code: number | null;
  readonly why: string | undefined;
}

/** All from the same moment on. `running` gets a way to kill each. */
export async function askTogether(
  askings: readonly Asking[],
  running: (kills: ReadonlyMap<string, () => void>) => void,
): Promise<readonly AskingEnd[]> {
  let waiting = askings.length;
  const children = askings.map((asking) =>
    fork(import.meta.filename, [JSON.stringify(asking)], { execArgv: [] }),
  );
  running(new Map(askings.map(({ run }, i) => [run, () => void children[i]!.kill("SIGKILL")])));
  return Promise.all(
    children.map(async (child, i) => {
      let why: string | undefined;
      child.on("message", (word: Word) => {
        if (word.kind === "end") why = word.why;
        else if (--waiting === 0) for (const each of children) each.send("go");
      });
      await once(child, "close");
      return { run: askings[i]!.run, code: child.exitCode, why };
    }),
  );
}

async function main({ place, run, payer, caps, url, price, outputTokens, at }: Asking): Promise<void> {
  await using open = await openJournal(place);
  const model = openModel(
    {
      name: "scripted",
      url,
      model: run,
      contextTokens: 32_768,
      outputTokens,
      price,
      tools: "native",
      maxTokensField: "auto",
      concurrency: 4,
      timeoutSeconds: 20,
      idleSeconds: 120,
    },
    { sleep: () => Promise.resolve(), idleMilliseconds: 2_000 },
  );
  const gateway = paidGateway({
    journal: open.journal,
    run,
    payer,
    modelsFor: () => [model],
    caps,
    now: () => at,
    sleep: () => Promise.resolve(),
  });
  const say = (word: Word): void => void process.send!(word);
  const conversation = "root-cause";
  let length = (await gateway.open(conversation)).length;
  const go = once(process, "message");
  say({ kind: "ready" });
  await go;
  const { signal } = new AbortController();
  for (let n = 0; ;) {
    const entries: Entry[] = [{ kind: "request", text: `question ${n} of ${run}. `.repeat(1 + (n % 5)) }];
    const next = await gateway.next({ conversation, at: length, entries, tools: [] }, signal);
    if (next.kind === "over") {
      say({ kind: "end", why: next.why });
      break;
    }
    // What failed is asked again, as the next try of a run does.
    if (next.kind === "unavailable") continue;
    length += 2;
    n++;
  }
  process.disconnect();
}

const [, file, asking] = process.argv;
if (file === import.meta.filename && asking !== undefined) await main(JSON.parse(asking) as Asking);
