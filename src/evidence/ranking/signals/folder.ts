import type { DirectRanking, NearSignal } from "../signal.ts";

/** The best files that count as matches in the explanation. */
const BEST = 10;
const MAX_SHOWN = 3;

/** The other files of its folder match, too: features live together. The mean, so that a large folder has no advantage. */
export const folder: NearSignal = {
  name: "folder",
  scale: "relative",
  score(_query, { candidates }, first) {
    const scoreOf = new Map(first.map(({ path, score }) => [path, score]));
    const totals = new Map<string, { score: number; files: number }>();
    for (const path of candidates) {
      const total = totals.get(folderOf(path)) ?? { score: 0, files: 0 };
      totals.set(folderOf(path), total);
      total.score += scoreOf.get(path) ?? 0;
      total.files++;
    }
    const scores = new Map<string, number>();
    for (const path of candidates) {
      const total = totals.get(folderOf(path))!;
      const others = total.score - (scoreOf.get(path) ?? 0);
      if (total.files > 1 && others > 0) scores.set(path, others / (total.files - 1));
    }
    return scores;
  },
  async explain(path, _query, { codebase }, first) {
    // An empty file has no line to show.
    const beside = besideIn(path, first).filter(
      (other) => (codebase.invertedIndex(other)?.hashes.length ?? 0) > 0,
    );
    if (beside.length === 0) return [];
    return [
      {
        signal: "folder",
        text: `${beside.length === 1 ? "one" : beside.length} of the ${Math.min(BEST, first.length)} files that match best ${beside.length === 1 ? "lies" : "lie"} beside it`,
        citations: beside
          .slice(0, MAX_SHOWN)
          .map((other) => ({ kind: "lines", path: other, start: 1, end: 1 })),
      },
    ];
  },
};

function besideIn(path: string, first: DirectRanking): readonly string[] {
  return first
    .slice(0, BEST)
    .map((file) => file.path)
    .filter((other) => other !== path && folderOf(other) === folderOf(path));
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
