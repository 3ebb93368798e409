import { describe, expect, test } from "@jest/globals";
import { readBlocks } from "../../../src/issue/report/report-blocks.ts";
import { findIdentifiers } from "../../../src/issue/report/report-names.ts";
import { tellingText } from "../../../src/issue/report/telling-text.ts";
import { textBlocksOf } from "../../../src/issue/report/text-blocks.ts";
import { wordsOf } from "../../../src/text/words-of.ts";

describe("what names nothing in code is left out", () => {
  test.each([
    ["see https://gist.github.com/ada/0d1e2f3a4b and [docs](https://x.org/a)", "see   and [docs]( )"],
    ["at https://github.com/o/n/blob/main/src/store.py#L3, here", "at src/store.py here"],
    ["by ada@example.org since 1a2b3c4d5e", "by   since  "],
    ["id 123e4567-e89b-12d3-a456-426614174000 at 0x7ffe12ab34cd", "id   at  "],
    ["defaced and effaced a 12345678", "defaced and effaced a 12345678"],
  ])("%s", (text, left) => expect(tellingText(text)).toBe(left));
});

test("a name among letters that need no spaces is a name", () => {
  expect([...wordsOf("修复OrderMap的问题, テストfoo_barです, 한국어setValue와")]).toEqual([
    "修复",
    "OrderMap",
    "的问题",
    "テスト",
    "foo_bar",
    "です",
    "한국어",
    "setValue",
    "와",
  ]);
  expect(findIdentifiers([{ kind: "prose", text: "修复OrderMap的问题" }])).toEqual(["OrderMap"]);
});

test("pasted data and printed output count as data, code and short commands as code", () => {
  const body = [
    '```json\n{ "a": 1 }\n```',
    '```\n[\n  { "b": 2 }\n]\n```',
    '```\n<?xml version="1.0"?>\n<a/>\n```',
    "```text\none\ntwo\nthree\nfour\n```",
    "```console\n$ run --fast\n```",
    "```py\nstore.save(1)\n```",
    '```\n  File "a.py", line 3, in save\n```',
  ].join("\n\n");
  expect(textBlocksOf("T", readBlocks(body)).map(({ kind }) => kind)).toEqual([
    "title",
    "data",
    "data",
    "data",
    "data",
    "code",
    "code",
    "trace",
  ]);
});

test("what a title marks as a name, or writes like one, counts twice", () => {
  const namesOf = (title: string) =>
    textBlocksOf(title, []).flatMap(({ kind, text }) => (kind === "inline-code" ? [text] : []));
  expect(namesOf("Crash in readConfig with `a b` and --dry-run after Store::open or f()")).toEqual([
    "readConfig `a b` --dry-run Store::open f",
  ]);
  expect(namesOf("It crashes after an upgrade - always")).toEqual([]);
});
