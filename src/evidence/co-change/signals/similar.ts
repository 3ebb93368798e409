import { inlineCode } from "../../../text/inline-code.ts";
import { findSimilar } from "../../find-similar.ts";
import type { Candidate } from "../function-index.ts";
import { memoise } from "../../memoise.ts";
import type { FunctionContext, FunctionSignal } from "../signal.ts";

/** It is built like the seed, names and literals put aside: a copy has the fault of its original. */
export const similar: FunctionSignal = {
  name: "similar",
  score: (seed, context) => alike(seed, context),
  explain(candidate, seed, context) {
    const similarity = alike(seed, context).get(candidate);
    if (similarity === undefined) return [];
    const { path, symbol } = candidate;
    return [
      {
        signal: "similar",
        text: `${Math.round(similarity * 100)} % of its structure equals that of ${inlineCode(seed.symbol.name)}`,
        citations: [{ kind: "lines", path, start: symbol.start, end: symbol.end }],
      },
    ];
  },
};

const alike = memoise((seed: Candidate, { index, symbolIndex }: FunctionContext) => {
  const scores = new Map<Candidate, number>();
  for (const { path, symbol, similarity } of findSimilar(seed, seed.syntax.language, symbolIndex)) {
    const candidate = index.find(path, symbol.start, symbol.name);
    if (candidate !== undefined) scores.set(candidate, similarity);
  }
  return scores;
});
