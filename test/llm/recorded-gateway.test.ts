import { describe, expect, test } from "@jest/globals";
import type { Entry } from "../../src/llm/transcript.ts";
import type { ModelGateway, Question } from "../../src/llm/gateway.ts";
import { readRecording, recordGateway } from "../../src/llm/recorded-gateway.ts";
import { call, scriptedGateway } from "../fakes/scripted-gateway.ts";

const signal = new AbortController().signal;
const opening: readonly Entry[] = [
  { kind: "instructions", text: 'Be exact: \u0000 \ud83d \u2028 "x"\n' },
  { kind: "request", text: "Begin." },
];
const answer = (text: string): Entry => ({ kind: "answer", call: "call-2-0", tool: "read_file", text });
const ask = (at: number, entries: readonly Entry[], conversation = "root-cause"): Question => ({
  conversation,
  at,
  entries,
  tools: [],
});

function recorded(gateway: ModelGateway): { readonly gateway: ModelGateway; readonly lines: string[] } {
  const lines: string[] = [];
  return { gateway: recordGateway(gateway, "run-7", (line) => lines.push(line)), lines };
}

/** A conversation of two replies with what it cost, then the end of the money. */
async function aRun(): Promise<{ readonly lines: readonly string[]; readonly said: readonly unknown[] }> {
  using inner = scriptedGateway([
    call("read_file", { path: "a.ts" }),
    { text: "Done." },
    { kind: "over", why: "the cap of $1.00 is reached" },
  ]);
  const { gateway, lines } = recorded(inner);
  const said = [
    await gateway.open("root-cause"),
    await gateway.next(ask(0, opening), signal),
    await gateway.next(ask(3, [answer("line 1")]), signal),
    await gateway.next(ask(5, [{ kind: "request", text: "More." }]), signal),
    await gateway.cost("root-cause"),
  ];
  return { lines, said };
}

describe("a record", () => {
  test("read back says the same to the same questions, whoever asks how often", async () => {
    const { lines, said } = await aRun();
    expect(lines.every((line) => !line.includes("\n"))).toBe(true);
    const { run, gateway } = readRecording(lines);
    expect(run).toBe("run-7");
    for (let time = 0; time < 2; time++) {
      expect(await gateway.next(ask(0, opening), signal)).toEqual(said[1]);
      expect(await gateway.next(ask(3, [answer("line 1")]), signal)).toEqual(said[2]);
      expect(await gateway.next(ask(5, [{ kind: "request", text: "More." }]), signal)).toEqual(said[3]);
      expect(await gateway.cost("root-cause")).toEqual(said[4]);
    }
  });

  test("opens each conversation as far as it was said, the last question that had no reply included", async () => {
    const { gateway } = readRecording((await aRun()).lines);
    expect((await gateway.open("root-cause")).map(({ kind }) => kind)).toEqual([
      "instructions",
      "request",
      "reply",
      "answer",
      "reply",
      "request",
    ]);
    expect(await gateway.open("another")).toEqual([]);
    expect(await gateway.cost("another")).toEqual({
      micros: 0,
      inputTokens: 0,
      outputTokens: 0,
      calls: 0,
      models: [],
    });
  });

  test("holds what an earlier try of the run had left", async () => {
    const stored = new Map<string, Entry[]>();
    await scriptedGateway([{ text: "I look." }], stored).next(ask(0, opening), signal);
    using inner = scriptedGateway([{ text: "Done." }], stored);
    const { gateway, lines } = recorded(inner);
    await gateway.open("root-cause");
    await gateway.next(ask(3, [{ kind: "request", text: "Go on." }]), signal);
    expect(await readRecording(lines).gateway.open("root-cause")).toEqual(stored.get("root-cause"));
  });

  test("of a question that was asked again after a failure has its last end", async () => {
    using inner = scriptedGateway([
      { kind: "unavailable", why: "overloaded", mayPass: true },
      { text: "Now." },
    ]);
    const { gateway, lines } = recorded(inner);
    await gateway.next(ask(0, opening), signal);
    await gateway.next(ask(0, opening), signal);
    expect(await readRecording(lines).gateway.next(ask(0, opening), signal)).toMatchObject({
      kind: "reply",
      reply: { text: "Now." },
    });
  });

  test("that ends before the run did says so, and is no passing trouble", async () => {
    const { lines } = await aRun();
    const { gateway } = readRecording(lines.filter((line) => !line.includes('"ended"')));
    expect(await gateway.next(ask(5, [{ kind: "request", text: "More." }]), signal)).toEqual({
      kind: "unavailable",
      why: "the record of root-cause ends here",
      mayPass: false,
    });
  });

  test("keeps an end with the time at which to ask again", async () => {
    using inner = scriptedGateway([
      { kind: "unavailable", why: "wait", mayPass: true, retryAt: 1_790_000_000_000 },
    ]);
    const { gateway, lines } = recorded(inner);
    const end = await gateway.next(ask(0, opening), signal);
    expect(await readRecording(lines).gateway.next(ask(0, opening), signal)).toEqual(end);
  });

  test("holds nothing of a call that threw", async () => {
    using inner = scriptedGateway([]);
    const { gateway, lines } = recorded(inner);
    await expect(gateway.next(ask(0, opening), signal)).rejects.toThrow("asked a 1th time");
    expect(lines).toHaveLength(1);
  });
});

describe("a record that is none", () => {
  const run = '{"kind":"run","run":"a"}';
  const said = (at: unknown, more = ""): string =>
    `{"kind":"said","conversation":"c","at":${JSON.stringify(at)},"entries":[{"kind":"request","text":"x"}]${more}}`;

  test.each([
    ["nothing", [], "the record does not name its run"],
    ["no run", [said(0)], "the record does not name its run"],
    ["no JSON", [run, "{"], "line 2 is not a line of a record"],
    ["an empty line", [run, ""], "line 2 is not a line of a record"],
    ["a list", [run, "[]"], "line 2 is not a line of a record"],
    ["another kind", [run, '{"kind":"spoken"}'], "line 2 is not a line of a record"],
    ["a place below nothing", [run, said(-1)], "line 2 is not a line of a record"],
    ["half a place", [run, said(0.5)], "line 2 is not a line of a record"],
    ["a place as words", [run, said("0")], "line 2 is not a line of a record"],
    ["a gap", [run, said(0), said(2)], "line 3 leaves a gap in its conversation"],
    ["a gap at its beginning", [run, said(1)], "line 2 leaves a gap in its conversation"],
    [
      "an entry of no kind",
      [run, '{"kind":"said","conversation":"c","at":0,"entries":[{"kind":"thought","text":"x"}]}'],
      "line 2 is not a line of a record",
    ],
    [
      "a reply without what it used",
      [
        run,
        '{"kind":"said","conversation":"c","at":0,"entries":[{"kind":"reply","text":"x","calls":[],"model":"m"}]}',
      ],
      "line 2 is not a line of a record",
    ],
    [
      "an end that there is not",
      [run, '{"kind":"ended","conversation":"c","at":0,"entries":[],"end":{"kind":"reply"}}'],
      "line 2 is not a line of a record",
    ],
    [
      "a cost that is no number",
      [
        run,
        '{"kind":"cost","conversation":"c","cost":{"micros":"1","inputTokens":0,"outputTokens":0,"calls":0,"models":[]}}',
      ],
      "line 2 is not a line of a record",
    ],
    [
      "a cost below nothing",
      [
        run,
        '{"kind":"cost","conversation":"c","cost":{"micros":-1,"inputTokens":0,"outputTokens":0,"calls":0,"models":[]}}',
      ],
      "line 2 is not a line of a record",
    ],
    ["two runs", [run, '{"kind":"run","run":"b"}'], "line 2 names another run"],
  ] as const)("%s is refused by its line", (_, lines, message) => {
    expect(() => readRecording(lines)).toThrow(SyntaxError);
    expect(() => readRecording(lines)).toThrow(message);
  });

  test.each(["__proto__", "constructor", "toString"])(
    "a conversation called %s is one like others",
    async (name) => {
      const line = JSON.stringify({ kind: "said", conversation: name, at: 0, entries: opening });
      const { gateway } = readRecording([run, line]);
      expect(await gateway.open(name)).toEqual(opening);
      expect(await gateway.open("hasOwnProperty")).toEqual([]);
    },
  );

  test("that is long is read in time", () => {
    const lines = [run, ...Array.from({ length: 3_000 }, (_, i) => said(i))];
    const from = performance.now();
    readRecording(lines);
    expect(performance.now() - from).toBeLessThan(3_000);
  });
});
