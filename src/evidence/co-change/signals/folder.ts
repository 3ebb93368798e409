import { inlineCode } from "../../../text/inline-code.ts";
import type { FileSignal } from "../signal.ts";

/** How much of the way to the file is the way to the seed: 1 in the same folder. */
export const folder: FileSignal = {
  name: "folder",
  score(seed, { candidates }) {
    const own = foldersOf(seed);
    const scores = new Map<string, number>();
    for (const path of candidates) {
      if (path === seed) continue;
      const other = foldersOf(path);
      let shared = 0;
      while (shared < own.length && own[shared] === other[shared]) shared++;
      const score = (shared + 1) / (Math.max(own.length, other.length) + 1);
      scores.set(path, score);
    }
    return scores;
  },
  explain(path, seed, { codebase }) {
    if (foldersOf(path).join("/") !== foldersOf(seed).join("/")) return [];
    return [
      {
        signal: "folder",
        text: `${inlineCode(path)} stands in the same folder`,
        // An empty file has no line to cite.
        citations:
          (codebase.tree.find(path)?.size ?? 0) > 0 ? [{ kind: "lines", path, start: 1, end: 1 }] : [],
      },
    ];
  },
};

function foldersOf(path: string): readonly string[] {
  return path.split("/").slice(0, -1);
}
