import { counted } from "../../../text/counted.ts";
import type { Signal } from "../signal.ts";

/** A change over more files says nothing of one of them. */
const MAX_FILES = 40;

/** The report names a change that touched the file. The worth of a change is shared by its files. */
export const namedChange: Signal = {
  name: "named change",
  scale: "absolute",
  score({ reported }, { candidates }) {
    const ranked = new Set(candidates);
    const scores = new Map<string, number>();
    for (const { files } of reported.changes) {
      const own = files.filter((path) => ranked.has(path));
      if (own.length > MAX_FILES) continue;
      for (const path of own) scores.set(path, Math.max(scores.get(path) ?? 0, 1 / Math.sqrt(own.length)));
    }
    return scores;
  },
  async explain(path, { reported }) {
    const change = reported.changes.find(({ files }) => files.includes(path));
    if (change === undefined) return [];
    const { named, commit, subject, files } = change;
    return [
      {
        signal: "named change",
        text: `a change that the report names touched this file${files.length === 1 ? " alone" : ` and ${counted(files.length - 1, "other")}`}`,
        citations: [
          { kind: "commit", oid: commit, subject, path },
          { kind: "issue", quote: named },
        ],
      },
    ];
  },
};
