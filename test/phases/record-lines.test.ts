import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { boundOutcome } from "../../src/phases/outcome.ts";
import { formatRecordLines, readRecordLines } from "../../src/phases/record-lines.ts";
import { OUTCOMES } from "../../src/phases/outcome.ts";

const asked = {
  researcher: "large",
  outcome: {
    kind: "needs-info",
    reason: "The version is missing: it decides which store is used.",
    questions: ["Which version?", "Which store?"],
  },
  cost: { micros: 41_200, inputTokens: 30_000, outputTokens: 5_000, calls: 12, models: ["large", "small"] },
  partial: "the limit of 40 steps was reached",
} as const;

describe("what a run writes about itself", () => {
  test("stands there for people, one line each", () => {
    expect(formatRecordLines(asked).join("\n")).toMatchInlineSnapshot(`
     "Researcher: large
     Outcome: needs-info: The version is missing: it decides which store is used.
     Question: Which version?
     Question: Which store?
     Cost: $0.041200, calls 12, tokens in 30000, tokens out 5000
     Model: large
     Model: small
     Partial: the limit of 40 steps was reached"
    `);
  });

  test("is read back among other lines, up to the first empty one", () => {
    const lines = ["Checked at abc.", ...formatRecordLines(asked), "2 statements were dropped.", ""];
    expect(readRecordLines([...lines, "Outcome: not-a-bug: no", "Reason: no"])).toEqual(asked);
  });

  test("says nothing where there is nothing to say", () => {
    expect(formatRecordLines({})).toEqual([]);
    expect(readRecordLines([])).toEqual({});
  });

  test.each([
    "Outcome: nothing: known",
    "Outcome:",
    "outcome: duplicate",
    "Cost: $1, calls 1, tokens in 1, tokens out 1",
    "Cost: $9999999999.000000, calls 1, tokens in 1, tokens out 1",
    "  Reason: it is indented",
    "Constructor: x",
  ])("%j is read as nothing", (line) => expect(readRecordLines([line])).toEqual({}));

  test("reads back what it wrote, whatever that was", () => {
    const text = fc.string({ unit: "binary", maxLength: 200 });
    const item = text.map((value) => `x${value}x`);
    const count = fc.integer({ min: 0, max: 999_999_999 });
    const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,60}$/);
    const record = fc.record(
      {
        researcher: name,
        outcome: fc
          .record(
            {
              kind: fc.constantFrom(...OUTCOMES),
              reason: text,
              questions: fc.array(item, { minLength: 1, maxLength: 4 }),
              of: name,
              parts: fc.array(item, { minLength: 1, maxLength: 4 }),
            },
            { requiredKeys: ["kind", "reason"] },
          )
          .map(boundOutcome),
        cost: fc.record({
          micros: count,
          inputTokens: count,
          outputTokens: count,
          calls: count,
          models: fc.array(name, { maxLength: 3 }),
        }),
        partial: name,
        reason: name,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(record, (given) => {
        const lines = formatRecordLines(given);
        for (const line of lines) expect(line).not.toContain("\n");
        expect(readRecordLines([...lines, "", "Reason: another"])).toEqual(given);
      }),
      { numRuns: 500 },
    );
  });

  test("any lines can be read, and what is read is what would be kept", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary", maxLength: 400 }), { maxLength: 20 }), (lines) => {
        const { outcome } = readRecordLines(
          lines.map((line, i) => (i % 2 === 0 ? `Question: ${line}` : `Outcome: duplicate: ${line}`)),
        );
        expect(outcome === undefined ? undefined : boundOutcome(outcome)).toEqual(outcome);
      }),
    );
  });
});
