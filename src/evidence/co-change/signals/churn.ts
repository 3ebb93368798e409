import { inlineCode } from "../../../text/inline-code.ts";
import type { FileSignal } from "../signal.ts";
import { commitsOf } from "./co-change.ts";

/** This many of the newest commits show the current work. */
const RECENT = 300;

/** How often the file changes, whatever changes with it: what is left to go by when the seed itself has no history. */
export const churn: FileSignal = {
  name: "churn",
  score(seed, { commits, candidates }) {
    const scores = new Map<string, number>();
    const oldest = commits[Math.min(RECENT, commits.length) - 1]?.time ?? 0;
    for (const path of candidates) {
      if (path === seed) continue;
      const recent = recentOf(path);
      if (recent > 0) scores.set(path, Math.log1p(recent) / Math.log1p(RECENT));
    }
    return scores;

    function recentOf(path: string): number {
      let count = 0;
      for (const { time } of commitsOf(commits).get(path) ?? []) if (time >= oldest) count++;
      return count;
    }
  },
  explain(path, _seed, { commits }) {
    const window = commits.slice(0, RECENT);
    const recent = window.filter(({ files }) => files.includes(path));
    if (recent.length < 3) return [];
    return [
      {
        signal: "churn",
        text: `${inlineCode(path)} was changed by ${recent.length} of the newest ${window.length} commits`,
        citations: recent
          .slice(0, 1)
          .map(({ oid, subject }) => ({ kind: "commit", oid, subject, path }) as const),
      },
    ];
  },
};
