import type { SymbolIndex, Definition } from "./references/build-symbol-index.ts";
import { LANGUAGES, type LanguageName } from "../languages/languages.ts";

/** A function that is built like the one asked about. */
export interface SimilarFunction extends Definition {
  /** Share of the n-grams of four tokens that both have, 0 to 1; 1 when only layout, names and literals differ. */
  readonly similarity: number;
}

/** Shorter bodies are alike by chance. */
const MIN_TOKENS = 24;
/**
 * Measured with `npm run bench:similar`: of copies with a fifth of their statements edited 97 in 100 are above it, and of
 * the functions above it nine in ten are alike. With a longest common subsequence it was every second one.
 */
const MIN_SIMILARITY = 0.7;

/**
 * Functions of the symbol index whose body has the structure of the target's, names and literals folded away. Most similar
 * first, then by path and line. Order counts only within four tokens: a statement that was moved costs the n-grams at its
 * seams, where a longest common subsequence loses the whole statement. The subsequence also finds that any two bodies of
 * one language agree on most brackets and dots; n-grams of four do not. Linear in the tokens of the symbol index.
 */
export function findSimilar(
  target: Definition,
  language: LanguageName,
  symbolIndex: SymbolIndex,
): readonly SimilarFunction[] {
  const { shape } = target.symbol;
  if (shape === undefined || shape.tokens.length < MIN_TOKENS) return [];
  const counter = ngramCounter(shape.tokens);
  const { family } = LANGUAGES[language];
  const found: SimilarFunction[] = [];
  for (const [path, syntax] of symbolIndex.files) {
    if (LANGUAGES[syntax.language].family !== family) continue;
    for (const symbol of syntax.symbols) {
      if (symbol.shape === undefined || symbol.shape.tokens.length < MIN_TOKENS) continue;
      // A function around it, or inside, is no second one.
      if (path === target.path && symbol.start <= target.symbol.end && symbol.end >= target.symbol.start)
        continue;
      const similarity = counter.similarity(symbol.shape.tokens, MIN_SIMILARITY);
      if (similarity >= MIN_SIMILARITY) found.push({ path, symbol, similarity });
    }
  }
  return found.sort(
    (a, b) =>
      b.similarity - a.similarity ||
      (a.path < b.path ? -1 : a.path > b.path ? 1 : a.symbol.start - b.symbol.start),
  );
}

/** Twice the shared n-grams of four tokens over the n-grams of both: 1 for equal sequences, the same in both directions. */
export function similarityOf(a: readonly number[], b: readonly number[]): number {
  return ngramCounter(a).similarity(b, 0);
}

import { hashNumbers } from "../text/hash.ts";

/** Compares one sequence of tokens with many. */
interface NgramCounter {
  /**
   * Dice coefficient over n-grams of four tokens, each as often as it occurs: 0 to 1, and 1 for equal sequences. Below
   * `least` it is 0: the comparison ends as soon as that is certain, which most do after a few tokens.
   */
  similarity(tokens: readonly number[], least: number): number;
}

/** Four: n-grams of two are common to all code of a language, n-grams of eight are lost to a single added statement. */
const NGRAM = 4;

/** `own`: the sequence that the others are compared with. */
function ngramCounter(own: readonly number[]): NgramCounter {
  const places = new Map<number, number>();
  const counts: number[] = [];
  for (let at = 0; at + NGRAM <= own.length; at++) {
    const ngram = hashNumbers(own, at, at + NGRAM);
    const place = places.get(ngram);
    if (place === undefined) {
      places.set(ngram, counts.length);
      counts.push(1);
    } else counts[place]!++;
  }
  const ownNgrams = ngramsIn(own);
  const left = new Uint16Array(counts.length);

  return {
    similarity(tokens, least) {
      const ngrams = ngramsIn(tokens);
      if (ownNgrams === 0 || ngrams === 0) return isEqual(own, tokens) ? 1 : 0;
      const total = ownNgrams + ngrams;
      // The shared n-grams that are needed; rounded down, because 0.7 is a little less than seven tenths.
      const needed = Math.floor((least * total) / 2);
      if (Math.min(ownNgrams, ngrams) < needed) return 0;
      left.set(counts);
      let missable = ngrams - needed;
      let shared = 0;
      for (let at = 0; at < ngrams; at++) {
        const place = places.get(hashNumbers(tokens, at, at + NGRAM));
        if (place !== undefined && left[place]! > 0) {
          left[place]!--;
          shared++;
        } else if (--missable < 0) return 0;
      }
      const similarity = (2 * shared) / total;
      return similarity < least ? 0 : similarity;
    },
  };
}

function ngramsIn(tokens: readonly number[]): number {
  return Math.max(0, tokens.length - NGRAM + 1);
}

function isEqual(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((token, at) => token === b[at]);
}
