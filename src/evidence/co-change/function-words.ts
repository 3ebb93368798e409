import { isStopWord, termsOf } from "../../repository/inverted-index/words.ts";
import type { Candidate, FunctionIndex } from "./function-index.ts";
import { memoise } from "../memoise.ts";

const K1 = 1.2;
const B = 0.5;
/** The function's own name weighs more than a name it uses. */
const NAME_COUNT = 2;

/** BM25 over the names in each function: what it calls, reads, creates, and what it is called itself. */
export interface FunctionWords {
  /** Term to how often, of one function. */
  termsOf(candidate: Candidate): ReadonlyMap<string, number>;
  /** Every function that shares a term, with its score. Weights of terms multiply their rarity. */
  search(weights: ReadonlyMap<string, number>): ReadonlyMap<Candidate, number>;
  rarity(term: string): number;
}

/** Built once for an index, from the references of the symbol index: no text is read. */
export const functionWords = memoise((index: FunctionIndex): FunctionWords => {
  const documents = new Map<Candidate, Map<string, number>>();
  const lengths = new Map<Candidate, number>();
  const postings = new Map<string, { readonly candidate: Candidate; readonly count: number }[]>();
  for (const path of new Set(index.all.map((candidate) => candidate.path))) {
    const own = index.inFile(path);
    for (const candidate of own) documents.set(candidate, namesOfHead(candidate));
    const byPlace = new Map(own.map((candidate) => [candidate.at, candidate]));
    for (const { name, receiver, inside } of own[0]?.syntax.references ?? []) {
      const candidate = inside === undefined ? undefined : byPlace.get(inside);
      if (candidate === undefined) continue;
      add(documents.get(candidate)!, name, 1);
      for (const part of receiver?.split(/\W+/) ?? []) add(documents.get(candidate)!, part, 1);
    }
  }
  let total = 0;
  for (const [candidate, terms] of documents) {
    let length = 0;
    for (const [term, count] of terms) {
      length += count;
      const known = postings.get(term);
      if (known === undefined) postings.set(term, [{ candidate, count }]);
      else known.push({ candidate, count });
    }
    lengths.set(candidate, length);
    total += length;
  }
  const average = total / Math.max(1, documents.size) || 1;
  const rarity = (term: string): number => {
    const found = postings.get(term)?.length ?? 0;
    return Math.log(1 + (documents.size - found + 0.5) / (found + 0.5));
  };
  return {
    termsOf: (candidate) => documents.get(candidate) ?? new Map(),
    rarity,
    search(weights) {
      const scores = new Map<Candidate, number>();
      for (const [term, weight] of weights) {
        const value = weight * rarity(term) * (K1 + 1);
        for (const { candidate, count } of postings.get(term) ?? []) {
          const norm = 1 - B + (B * lengths.get(candidate)!) / average;
          scores.set(candidate, (scores.get(candidate) ?? 0) + (value * count) / (count + K1 * norm));
        }
      }
      return scores;
    },
  };
});

function namesOfHead({ symbol }: Candidate): Map<string, number> {
  const terms = new Map<string, number>();
  add(terms, symbol.name, NAME_COUNT);
  for (const owner of symbol.container) add(terms, owner, 1);
  return terms;
}

const known = new Map<string, readonly string[]>();
const MAX_KNOWN = 200_000;

function add(terms: Map<string, number>, word: string, count: number): void {
  let own = known.get(word);
  if (own === undefined) {
    if (known.size > MAX_KNOWN) known.clear();
    known.set(word, (own = termsOf(word).filter((term) => !isStopWord(term))));
  }
  for (const term of own) terms.set(term, (terms.get(term) ?? 0) + count);
}
