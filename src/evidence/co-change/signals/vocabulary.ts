import type { LineCitation } from "../../../documents/citation.ts";
import { inlineCode } from "../../../text/inline-code.ts";
import type { InvertedIndex } from "../../../repository/inverted-index/inverted-index.ts";
import { isStopWord, termsOf } from "../../../repository/inverted-index/words.ts";
import { hash32 } from "../../../text/hash.ts";
import { wordsOf } from "../../../text/words-of.ts";
import { memoise } from "../../memoise.ts";
import type { FileContext, FileSignal } from "../signal.ts";

const K1 = 1.2;
const B = 0.75;
const MAX_SHOWN = 3;

/** It holds the same rare words: BM25 with the seed's words as the query, in proportion to what the seed itself gets. */
export const vocabulary: FileSignal = {
  name: "vocabulary",
  score: (seed, context) => comparison(context, seed).scores,
  async explain(path, seed, context) {
    const { rarity } = comparison(context, seed);
    const source = await context.codebase.text(path);
    const shared = new Map<string, { readonly line: number; readonly value: number }>();
    for (const [at, text] of (source?.lines ?? []).entries())
      for (const word of wordsOf(text)) {
        if (shared.has(word)) continue;
        const [whole] = termsOf(word);
        const value = whole === undefined || isStopWord(whole) ? undefined : rarity.get(hash32(whole));
        if (value !== undefined) shared.set(word, { line: at + 1, value });
      }
    const rarest = [...shared].sort((a, b) => b[1].value - a[1].value).slice(0, MAX_SHOWN);
    if (rarest.length === 0) return [];
    const lines = new Set(rarest.map(([, { line }]) => line));
    return [
      {
        signal: "vocabulary",
        text: `${inlineCode(path)} holds ${rarest.map(([word]) => inlineCode(word)).join(", ")}, as ${inlineCode(seed)} does`,
        citations: [...lines].map((line): LineCitation => ({ kind: "lines", path, start: line, end: line })),
      },
    ];
  },
};

interface Comparison {
  readonly scores: ReadonlyMap<string, number>;
  /** Hash of each term of the seed to its inverse document frequency. */
  readonly rarity: ReadonlyMap<number, number>;
}

/** Each seed of a context is compared with all files once. */
const comparison = memoise(compare);

function compare({ codebase, candidates }: FileContext, seed: string): Comparison {
  const own = codebase.invertedIndex(seed);
  if (own === undefined) return { scores: new Map(), rarity: new Map() };
  const others = candidates.flatMap((path) => {
    const invertedIndex = codebase.invertedIndex(path);
    return invertedIndex === undefined || path === seed
      ? []
      : [{ path, invertedIndex, length: lengthOf(invertedIndex) }];
  });
  const found = new Uint32Array(own.hashes.length).fill(1);
  for (const { invertedIndex } of others) eachShared(own, invertedIndex, (at) => void found[at]!++);
  const files = others.length + 1;
  const value = (at: number): number =>
    Math.log(1 + (files - found[at]! + 0.5) / (found[at]! + 0.5)) * (1 + Math.log(countOf(own, at)));
  const average = others.reduce((total, { length }) => total + length, lengthOf(own)) / files || 1;
  const scoreOf = (invertedIndex: InvertedIndex, length: number): number => {
    const norm = K1 * (1 - B + (B * length) / average);
    let score = 0;
    eachShared(own, invertedIndex, (at, there) => {
      const count = countOf(invertedIndex, there);
      score += (value(at) * count * (K1 + 1)) / (count + norm);
    });
    return score;
  };
  const best = scoreOf(own, lengthOf(own)) || 1;
  const scores = new Map<string, number>();
  for (const { path, invertedIndex, length } of others) {
    const score = scoreOf(invertedIndex, length);
    if (score > 0) scores.set(path, Math.min(1, score / best));
  }
  return { scores, rarity: new Map([...own.hashes].map((hash, at) => [hash, value(at)])) };
}

/** Both lists ascend, so one walk meets every shared term. */
function eachShared(a: InvertedIndex, b: InvertedIndex, meet: (inA: number, inB: number) => void): void {
  for (let i = 0, j = 0; i < a.hashes.length && j < b.hashes.length;) {
    const difference = a.hashes[i]! - b.hashes[j]!;
    if (difference === 0) meet(i, j);
    if (difference <= 0) i++;
    if (difference >= 0) j++;
  }
}

function countOf({ counts }: InvertedIndex, at: number): number {
  return counts[at * 4]! + counts[at * 4 + 1]! + counts[at * 4 + 2]! + counts[at * 4 + 3]! || 1;
}

function lengthOf({ lengths }: InvertedIndex): number {
  return lengths.reduce((total, length) => total + length, 0);
}
