import { expect, test } from "@jest/globals";
import { z } from "zod";
import { RunFailure } from "../../../src/failure.ts";
import { defineTool, type Tool } from "../../../src/agent/tool.ts";
import { yielder } from "../../../src/process/clock.ts";
import { withDeadline } from "../../../src/agent/tools/with-deadline.ts";

const tool = (run: (signal: AbortSignal) => Promise<string>): Tool =>
  defineTool({ name: "look", description: "", args: z.strictObject({}), run: (_, signal) => run(signal) });
const never = new AbortController().signal;

test("what takes too long is given up, and the model is told to ask for less", async () => {
  const slow = withDeadline(
    tool(() => new Promise(() => undefined)),
    0.02,
  );
  expect(await slow.answer("{}", never)).toMatch(/^look took longer than 0\.02 s; narrow it/);
});

test("a loop over what is in memory is stopped too", async () => {
  let rounds = 0;
  const busy = withDeadline(
    tool(async (signal) => {
      const yieldNow = yielder(signal);
      for (;;) {
        rounds++;
        await yieldNow();
      }
    }),
    0.1,
  );
  expect(await busy.answer("{}", never)).toMatch(/took longer/);
  const then = rounds;
  await new Promise((resolve) => void setTimeout(resolve, 60));
  expect(rounds).toBe(then);
});

test("who stops the run stops the tool: that is no answer", async () => {
  const controller = new AbortController();
  const asked = withDeadline(tool(() => new Promise(() => undefined))).answer("{}", controller.signal);
  controller.abort(new Error("cancelled by a person"));
  await expect(asked).rejects.toThrow("cancelled by a person");
});

test("a part of the repository that cannot be read is an answer without a path of the machine, a bug is not", async () => {
  const failing = (error: Error): Tool => withDeadline(tool(() => Promise.reject(error)));
  const missing = new RunFailure(
    "incomplete-repository",
    "The repository in /some/folder does not have a.py",
  );
  expect(await failing(missing).answer("{}", never)).toBe(
    "look cannot read this part of the repository (incomplete-repository); ask for something else.",
  );
  await expect(failing(new TypeError("a bug")).answer("{}", never)).rejects.toThrow("a bug");
  await expect(failing(new RunFailure("no-space", "full")).answer("{}", never)).rejects.toThrow("full");
});

test("what a tool keeps is kept behind the clock", async () => {
  const kept: string[] = [];
  const inner: Tool = { ...tool(async () => "a"), restore: async (_, answer) => void kept.push(answer) };
  await withDeadline(inner).restore!("{}", "b", never);
  expect(kept).toEqual(["b"]);
});
