import { expect, test } from "@jest/globals";
import { againstRivals, type Example, fit, recallByFix } from "../../scripts/learn-impact-fit.ts";

/** Three rows of two signals; the first signal marks what changed, the second marks what did not. */
const example = (fix: string): Example => ({
  fix,
  repo: "a/b",
  values: Float32Array.from([1, 0, 0, 1, 0, 0.5]),
  gold: [0],
  outside: [],
  wanted: 1,
});

test("the signal that marks what changed gets the weight; none is below zero", () => {
  const [marks, misleads] = fit([example("1"), example("2")], { signals: 2, rounds: 50 });
  expect(marks).toBeGreaterThan(1);
  expect(misleads).toBe(0);
});

test("a signal that is left out stays without weight", () => {
  const [marks] = fit([example("1")], { signals: 2, rounds: 10, without: new Set([0]) });
  expect(marks).toBe(0);
});

test("recall counts a row as found only when no other is before it, and a fix as the mean of its seeds", () => {
  const examples = [example("1"), { ...example("1"), gold: [2] }];
  expect(recallByFix(examples, () => [1, 0.1], 1)).toEqual(new Map([["1", 0.5]]));
  expect(recallByFix(examples, () => [1, 0.1], 3)).toEqual(new Map([["1", 1]]));
});

test("each right row is an example of its own, with the wrong rows that score highest", () => {
  const given: Example = {
    ...example("1"),
    values: Float32Array.from([1, 0, 5, 0, 2, 0, 3, 0, 4, 0]),
    gold: [0, 1],
    outside: [1],
    wanted: 3,
  };
  const made = againstRivals([given], [1, 0], 2);
  expect(made.map(({ values }) => [...values])).toEqual([
    [1, 0, 4, 0, 3, 0],
    [5, 0, 4, 0, 3, 0],
  ]);
  expect(made.map(({ gold, outside, wanted }) => [gold, outside, wanted])).toEqual([
    [[0], [], 3],
    [[0], [0], 3],
  ]);
});

test("a right row is not pushed down by another right row", () => {
  // One right row has the signal; the other one has as little as the wrong row.
  const both: Example = { ...example("1"), values: Float32Array.from([1, 0, 0]), gold: [0, 1] };
  const options = { signals: 1, rounds: 100 };
  const [together] = fit([both], options);
  const [alone] = fit(againstRivals([both], [1], 1), options);
  expect(together).toBeLessThan(1);
  expect(alone).toBeGreaterThan(2);
});

test("an example without a right row teaches nothing", () => {
  expect(againstRivals([{ ...example("1"), gold: [] }], [1, 0], 2)).toEqual([]);
});
