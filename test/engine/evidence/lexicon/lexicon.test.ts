import { expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  decodeLexicon,
  encodeLexicon,
  findTerm,
  isFull,
  lexiconMaker,
} from "../../../../src/engine/evidence/lexicon/lexicon.ts";
import { hashTerm, termOf, termsOf } from "../../../../src/engine/evidence/lexicon/words.ts";

test("a lexicon counts each term in the field where it stands", () => {
  const lexicon = lexiconMaker()("# save twice\ndef save():\n    save('save')\n", "py");
  const at = findTerm(lexicon, hashTerm(termOf("save")));
  expect([...lexicon.counts.subarray(at * 4, at * 4 + 4)]).toEqual([1, 1, 1, 1]); // code, comment, string, definition
  expect(lexicon.lines).toBe(3);
});

test("a word is found by any of its parts and nothing else is", () => {
  const lexicon = lexiconMaker()("class KeyValueStore: pass", "py");
  for (const word of ["key", "value", "store", "keyvaluestore"])
    expect(findTerm(lexicon, hashTerm(termOf(word)))).toBeGreaterThanOrEqual(0);
  expect(findTerm(lexicon, hashTerm("absent"))).toBe(-1);
});

test("what is encoded is decoded the same", () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[A-Za-z_]{1,12}$/), { maxLength: 60 }), (words) => {
      const lexicon = lexiconMaker()(words.join(" "), "ts");
      expect(decodeLexicon(encodeLexicon(lexicon))).toEqual(lexicon);
      for (const word of words)
        for (const term of termsOf(word)) expect(findTerm(lexicon, hashTerm(term))).toBeGreaterThanOrEqual(0);
    }),
  );
});

test("bytes that are cut short decode to nothing", () => {
  const bytes = encodeLexicon(lexiconMaker()("one two three", "ts"));
  expect(decodeLexicon(bytes.subarray(0, bytes.length - 1))).toBeUndefined();
  expect(decodeLexicon(new Uint8Array())).toBeUndefined();
});

test("a file with more terms than a person writes is marked, so that a missing word proves nothing", () => {
  const text = Array.from({ length: 25_000 }, (_, i) => `w${String.fromCharCode(97 + (i % 26))}${i}`).join(
    " ",
  );
  expect(isFull(lexiconMaker()(text, "txt"))).toBe(true);
  expect(isFull(lexiconMaker()("short", "txt"))).toBe(false);
});
