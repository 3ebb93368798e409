import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { createTwoFilesPatch } from "diff";
import { linesBefore } from "../../src/execution/earlier-lines.ts";

const OLD = `def first(a):
    return a


def total(prices):
    return sum(prices)


def last(a):
    return a
`;
const patch = (before: string, after: string): string =>
  createTwoFilesPatch("a/x.py", "b/x.py", before, after);

test("a commit's lines in a function go back, those of other functions stay", () => {
  const commit = OLD.replace("sum(prices)", "sum(prices[1:])").replaceAll("return a\n", "return str(a)\n");
  const later = commit.replace("return str(a)\n\n\ndef total", "return repr(a)\n\n\ndef total");
  expect(linesBefore(later, { start: 5, end: 6 }, patch(OLD, commit))).toEqual({
    line: 6,
    text: later.replace("sum(prices[1:])", "sum(prices)"),
  });
});

test("lines that were changed again, and a patch that is none, take nothing back", () => {
  const commit = OLD.replace("sum(prices)", "sum(prices[1:])");
  const again = OLD.replace("sum(prices)", "max(prices)");
  expect(linesBefore(again, { start: 5, end: 6 }, patch(OLD, commit))).toBeUndefined();
  expect(linesBefore(commit, { start: 9, end: 10 }, patch(OLD, commit))).toBeUndefined();
  for (const text of ["", "@@", "--- a\n+++ b\n@@ -1 +1 @@\n"])
    expect(linesBefore(commit, { start: 5, end: 6 }, text)).toBeUndefined();
});

test("nothing outside of the lines ever changes", () => {
  const line = fc.constantFrom("a", "b", "c", "d", "");
  const lines = fc.array(line, { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(lines, lines, fc.nat(11), fc.nat(11), (before, after, from, size) => {
      const text = `${after.join("\n")}\n`;
      const start = Math.min(from + 1, after.length);
      const end = Math.min(start + size, after.length);
      const back = linesBefore(text, { start, end }, patch(`${before.join("\n")}\n`, text));
      if (back === undefined) return;
      const result = back.text.split("\n");
      const all = text.split("\n");
      expect(result.slice(0, start - 1)).toEqual(all.slice(0, start - 1));
      expect(result.slice(result.length - (all.length - end))).toEqual(all.slice(end));
    }),
    { seed: 7, numRuns: 500 },
  );
});
