import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { estimateTokens } from "../../src/llm/estimate-tokens.ts";
import type { Entry, Reply } from "../../src/llm/transcript.ts";
import { compact } from "../../src/llm/compact.ts";

const usage = { input: 0, cached: 0, output: 0, estimated: false };
const start: readonly Entry[] = [
  { kind: "instructions", text: "Find the cause." },
  { kind: "request", text: `What is known: ${"known ".repeat(200)}` },
];

/** One reply with its calls, and the answers of that many characters. */
function step(
  n: number,
  calls: readonly (readonly [tool: string, characters: number])[],
  text = "I look.",
): Entry[] {
  return [
    {
      kind: "reply",
      text,
      calls: calls.map(([name], i) => ({ id: `call-${n}-${i}`, name, arguments: `{"path":"src/${n}.py"}` })),
      usage,
      model: "m",
    },
    ...calls.map(([tool, characters], i): Entry => ({
      kind: "answer",
      call: `call-${n}-${i}`,
      tool,
      text: "x".repeat(characters),
    })),
  ];
}

/** As the compaction counts, about: what a view costs. */
function tokensOf(entries: readonly Entry[]): number {
  return entries.reduce(
    (sum, entry) =>
      sum +
      estimateTokens(entry.text) +
      8 +
      (entry.kind === "reply"
        ? entry.calls.reduce((total, call) => total + estimateTokens(call.name + call.arguments) + 8, 0)
        : 0),
    0,
  );
}

/** What is wrong with the order: each call is answered right after its reply, each answer belongs to a call before it. */
function unpaired(entries: readonly Entry[]): readonly string[] {
  const wrong: string[] = [];
  let open = new Set<string>();
  for (const entry of entries) {
    if (entry.kind === "answer") {
      if (!open.delete(entry.call)) wrong.push(entry.call);
      continue;
    }
    wrong.push(...open);
    open = new Set(entry.kind === "reply" ? entry.calls.map(({ id }) => id) : []);
  }
  return [...wrong, ...open];
}

const isStub = (entry: Entry): boolean =>
  entry.kind === "answer" && entry.text.startsWith("[left out to save room");
const wholeAnswers = (entries: readonly Entry[]): readonly string[] =>
  entries.flatMap((entry) => (entry.kind === "answer" && !isStub(entry) ? [entry.call] : []));

test("what fits is sent as it is", () => {
  const transcript = [...start, ...step(1, [["read_file", 100]])];
  expect(compact(transcript, 10_000)).toBe(transcript);
});

test("the oldest answers become one line that says what they were; the last steps and our words stay", () => {
  const transcript = [...start, ...[1, 2, 3, 4, 5, 6, 7, 8].flatMap((n) => step(n, [["read_file", 4_000]]))];
  const view = compact(transcript, 9_000);
  expect(view.slice(0, 2)).toEqual(start);
  expect(view[3]).toEqual({
    kind: "answer",
    call: "call-1-0",
    tool: "read_file",
    text: "[left out to save room: the answer of read_file, 4,000 characters; call it again for what is still needed]",
  });
  expect(view.slice(-8)).toEqual(transcript.slice(-8));
  expect(tokensOf(view)).toBeLessThanOrEqual(9_000);
});

test("what the model noted and handed in stays, in whatever old step", () => {
  const transcript = [
    ...start,
    ...step(1, [
      ["note", 200],
      ["search", 9_000],
    ]),
    ...step(2, [["submit", 3_000]]),
    ...[3, 4, 5, 6, 7, 8].flatMap((n) => step(n, [["search", 6_000]])),
  ];
  const view = compact(transcript, 9_500);
  expect(wholeAnswers(view).slice(0, 2)).toEqual(["call-1-0", "call-2-0"]);
  // With next to no room what was handed in goes too, the notes never.
  const least = compact(transcript, 10);
  expect(wholeAnswers(least)).toEqual(["call-1-0"]);
  expect(least.some((entry) => entry.kind === "reply" && entry.calls[0]!.id === "call-1-0")).toBe(true);
  expect(unpaired(least)).toEqual([]);
});

test("when lines are too much, whole old steps go, and the first request says so once", () => {
  const transcript = [
    ...start,
    ...Array.from({ length: 60 }, (_, n) => step(n, [["search", 400]], "I think. ".repeat(20))).flat(),
  ];
  const view = compact(transcript, 2_500);
  expect(tokensOf(view)).toBeLessThanOrEqual(2_500);
  expect(view[1]!.text).toMatch(
    /^What is known: [^]*\n\n\[\d+ earlier steps left out to save room; what they found can be asked for again\]$/,
  );
  expect(view.filter(({ text }) => text.includes("earlier steps left out")).length).toBe(1);
  expect(unpaired(view)).toEqual([]);
});

test("the beginning stays the same while the transcript grows by a few steps: endpoints have read it before", () => {
  const transcript: Entry[] = [...start];
  let changes = 0;
  let before: readonly Entry[] = [];
  for (let n = 0; n < 60; n++) {
    transcript.push(...step(n, [["read_file", 5_000]]));
    const view = compact(transcript, 30_000);
    if (!before.every((entry, i) => JSON.stringify(entry) === JSON.stringify(view[i]))) changes++;
    before = view;
  }
  expect(changes).toBeGreaterThan(0);
  expect(changes).toBeLessThan(13);
});

describe("whatever the conversation", () => {
  const tool = fc.constantFrom("read_file", "search", "run", "note", "submit", "no_such_tool");
  const one = fc.record({
    calls: fc.array(fc.tuple(tool, fc.integer({ min: 0, max: 8_000 })), { maxLength: 4 }),
    words: fc.integer({ min: 0, max: 300 }),
    nudged: fc.boolean(),
  });
  const transcripts = fc
    .array(one, { maxLength: 25 })
    .map((steps): readonly Entry[] => [
      ...start,
      ...steps.flatMap(({ calls, words, nudged }, n): Entry[] => [
        ...step(n, calls, "so ".repeat(words)),
        ...(calls.length === 0 || nudged ? [{ kind: "request" as const, text: "Go on." }] : []),
      ]),
    ]);
  const budgets = fc.integer({ min: 1, max: 25_000 });

  test("calls and answers stay paired, our words stay, and it fits when it can", () => {
    fc.assert(
      fc.property(transcripts, budgets, (transcript, tokens) => {
        const view = compact(transcript, tokens);
        expect(unpaired(view)).toEqual([]);
        expect(view[0]).toEqual(start[0]);
        expect(view[1]!.text.startsWith(start[1]!.text)).toBe(true);
        expect(view.filter(({ kind }) => kind === "request").length).toBe(
          transcript.filter(({ kind }) => kind === "request").length,
        );
        const notes = transcript.filter((entry) => entry.kind === "answer" && entry.tool === "note");
        expect(view).toEqual(expect.arrayContaining(notes));
        const least = tokensOf(compact(transcript, 1));
        expect(tokensOf(view)).toBeLessThanOrEqual(Math.max(tokens, least));
        expect(tokensOf(view)).toBeLessThanOrEqual(tokensOf(transcript));
      }),
      { numRuns: 200 },
    );
  });

  test("doing it twice changes nothing", () => {
    fc.assert(
      fc.property(transcripts, budgets, (transcript, tokens) => {
        const once = compact(transcript, tokens);
        expect(compact(once, tokens)).toEqual(once);
      }),
      { numRuns: 200 },
    );
  });

  test("more room never shows less", () => {
    fc.assert(
      fc.property(transcripts, budgets, budgets, (transcript, a, b) => {
        const [less, more] = [compact(transcript, Math.min(a, b)), compact(transcript, Math.max(a, b))];
        const shown = new Set(wholeAnswers(more));
        for (const call of wholeAnswers(less)) expect(shown).toContain(call);
        expect(more.length).toBeGreaterThanOrEqual(less.length);
      }),
      { numRuns: 200 },
    );
  });

  test("what was left out stays out as the transcript grows, as long as no step goes whole", () => {
    fc.assert(
      fc.property(transcripts, fc.integer({ min: 9_000, max: 25_000 }), (transcript, tokens) => {
        let out = new Set<string>();
        for (let length = 2; length <= transcript.length; length++) {
          if (transcript[length]?.kind === "answer") continue;
          const view = compact(transcript.slice(0, length), tokens);
          // Once whole steps go, the room that they leave can bring a later answer back.
          if (view.length < length) return;
          const shown = new Set(wholeAnswers(view));
          for (const call of out) expect(shown).not.toContain(call);
          out = new Set(
            transcript
              .slice(0, length)
              .flatMap((entry) => (entry.kind === "answer" && !shown.has(entry.call) ? [entry.call] : [])),
          );
        }
      }),
      { numRuns: 80 },
    );
  });

  test("the transcript itself is never changed", () => {
    fc.assert(
      fc.property(transcripts, budgets, (transcript, tokens) => {
        const before = JSON.stringify(transcript);
        compact(transcript, tokens);
        expect(JSON.stringify(transcript)).toBe(before);
      }),
      { numRuns: 50 },
    );
  });
});

test("a call without its answer, as in a run that was killed, is left alone", () => {
  const [reply] = step(9, [
    ["read_file", 0],
    ["search", 0],
  ]) as [Reply];
  const transcript: Entry[] = [
    ...start,
    ...[1, 2, 3, 4, 5].flatMap((n) => step(n, [["search", 9_000]])),
    reply,
    { kind: "answer", call: "call-9-0", tool: "read_file", text: "y".repeat(5_000) },
  ];
  const view = compact(transcript, 3_000);
  expect(view.slice(-2)).toEqual(transcript.slice(-2));
});
