import { hashNumbers } from "../text/hash.ts";

/** Compares one sequence of tokens with many. */
export interface RunCounter {
  /**
   * Dice coefficient over runs of four tokens, each as often as it occurs: 0 to 1, and 1 for equal sequences. Below
   * `least` it is 0: the comparison ends as soon as that is certain, which most do after a few tokens.
   */
  similarity(tokens: readonly number[], least: number): number;
}

/** Four: runs of two are common to all code of a language, runs of eight are lost to a single added statement. */
const RUN = 4;

/** `own`: the sequence that the others are compared with. */
export function runCounter(own: readonly number[]): RunCounter {
  const places = new Map<number, number>();
  const counts: number[] = [];
  for (let at = 0; at + RUN <= own.length; at++) {
    const run = hashNumbers(own, at, at + RUN);
    const place = places.get(run);
    if (place === undefined) {
      places.set(run, counts.length);
      counts.push(1);
    } else counts[place]!++;
  }
  const ownRuns = runsIn(own);
  const left = new Uint16Array(counts.length);

  return {
    similarity(tokens, least) {
      const runs = runsIn(tokens);
      if (ownRuns === 0 || runs === 0) return isEqual(own, tokens) ? 1 : 0;
      const total = ownRuns + runs;
      // The shared runs that are needed; rounded down, because 0.7 is a little less than seven tenths.
      const needed = Math.floor((least * total) / 2);
      if (Math.min(ownRuns, runs) < needed) return 0;
      left.set(counts);
      let missable = runs - needed;
      let shared = 0;
      for (let at = 0; at < runs; at++) {
        const place = places.get(hashNumbers(tokens, at, at + RUN));
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

function runsIn(tokens: readonly number[]): number {
  return Math.max(0, tokens.length - RUN + 1);
}

function isEqual(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((token, at) => token === b[at]);
}
