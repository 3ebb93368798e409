import type { Candidate } from "../function-index.ts";
import type { FunctionSignal } from "../signal.ts";

const LONG = 200;

/** Long functions change more often. True for every seed, so it is never named as a reason. */
export const length: FunctionSignal = {
  name: "length",
  score(seed, { index }) {
    const scores = new Map<Candidate, number>();
    for (const candidate of index.all) {
      const { start, end } = candidate.symbol;
      if (candidate !== seed) scores.set(candidate, Math.min(1, Math.log(end - start + 1) / Math.log(LONG)));
    }
    return scores;
  },
  explain: () => [],
};
