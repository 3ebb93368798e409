import { expect, test } from "@jest/globals";
import { picture } from "../../src/backtest/picture.ts";
import { median, scoreOf, type WorkedCase, wordsShown } from "../../src/backtest/score.ts";
import { changedFunctions } from "../../src/research/fixed-places.ts";
import type { FileSyntax, SymbolDefinition } from "../../src/languages/syntax.ts";

const one = (more: Partial<WorkedCase>): WorkedCase => ({
  issue: "1",
  title: "Lost",
  fix: "f",
  base: "b",
  files: ["a.py"],
  functions: ["a.py::f"],
  lines: [{ path: "a.py", start: 3, end: 4 }],
  namedFiles: ["a.py"],
  namedFunctions: ["a.py::f"],
  namedLines: { path: "a.py", start: 1, end: 3 },
  told: 0.5,
  words: 10,
  seconds: 1,
  ...more,
});

test("counts what the pages got right", () => {
  const score = scoreOf([
    one({}),
    one({
      files: ["a.py", "b.py"],
      namedFiles: ["b.py"],
      namedFunctions: ["a.py::g", "a.py::f"],
      namedLines: { path: "a.py", start: 5, end: 9 },
      told: 1,
      words: 30,
    }),
    one({
      files: ["c.py"],
      functions: [],
      lines: [{ path: "c.py", start: 1, end: 3 }],
      namedFiles: ["a.py", "b.py", "d.py", "e.py", "f.py", "c.py"],
      told: 0,
    }),
  ]);
  expect(score).toEqual({
    cases: 3,
    fileFirst: { hits: 2, of: 3 },
    allInFive: { hits: 1, of: 3 },
    functionFirst: { hits: 1, of: 2 },
    functionInFive: { hits: 2, of: 2 },
    linesFirst: { hits: 1, of: 3 },
    told: 0.5,
    medianWords: 10,
    medianSeconds: 1,
  });
});

test("the median of an even number is between the two in the middle", () => {
  expect([median([]), median([3]), median([4, 1]), median([9, 1, 2])]).toEqual([0, 3, 2.5, 2]);
});

test("a folded part is not counted, nor what is folded in it", () => {
  const text =
    "# Two words\n\n<details><summary>More</summary>\n\na b c\n\n<details><summary>x</summary>\n\ny\n\n</details>\n\nz\n\n</details>\n\n- last |\n";
  expect(wordsShown(text)).toBe(3);
});

const define = (name: string, start: number, end: number, container: string[] = []): SymbolDefinition =>
  ({
    name,
    kind: container.length > 0 ? "method" : "function",
    container,
    start,
    end,
    nameLine: start,
  }) as unknown as SymbolDefinition;
const syntax = {
  symbols: [define("f", 1, 5), define("put", 7, 12, ["Store"]), define("inner", 9, 10, ["Store", "put"])],
} as unknown as FileSyntax;
const hunk = (oldStart: number, oldLines: number) => ({ oldStart, oldLines, newStart: 1, newLines: 1 });

test("a change is in the innermost function around its lines; lines added behind a function are not in it", () => {
  const changed = (...hunks: ReturnType<typeof hunk>[]) => changedFunctions("a.py", syntax, hunks);
  expect(changed(hunk(3, 1))).toEqual(["a.py::f"]);
  expect(changed(hunk(4, 4))).toEqual(["a.py::f", "a.py::Store.put"]);
  expect(changed(hunk(9, 1))).toEqual(["a.py::Store.put.inner"]);
  expect(changed(hunk(4, 0))).toEqual(["a.py::f"]);
  expect(changed(hunk(5, 0))).toEqual([]);
  expect(changedFunctions("a.py", undefined, [hunk(1, 9)])).toEqual([]);
});

test("the picture holds the numbers, and foreign words as text", () => {
  const svg = picture('<script>&"\u0000', scoreOf([one({}), one({ namedFiles: ["b.py"] })]));
  expect(svg).toContain("1 of 2, 50 %");
  expect(svg).toContain('width="150"');
  expect(svg).not.toContain("<script");
  expect(svg).toContain("&lt;script&gt;&amp;&quot; ");
});
