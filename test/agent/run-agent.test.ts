import { describe, expect, test } from "@jest/globals";
import { z } from "zod";
import { RunFailure } from "../../src/failure.ts";
import type { Entry } from "../../src/llm/transcript.ts";
import { type AgentEnd, type AgentTask, runAgent } from "../../src/agent/run-agent.ts";
import { defineTool, type Tool } from "../../src/agent/tool.ts";
import { call, scriptedGateway } from "../fakes/scripted-gateway.ts";

/** A counter that a model can raise; done at three. It keeps its count, so a run that is taken up again must bring it back. */
function counter() {
  let count = 0;
  let runs = 0;
  const tool: Tool = defineTool({
    name: "raise",
    description: "Raises the count.",
    args: z.object({ by: z.int().min(1) }),
    async run({ by }) {
      runs++;
      count += by;
      return `the count is ${count}`;
    },
    restore: async ({ by }) => void (count += by),
  });
  return { tool, isDone: () => count >= 3, count: () => count, runs: () => runs };
}

function replyWith(...calls: readonly (readonly [id: string, by: number])[]): Entry {
  return {
    kind: "reply",
    text: "",
    calls: calls.map(([id, by]) => ({ id, name: "raise", arguments: JSON.stringify({ by }) })),
    usage: { input: 100, cached: 0, output: 10, estimated: false },
    model: "scripted",
  };
}

const generous = { steps: 10, tokens: 100_000, milliseconds: 60_000 };

function taskOf(counted: ReturnType<typeof counter>, more: Partial<AgentTask> = {}): AgentTask {
  return {
    conversation: "count",
    instructions: "Count.",
    request: "To three.",
    tools: [counted.tool],
    limits: generous,
    isDone: counted.isDone,
    nudge: "Use the tool.",
    ...more,
  };
}

function run(task: AgentTask, gateway: ReturnType<typeof scriptedGateway>, now = () => 0): Promise<AgentEnd> {
  return runAgent(task, { gateway, signal: new AbortController().signal, now });
}

describe("the loop", () => {
  test("answers each call and ends when nothing more is wanted", async () => {
    using gateway = scriptedGateway([call("raise", { by: 1 }), call("raise", { by: 2 })]);
    expect(await run(taskOf(counter()), gateway)).toEqual({ kind: "done" });
    expect(gateway.answers()).toEqual(["the count is 1"]);
  });

  test("wrong arguments, words that are no JSON and a tool that does not exist are answers, not errors", async () => {
    const counted = counter();
    using gateway = scriptedGateway([
      call("raise", { by: "two" }),
      call("raise", "{by: 2"),
      call("lower", {}),
      call("raise", { by: 3 }),
    ]);
    expect(await run(taskOf(counted), gateway)).toEqual({ kind: "done" });
    const [wrong, noJson, unknown] = gateway.answers();
    expect(wrong).toContain("The arguments of raise are wrong: by:");
    expect(noJson).toContain("are not JSON");
    expect(unknown).toBe('There is no tool "lower". There are: raise.');
    expect(counted.runs()).toBe(1);
  });

  test("a model that only talks is asked twice to do something, then it gave up", async () => {
    using gateway = scriptedGateway([{ text: "Done!" }, { text: "All done." }, { text: "Really." }]);
    expect(await run(taskOf(counter()), gateway)).toEqual({ kind: "gave-up" });
  });

  test.each([
    ["steps", { ...generous, steps: 2 }, "the limit of 2 steps was reached"],
    ["tokens", { ...generous, tokens: 220 }, "the limit of 220 tokens was reached"],
  ] as const)("ends at its limit of %s, before another call", async (limit, limits, why) => {
    using gateway = scriptedGateway([call("raise", { by: 1 }), call("raise", { by: 1 })]);
    expect(await run(taskOf(counter(), { limits }), gateway)).toEqual({ kind: "limit", limit, why });
  });

  test("ends at its limit of minutes, before another call", async () => {
    let minutes = 0;
    using gateway = scriptedGateway([call("raise", { by: 1 })]);
    const end = await run(taskOf(counter()), gateway, () => 40_000 * minutes++);
    expect(end).toEqual({ kind: "limit", limit: "minutes", why: "the limit of 1 minutes was reached" });
  });

  test("ends where the money ends", async () => {
    using gateway = scriptedGateway([
      call("raise", { by: 1 }),
      { kind: "over", why: "the cap of $1.00 is reached" },
    ]);
    expect(await run(taskOf(counter()), gateway)).toEqual({
      kind: "limit",
      limit: "money",
      why: "the cap of $1.00 is reached",
    });
  });

  test("stops between two steps when it is cancelled", async () => {
    const stop = new AbortController();
    const counted = counter();
    using gateway = scriptedGateway([call("raise", { by: 1 })]);
    const task = taskOf(counted, { isDone: () => (stop.abort(new Error("cancelled")), false) });
    await expect(runAgent(task, { gateway, signal: stop.signal, now: () => 0 })).rejects.toThrow("cancelled");
  });
});

describe("a reply", () => {
  const calls = (n: number) => ({
    calls: Array.from({ length: n }, () => ({ name: "raise", arguments: { by: 1 } })),
  });

  test("with too many calls has an answer to each: the first are carried out, the others are told so", async () => {
    const counted = counter();
    using gateway = scriptedGateway([calls(20), call("raise", { by: 1 })]);
    const task = taskOf(counted, { isDone: () => counted.count() > 16 });
    expect(await run(task, gateway)).toEqual({ kind: "done" });
    const answers = gateway.answers();
    expect(answers).toHaveLength(20);
    expect(answers[15]).toBe("the count is 16");
    expect(
      answers.slice(16).every((text) => text.startsWith("Not carried out: of one reply the first 16")),
    ).toBe(true);
    expect(counted.runs()).toBe(17);
  });

  test("with two calls of one identifier is two calls", async () => {
    const stored = new Map<string, Entry[]>();
    const gateway = scriptedGateway([], stored);
    stored.set("count", [
      { kind: "instructions", text: "Count." },
      { kind: "request", text: "To three." },
      replyWith(["same", 1], ["same", 2]),
      { kind: "answer", call: "same", tool: "raise", text: "the count is 1" },
    ]);
    const counted = counter();
    expect(await run(taskOf(counted), gateway)).toEqual({ kind: "done" });
    // The first was answered before the kill, the second was not.
    expect(counted.runs()).toBe(1);
    expect(counted.count()).toBe(3);
  });

  test("of any length is kept as it came", async () => {
    const text = "word ".repeat(400_000);
    using gateway = scriptedGateway([
      { text, calls: [{ name: "raise", arguments: { by: 1 } }] },
      call("raise", { by: 2 }),
    ]);
    expect(await run(taskOf(counter()), gateway)).toEqual({ kind: "done" });
    expect(gateway.stored.get("count")![2]).toMatchObject({ kind: "reply", text });
  });

  test("that only talks now and then is no end, as long as it works in between", async () => {
    using gateway = scriptedGateway([
      { text: "First I look." },
      call("raise", { by: 1 }),
      { text: "Now the next." },
      call("raise", { by: 1 }),
      { text: "And so on." },
      { text: "Hm." },
      call("raise", { by: 1 }),
    ]);
    expect(await run(taskOf(counter()), gateway)).toEqual({ kind: "done" });
  });
});

describe("a tool", () => {
  const failing = (error: unknown): Tool =>
    defineTool({
      name: "raise",
      description: "Fails.",
      args: z.object({}),
      run: () => Promise.reject(error),
    });

  test("that comes upon what cannot be read there is an answer", async () => {
    const task = taskOf(counter(), { tools: [failing(new RunFailure("incomplete-repository", "x"))] });
    using gateway = scriptedGateway([call("raise", {}), { text: "" }, { text: "" }, { text: "" }]);
    expect(await run(task, gateway)).toEqual({ kind: "gave-up" });
    expect(gateway.answers()).toEqual([
      "raise came upon a part of the repository that cannot be read (incomplete-repository); do without it.",
    ]);
  });

  test.each([new RunFailure("no-space", "the disk is full"), new TypeError("a bug")])(
    "that fails with %s ends the run with it",
    async (error) => {
      using gateway = scriptedGateway([call("raise", {})]);
      await expect(run(taskOf(counter(), { tools: [failing(error)] }), gateway)).rejects.toBe(error);
    },
  );

  test("that answers although it was stopped does not go on", async () => {
    const stop = new AbortController();
    const counted = counter();
    const stubborn = defineTool({
      name: "raise",
      description: "Ends when it is stopped.",
      args: z.object({}),
      run: async () => {
        stop.abort(new Error("stopped"));
        return "stopped by somebody";
      },
    });
    using gateway = scriptedGateway([call("raise", {})]);
    const task = taskOf(counted, { tools: [stubborn], isDone: () => true });
    // Not yet done when it begins.
    let looks = 0;
    await expect(
      runAgent({ ...task, isDone: () => looks++ > 0 }, { gateway, signal: stop.signal, now: () => 0 }),
    ).rejects.toThrow("stopped");
  });

  test("is named to who watches without a character that moves a cursor", async () => {
    const steps: string[] = [];
    using gateway = scriptedGateway([
      call("raise\u001b[2J\n", '{"path": "a\u001b]0;x\u0007b"'),
      call("raise", { by: 3 }),
    ]);
    const signal = new AbortController().signal;
    await runAgent(taskOf(counter()), { gateway, signal, now: () => 0, onStep: (step) => steps.push(step) });
    expect(steps).toContain("raise?[2J? a?]0;x?b");
  });
});

describe("a run that is taken up again", () => {
  test("brings each tool to where it was by the arguments of its own calls, also where identifiers come again", async () => {
    const stored = new Map<string, Entry[]>([
      [
        "count",
        [
          { kind: "instructions", text: "Count." },
          { kind: "request", text: "To three." },
          replyWith(["c0", 1]),
          { kind: "answer", call: "c0", tool: "raise", text: "the count is 1" },
          replyWith(["c0", 0.5]),
          { kind: "answer", call: "c0", tool: "raise", text: "The arguments of raise are wrong" },
        ],
      ],
    ]);
    const counted = counter();
    using gateway = scriptedGateway([call("raise", { by: 2 })], stored);
    expect(await run(taskOf(counted), gateway)).toEqual({ kind: "done" });
    expect(counted.count()).toBe(3);
  });

  test("after a reply with too many calls asks the same as one that was not killed", async () => {
    const many = { calls: Array.from({ length: 20 }, () => ({ name: "raise", arguments: { by: 1 } })) };
    const last = call("raise", { by: 1 });
    const stored = new Map<string, Entry[]>();
    const task = (counted: ReturnType<typeof counter>, steps: number): AgentTask =>
      taskOf(counted, { isDone: () => counted.count() > 16, limits: { ...generous, steps } });
    const whole = scriptedGateway([many, last]);
    await run(task(counter(), 10), whole);
    // Killed with the reply stored and no answer.
    await run(task(counter(), 1), scriptedGateway([many], stored));
    expect(stored.get("count")!.at(-1)!.kind).toBe("reply");
    using again = scriptedGateway([last], stored);
    expect(await run(task(counter(), 10), again)).toEqual({ kind: "done" });
    expect(stored.get("count")).toEqual(whole.stored.get("count"));
    // Killed with the answers stored and no reply to them.
    const answered = new Map([["count", whole.stored.get("count")!.slice(0, -1)]]);
    using later = scriptedGateway([last], answered);
    const counted = counter();
    expect(await run(task(counted, 10), later)).toEqual({ kind: "done" });
    expect(answered.get("count")).toEqual(whole.stored.get("count"));
    expect(counted.runs()).toBe(1);
  });

  test("goes on from the last stored step: no reply is asked for twice, tools are where they were", async () => {
    const stored = new Map<string, Entry[]>();
    const first = scriptedGateway([call("raise", { by: 1 }), call("raise", { by: 1 })], stored);
    const killed = taskOf(counter(), {
      limits: { ...generous, steps: 2 },
    });
    await run(killed, first);
    // Two replies are stored; the answer to the second one is not, as after a kill.
    const counted = counter();
    using second = scriptedGateway([call("raise", { by: 1 })], stored);
    expect(await run(taskOf(counted), second)).toEqual({ kind: "done" });
    expect(second.asked).toHaveLength(1);
    expect(counted.count()).toBe(3);
    expect(stored.get("count")!.map(({ kind }) => kind)).toEqual([
      "instructions",
      "request",
      "reply",
      "answer",
      "reply",
      "answer",
      "reply",
    ]);
  });

  test("that was done already asks nothing", async () => {
    const stored = new Map<string, Entry[]>();
    await run(taskOf(counter()), scriptedGateway([call("raise", { by: 3 })], stored));
    using again = scriptedGateway([], stored);
    expect(await run(taskOf(counter()), again)).toEqual({ kind: "done" });
  });
});
