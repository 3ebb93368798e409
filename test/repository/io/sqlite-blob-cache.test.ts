import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { cacheFileSize, sqliteBlobCache } from "../../../src/repository/io/sqlite-blob-cache.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "casebook-cache-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const DAY = 86_400;
const file = (): string => join(dir, "sub", "index.db");
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const open = (limitBytes = 1_000_000, day = 1) =>
  sqliteBlobCache(file(), { limitBytes, now: () => day * DAY });

test("the next process finds an entry under its kind only", () => {
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

test("two processes see each other's entries", () => {
  using one = open();
  using two = open();
  one.putMany("k", [["a", bytes("1")]]);
  two.putMany("k", [["b", bytes("2")]]);
  expect(one.getMany("k", ["a", "b"]).size).toBe(2);
});

test("replaces a file that is no database", () => {
  open()[Symbol.dispose]();
  writeFileSync(join(dir, "sub", "index.db"), "this is not a database, whatever it says ".repeat(100));
  using cache = open();
  cache.putMany("k", [["a", bytes("1")]]);
  expect(cache.getMany("k", ["a"]).size).toBe(1);
});

test("a folder without write access behaves like an empty cache", () => {
  writeFileSync(join(dir, "sub"), "a file where a folder should be");
  using cache = open();
  cache.putMany("k", [["a", bytes("1")]]);
  expect(cache.getMany("k", ["a"]).size).toBe(0);
  expect(readFileSync(join(dir, "sub"), "utf8")).toBe("a file where a folder should be");
});

const MEGABYTE = 1_000_000;
const tenth = new Uint8Array(MEGABYTE / 10);
const tenths = (name: string, count: number) =>
  Array.from({ length: count }, (_, i) => [`${name}${i}`, tenth] as const);
const keys = (name: string, count: number): string[] => tenths(name, count).map(([key]) => key);

test("evicts the least recently used entries over the limit", () => {
  using monday = open(2 * MEGABYTE, 1);
  monday.putMany("k", tenths("old", 8));
  monday[Symbol.dispose]();
  using tuesday = open(2 * MEGABYTE, 2);
  tuesday.getMany("k", ["old7"]);
  tuesday.putMany("k", tenths("new", 8));
  tuesday[Symbol.dispose]();
  using wednesday = open(2 * MEGABYTE, 3);
  expect(wednesday.getMany("k", keys("old", 8)).has("old7")).toBe(true);
  expect(wednesday.getMany("k", keys("old", 8)).has("old0")).toBe(false);
  expect(wednesday.getMany("k", keys("new", 8)).size).toBe(8);
});

test("keeps file and log below the limit while a process writes", () => {
  using cache = open(5 * MEGABYTE);
  let most = 0;
  for (let i = 0; i < 100; i++) {
    cache.putMany("k", tenths(`round${i}-`, 2));
    most = Math.max(most, cacheFileSize(file()));
  }
  expect(most).toBeGreaterThan(3 * MEGABYTE);
  expect(most).toBeLessThan(5 * MEGABYTE);
  expect(cache.getMany("k", ["round99-0"]).size).toBe(1);
});

test("shrinks the file to a lowered limit with the next write", () => {
  using roomy = open(20 * MEGABYTE);
  roomy.putMany("k", tenths("a", 100));
  roomy[Symbol.dispose]();
  expect(cacheFileSize(file())).toBeGreaterThan(9 * MEGABYTE);
  using tight = open(4 * MEGABYTE);
  tight.putMany("k", tenths("b", 1));
  tight[Symbol.dispose]();
  expect(cacheFileSize(file())).toBeLessThan(4 * MEGABYTE);
});

test("evicts entries of another version after a week without use", () => {
  using before = open(MEGABYTE, 1);
  before.putMany("lexicon-1", [["a", bytes("old")]]);
  before[Symbol.dispose]();
  const versionsOn = (day: number): string[] => {
    using cache = open(MEGABYTE, day);
    cache.putMany("lexicon-2", [["a", bytes("new")]]);
    cache[Symbol.dispose]();
    using later = open(MEGABYTE, 1);
    return ["lexicon-1", "lexicon-2"].filter((kind) => later.getMany(kind, ["a"]).size > 0);
  };
  expect(versionsOn(5)).toEqual(["lexicon-1", "lexicon-2"]);
  expect(versionsOn(9)).toEqual(["lexicon-2"]);
});

test("replaces a file of another layout", () => {
  open()[Symbol.dispose]();
  const other = new DatabaseSync(file());
  other.exec("DROP TABLE derived; CREATE TABLE derived (something TEXT); PRAGMA user_version = 77");
  other.close();
  using cache = open();
  cache.putMany("k", [["a", bytes("1")]]);
  expect(cache.getMany("k", ["a"]).size).toBe(1);
});

test("replaces a damaged file in the next run", () => {
  using first = open();
  first.putMany("k", tenths("a", 8));
  first[Symbol.dispose]();
  const whole = readFileSync(file());
  writeFileSync(file(), whole.fill(0xaa, 16_384, whole.length - 16_384));

  using damaged = open();
  expect(damaged.getMany("k", keys("a", 8)).size).toBe(0);
  damaged[Symbol.dispose]();

  using next = open();
  next.putMany("k", [["a", bytes("1")]]);
  expect(next.getMany("k", ["a"]).size).toBe(1);
});

test("replaces a truncated file", () => {
  using first = open();
  first.putMany("k", tenths("a", 8));
  first[Symbol.dispose]();
  writeFileSync(file(), readFileSync(file()).subarray(0, 40_000));
  for (const run of ["finds out", "begins anew"]) {
    using cache = open();
    cache.putMany("k", [[run, bytes("1")]]);
  }
  using cache = open();
  expect(cache.getMany("k", ["begins anew"]).size).toBe(1);
});
