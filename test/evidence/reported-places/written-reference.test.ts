import { describe, expect, test } from "@jest/globals";
import { parseReference, usedRevision } from "../../../src/evidence/reported-places/written-reference.ts";
import { findReferences } from "../../../src/issue/report/report-references.ts";

const SHA = "7479a9ae82b44fb06de3ab84094b18e8f72affc4";

test.each([
  [
    `https://github.com/o/n/blob/${SHA}/src/a.js#L1-L19`,
    { repository: "o/n", ref: SHA, path: "src/a.js", lines: { start: 1, end: 19 } },
  ],
  [
    `https://github.com/o/n/blame/${SHA}/a%20b.c#L7`,
    { repository: "o/n", ref: SHA, path: "a b.c", lines: { start: 7, end: 7 } },
  ],
  ["https://gitlab.com/o/n/-/blob/main/src/a.py", { repository: "o/n", ref: "main", path: "src/a.py" }],
  ["look at src/a.py:12:3 please", { path: "src/a.py", lines: { start: 12, end: 12 } }],
  ["see `heritage.rs(93)`", { path: "heritage.rs", lines: { start: 93, end: 93 } }],
  ["on line 179 of response.js it", { path: "response.js", lines: { start: 179, end: 179 } }],
  ["around lines 12-14 in `x/y.go`", { path: "x/y.go", lines: { start: 12, end: 14 } }],
  ["in src/io/reader.c, Zeile 41.", { path: "src/io/reader.c", lines: { start: 41, end: 41 } }],
  ["vient de src/writer.c, ligne 12", { path: "src/writer.c", lines: { start: 12, end: 12 } }],
  ["está en `lib/a.h`, línea 237.", { path: "lib/a.h", lines: { start: 237, end: 237 } }],
  ["vedi lib/a.py riga 7", { path: "lib/a.py", lines: { start: 7, end: 7 } }],
  ["см. lib/b.py, строка 10", { path: "lib/b.py", lines: { start: 10, end: 10 } }],
  ["src/Main.java 第 15 行", { path: "src/Main.java", lines: { start: 15, end: 15 } }],
  ["lib/f.ts の 21 行目", { path: "lib/f.ts", lines: { start: 21, end: 21 } }],
  ["src/c.go line no. 5", { path: "src/c.go", lines: { start: 5, end: 5 } }],
  ["`lib/d.rb` (lines 9-11)", { path: "lib/d.rb", lines: { start: 9, end: 11 } }],
  ["en la línea 33 de src/e.php", { path: "src/e.php", lines: { start: 33, end: 33 } }],
  ["die Datei src/io/reader.c hat 41 Zeilen", { path: "src/io/reader.c" }],
  ["in `src/_pytest/skipping.py` there", { path: "src/_pytest/skipping.py" }],
  ["since #12", { number: 12 }],
  ["like o/n#12", { repository: "o/n", number: 12 }],
  ["https://github.com/o/n/pull/12#issuecomment-1", { repository: "o/n", number: 12 }],
  ["https://github.com/o/n/issues/12", { repository: "o/n", number: 12 }],
  [`broken since ${SHA.slice(0, 9)}.`, { hash: SHA.slice(0, 9) }],
  [`https://github.com/o/n/commit/${SHA}`, { repository: "o/n", hash: SHA }],
])("%s", (text, expected) => {
  const [reference] = findReferences([text]);
  const { kind: _, named, ...rest } = parseReference(reference!)!;
  expect(rest).toEqual(expected);
  expect(text).toContain(named);
});

describe("a hash", () => {
  test.each([
    "Fuzzed gizmo 2.4 (commit 41b2c3d4e5f60718).",
    "I'm at commit 4be01a7cc2 on main.",
    "It is built from 9f3c1de04b with clang.",
    "- Commit: 9f3c1de04b",
    "We see a crash at 9f3c1de04b.",
  ])("without a word of blame is the revision that was used: %s", (text) => {
    const references = findReferences([text]);
    expect(references.map(({ kind }) => kind)).toEqual(["revision"]);
    expect(parseReference(references[0]!)).toBeUndefined();
    expect(text).toContain(usedRevision(references[0]!)!);
  });

  test.each([
    "It broke in commit 9f3c1de04b.",
    "git bisect points at 9f3c1de04b0.",
    "Introduced by 41b2c3d4e5f6.",
    "Since 41b2c3d4e5f6 it is slow.",
    "See commit 41b2c3d4e5f6.",
    "In 41b2c3d4e5f6 somebody removed the check.",
  ])("with one is a change: %s", (text) => {
    const [reference] = findReferences([text]);
    expect(reference?.kind).toBe("commit");
    expect(usedRevision(reference!)).toBeUndefined();
  });
});
