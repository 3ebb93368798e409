import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { estimateTokens, maxTokens } from "../../src/llm/estimate-tokens.ts";

/** Tokens that OpenAI's o200k_base makes of these, counted with js-tiktoken 1.0.21. */
test.each([
  ["export function maxTokens(text: string): number {\n  let bytes = 0;", 17],
  ["We run four worker processes that share one data file.", 11],
  ['{"kind":"word","pattern":"_read_data","include":[],"exclude":[]}', 17],
  ["commit 3c1a1277d06f545d2ed0149e48f6f28e40473edf", 27],
])("%j is not counted too low", (text, real) => {
  expect(estimateTokens(text)).toBeGreaterThanOrEqual(real);
  expect(estimateTokens(text)).toBeLessThan(real * 2);
});

test("the bound is the bytes of UTF-8, and no estimate is above it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
      expect(maxTokens(text)).toBe(new TextEncoder().encode(text).length);
      expect(estimateTokens(text)).toBeLessThanOrEqual(Math.max(maxTokens(text), 0));
    }),
  );
});

test("half a pair counts as the three bytes that stand for it", () => {
  expect(maxTokens("\ud800")).toBe(3);
  expect(maxTokens("\ude00a")).toBe(4);
});

test("texts together have no more tokens than apart", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (a, b) => {
      expect(estimateTokens(a + b)).toBeLessThanOrEqual(estimateTokens(a) + estimateTokens(b));
    }),
  );
});
