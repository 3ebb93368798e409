import { fixedIssues } from "../repository/fixed-issues.ts";
import type { CommitRecord } from "../repository/history.ts";

/** A commit on the main line that fixes an issue. */
export interface Fix {
  /** The issue's number. */
  readonly issue: string;
  /** The commit of the main line that brought it: itself, or the merge of its branch. */
  readonly commit: string;
  /** Where the issue is worked: the first parent of that commit. */
  readonly base: string;
  /** Seconds since 1970, committer's clock of `commit`. */
  readonly time: number;
}

/**
 * For each commit the one of the main line that brought it: the merge of its branch, else itself. `lineage`: each commit with its parents.
 * The first parents from `head` on are the main line.
 */
export function mainLine(
  lineage: ReadonlyMap<string, readonly string[]>,
  head: string,
): ReadonlyMap<string, string> {
  const line: string[] = [];
  for (let at: string | undefined = head; at !== undefined && lineage.has(at); at = lineage.get(at)![0])
    line.push(at);
  const broughtBy = new Map(line.map((oid) => [oid, oid]));
  for (const merge of line.toReversed()) {
    const open = (lineage.get(merge) ?? []).slice(1);
    for (let oid = open.pop(); oid !== undefined; oid = open.pop()) {
      if (broughtBy.has(oid) || !lineage.has(oid)) continue;
      broughtBy.set(oid, merge);
      open.push(...lineage.get(oid)!);
    }
  }
  return broughtBy;
}

/**
 * The fixes of a history, newest first, each issue with the first commit that fixes it: a later one builds on that. `commits` newest first.
 */
export function findFixes(
  commits: readonly CommitRecord[],
  lineage: ReadonlyMap<string, readonly string[]>,
  head: string,
  repository: string | undefined,
  isIssue?: (number: string) => boolean,
): readonly Fix[] {
  const broughtBy = mainLine(lineage, head);
  const times = new Map(commits.map(({ oid, time }) => [oid, time]));
  const fixes = new Map<string, Fix>();
  for (const commit of commits)
    for (const issue of fixedIssues(commit, repository, isIssue)) {
      const main = broughtBy.get(commit.oid);
      const base = main === undefined ? undefined : lineage.get(main)?.[0];
      if (main === undefined || base === undefined) continue;
      const place = fixes.get(issue);
      const time = times.get(main) ?? commit.time;
      // Set again in place would keep the order of the later one.
      if (place !== undefined) fixes.delete(issue);
      fixes.set(issue, { issue, commit: main, base, time });
    }
  return [...fixes.values()].toSorted((a, b) => b.time - a.time);
}
