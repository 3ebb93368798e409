/** The baseline of `bench-impact.ts`: BM25 over the words of whole function bodies, the seed's body as the query. */
import type { Candidate } from "../src/evidence/co-change/function-index.ts";
import type { FunctionContext } from "../src/evidence/co-change/signal.ts";
import { isStopWord, termsOf } from "../src/repository/inverted-index/words.ts";
import { wordsOf } from "../src/text/words-of.ts";

const K1 = 1.2;
const B = 0.75;

type Terms = ReadonlyMap<string, number>;

/** Terms of the functions of a blob by their first line; most blobs stay the same from one fix to the next. */
const cache = new Map<string, ReadonlyMap<string, Terms>>();
const MAX_CACHED = 20_000;

/** Scores the functions for any seed of one commit. */
export async function bodySearch({
  index,
  candidates,
  codebase,
}: FunctionContext): Promise<(seed: Candidate) => ReadonlyMap<Candidate, number>> {
  if (cache.size > MAX_CACHED) cache.clear();
  const bodies = new Map<Candidate, Terms>();
  for (const path of candidates) {
    const oid = codebase.tree.find(path)!.oid;
    let own = cache.get(oid);
    if (own === undefined) {
      const lines = (await codebase.text(path))?.lines ?? [];
      own = new Map(
        index
          .inFile(path)
          .map((one) => [keyOf(one), count(lines.slice(one.symbol.start - 1, one.symbol.end).join("\n"))]),
      );
      cache.set(oid, own);
    }
    for (const one of index.inFile(path)) bodies.set(one, own.get(keyOf(one)) ?? new Map());
  }
  const postings = new Map<string, [Candidate, number][]>();
  const lengths = new Map<Candidate, number>();
  let total = 0;
  for (const [one, terms] of bodies) {
    let length = 0;
    for (const [term, n] of terms) {
      length += n;
      const known = postings.get(term);
      if (known === undefined) postings.set(term, [[one, n]]);
      else known.push([one, n]);
    }
    lengths.set(one, length);
    total += length;
  }
  const average = total / Math.max(1, bodies.size) || 1;
  return (seed) => {
    const scores = new Map<Candidate, number>();
    for (const [term, asked] of bodies.get(seed) ?? []) {
      const found = postings.get(term)!;
      const idf = Math.log(1 + (bodies.size - found.length + 0.5) / (found.length + 0.5));
      for (const [one, n] of found) {
        const norm = K1 * (1 - B + (B * lengths.get(one)!) / average);
        scores.set(one, (scores.get(one) ?? 0) + (asked * idf * n * (K1 + 1)) / (n + norm));
      }
    }
    scores.delete(seed);
    return scores;
  };
}

function keyOf({ symbol }: Candidate): string {
  return `${symbol.start}:${symbol.name}`;
}

const known = new Map<string, readonly string[]>();

function count(text: string): Terms {
  const terms = new Map<string, number>();
  for (const word of wordsOf(text)) {
    let own = known.get(word);
    if (own === undefined) known.set(word, (own = termsOf(word).filter((term) => !isStopWord(term))));
    for (const term of own) terms.set(term, (terms.get(term) ?? 0) + 1);
  }
  return terms;
}
