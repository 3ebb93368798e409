import { expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  decodeInvertedIndex,
  encodeInvertedIndex,
  findTerm,
  isFull,
  indexMaker,
} from "../../../src/repository/inverted-index/inverted-index.ts";
import { termOf, termsOf } from "../../../src/repository/inverted-index/words.ts";
import { hash32 } from "../../../src/text/hash.ts";

test("counts each term in its field", () => {
  const invertedIndex = indexMaker()("# save twice\ndef save():\n    save('save')\n", "py");
  const at = findTerm(invertedIndex, hash32(termOf("save")));
  expect([...invertedIndex.counts.subarray(at * 4, at * 4 + 4)]).toEqual([1, 1, 1, 1]); // code, comment, string, definition
  expect(invertedIndex.lines).toBe(3);
});

test("finds a word by each of its parts and by nothing else", () => {
  const invertedIndex = indexMaker()("class KeyValueStore: pass", "py");
  for (const word of ["key", "value", "store", "keyvaluestore"])
    expect(findTerm(invertedIndex, hash32(termOf(word)))).toBeGreaterThanOrEqual(0);
  expect(findTerm(invertedIndex, hash32("absent"))).toBe(-1);
});

test("decodes what it encoded", () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[A-Za-z_]{1,12}$/), { maxLength: 60 }), (words) => {
      const invertedIndex = indexMaker()(words.join(" "), "ts");
      expect(decodeInvertedIndex(encodeInvertedIndex(invertedIndex))).toEqual(invertedIndex);
      for (const word of words)
        for (const term of termsOf(word))
          expect(findTerm(invertedIndex, hash32(term))).toBeGreaterThanOrEqual(0);
    }),
  );
});

test("refuses truncated bytes", () => {
  const bytes = encodeInvertedIndex(indexMaker()("one two three", "ts"));
  expect(decodeInvertedIndex(bytes.subarray(0, bytes.length - 1))).toBeUndefined();
  expect(decodeInvertedIndex(new Uint8Array())).toBeUndefined();
});

test("marks a file with too many terms, so that a missing word proves nothing", () => {
  const text = Array.from({ length: 25_000 }, (_, i) => `w${String.fromCharCode(97 + (i % 26))}${i}`).join(
    " ",
  );
  expect(isFull(indexMaker()(text, "txt"))).toBe(true);
  expect(isFull(indexMaker()("short", "txt"))).toBe(false);
});
