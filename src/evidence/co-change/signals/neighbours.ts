import { inlineCode } from "../../../text/inline-code.ts";
import type { Candidate } from "../function-index.ts";
import type { FunctionSignal } from "../signal.ts";

/** It is in the same file; `neighbours` measures how near. */
export const sameFile: FunctionSignal = {
  name: "same file",
  score(seed, { index }) {
    return new Map(othersOf(seed, index.inFile(seed.path)).map((candidate) => [candidate, 1]));
  },
  explain: () => [],
};

/** It is near in the file: one over the number of functions between. */
export const neighbours: FunctionSignal = {
  name: "neighbours",
  score(seed, { index }) {
    const inFile = index.inFile(seed.path);
    const own = inFile.indexOf(seed);
    return new Map(
      othersOf(seed, inFile).map((candidate) => [candidate, 1 / Math.abs(inFile.indexOf(candidate) - own)]),
    );
  },
  explain(candidate, seed, { index }) {
    const inFile = index.inFile(seed.path);
    const between = Math.abs(inFile.indexOf(candidate) - inFile.indexOf(seed));
    const name = inlineCode(seed.symbol.name);
    return [
      {
        signal: "neighbours",
        text: between === 1 ? `stands next to ${name}` : `stands ${between} functions from ${name}`,
        citations: [linesOf(candidate)],
      },
    ];
  },
};

function othersOf(seed: Candidate, inFile: readonly Candidate[]): readonly Candidate[] {
  return inFile.filter((candidate) => candidate !== seed);
}

function linesOf({ path, symbol: { start, end } }: Candidate) {
  return { kind: "lines", path, start, end } as const;
}
