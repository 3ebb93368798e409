import { inlineCode } from "../../../text/inline-code.ts";
import type { CommitRecord } from "../../../repository/history.ts";
import { memoise } from "../../memoise.ts";
import type { FileSignal } from "../signal.ts";

/** A commit over more files is weak evidence for any pair of them. */
const MAX_FILES = 30;
/** Commits that are added to the seed's own as if nothing had changed with it: one meeting in one commit is no habit. */
const PRIOR = 1;
const HALF_LIFE = 2 * 365 * 86_400;

/**
 * The share of the seed's earlier commits that changed the file too (the confidence of an association rule, Zimmermann
 * et al. 2005), young and small commits counting more.
 */
export const coChange: FileSignal = {
  name: "co-change",
  score(seed, { commits, candidates }) {
    const ranked = new Set(candidates);
    const own = commitsOf(commits).get(seed) ?? [];
    const newest = commits[0]?.time ?? 0;
    const together = new Map<string, number>();
    let total = PRIOR;
    for (const commit of own) {
      const value = 0.5 ** ((newest - commit.time) / HALF_LIFE);
      total += value;
      const each = value / Math.sqrt(Math.max(1, commit.files.length - 1));
      for (const path of commit.files)
        if (path !== seed && ranked.has(path)) together.set(path, (together.get(path) ?? 0) + each);
    }
    return new Map([...together].map(([path, value]) => [path, Math.min(1, value / total)]));
  },
  explain(path, seed, { commits }) {
    const own = commitsOf(commits).get(seed) ?? [];
    const shared = own.filter(({ files }) => files.includes(path));
    if (shared.length === 0) return [];
    return [
      {
        signal: "co-change",
        text: `${inlineCode(path)} changed in ${shared.length} of ${own.length} earlier small commits that changed ${inlineCode(seed)}`,
        citations: shared
          .slice(0, 2)
          .map(({ oid, subject }) => ({ kind: "commit", oid, subject, path }) as const),
      },
    ];
  },
};

/** The small commits by the files they changed, newest first. */
export const commitsOf = memoise(indexCommits);

function indexCommits(commits: readonly CommitRecord[]): ReadonlyMap<string, readonly CommitRecord[]> {
  const index = new Map<string, CommitRecord[]>();
  for (const commit of commits) {
    if (commit.files.length > MAX_FILES) continue;
    for (const path of commit.files) {
      const known = index.get(path);
      if (known === undefined) index.set(path, [commit]);
      else known.push(commit);
    }
  }
  return index;
}
