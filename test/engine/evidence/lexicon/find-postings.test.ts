import { expect, test } from "@jest/globals";
import { findPostings } from "../../../../src/engine/evidence/lexicon/find-postings.ts";
import { findTerm, lexiconMaker } from "../../../../src/engine/evidence/lexicon/lexicon.ts";
import { hashTerm, termOf } from "../../../../src/engine/evidence/lexicon/words.ts";

const make = lexiconMaker();
const hashOf = (word: string): number => hashTerm(termOf(word));

test("each term is found in the files that hold it, at its place there", () => {
  const lexicons = ["read the queue", "write the file", "queue of files"].map((text) => make(text, "md"));
  const postings = findPostings(lexicons, ["queue", "file", "missing"].map(hashOf));
  expect([...postings].map(([, { files }]) => files)).toEqual([[0, 2], [1, 2], []]);
  const { files, places } = postings.get(hashOf("queue"))!;
  expect(places).toEqual(files.map((file) => findTerm(lexicons[file]!, hashOf("queue"))));
});

test("many terms at once give what looking each of them up gives", () => {
  const word = (i: number): string => `w${(i * 7919) % 997}x`;
  const lexicons = Array.from({ length: 50 }, (_, file) =>
    make(Array.from({ length: 200 }, (_, i) => word(file * 31 + i)).join(" "), "md"),
  );
  const hashes = Array.from({ length: 300 }, (_, i) => hashOf(word(i)));
  for (const [hash, { files, places }] of findPostings(lexicons, hashes))
    expect(files.map((file, i) => [file, places[i]])).toEqual(
      lexicons.flatMap((lexicon, file) => {
        const place = findTerm(lexicon, hash);
        return place < 0 ? [] : [[file, place]];
      }),
    );
});
