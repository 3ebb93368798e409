import { functionMeasures, type MeasuredFunction } from "../measure-functions.ts";
import type { Query } from "../query.ts";
import type { DirectRanking, NearSignal, SignalContext } from "../signal.ts";
import { inlineCode } from "../../../text/inline-code.ts";

/** This many of the best files are parsed; a file below them rarely rises. */
export const PARSED_FILES = 60;

/** One function of the file holds much of the issue by itself: a long file that mentions everything somewhere does not. */
export const functionWords: NearSignal = {
  name: "function",
  scale: "relative",
  async score(query, context, first) {
    const scores = new Map<string, number>();
    for (const { path, words } of await measured(query, context, first))
      if (words > (scores.get(path) ?? 0)) scores.set(path, words);
    return scores;
  },
  async explain(path, query, context) {
    let best: MeasuredFunction | undefined;
    for (const one of await functionMeasures(query, context)([path]))
      if (one.words > (best?.words ?? 0)) best = one;
    if (best === undefined) return [];
    const { symbol, strongest } = best;
    const name = [...symbol.container, symbol.name].join(".");
    return [
      {
        signal: "function",
        text: `${inlineCode(name)} alone holds ${strongest.map((word) => inlineCode(word)).join(", ")}`,
        citations: [{ kind: "lines", path, start: symbol.start, end: symbol.end }],
      },
    ];
  },
};

/** The functions of the best files. */
export function measured(
  query: Query,
  context: SignalContext,
  first: DirectRanking,
): Promise<readonly MeasuredFunction[]> {
  return functionMeasures(query, context)(first.slice(0, PARSED_FILES).map(({ path }) => path));
}
