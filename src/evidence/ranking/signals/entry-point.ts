import { LIST_FILES } from "../../../languages/languages.ts";
import { fileNameOf } from "../../../languages/paths.ts";
import type { NearSignal } from "../signal.ts";

/** A longer one has code of its own. */
const SHORT = 250;

/**
 * Speaks against: a short entry point or list of types carries the words of everything it hands on, and is seldom what a fix
 * changes. It gives no reason, as it is none for any file.
 */
export const entryPoint: NearSignal = {
  name: "entry point",
  scale: "absolute",
  score(_query, { codebase }, first) {
    const scores = new Map<string, number>();
    for (const { path } of first)
      if (handsOn(path) && (codebase.invertedIndex(path)?.lines ?? 0) < SHORT) scores.set(path, -1);
    return scores;
  },
  async explain() {
    return [];
  },
};

function handsOn(path: string): boolean {
  const [stem, ending, ...more] = fileNameOf(path).split(".");
  return path.endsWith(".d.ts") || (ending !== undefined && more.length === 0 && LIST_FILES.has(stem!));
}
