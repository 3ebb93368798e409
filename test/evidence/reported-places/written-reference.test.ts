import { expect, test } from "@jest/globals";
import { parseReference } from "../../../src/evidence/reported-places/written-reference.ts";
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
