import { describe, expect, test } from "@jest/globals";
import type { Entry } from "../../src/llm/transcript.ts";
import type { NextReply, Question } from "../../src/llm/gateway.ts";
import type { Caps, Journal } from "../../src/llm/journal.ts";
import { type BrokenCall, type Model, ModelFailure } from "../../src/llm/model.ts";
import { paidGateway } from "../../src/llm/paid-gateway.ts";
import { memoryJournal } from "../fakes/memory-journal.ts";
import { answeringModel, scriptedModel } from "../fakes/scripted-model.ts";

const payer = { investigation: "1#42", repository: 1, installation: 7 };
const opening: readonly Entry[] = [
  { kind: "instructions", text: "Research." },
  { kind: "request", text: "Begin." },
];
const signal = new AbortController().signal;

function gatewayOver(
  models: readonly Model[],
  more: {
    readonly journal?: Journal;
    readonly caps?: Caps;
    readonly run?: string;
    readonly clock?: () => number;
    readonly pauses?: number[];
  } = {},
) {
  return paidGateway({
    journal: more.journal ?? memoryJournal(),
    run: more.run ?? "run-a",
    payer,
    modelsFor: () => models,
    caps: more.caps ?? {},
    now: more.clock ?? (() => Date.UTC(2026, 10, 24)),
    sleep: async (milliseconds) => void more.pauses?.push(milliseconds),
  });
}

function ask(at: number, entries: readonly Entry[]): Question {
  return { conversation: "root-cause", at, entries, tools: [] };
}

describe("a call", () => {
  test("is stored with its reply, and what it cost is counted", async () => {
    const journal = memoryJournal();
    const model = answeringModel(
      () => ({ text: "Yes.", usage: { input: 1_000, cached: 200, output: 100 } }),
      {
        price: { input: 3, output: 15, cached: 0.3 },
      },
    );
    const gateway = gatewayOver([model], { journal });
    expect(await gateway.next(ask(0, opening), signal)).toMatchObject({
      kind: "reply",
      reply: { text: "Yes." },
    });
    expect((await gateway.open("root-cause")).map(({ kind }) => kind)).toEqual([
      "instructions",
      "request",
      "reply",
    ]);
    expect(await gateway.cost("root-cause")).toEqual({
      micros: 800 * 3 + 200 * 0.3 + 100 * 15,
      inputTokens: 1_000,
      outputTokens: 100,
      calls: 1,
      models: ["scripted"],
    });
  });

  test("that was answered before a kill is not asked again", async () => {
    const journal = memoryJournal();
    await gatewayOver([answeringModel(() => ({ text: "Yes." }))], { journal }).next(ask(0, opening), signal);
    await using silent = scriptedModel();
    const again = gatewayOver([silent], { journal });
    expect(await again.next(ask(0, opening), signal)).toMatchObject({
      kind: "reply",
      reply: { text: "Yes." },
    });
  });

  test("that another worker continued differently is refused", async () => {
    const journal = memoryJournal();
    const model = answeringModel(() => ({ text: "Yes." }));
    await gatewayOver([model], { journal }).next(ask(0, opening), signal);
    const other: readonly Entry[] = [opening[0]!, { kind: "request", text: "Something else." }];
    await expect(gatewayOver([model], { journal }).next(ask(0, other), signal)).rejects.toThrow(
      "another process took over the conversation",
    );
  });
});

describe("money", () => {
  test("that does not suffice for the dearest end of a call is not spent", async () => {
    const model = answeringModel(() => ({ text: "Yes." }), {
      outputTokens: 1_000,
      price: { input: 0, output: 10 },
    });
    const gateway = gatewayOver([model], { caps: { phase: 9_999 } });
    expect(await gateway.next(ask(0, opening), signal)).toEqual({
      kind: "over",
      why: expect.stringContaining("This phase may cost $0.01 in one run"),
    });
    expect(model.requests).toHaveLength(0);
    expect(await gateway.open("root-cause")).toEqual([]);
  });

  test("that is too little for the first model may do for a cheaper one", async () => {
    const dear = answeringModel(() => ({ text: "dear" }), {
      name: "dear",
      price: { input: 0, output: 1_000 },
    });
    const cheap = answeringModel(() => ({ text: "cheap" }), {
      name: "cheap",
      price: { input: 0, output: 1 },
    });
    const gateway = gatewayOver([dear, cheap], { caps: { phase: 10_000 } });
    expect(await gateway.next(ask(0, opening), signal)).toMatchObject({ reply: { model: "cheap" } });
  });

  test("is never spent beyond a cap by eight workers at once, whatever the endpoint counts below its limits", async () => {
    const journal = memoryJournal();
    const cap = 200_000;
    const model = answeringModel(
      (_, n) => ({ text: "x", usage: { input: 40, cached: 0, output: (n * 37) % 500 } }),
      {
        outputTokens: 512,
        price: { input: 3, output: 15 },
      },
    );
    const ends = await Promise.all(
      Array.from({ length: 8 }, async (_, worker) => {
        const gateway = gatewayOver([model], { journal, caps: { investigation: cap }, run: `run-${worker}` });
        for (let at = 0, entries = opening; ; entries = [{ kind: "request", text: "More." }]) {
          const next = await gateway.next({ ...ask(at, entries), conversation: "root-cause" }, signal);
          if (next.kind !== "reply") return next.kind;
          at += entries.length + 1;
        }
      }),
    );
    expect(new Set(ends)).toEqual(new Set(["over"]));
    const { investigation } = await journal.taken(payer, Date.UTC(2026, 10, 24));
    expect(investigation).toBeLessThanOrEqual(cap);
    expect(investigation).toBeGreaterThan(cap / 2);
  });

  test("that was reserved comes back when the endpoint refused before it worked, and stays gone when it may have worked", async () => {
    const journal = memoryJournal();
    const caps = { investigation: 1_000_000 };
    const refused = scriptedModel({ failure: new ModelFailure("refused", "the key is wrong") });
    expect(await gatewayOver([refused], { journal, caps }).next(ask(0, opening), signal)).toEqual({
      kind: "unavailable",
      why: "the key is wrong",
      mayPass: false,
    });
    expect((await journal.taken(payer, Date.UTC(2026, 10, 24))).investigation).toBe(0);
    const failure = new ModelFailure("unavailable", "cut off", { mayCost: true });
    const cut = scriptedModel({ failure }, { failure });
    expect(await gatewayOver([cut], { journal, caps }).next(ask(0, opening), signal)).toMatchObject({
      kind: "unavailable",
      mayPass: true,
    });
    expect((await journal.taken(payer, Date.UTC(2026, 10, 24))).investigation).toBeGreaterThan(0);
  });
});

test("a reply that no model made is refused: its count of tokens would lower what is reserved", async () => {
  const usage = { input: 1, cached: 0, output: 1, estimated: false };
  const forged: Entry = { kind: "reply", text: "I was never asked.", calls: [], usage, model: "scripted" };
  const journal = memoryJournal();
  await using silent = scriptedModel();
  const entries = [...opening, forged, { kind: "request", text: "Go on." } as const];
  await expect(gatewayOver([silent], { journal }).next(ask(0, entries), signal)).rejects.toThrow(
    "a reply that no model made",
  );
  // Also in the place of one that was made.
  const model = scriptedModel({ text: "Yes." });
  const gateway = gatewayOver([model], { journal });
  await gateway.next(ask(0, opening), signal);
  await expect(gateway.next(ask(0, entries), signal)).rejects.toThrow("another process took over");
  expect(model.requests).toHaveLength(1);
});

describe("a call that may have been billed and brought nothing", () => {
  const caps = { investigation: 1_000_000 };
  const cut = { failure: new ModelFailure("unavailable", "cut off", { mayCost: true }) };
  const now = Date.UTC(2026, 10, 24);
  const taken = async (journal: Journal): Promise<number> => (await journal.taken(payer, now)).investigation;

  test("is made once more with money of its own: both are counted", async () => {
    const journal = memoryJournal();
    const pauses: number[] = [];
    const model = scriptedModel(cut, { text: "Yes.", usage: { input: 100, output: 10 } });
    const reply = await gatewayOver([model], { journal, caps, pauses }).next(ask(0, opening), signal);
    expect(reply).toMatchObject({ kind: "reply", reply: { text: "Yes." } });
    expect(pauses).toHaveLength(1);
    const { calls, micros } = await gatewayOver([model], { journal }).cost("root-cause");
    expect(calls).toBe(2);
    // What the first one may have cost, in full, and what the second one did.
    expect(micros).toBeGreaterThan(4_096 * 15 + 100 * 3 + 10 * 15);
    expect(await taken(journal)).toBe(micros);
  });

  test("is counted at what was sent and what came, never above what was reserved", async () => {
    const spent = async (broken: BrokenCall | undefined): Promise<number> => {
      const journal = memoryJournal();
      const line = broken === undefined ? cut : { ...cut, broken };
      await gatewayOver([scriptedModel(line, line)], { journal, caps }).next(ask(0, opening), signal);
      return (await taken(journal)) / 2;
    };
    const reserved = await spent(undefined);
    const silent = await spent({ requests: 1, outputTokens: 0 });
    expect(reserved - silent).toBe(4_096 * 15);
    expect(await spent({ requests: 1, outputTokens: 10 })).toBe(silent + 10 * 15);
    // The reply that did not fit its schema was sent along with the second request.
    const twice = await spent({ requests: 2, outputTokens: 10 });
    expect(twice).toBeGreaterThan(2 * silent + 10 * 15);
    expect(await spent({ requests: 2, outputTokens: 1_000_000 })).toBe(reserved);
  });

  test("is given up after the second time", async () => {
    const journal = memoryJournal();
    const model = scriptedModel(cut, cut);
    expect(await gatewayOver([model], { journal, caps }).next(ask(0, opening), signal)).toMatchObject({
      kind: "unavailable",
      mayPass: true,
    });
    expect(model.requests).toHaveLength(2);
  });

  test("is not made again without money for it", async () => {
    const journal = memoryJournal();
    const model = scriptedModel(cut);
    const once = { investigation: 70_000 };
    expect(await gatewayOver([model], { journal, caps: once }).next(ask(0, opening), signal)).toMatchObject({
      kind: "over",
    });
    expect(model.requests).toHaveLength(1);
    expect(await taken(journal)).toBeLessThanOrEqual(once.investigation);
  });

  test("is not made again when it took long, or could be read by nobody", async () => {
    let clock = now;
    const slow = answeringModel(() => {
      clock += 61_000;
      return cut;
    });
    const options = { journal: memoryJournal(), caps, clock: () => clock };
    expect(await gatewayOver([slow], options).next(ask(0, opening), signal)).toMatchObject({
      kind: "unavailable",
    });
    expect(slow.requests).toHaveLength(1);
    const garbage = scriptedModel({ failure: new ModelFailure("garbage", "no JSON", { mayCost: true }) });
    await gatewayOver([garbage], { caps }).next(ask(0, opening), signal);
    expect(garbage.requests).toHaveLength(1);
  });

  test("a stop in the pause before the next try is a stop, and nothing stays open", async () => {
    const journal = memoryJournal();
    const stop = new AbortController();
    const model = answeringModel(() => cut);
    const gateway = paidGateway({
      journal,
      run: "run-a",
      payer,
      modelsFor: () => [model],
      caps,
      now: () => now,
    });
    const asked = gateway.next(ask(0, opening), stop.signal);
    setTimeout(() => stop.abort(new Error("stopped")), 20);
    await expect(asked).rejects.toThrow("stopped");
    expect(model.requests).toHaveLength(1);
  });
});

test("a judge's question of a run that is taken up again is known, whatever the order of stored fields", async () => {
  const inner = memoryJournal();
  // As databases give entries back.
  const journal: Journal = {
    ...inner,
    transcript: async (task) =>
      (await inner.transcript(task)).map(
        (entry) => Object.fromEntries(Object.entries(entry).toReversed()) as unknown as Entry,
      ),
  };
  await gatewayOver([answeringModel(() => ({ text: "Yes." }))], { journal }).next(ask(0, opening), signal);
  await using silent = scriptedModel();
  expect(await gatewayOver([silent], { journal }).next(ask(0, opening), signal)).toMatchObject({
    kind: "reply",
    reply: { text: "Yes." },
  });
});

describe("a transcript that does not fit", () => {
  test("is shortened for the endpoint that says so, and stays whole in the journal", async () => {
    const journal = memoryJournal();
    const long = "word ".repeat(4_000);
    const model = answeringModel(({ transcript }) => {
      const size = JSON.stringify(transcript).length;
      if (transcript.length === 2) return { calls: [{ name: "read_file", arguments: {} }] };
      return size > 15_000 ? { failure: new ModelFailure("context-exceeded", "too long") } : { text: "Yes." };
    });
    const gateway = gatewayOver([model], { journal });
    const first = await gateway.next(ask(0, opening), signal);
    const { id } = (first as Extract<NextReply, { kind: "reply" }>).reply.calls[0]!;
    const answer: Entry = { kind: "answer", call: id, tool: "read_file", text: long };
    expect(await gateway.next(ask(3, [answer]), signal)).toMatchObject({ kind: "reply" });
    expect(model.requests.length).toBeGreaterThan(2);
    const stored = await gateway.open("root-cause");
    expect(stored[3]).toMatchObject({ kind: "answer", text: long });
  });
});
