import { inlineCode } from "../../../text/inline-code.ts";
import { isPair } from "../is-pair.ts";
import type { FunctionSignal } from "../signal.ts";

/** The same name in the header or the implementation of the seed's file. */
export const declaration: FunctionSignal = {
  name: "declaration",
  score(seed, { index }) {
    return new Map(
      index
        .named(seed.symbol.name)
        .filter(({ path }) => isPair(path, seed.path))
        .map((candidate) => [candidate, 1]),
    );
  },
  explain: ({ path, symbol }, seed) => [
    {
      signal: "declaration",
      text: `is ${inlineCode(seed.symbol.name)} in the other file of the pair`,
      citations: [{ kind: "lines", path, start: symbol.nameLine, end: symbol.nameLine }],
    },
  ],
};
