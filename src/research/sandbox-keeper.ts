import { Socket } from "node:net";
import { CHANNEL_FD } from "../sandbox/io/reader-jail.ts";
import { openChannel } from "./channel.ts";
import type { KeeperAnswer, KeeperAsk } from "./protocol.ts";
import { sandboxesHere, type OpenedSandbox, type SandboxDoor } from "./sandbox-door.ts";

// A process of its own that starts sandboxes for one task, since the process that reads foreign text can start none. It holds no
// secret, parses nothing of the repository, and ends with the one that started it.
const stop = new AbortController();
const open = new Map<number, OpenedSandbox>();
let door: (SandboxDoor & AsyncDisposable) | undefined;
let opened = 0;
const channel = openChannel(new Socket({ fd: CHANNEL_FD }), {
  onMessage: (message) => void take(message as KeeperAsk),
  onBroken: () => process.exit(1),
  onEnd: () => void leave(),
});
const say = (answer: KeeperAnswer): void => channel.say(answer);
process.on("SIGTERM", () => void leave());
process.on("SIGINT", () => undefined);

async function take(message: KeeperAsk): Promise<void> {
  if (message.kind === "keep") {
    door = sandboxesHere(message);
    return;
  }
  const { call } = message;
  try {
    say({ kind: "answer", call, value: await answer(message) });
  } catch (error) {
    const { name, code, message: text } = error as { name?: string; code?: string; message?: string };
    say({
      kind: "refusal",
      call,
      ...(name === "RunFailure" && code !== undefined ? { code: code as never } : {}),
      message: text ?? String(error),
    });
  }
}

async function answer({ ask }: Extract<KeeperAsk, { kind: "call" }>): Promise<unknown> {
  switch (ask.kind) {
    case "sandbox-open": {
      if (door === undefined) throw new Error("no sandbox was offered");
      const sandbox = ++opened;
      const found = await door.open(ask, stop.signal);
      open.set(sandbox, found);
      const { state, changed } = found;
      return {
        sandbox,
        changed,
        state: state.kind === "none" ? state : { kind: "ready", environment: state.sandbox.environment },
      };
    }
    case "sandbox-run": {
      const state = open.get(ask.sandbox)?.state;
      if (state?.kind !== "ready") throw new Error("there is no such sandbox");
      return state.sandbox.run(ask.request, stop.signal);
    }
    case "sandbox-close":
      open.get(ask.sandbox)?.close();
      open.delete(ask.sandbox);
      return undefined;
  }
}

async function leave(): Promise<void> {
  if (stop.signal.aborted) return;
  stop.abort();
  // Where a run is being ended, its files go after it.
  await door?.[Symbol.asyncDispose]();
  process.exit(0);
}
