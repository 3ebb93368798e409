import { MAX_NAME_WEIGHT } from "../query.ts";
import type { Signal } from "../signal.ts";
import { inlineCode } from "../../../text/inline-code.ts";

/** The file is named after something that the issue mentions. A name that many files share is weak evidence for each. */
export const fileName: Signal = {
  name: "file name",
  scale: "absolute",
  score(query, { candidates }) {
    const sharing = new Map<string, number>();
    for (const path of candidates) sharing.set(stemOf(path), (sharing.get(stemOf(path)) ?? 0) + 1);
    const scores = new Map<string, number>();
    for (const path of candidates) {
      const stem = stemOf(path);
      const weight = stem.length > 2 ? (query.words.get(stem) ?? query.words.get(joined(stem)) ?? 0) : 0;
      if (weight > 0) scores.set(path, weight / MAX_NAME_WEIGHT / Math.sqrt(sharing.get(stem)!));
    }
    return scores;
  },
  async explain(path, query, { codebase }) {
    const stem = stemOf(path);
    const isSaid = [stem, joined(stem)].some((name) => query.words.has(name) && !query.unsaid.has(name));
    if (!isSaid) return [];
    // An empty file has no line to show.
    if ((await codebase.text(path))?.lines[0] === undefined) return [];
    return [
      {
        signal: "file name",
        text: `the file carries the name ${inlineCode(stem)}, which the issue uses`,
        citations: [{ kind: "lines", path, start: 1, end: 1 }],
      },
    ];
  },
};

function stemOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(0, dot) : name;
}

/** `key-value_store` is written keyvaluestore by some. */
function joined(stem: string): string {
  return stem.replaceAll(/[-_.]/g, "");
}
