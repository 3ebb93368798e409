import type { NearSignal } from "../signal.ts";

/** Names of files that often only hand on what others define. */
const HANDS_ON = /(?:^|\/)(?:index|__init__|mod|lib|main|types?|package-info)\.\w+$|\.d\.ts$/;
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
      if (HANDS_ON.test(path) && (codebase.invertedIndex(path)?.lines ?? 0) < SHORT) scores.set(path, -1);
    return scores;
  },
  async explain() {
    return [];
  },
};
