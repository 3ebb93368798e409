import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { sqliteBlobCache } from "../../../src/adapters/cache/sqlite-blob-cache.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "casebook-cache-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const DAY = 86_400;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const open = (limitBytes = 1_000_000, day = 1) =>
  sqliteBlobCache(join(dir, "sub", "index.db"), { limitBytes, now: () => day * DAY });

test("what was put is there in the next process, under its kind only", () => {
  using first = open();
  first.putMany("words-1", [
    ["a", bytes("A")],
    ["b", bytes("B")],
  ]);
  first[Symbol.dispose]();
  using second = open();
  expect(second.getMany("words-1", ["a", "b", "c"])).toEqual(
    new Map([
      ["a", bytes("A")],
      ["b", bytes("B")],
    ]),
  );
  expect(second.getMany("words-2", ["a"]).size).toBe(0);
});

test("two processes at once see each other's work", () => {
  using one = open();
  using two = open();
  one.putMany("k", [["a", bytes("1")]]);
  two.putMany("k", [["b", bytes("2")]]);
  expect(one.getMany("k", ["a", "b"]).size).toBe(2);
});

test("a file that is no database is begun anew", () => {
  open()[Symbol.dispose]();
  writeFileSync(join(dir, "sub", "index.db"), "this is not a database, whatever it says ".repeat(100));
  using cache = open();
  cache.putMany("k", [["a", bytes("1")]]);
  expect(cache.getMany("k", ["a"]).size).toBe(1);
});

test("a place that cannot be written to behaves like an empty cache", () => {
  writeFileSync(join(dir, "sub"), "a file where a folder should be");
  using cache = open();
  cache.putMany("k", [["a", bytes("1")]]);
  expect(cache.getMany("k", ["a"]).size).toBe(0);
  expect(readFileSync(join(dir, "sub"), "utf8")).toBe("a file where a folder should be");
});

test("over its limit, what was used longest ago goes first", () => {
  const kilobyte = new Uint8Array(1_000);
  using monday = open(10_000, 1);
  monday.putMany(
    "k",
    Array.from({ length: 8 }, (_, i) => [`old${i}`, kilobyte] as const),
  );
  monday[Symbol.dispose]();
  using tuesday = open(10_000, 2);
  tuesday.getMany("k", ["old7"]);
  tuesday.putMany(
    "k",
    Array.from({ length: 5 }, (_, i) => [`new${i}`, kilobyte] as const),
  );
  tuesday[Symbol.dispose]();
  using wednesday = open(10_000, 3);
  const left = [...wednesday.getMany("k", ["old0", "old7", "new0", "new1", "new2", "new3", "new4"]).keys()];
  expect(left).toEqual(["old7", "new0", "new1", "new2", "new3", "new4"]);
});
