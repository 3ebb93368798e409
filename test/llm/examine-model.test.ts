import { describe, expect, test } from "@jest/globals";
import { estimateTokens } from "../../src/llm/estimate-tokens.ts";
import { examineModel, type ModelReport } from "../../src/llm/examine-model.ts";
import { estimateExamination } from "../../src/llm/examination.ts";
import { type Model, ModelFailure, type ModelRequest } from "../../src/llm/model.ts";
import { lacksFor, PHASE_DEMANDS } from "../../src/llm/phase-demands.ts";
import { answeringModel, call, type Line } from "../fakes/scripted-model.ts";

interface Talents {
  /** How a call is answered: as it should be, not at all, or wrongly. */
  readonly calls?: "right" | "none" | "wrong arguments" | "invented" | "ignores answer" | "refused";
  readonly json?: boolean;
  /** Tokens of which it still knows the beginning. */
  readonly memory?: number;
  /** Tokens above which it is told that they do not fit. */
  readonly limit?: number;
  readonly counts?: boolean;
  readonly tokensPerSecond?: number;
}

const facts = { contextTokens: 32_768, outputTokens: 4_096, price: { input: 3, output: 15 } };
const signal = new AbortController().signal;

/** A model with these talents, on a clock that its writing moves. */
function examinee(talents: Talents, clock: { now: number }, more: Partial<typeof facts> = {}): Model {
  const { memory = Infinity, limit = Infinity, counts = true, tokensPerSecond = 50 } = talents;
  const { json = true, calls = "right" } = talents;
  const answer = (request: ModelRequest): Line => {
    const text = request.transcript.map((entry) => ("text" in entry ? entry.text : "")).join("\n");
    const input = estimateTokens(text);
    const usage = { input, estimated: !counts };
    if (input > limit) return { failure: new ModelFailure("context-exceeded", `${limit} tokens fit`) };
    if (request.schema !== undefined)
      return json
        ? { text: '{"holds":false,"count":3,"why":"three"}', usage }
        : { failure: new ModelFailure("garbage", "no JSON") };
    const last = request.transcript.at(-1)!;
    if (last.kind === "answer") return { text: calls === "ignores answer" ? "4" : "7319", usage };
    if (request.tools.length > 0) return { ...callOf(calls), usage };
    if (text.includes("sixty")) {
      request.onText?.("one");
      clock.now += (120 / tokensPerSecond) * 1_000;
      return { text: "", usage: { ...usage, output: 120 } };
    }
    if (text.includes("code word")) return { text: input > memory ? "I do not know" : "QUARTZ-58213", usage };
    return { text: "Ready.", usage };
  };
  return answeringModel(answer, { ...facts, ...more, name: "large" });
}

function callOf(calls: NonNullable<Talents["calls"]>): Line {
  switch (calls) {
    case "none":
      return { text: "I would look it up." };
    case "refused":
      return { failure: new ModelFailure("bad-request", "does not support tools") };
    case "wrong arguments":
      return call("look_up", { colour: "amber", page: "2" });
    case "invented":
      return call("find_colour", { colour: "amber", page: 2 });
    default:
      return call("look_up", { colour: "amber", page: 2 });
  }
}

async function examine(
  talents: Talents,
  {
    inText,
    notes = [],
    maxMicros = 10_000_000,
    ...more
  }: Partial<typeof facts> & {
    readonly inText?: Talents;
    readonly notes?: readonly string[];
    readonly maxMicros?: number;
  } = {},
): Promise<ModelReport> {
  const clock = { now: 0 };
  return examineModel(
    {
      native: examinee(talents, clock, more),
      text: inText === undefined ? undefined : examinee(inText, clock, more),
      notes: () => notes,
      now: () => clock.now,
    },
    { signal, maxMicros },
  );
}

const unable = (report: ModelReport): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(report.phases.filter(({ ok }) => !ok).map(({ phase, why }) => [phase, why]));
const found = (report: ModelReport, name: string) => report.findings.find((finding) => finding.name === name);

describe("the examination of a model", () => {
  test("that can do everything lets it serve every phase, and says what it cost", async () => {
    const report = await examine({});
    expect(unable(report)).toEqual({});
    expect(report.findings.map(({ name, ok }) => [name, ok])).toEqual([
      ["answers", true],
      ["tool calls", true],
      ["calls in the text", undefined],
      ["structured reply", true],
      ["speed", true],
      ["usage", true],
      ["context", true],
      ["price", true],
    ]);
    expect(report.capacity).toMatchObject({
      calls: "native",
      structured: true,
      contextTokens: 32_768,
      tokensPerSecond: 50,
      usage: true,
    });
    expect(report.cost.micros).toBeGreaterThan(0);
    expect(report.cost.micros).toBeLessThanOrEqual(estimateExamination(facts, 10_000_000).micros);
  });

  test.each<[Talents["calls"], string]>([
    ["none", "it called no tool"],
    ["wrong arguments", "its arguments are not those that the tool wants"],
    ["invented", "it called a tool that was not offered"],
    ["ignores answer", "it did not use the tool's answer"],
    ["refused", "does not support tools"],
  ])("with calls of the kind '%s' leaves the judge's work alone", async (calls, why) => {
    const report = await examine({ calls: calls! }, { inText: { calls: calls! } });
    expect(found(report, "tool calls")).toEqual({ name: "tool calls", ok: false, detail: why });
    expect(report.capacity.calls).toBe("none");
    expect(Object.keys(unable(report))).toEqual(
      Object.keys(PHASE_DEMANDS).filter((phase) => phase !== "judge"),
    );
  });

  test("tries calls in the text when it has none of its own", async () => {
    const report = await examine({ calls: "refused" }, { inText: {} });
    expect(report.capacity.calls).toBe("text");
    expect(unable(report)).toEqual({});
  });

  test("without JSON leaves everything but the judge's work", async () => {
    expect(unable(await examine({ json: false }))).toEqual({ judge: ["it does not keep to a schema"] });
  });

  test("says whether the endpoint holds the reply to the schema", async () => {
    expect(found(await examine({}), "structured reply")!.detail).toContain("held to it by the endpoint");
    const notes = ["large: the endpoint does not take a schema for its reply"];
    expect(found(await examine({}, { notes }), "structured reply")!.detail).toContain("asked for in words");
  });

  test("finds a context that is silently cut: as it is set, the model cannot be relied on", async () => {
    const report = await examine({ memory: 5_000 });
    expect(report.capacity.contextTokens).toBe(4_000);
    expect(found(report, "context")).toMatchObject({
      ok: false,
      detail: "4,000 tokens were read to the beginning; of 16,000 the beginning was lost",
    });
    expect(unable(report)["judge"]).toEqual([
      "its context of 4,000 tokens is shorter than the 6,000 that are needed",
    ]);
    expect(unable(await examine({ memory: 20_000 }))["root-cause"]).toEqual([
      "it loses the beginning of what is longer than 16,000 tokens: set contextTokens to that",
    ]);
  });

  test("finds a context that is refused, which is no failure of the rest", async () => {
    const report = await examine({ limit: 20_000 });
    expect(report.capacity.contextTokens).toBe(16_000);
    expect(found(report, "context")!.detail).toBe(
      "16,000 tokens were read to the beginning; at 29,777: 20000 tokens fit",
    );
    expect(unable(report)).toEqual({});
  });

  test("stays within what it may cost, and says what it left out", async () => {
    const maxMicros = 150_000;
    const report = await examine({}, { contextTokens: 1_000_000, maxMicros });
    expect(report.cost.micros).toBeLessThanOrEqual(maxMicros);
    expect(found(report, "context")).toMatchObject({
      ok: undefined,
      detail: expect.stringMatching(
        /^16,000 tokens were read .* more was not tried, as 64,000 tokens cost \$0\.2\d+$/,
      ),
    });
    expect(estimateExamination({ ...facts, contextTokens: 1_000_000 }, maxMicros).micros).toBeLessThanOrEqual(
      maxMicros,
    );
    expect(unable(report)).toEqual({});
  });

  test("finds a model too slow for the long phases", async () => {
    expect(unable(await examine({ tokensPerSecond: 4 }))).toEqual({
      reproduction: ["it writes 4.0 tokens a second; 5 are needed"],
      "root-cause": ["it writes 4.0 tokens a second; 5 are needed"],
      fix: ["it writes 4.0 tokens a second; 5 are needed"],
    });
  });

  test("says when nobody counts, and when it costs nothing", async () => {
    const report = await examine({ counts: false }, { price: { input: 0, output: 0 } });
    expect(found(report, "usage")).toMatchObject({ ok: false });
    expect(found(report, "price")!.detail).toContain("free");
    expect(unable(report)).toEqual({});
  });

  test("ends with the first question when there is no answer", async () => {
    const failure = new ModelFailure("refused", "The endpoint refuses the key (401).");
    const report = await examineModel(
      { native: answeringModel(() => ({ failure })), text: undefined, notes: () => [], now: () => 0 },
      { signal, maxMicros: 1 },
    );
    expect(report.findings).toEqual([
      { name: "answers", ok: false, detail: "The endpoint refuses the key (401)" },
    ]);
    expect(report.phases.every(({ why }) => why[0] === "it does not answer")).toBe(true);
  });

  test("stops with the signal", async () => {
    const probe = { native: answeringModel(() => ({})), text: undefined, notes: () => [], now: () => 0 };
    const stopped = { signal: AbortSignal.abort(new Error("stop")), maxMicros: 1 };
    await expect(examineModel(probe, stopped)).rejects.toThrow("stop");
  });
});

test("what is not known about a model does not speak against it", () => {
  const unknown = {
    calls: "text",
    structured: true,
    contextTokens: undefined,
    tokensPerSecond: undefined,
  } as const;
  expect(lacksFor("fix", unknown)).toEqual([]);
});
