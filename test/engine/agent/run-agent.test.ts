import { describe, expect, test } from "@jest/globals";
import { z } from "zod";
import type { Entry } from "../../../src/domain/model/transcript.ts";
import { type AgentEnd, type AgentTask, runAgent } from "../../../src/engine/agent/run-agent.ts";
import { defineTool, type Tool } from "../../../src/engine/agent/tool.ts";
import { call, scriptedGateway } from "../../fakes/scripted-gateway.ts";

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

describe("a run that is taken up again", () => {
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
