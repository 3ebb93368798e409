import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { confidencesOf, likelihoodsOf, strengthOf } from "../../../src/evidence/ranking/locate.ts";

/** Scores of a ranking, best first. */
const scores = fc
  .array(fc.double({ min: -1e300, max: 1e300, noNaN: true }), { minLength: 1, maxLength: 50 })
  .map((all) => all.sort((a, b) => b - a));

test("confidences are odds: a file with one more logit is e times as likely", () => {
  const [a, b, c] = confidencesOf([3, 2, 2]);
  expect(a! / b!).toBeCloseTo(Math.E);
  expect(b).toBe(c);
});

test("confidences sum to 1, fall as the scores do and stay numbers, however large the scores are", () => {
  fc.assert(
    fc.property(scores, (all) => {
      const confidences = confidencesOf(all);
      expect(confidences).toHaveLength(all.length);
      expect(confidences.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 9);
      for (const [i, one] of confidences.entries()) {
        expect(one).toBeGreaterThanOrEqual(0);
        expect(one).toBeLessThanOrEqual(i === 0 ? 1 : confidences[i - 1]!);
      }
    }),
  );
});

test("only the distances between scores count", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: -1_000, max: 1_000 }),
      (all, more) => {
        const sorted = all.sort((a, b) => b - a);
        expect(confidencesOf(sorted.map((score) => score + more))).toEqual(confidencesOf(sorted));
      },
    ),
  );
});

test("likelihoods keep the order of the scores, stay between 0 and 1, and can sum to more than 1", () => {
  fc.assert(
    fc.property(scores, (all) => {
      const likelihoods = likelihoodsOf(all);
      expect(likelihoods).toHaveLength(all.length);
      for (const [i, one] of likelihoods.entries()) {
        expect(one).toBeGreaterThanOrEqual(0);
        expect(one).toBeLessThanOrEqual(i === 0 ? 1 : likelihoods[i - 1]!);
      }
    }),
  );
  // Two files of one score: each is likelier to change than to be the only one.
  const [a, b] = likelihoodsOf([1, 1]);
  expect(a! + b!).toBeGreaterThan(1.2);
  expect(likelihoodsOf([])).toEqual([]);
});

test("of no file there is none, and of one alone it is certain", () => {
  expect(confidencesOf([])).toEqual([]);
  expect(confidencesOf([0])).toEqual([1]);
});

test("a higher confidence is never told in a weaker word", () => {
  expect([strengthOf(0), strengthOf(1)]).toEqual(["weak", "strong"]);
  const order = ["weak", "moderate", "strong"];
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        expect(order.indexOf(strengthOf(low))).toBeLessThanOrEqual(order.indexOf(strengthOf(high)));
      },
    ),
  );
});
