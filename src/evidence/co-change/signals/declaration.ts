import { PACKAGE_FILES } from "../../../languages/languages.ts";
import { inlineCode } from "../../../text/inline-code.ts";
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

/** True for a header and its implementation, a component and its style: one name, two files. */
export function isPair(a: string, b: string): boolean {
  return a !== b && nameOf(a) === nameOf(b);
}

function nameOf(path: string): string {
  const parts = path.split("/");
  const last = parts.pop()!;
  const dot = last.indexOf(".", 1);
  const stem = dot > 0 ? last.slice(0, dot) : last;
  return PACKAGE_FILES.has(stem) ? (parts.at(-1) ?? stem) : stem;
}
