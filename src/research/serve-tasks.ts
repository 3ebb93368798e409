import { readlinkSync } from "node:fs";
import { Socket } from "node:net";
import { git } from "../repository/io/git.ts";
import { CHANNEL_FD } from "../sandbox/io/reader-jail.ts";
import { openChannel } from "./channel.ts";
import {
  type FromResearcher,
  type ServiceLink,
  serviceLink,
  type ToResearcher,
  type Whereabouts,
} from "./protocol.ts";

export type Task = Extract<
  ToResearcher,
  { kind: "investigate" | "check" | "compare-fix" | "test" | "locate" | "ask" | "command" }
>;

export interface TaskHooks {
  readonly link: ServiceLink;
  readonly say: (message: FromResearcher) => void;
  readonly signal: AbortSignal;
}

/**
 * The life of a process that reads foreign text: it says where it is, carries out one task, answers and ends. When the one who started it
 * is gone, so is this.
 */
export async function serveTasks(
  carryOut: (task: Task, hooks: TaskHooks) => Promise<FromResearcher>,
): Promise<void> {
  const stop = new AbortController();
  let isDone = false;
  const channel = openChannel(new Socket({ fd: CHANNEL_FD }), {
    onMessage: (message) => take(message as ToResearcher),
    onBroken: () => process.exit(1),
    onEnd: () => process.exit(isDone ? 0 : 1),
  });
  const say = (message: FromResearcher): void => channel.say(message);
  const link = serviceLink(say);
  const end = (): void => {
    stop.abort();
    link.abandon(new Error("stopped"));
  };
  const take = (message: ToResearcher): void => {
    if (message.kind === "answer" || message.kind === "refusal") link.settle(message);
    else if (message.kind === "stop") end();
    else
      void carryOut(message, { link, say, signal: stop.signal })
        .catch((error: unknown): FromResearcher => {
          const { name, code, message: text } = error as { name?: string; code?: string; message?: string };
          return {
            kind: "failed",
            code:
              name === "RunFailure"
                ? (code as Extract<FromResearcher, { kind: "failed" }>["code"])
                : undefined,
            message: text ?? String(error),
          };
        })
        .then(async (answer) => {
          await link.idle();
          isDone = true;
          say(answer);
          channel.end();
        });
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, end);
  say(await whereabouts());
}

/** What the one who started this compares with its own. */
async function whereabouts(): Promise<Whereabouts> {
  return {
    kind: "started",
    namespaces: ["user", "net", "pid", "mnt", "ipc"].flatMap((name) => {
      try {
        return [readlinkSync(`/proc/self/ns/${name}`)];
      } catch {
        return [];
      }
    }),
    hasGit: await git(["--version"]).then(
      () => true,
      () => false,
    ),
  };
}
