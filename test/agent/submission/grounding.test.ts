import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { claimsOf } from "../../../src/agent/submission/claims.ts";
import { ungrounded } from "../../../src/agent/submission/grounding.ts";
import { plainStatement } from "../../../src/agent/submission/plain-statement.ts";

const invented = (statement: string, ...evidence: readonly string[]): readonly string[] =>
  ungrounded(claimsOf(plainStatement(statement)), evidence).map(({ text }) => text);

const LINES = [
  "src/store.py:31-35",
  "src/store.py",
  "    data = self._read(path)",
  "    data[key] = value",
  "Store.set",
];

describe("what a sentence claims must stand in what it cites", () => {
  test.each([
    ["`Store.set` reads the file with `_read` before it writes.", []],
    ["Store.set calls self._read and then changes data.", []],
    ["The value is changed between reading and writing back.", []],
    ["Lines 31 to 35 read, change and write.", []],
    ["`Store.delete` does the same.", ["Store.delete"]],
    ["It calls flush_cache() first.", ["flush_cache"]],
    ["This affects thousands of users.", ["thousands", "users"]],
    ["About 40% of requests fail.", ["40%"]],
    ["The endpoint /api/v2/items returns it.", ["/api/v2/items"]],
    ["It was measured at 350ms.", ["350ms"]],
    ["See https://example.org/bug for more.", ["https://example.org/bug"]],
    ["The docs say “always lock before writing”.", ["always lock before writing"]],
    ["Reported by alice@example.org.", ["alice@example.org"]],
    ["Set --no-cache to avoid it.", ["--no-cache"]],
    ["The file src/cache.py does it too.", ["src/cache.py"]],
    ["Three steps follow each other and/or overlap, e.g. here.", []],
  ])("%s", (statement, expected) => {
    expect(invented(statement, ...LINES)).toEqual(expected);
  });

  test("a number counts as itself, with or without separators", () => {
    expect(invented("It holds 1,203 entries.", "found 1203 entries")).toEqual([]);
    expect(invented("It holds 120 entries.", "found 1203 entries")).toEqual(["120"]);
  });

  test("a dotted name may stand in parts, as whole words", () => {
    expect(invented("`Cache.get` is called.", "class Cache:", "def get(self):")).toEqual([]);
    expect(invented("`Cache.get` is called.", "class Caches:", "def getter(self):")).toEqual(["Cache.get"]);
  });

  test("takes any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        ungrounded(claimsOf(plainStatement(text)), [text]);
      }),
    );
    for (const text of ['"'.repeat(65_536), "a_".repeat(32_768), "1,".repeat(32_768), "(".repeat(65_536)])
      expect(ungrounded(claimsOf(plainStatement(text)), [text])).toEqual([]);
  });
});
