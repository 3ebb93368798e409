import { once } from "node:events";
import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Duplex, Readable } from "node:stream";
import { expect, test } from "@jest/globals";
import { openChannel } from "../../src/research/channel.ts";
import { serviceLink } from "../../src/research/protocol.ts";

const source = (path: string): string => JSON.stringify(join(import.meta.dirname, "../../src", path));
/** Asks for something that it does not wait for, as who closes a sandbox does, and answers with a long text. */
const READER = `
import { serveTasks } from ${source("research/serve-tasks.ts")};
await serveTasks(async (task, { link }) => {
  void link.ask({ kind: "sandbox-close", sandbox: 1 });
  setTimeout(() => console.error("carried out"), 0);
  return { kind: "ran", ran: { exit: 0, out: "x".repeat(5_000_000) } };
});
`;

test("an answer that comes late does not cost the result of the task", async () => {
  const child = spawn(process.execPath, ["--input-type=module", "-e", READER], {
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  const pipes = child.stdio as readonly unknown[];
  const got: { readonly kind: string; readonly call?: number; readonly ran?: { readonly out: string } }[] =
    [];
  const channel = openChannel(pipes[3] as Duplex, {
    onMessage: (message) => got.push(message as (typeof got)[number]),
    onBroken: (why) => expect(why).toBe(""),
  });
  channel.say({ kind: "command", request: {} });
  await once(pipes[2] as Readable, "data");
  // By now the result would have been sent, and the reader been gone.
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(got.map(({ kind }) => kind).toSorted()).toEqual(["call", "started"]);
  channel.say({ kind: "answer", call: 1 });
  await once(child, "close");
  expect(got.slice(2).map(({ kind }) => kind)).toEqual(["ran"]);
  expect(got.at(-1)?.ran?.out).toHaveLength(5_000_000);
});

test("a link is idle when each question has its answer, or is given up", async () => {
  const link = serviceLink(() => undefined);
  await link.idle();
  const order: string[] = [];
  void link.ask({ kind: "current" }).then(() => order.push("answer"));
  const lost = link.ask({ kind: "current" }).catch((error: Error) => order.push(error.message));
  const idle = link.idle().then(() => order.push("idle"));
  link.settle({ kind: "answer", call: 1, value: new Map() });
  await new Promise((resolve) => setImmediate(resolve));
  expect(order).toEqual(["answer"]);
  link.abandon(new Error("stopped"));
  await Promise.all([lost, idle]);
  expect(order.toSorted()).toEqual(["answer", "idle", "stopped"]);
});
