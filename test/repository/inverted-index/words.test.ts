import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { partsOf, termOf, termsOf } from "../../../src/repository/inverted-index/words.ts";
import { hash32 } from "../../../src/text/hash.ts";

describe("splits an identifier into itself and its parts", () => {
  test.each([
    ["readJSONFile", ["read", "json", "file"]],
    ["HTTPServerError_v2", ["http", "server", "error", "v", "2"]],
    ["snake_case_name", ["snake", "case", "name"]],
    ["SCREAMING_CASE", ["screaming", "case"]],
    ["utf8Decode", ["utf", "8", "decode"]],
    ["__init__", ["init"]],
    ["$", []],
  ])("%s", (word, parts) => expect(partsOf(word)).toEqual(parts));
});

test.each([
  ["assigning", "assign"],
  ["stopped", "stop"],
  ["caches", "cache"],
  ["queries", "query"],
  ["passes", "pass"],
  ["calling", "call"],
])("%s in prose and %s in code have the same term", (prose, code) =>
  expect(termOf(prose)).toBe(termOf(code)),
);

test.each(["class", "status", "this", "is", "bus"])("%s is no plural", (word) =>
  expect(termOf(word)).toBe(word),
);

test("returns each term once, of at least two characters", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 80 }), (word) => {
      const terms = termsOf(word);
      expect(new Set(terms).size).toBe(terms.length);
      for (const term of terms) expect(term.length).toBeGreaterThan(1);
    }),
  );
});

test("an identifier has the term of each of its parts", () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z]{2,8}$/), { minLength: 1, maxLength: 4 }), (parts) => {
      const terms = termsOf(parts.join("_"));
      for (const part of parts) expect(terms).toContain(termOf(part));
    }),
  );
});

test("hashes have 32 bits and few collisions in 100,000 words", () => {
  const hashes = new Set<number>();
  for (let i = 0; i < 100_000; i++) hashes.add(hash32(`word${i}`));
  expect(hashes.size).toBeGreaterThan(99_990);
  for (const hash of hashes) expect(hash).toBe(hash >>> 0);
});
