import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import type { ModelGateway, NextReply, Question } from "../../src/llm/gateway.ts";
import { openJournalFile } from "../../src/llm/io/journal-file.ts";
import type { Caps } from "../../src/llm/journal.ts";
import { ModelFailure } from "../../src/llm/model.ts";
import { paidGateway } from "../../src/llm/paid-gateway.ts";
import { replayRecord } from "../../src/llm/replay.ts";
import type { Entry } from "../../src/llm/transcript.ts";
import { temporaryFolder } from "../fakes/git-folder.ts";
import { answeringModel } from "../fakes/scripted-model.ts";

const signal = new AbortController().signal;
const payer = { investigation: "cli/a", repository: 0, installation: 0 };
const opening: readonly Entry[] = [
  { kind: "instructions", text: 'Be exact: \u0000 \ud83d \u2028 "x"\n' },
  { kind: "request", text: "Begin." },
];
const more: readonly Entry[] = [{ kind: "request", text: "More." }];
const ask = (at: number, entries: readonly Entry[], conversation = "root-cause"): Question => ({
  conversation,
  at,
  entries,
  tools: [],
});

type Said = string | ModelFailure;

/** A record of one or more runs at one journal: each says its lines in turn. */
async function record(
  runs: readonly {
    readonly run?: string;
    readonly lines: readonly Said[];
    readonly caps?: Caps;
    readonly work: (gateway: ModelGateway) => Promise<unknown>;
  }[],
): Promise<string> {
  using folder = temporaryFolder();
  const file = join(folder.path, "a.jsonl");
  for (const { run = "run-a", lines, caps = {}, work } of runs) {
    let said = 0;
    const model = answeringModel(
      () => {
        const line = lines[said++];
        if (typeof line === "string") return { text: line };
        throw line ?? new Error("asked too often");
      },
      { price: { input: 0, output: 10 }, outputTokens: 1_000 },
    );
    using journal = openJournalFile(file);
    const gateway = paidGateway({
      journal,
      run,
      payer,
      modelsFor: () => [model],
      caps,
      now: () => Date.UTC(2026, 10, 24),
    });
    await work(journal.recordEnds(gateway, run, payer));
  }
  return readFileSync(file, "utf8");
}

const overloaded = (retryAt?: number): ModelFailure =>
  new ModelFailure("rate-limited", "overloaded", retryAt === undefined ? {} : { retryAt });

describe("a replay", () => {
  test("gives the same to the same questions, however often they are asked", async () => {
    const said: unknown[] = [];
    const text = await record([
      {
        lines: ["I look.", "Done."],
        caps: { phase: 20_000 },
        work: async (gateway) => {
          said.push(await gateway.next(ask(0, opening), signal));
          said.push(await gateway.next(ask(3, more), signal));
          said.push(await gateway.cost("root-cause"));
        },
      },
    ]);
    const { run, gateway } = replayRecord(text);
    expect(run).toBe("run-a");
    for (let time = 0; time < 2; time++) {
      expect(await gateway.next(ask(0, opening), signal)).toEqual(said[0]);
      expect(await gateway.next(ask(3, more), signal)).toEqual(said[1]);
      expect(await gateway.cost("root-cause")).toEqual(said[2]);
    }
    expect(said[0]).toMatchObject({ kind: "reply", reply: { text: "I look." } });
    expect(await gateway.open("another")).toEqual([]);
    expect(await gateway.cost("another")).toMatchObject({ micros: 0, calls: 0 });
  });

  test("ends for the same reason, with the question that had no reply", async () => {
    let end: NextReply | undefined;
    const text = await record([
      {
        lines: ["I look."],
        caps: { phase: 10_000 },
        work: async (gateway) => {
          await gateway.next(ask(0, opening), signal);
          end = await gateway.next(ask(3, more), signal);
        },
      },
    ]);
    expect(end).toMatchObject({ kind: "over", why: expect.stringContaining("This phase may cost") });
    const { gateway } = replayRecord(text);
    expect(await gateway.next(ask(3, more), signal)).toEqual(end);
    expect((await gateway.open("root-cause")).map(({ kind }) => kind)).toEqual([
      "instructions",
      "request",
      "reply",
      "request",
    ]);
  });

  test("keeps the time at which to ask again", async () => {
    let end: NextReply | undefined;
    const text = await record([
      {
        lines: [overloaded(1_790_000_000_000)],
        work: async (gateway) => (end = await gateway.next(ask(0, opening), signal)),
      },
    ]);
    expect(end).toMatchObject({ kind: "unavailable", retryAt: 1_790_000_000_000 });
    expect(await replayRecord(text).gateway.next(ask(0, opening), signal)).toEqual(end);
  });

  test("of a run that failed and was continued has the reply", async () => {
    const work = (gateway: ModelGateway) => gateway.next(ask(0, opening), signal);
    const text = await record([
      { lines: [overloaded()], work },
      { lines: ["Now."], work },
    ]);
    expect(await replayRecord(text).gateway.next(ask(0, opening), signal)).toMatchObject({
      kind: "reply",
      reply: { text: "Now." },
    });
  });

  test("of several runs is of the last one", async () => {
    const work = (gateway: ModelGateway) => gateway.next(ask(0, opening), signal);
    const text = await record([
      { lines: ["First."], work },
      { run: "run-b", lines: ["Second."], work },
    ]);
    const { run, gateway } = replayRecord(text);
    expect(run).toBe("run-b");
    expect(await work(gateway)).toMatchObject({ reply: { text: "Second." } });
  });

  test("of a record that ends before its run does says so, and no later try helps", async () => {
    const text = await record([
      { lines: ["I look."], work: (gateway) => gateway.next(ask(0, opening), signal) },
    ]);
    expect(await replayRecord(text).gateway.next(ask(3, more), signal)).toEqual({
      kind: "unavailable",
      why: "the record of root-cause ends here",
      mayPass: false,
    });
  });

  test.each(["__proto__", "constructor", "toString"])("knows a conversation called %s", async (name) => {
    const text = await record([
      { lines: ["I look."], work: (gateway) => gateway.next(ask(0, opening, name), signal) },
    ]);
    const { gateway } = replayRecord(text);
    expect(await gateway.open(name)).toHaveLength(3);
    expect(await gateway.open("hasOwnProperty")).toEqual([]);
  });
});

describe("a record that is none", () => {
  const head = '{"kind":"record","version":1}';
  const task = { run: "r", name: "c", payer };
  const asked = (more: object = {}): string =>
    JSON.stringify({
      kind: "asked",
      call: "1",
      task,
      at: 0,
      entries: [{ kind: "request", text: "x" }],
      model: "m",
      reserved: 5,
      time: 0,
      ...more,
    });
  const usage = { input: 1, cached: 0, output: 1, estimated: false };
  const reply = { kind: "reply", text: "x", calls: [], usage, model: "m" };
  const replied = (more: object = {}): string =>
    JSON.stringify({ kind: "replied", call: "1", reply, micros: 1, ...more });
  const none = (line: number): string => `line ${line} is not a line of a record`;

  test("the lines of the table below are those of a record where nothing is changed", () => {
    expect(replayRecord([head, asked(), replied(), ""].join("\n")).run).toBe("r");
  });

  test.each([
    ["nothing", [], "the record holds no call"],
    ["no call", [head], "the record holds no call"],
    ["no head", [asked()], none(1)],
    ["two heads", [head, head], none(2)],
    ["no JSON", [head, "{"], none(2)],
    ["an empty line", [head, ""], none(2)],
    ["a list", [head, "[]"], none(2)],
    ["another kind", [head, '{"kind":"spoken"}'], none(2)],
    ["an index below nothing", [head, asked({ at: -1 })], none(2)],
    ["half an index", [head, asked({ at: 0.5 })], none(2)],
    ["an index as words", [head, asked({ at: "0" })], none(2)],
    ["money below nothing", [head, asked({ reserved: -1 })], none(2)],
    ["a cost that is no number", [head, asked(), replied({ micros: "1" })], none(3)],
    ["a gap", [head, asked(), asked({ call: "2", at: 2 })], "line 3 leaves a gap in its conversation"],
    ["a gap at its beginning", [head, asked({ at: 1 })], "line 2 leaves a gap in its conversation"],
    ["an entry of no kind", [head, asked({ entries: [{ kind: "thought", text: "x" }] })], none(2)],
    ["a reply without its usage", [head, asked(), replied({ reply: { ...reply, usage: {} } })], none(3)],
    ["a reply to no call", [head, asked(), replied({ call: "2" })], "line 3 names a call that no line"],
    [
      "an end that there is not",
      [head, JSON.stringify({ kind: "ended", task, at: 0, entries: [], end: { kind: "reply" } })],
      none(2),
    ],
  ] as const)("%s is refused by its line", (_, lines, message) => {
    const text = lines.map((line) => `${line}\n`).join("");
    expect(() => replayRecord(text)).toThrow(SyntaxError);
    expect(() => replayRecord(text)).toThrow(message);
  });
});
