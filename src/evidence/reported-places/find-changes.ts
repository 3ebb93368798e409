import type { CommitRecord } from "../../repository/history.ts";
import { type Hunk, mapLines } from "../../repository/revisions.ts";
import type { Location } from "../../text/location.ts";
import type { ReportedChange } from "./reported-place.ts";
import type { RevisionFiles } from "./revision-files.ts";
import type { WrittenChange } from "./written-reference.ts";

/** Files of a change whose lines are followed to the base commit. */
const MAX_FILES = 12;
/** Commits of one named change. */
const MAX_COMMITS = 2;

/** The commits that a report names, as far as the base commit reaches them. `isForeign`: of another repository, so that its number is, too. */
export async function findChanges(
  changes: readonly WrittenChange[],
  isForeign: (change: WrittenChange) => boolean,
  files: RevisionFiles,
  signal?: AbortSignal,
): Promise<readonly ReportedChange[]> {
  const { history, base } = files;
  const numbers = changes.flatMap((one) => (one.number === undefined || isForeign(one) ? [] : [one.number]));
  // Git reads the whole history for it: once for all numbers.
  const naming = numbers.length === 0 ? [] : await history.commitsNaming(base, numbers, signal);
  const found = await Promise.all(
    changes.map(async (change) => {
      const { named, number, hash } = change;
      if (hash !== undefined) {
        const oid = await history.findCommit(hash);
        const commit = oid === undefined ? undefined : await history.commit(base, oid);
        return commit === undefined ? [] : [await changeOf(named, "hash", commit, files)];
      }
      if (number === undefined || isForeign(change)) return [];
      const commits = naming.flatMap((commit) => {
        const by = howItNames(commit, number);
        return by === undefined ? [] : [{ commit, by }];
      });
      // The change itself says more than what was done about it later.
      const own = commits.filter(({ by }) => by !== "closes");
      const best = (own.length > 0 ? own : commits).slice(0, MAX_COMMITS);
      return Promise.all(best.map(({ commit, by }) => changeOf(named, by, commit, files)));
    }),
  );
  return found.flat();
}

async function changeOf(
  named: string,
  by: ReportedChange["by"],
  commit: CommitRecord,
  at: RevisionFiles,
): Promise<ReportedChange> {
  const { history, base } = at;
  const { oid, subject } = commit;
  const written = await history.changesOf(oid);
  const files = written === undefined ? commit.files : [...written.keys()];
  const left: Location[] = [];
  const lasting: Location[] = [];
  for (const [path, hunks] of [...(written ?? [])].slice(0, MAX_FILES)) {
    const basePath = await at.pathAtBase(path, oid);
    if (basePath === undefined) continue;
    const since = await history.diff({ commit: oid, path }, { commit: base, path: basePath });
    if (since === undefined) continue;
    const lines = (await history.textAt({ commit: base, path: basePath }))?.split("\n") ?? [];
    for (const { newStart, newLines } of hunks) {
      if (newLines === 0) continue;
      const now = mapLines(since, newStart, newStart + newLines - 1);
      if (!now.changed) left.push({ path: basePath, start: now.start, end: now.end });
      for (const run of runsLeft(since, newStart, newLines))
        // A brace can come from anywhere.
        if (lines.slice(run.start - 1, run.end).some((line) => /[\p{L}\p{N}]/u.test(line)))
          lasting.push({ path: basePath, ...run });
    }
  }
  return { named, by, commit: oid, subject, files, left, written: lasting };
}

/** The lines of a hunk that are left, as runs without a foreign line between. */
function runsLeft(
  since: readonly Hunk[],
  start: number,
  count: number,
): readonly { readonly start: number; readonly end: number }[] {
  const runs: { start: number; end: number }[] = [];
  for (let line = start; line < start + Math.min(count, MAX_LINES); line++) {
    const now = mapLines(since, line, line);
    const last = runs.at(-1);
    if (now.changed) continue;
    if (last !== undefined && last.end === now.start - 1) last.end = now.start;
    else runs.push({ start: now.start, end: now.start });
  }
  return runs;
}

/** Lines of one hunk that are followed. */
const MAX_LINES = 2_000;

/** Undefined where the message only mentions the number. */
function howItNames({ subject, body }: CommitRecord, number: number): ReportedChange["by"] | undefined {
  if (/^revert\b/i.test(subject)) return undefined;
  if (subject.endsWith(`(#${number})`)) return "subject";
  if (subject.startsWith(`Merge pull request #${number} `)) return "merge";
  const closes = new RegExp(`\\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):? #${number}\\b`, "i");
  return closes.test(`${subject}\n${body}`) ? "closes" : undefined;
}
