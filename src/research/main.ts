import { readlinkSync } from "node:fs";
import { Socket } from "node:net";
import { readConfig } from "../process/config.ts";
import { git } from "../repository/io/git.ts";
import { CHANNEL_FD } from "../sandbox/io/reader-jail.ts";
import { openChannel } from "./channel.ts";
import { type FromResearcher, serviceLink, type ToResearcher, type Whereabouts } from "./protocol.ts";
import { sandboxesOverLink } from "./sandboxes-over-link.ts";
import { checkTask, investigateTask, locateTask } from "./tasks.ts";

// A process of its own for one task: it reads hostile text, holds no secret and reaches nothing but a mirror on this
// disk and the service that started it. When that is gone, so is this.
const config = readConfig(process.env);
const stop = new AbortController();
let isDone = false;
const channel = openChannel(new Socket({ fd: CHANNEL_FD }), {
  onMessage: (message) => take(message as ToResearcher),
  onBroken: () => process.exit(1),
  onEnd: () => process.exit(isDone ? 0 : 1),
});
const say = (message: FromResearcher): void => channel.say(message);
const link = serviceLink(say);
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, end);
say(await whereabouts());

function end(): void {
  stop.abort();
  link.abandon(new Error("stopped"));
}

function take(message: ToResearcher): void {
  if (message.kind === "answer" || message.kind === "refusal") {
    link.settle(message);
    return;
  }
  if (message.kind === "stop") {
    end();
    return;
  }
  void carryOut(message)
    .catch((error: unknown): FromResearcher => {
      const { name, code, message: text } = error as { name?: string; code?: string; message?: string };
      return {
        kind: "failed",
        code:
          name === "RunFailure" ? (code as Extract<FromResearcher, { kind: "failed" }>["code"]) : undefined,
        message: text ?? String(error),
      };
    })
    .then((answer) => {
      isDone = true;
      say(answer);
      channel.end();
    });
}

async function carryOut(
  task: Extract<ToResearcher, { kind: "investigate" | "check" | "test" | "locate" | "ask" }>,
): Promise<FromResearcher> {
  const { signal } = stop;
  const sandboxesFor = ({ sandbox }: { readonly sandbox?: object | undefined }) =>
    sandbox === undefined ? undefined : sandboxesOverLink(link);
  switch (task.kind) {
    case "investigate": {
      const { request, place } = task;
      return {
        kind: "investigated",
        result: await investigateTask(request, {
          config,
          link,
          place,
          say,
          signal,
          sandboxes: sandboxesFor(request),
        }),
      };
    }
    case "check":
      return { kind: "checked", documents: await checkTask(task.request, { config, signal }) };
    case "locate":
      return { kind: "located", located: await locateTask(task.request, { config, link, say, signal }) };
    case "ask": {
      const { askTask } = await import("./ask-task.ts");
      return { kind: "told", told: await askTask(task.request, { config, say, signal }) };
    }
    case "test": {
      // Loaded when it is asked for: most tasks run no code.
      const { testChange } = await import("./test-change.ts");
      const { request } = task;
      return {
        kind: "tested",
        verdict: await testChange(request, { sandboxes: sandboxesFor(request), signal }),
      };
    }
  }
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
