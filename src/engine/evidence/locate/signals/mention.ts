import type { Signal } from "../signal.ts";

/** The issue writes the file's path, or its name. */
export const mention: Signal = {
  name: "mention",
  weight: 0.3,
  score(query, { candidates }) {
    const scores = new Map<string, number>();
    for (const written of query.paths) {
      const matches = candidates.filter((path) => isMeant(path, written));
      // A path that fits ten files names none of them.
      const value = (written.includes("/") ? 1.5 : 1) / matches.length;
      for (const path of matches) scores.set(path, Math.max(scores.get(path) ?? 0, value));
    }
    return scores;
  },
  async explain(path, query) {
    const written = query.paths.find((candidate) => isMeant(path, candidate));
    if (written === undefined) return [];
    return [
      { signal: "mention", text: `the issue names the file`, citations: [{ kind: "issue", quote: written }] },
    ];
  },
};

/** True when one of the two ends with the whole of the other: a report may hold more of the path (an installed copy) or less. */
export function isMeant(path: string, written: string): boolean {
  const a = path.toLowerCase();
  const b = written.toLowerCase().replaceAll("\\", "/");
  return a === b || a.endsWith(`/${b}`) || (b.includes("/") && b.endsWith(`/${a}`));
}
