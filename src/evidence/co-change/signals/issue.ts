import { inlineCode } from "../../../text/inline-code.ts";
import { isStopWord } from "../../../repository/inverted-index/words.ts";
import type { Query } from "../../ranking/query.ts";
import { memoise } from "../../memoise.ts";
import type { FunctionIndex } from "../function-index.ts";
import { functionWords } from "../function-words.ts";
import type { FunctionSignal } from "../signal.ts";

const MAX_SHOWN = 3;

/** It uses the names that the issue writes: BM25, in proportion to the function that answers best. */
export const issue: FunctionSignal = {
  name: "issue",
  score(seed, { index, query }) {
    if (query === undefined) return new Map();
    const { scores, best } = answers(index, query);
    return new Map(
      [...scores]
        .filter(([candidate]) => candidate !== seed)
        .map(([candidate, score]) => [candidate, score / best]),
    );
  },
  explain(candidate, _seed, { index, query }) {
    if (query === undefined) return [];
    const all = functionWords(index);
    const own = all.termsOf(candidate);
    const shared = [...query.terms]
      .filter(([term]) => own.has(term))
      .sort((a, b) => b[1].weight * all.rarity(b[0]) - a[1].weight * all.rarity(a[0]))
      .slice(0, MAX_SHOWN);
    if (shared.length === 0) return [];
    const { path, symbol } = candidate;
    return [
      {
        signal: "issue",
        text: `holds the issue's words ${shared.map(([, { word }]) => inlineCode(word)).join(", ")}`,
        citations: [{ kind: "lines", path, start: symbol.start, end: symbol.end }],
      },
    ];
  },
};

const answers = memoise((index: FunctionIndex, query: Query) => {
  const weights = [...query.terms]
    .filter(([term]) => !isStopWord(term))
    .map(([term, { weight }]) => [term, weight] as const);
  const scores = functionWords(index).search(new Map(weights));
  return { scores, best: Math.max(...scores.values(), 1e-9) };
});
