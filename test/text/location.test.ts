import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { formatLocation, parseLocation, splitLocation } from "../../src/text/location.ts";

const SHA = "0123456789abcdef0123456789abcdef01234567";

test.each<[string, string, number, number]>([
  ["src/a.ts:3", "src/a.ts", 3, 3],
  ["src/a.ts:3-9", "src/a.ts", 3, 9],
  ["src/a.ts:3–9", "src/a.ts", 3, 9],
  ["src/a.ts:3:17", "src/a.ts", 3, 3],
  ["src/a.ts#L3", "src/a.ts", 3, 3],
  ["src/a.ts#L3-L9", "src/a.ts", 3, 9],
  ["src/a.ts#L3-9", "src/a.ts", 3, 9],
  ["src/a.ts#L3C5-L9C2", "src/a.ts", 3, 9],
  ["./src/a.ts:3", "src/a.ts", 3, 3],
  [" a b/c d.py:1 ", "a b/c d.py", 1, 1],
  ["C++/a:b.h:99999999", "C++/a:b.h", 99_999_999, 99_999_999],
  ["x#L3:7", "x#L3", 7, 7],
  ["...:1", "...", 1, 1],
])("reads %s", (text, path, start, end) => {
  expect(parseLocation(text)).toEqual({ path, start, end });
});

test.each<[string, string, string, string]>([
  [`https://github.com/o/r/blob/${SHA}/src/a.ts#L3-L9`, "https://github.com/o/r", SHA, "src/a.ts"],
  [
    "https://github.com/o/r/blob/main/src/a%20b.ts?plain=1#L3-L9",
    "https://github.com/o/r",
    "main",
    "src/a b.ts",
  ],
  ["https://ghe.example:8443/o/r/blob/v1.2/a.ts#L3-L9", "https://ghe.example:8443/o/r", "v1.2", "a.ts"],
  [`https://gitlab.com/g/sub/r/-/blob/${SHA}/a.ts#L3-9`, "https://gitlab.com/g/sub/r", SHA, "a.ts"],
  [
    "https://github.com/o/r/blob/main/docs/blob/a.md#L3-L9",
    "https://github.com/o/r",
    "main",
    "docs/blob/a.md",
  ],
])("reads the permalink %s", (text, repository, revision, path) => {
  expect(parseLocation(text)).toEqual({ path, start: 3, end: 9, link: { repository, revision } });
});

test.each<[string, string]>([
  ["", "it names no line"],
  ["src/a.ts", "it names no line"],
  ["src/a.ts:", "it names no line"],
  ["src/a.ts:x", "it names no line"],
  ["src/a.ts:1234567890", "it names no line"],
  ["src/a.ts:0", "line 0"],
  ["src/a.ts#L3-L0", "line 0"],
  ["src/a.ts:9-3", "its last line, 3, comes before its first, 9"],
  [":3", "names no file"],
  ["./:3", "names no file"],
  ["../secret:1", "`..`"],
  ["src/../../secret:1", "`..`"],
  [`https://github.com/o/r/blob/${SHA}/..%2F..%2Fsecret#L1`, "`..`"],
  ["/etc/passwd:1", "absolute"],
  ["src//a.ts:1", "empty part"],
  ["src/./a.ts:1", "empty part"],
  ["src\\a.ts:1", "backslash"],
  ["src/a\u0000.ts:1", "control character"],
  ["src/a\n.ts:1", "control character"],
  ["https://a.example/x:1", "address"],
])("refuses %j and says what it found", (text, problem) => {
  expect(parseLocation(text)).toEqual({ problem: expect.stringContaining(problem) });
});

test("refuses a path of more than 1,000 characters", () => {
  expect(parseLocation(`${"a".repeat(1_001)}:1`)).toEqual({
    problem: expect.stringContaining("1000 characters"),
  });
  expect(parseLocation("a".repeat(5_000))).toEqual({ problem: expect.stringContaining("4000 characters") });
});

const part = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
  .filter((name) => !/[/\\\p{Cc}]/u.test(name) && name !== "." && name !== ".." && name.trim() === name);
const location = fc.record({
  path: fc
    .array(fc.oneof(part, fc.constantFrom("a:3", "b#L3", "c:3-9", "d:1:2", "e#L1-L2")), {
      minLength: 1,
      maxLength: 6,
    })
    .map((parts) => parts.join("/")),
  start: fc.integer({ min: 1, max: 1_000_000 }),
  length: fc.integer({ min: 0, max: 1_000 }),
});

describe("property", () => {
  test("reads back what it prints", () => {
    fc.assert(
      fc.property(location, ({ path, start, length }) => {
        const given = { path, start, end: start + length };
        expect(parseLocation(formatLocation(given))).toEqual(given);
      }),
    );
  });

  test("a location is inside the repository, whatever the text", () => {
    const hostile = fc
      .array(
        fc.constantFrom(
          "..",
          "/",
          "\\",
          ".",
          "a",
          ":",
          "#L",
          "3",
          "-",
          "\n",
          "\u0000",
          "%2e",
          "https://h/o/r/blob/x/",
        ),
        {
          maxLength: 30,
        },
      )
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), hostile), (text) => {
        const read = parseLocation(text);
        if ("problem" in read) return;
        expect(read.path.split("/")).not.toContain("..");
        expect(read.path).not.toMatch(/^\/|\\|\p{Cc}|:\/\//u);
        expect(read.start).toBeGreaterThanOrEqual(1);
        expect(read.end).toBeGreaterThanOrEqual(read.start);
      }),
      { numRuns: 500 },
    );
  });

  // The regular expressions see at most 40 characters of an ending and 4,000 of an address.
  test("a text of a million characters is refused before it is matched", () => {
    for (const unit of ["a", ":1", "#L1", "https://h/o/blob/", "/../", "1"]) {
      const text = unit.repeat(1_000_000 / unit.length);
      expect(splitLocation(text)).toBeUndefined();
      expect(parseLocation(text)).toHaveProperty("problem");
    }
  });
});
