import { inlineCode } from "../../../text/inline-code.ts";
import { termsOf } from "../../../repository/inverted-index/words.ts";
import type { Candidate } from "../function-index.ts";
import { functionWords } from "../function-words.ts";
import type { FunctionSignal } from "../signal.ts";

const MAX_SHOWN = 3;

/** It uses the same rare names: BM25 with the seed's names as the query, in proportion to what the seed itself gets. */
export const words: FunctionSignal = {
  name: "words",
  score(seed, { index }) {
    const all = functionWords(index);
    const found = all.search(weightsOf(all.termsOf(seed)));
    const best = found.get(seed) ?? 1;
    const scores = new Map<Candidate, number>();
    for (const [candidate, score] of found)
      if (candidate !== seed) scores.set(candidate, Math.min(1, score / best));
    return scores;
  },
  explain(candidate, seed, { index }) {
    const all = functionWords(index);
    const own = all.termsOf(seed);
    const shared = new Map<string, { line: number; rarity: number }>();
    for (const { name, line, inside } of candidate.syntax.references) {
      if (inside !== candidate.at || shared.has(name)) continue;
      const [whole] = termsOf(name);
      if (whole !== undefined && own.has(whole)) shared.set(name, { line, rarity: all.rarity(whole) });
    }
    const rarest = [...shared].sort((a, b) => b[1].rarity - a[1].rarity).slice(0, MAX_SHOWN);
    if (rarest.length === 0) return [];
    return [
      {
        signal: "words",
        text: `uses ${rarest.map(([name]) => inlineCode(name)).join(", ")}, as ${inlineCode(seed.symbol.name)} does`,
        citations: [...new Set(rarest.map(([, { line }]) => line))].map(
          (line) => ({ kind: "lines", path: candidate.path, start: line, end: line }) as const,
        ),
      },
    ];
  },
};

/** A name that is written ten times is not ten times the reason. */
function weightsOf(terms: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...terms].map(([term, count]) => [term, 1 + Math.log(count)]));
}
