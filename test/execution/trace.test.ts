import { deflateSync } from "node:zlib";
import { expect, test } from "@jest/globals";
import { functionsOfHunk, hunksOf, withHunks } from "../../src/execution/hunks.ts";
import { familyOf, genericChanges } from "../../src/execution/generic-changes.ts";
import { readTrace } from "../../src/execution/trace.ts";

const record = (value: unknown): string => deflateSync(JSON.stringify(value)).toString("base64");

test("records of one test are joined, and what is no record is skipped", () => {
  const trace = readTrace(
    [
      record({ test: null, files: { "a.py": "1-2" } }),
      record({ test: "one", files: { "a.py": "4,6-7", "/etc/passwd": "1", "../b.py": "1" } }),
      "not a record",
      record(["x"]),
      record({ test: "one", files: { "a.py": "8" }, named: { "c.js": ["run"] } }),
    ].join("\n"),
  );
  expect([...trace.outside.lines.get("a.py")!]).toEqual([1, 2]);
  expect([...trace.tests.get("one")!.lines.get("a.py")!]).toEqual([4, 6, 7, 8]);
  expect([...trace.tests.get("one")!.lines.keys()]).toEqual(["a.py"]);
  expect([...trace.tests.get("one")!.named.get("c.js")!]).toEqual(["run"]);
});

test("a record that names a billion lines is read in part", () => {
  const trace = readTrace(record({ test: "one", files: { "a.py": "1-1000000000" } }));
  expect(trace.tests.get("one")!.lines.get("a.py")!.size).toBe(200_000);
});

test("hunks lead from one text to the other, all of them or some", () => {
  const before = "a\nb\nc\nd\ne\n";
  const after = "x\na\nB\nc\nd\ny\ne\n";
  const hunks = hunksOf(before, after);
  expect(hunks.length).toBe(3);
  expect(withHunks(before, hunks)).toBe(after);
  expect(withHunks(before, hunks.slice(1, 2))).toBe("a\nB\nc\nd\ne\n");
});

test("an insertion lies in a function that has lines on both sides of it", () => {
  const functions = [
    { name: "f", start: 1, end: 3 },
    { name: "g", start: 4, end: 6 },
  ];
  const lies = (start: number, removed: readonly string[]): readonly string[] =>
    functionsOfHunk({ start, removed, added: ["x"] }, functions).map(({ name }) => name);
  expect(lies(4, [])).toEqual([]);
  expect(lies(5, [])).toEqual(["g"]);
  expect(lies(3, ["a", "b"])).toEqual(["f", "g"]);
});

test("generic changes keep the other lines of a file", () => {
  const python = "def f(a, b):\n    if a and b < 2:\n        log(a)\n    return a + b\n";
  expect(
    [...genericChanges(python, [2, 3, 4], familyOf("a.py")!)].map(({ kind, text }) => [
      kind,
      text.split("\n").find((line, at) => line !== python.split("\n")[at]),
    ]),
  ).toEqual([
    ["condition negated", "    if not (a and b < 2):"],
    ["part of a condition left out", "    if b < 2:"],
    ["part of a condition left out", "    if a:"],
    ["limit moved", "    if a and b <= 2:"],
    ["statement skipped", "        pass"],
    ["constant returned", "    return None"],
    ["constant returned", "    return True"],
    ["constant returned", "    return False"],
  ]);
  const javascript = "function f(a, b) {\n  if (a && b) {\n    log(a);\n  }\n  return a;\n}\n";
  expect(
    [...genericChanges(javascript, [2, 3, 5], familyOf("a.ts")!)].map(({ text }) =>
      text.split("\n").find((line, at) => line !== javascript.split("\n")[at]),
    ),
  ).toEqual([
    "  if (!(a && b)) {",
    "  if (b) {",
    "  if (a) {",
    "    ;",
    "  return undefined;",
    "  return true;",
    "  return false;",
  ]);
});
