import { expect, test } from "@jest/globals";
import { findPostings } from "../../../src/repository/inverted-index/find-postings.ts";
import { findTerm, indexMaker } from "../../../src/repository/inverted-index/inverted-index.ts";
import { termOf } from "../../../src/repository/inverted-index/words.ts";
import { hash32 } from "../../../src/text/hash.ts";

const make = indexMaker();
const hashOf = (word: string): number => hash32(termOf(word));

test("finds each term in the files that contain it", () => {
  const invertedIndexes = ["read the queue", "write the file", "queue of files"].map((text) =>
    make(text, "md"),
  );
  const postings = findPostings(invertedIndexes, ["queue", "file", "missing"].map(hashOf));
  expect([...postings].map(([, { files }]) => files)).toEqual([[0, 2], [1, 2], []]);
  const { files, places } = postings.get(hashOf("queue"))!;
  expect(places).toEqual(files.map((file) => findTerm(invertedIndexes[file]!, hashOf("queue"))));
});

test("many terms at once have the postings of single lookups", () => {
  const word = (i: number): string => `w${(i * 7919) % 997}x`;
  const invertedIndexes = Array.from({ length: 50 }, (_, file) =>
    make(Array.from({ length: 200 }, (_, i) => word(file * 31 + i)).join(" "), "md"),
  );
  const hashes = Array.from({ length: 300 }, (_, i) => hashOf(word(i)));
  for (const [hash, { files, places }] of findPostings(invertedIndexes, hashes))
    expect(files.map((file, i) => [file, places[i]])).toEqual(
      invertedIndexes.flatMap((invertedIndex, file) => {
        const place = findTerm(invertedIndex, hash);
        return place < 0 ? [] : [[file, place]];
      }),
    );
});
