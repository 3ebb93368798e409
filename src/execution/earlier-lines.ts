import { applyPatch, parsePatch, reversePatch, type StructuredPatchHunk } from "diff";
import type { History } from "../repository/history.ts";
import type { GenericChange } from "./generic-changes.ts";
import { hunksOf } from "./hunks.ts";

/** Lines around a change that may differ by now. */
const FUZZ = 3;
/** Commits of a function that are tried, newest first. */
const MOST_COMMITS = 3;

interface Place {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The file with lines of a function as they were before one of the commits that last changed them, newest commit first. Only what lies
 * in the function is taken back, and only where the commit's change still stands as it was made.
 */
export async function* earlierLines(
  text: string,
  place: Place,
  { history, base }: { readonly history: Pick<History, "blame" | "patch">; readonly base: string },
  signal: AbortSignal,
): AsyncGenerator<GenericChange> {
  const { path, start, end } = place;
  const blamed = (await history.blame(base, path, start, end, signal)) ?? [];
  const newest = [...new Map(blamed.toSorted((a, b) => b.time - a.time).map(({ oid }) => [oid, oid])).keys()];
  for (const commit of newest.slice(0, MOST_COMMITS)) {
    const patch = await history.patch(base, commit, path, signal);
    const before = patch === undefined ? undefined : linesBefore(text, place, patch);
    if (before !== undefined) yield { kind: "lines as before a commit", commit, ...before };
  }
}

/** A text without those hunks of a patch that lie in some lines and stand there as the patch made them; undefined where none does. */
export function linesBefore(
  text: string,
  { start, end }: Pick<Place, "start" | "end">,
  patch: string,
): { readonly line: number; readonly text: string } | undefined {
  let result = text;
  for (const file of parsed(patch))
    for (const hunk of file.hunks.flatMap(singleChanges)) {
      const taken = applyPatch(result, reversePatch({ ...file, hunks: [hunk] }), { fuzzFactor: FUZZ });
      if (taken !== false && isWithin(text, taken, start, end)) result = taken;
    }
  const [first] = hunksOf(text, result);
  return first === undefined ? undefined : { line: Math.max(first.start, start), text: result };
}

/** A hunk for each of its groups of changed lines; the other groups stand in it as they are after the patch. */
function singleChanges(hunk: StructuredPatchHunk): readonly StructuredPatchHunk[] {
  const groupOf: number[] = [];
  let group = 0;
  for (const [at, line] of hunk.lines.entries()) {
    const follows = at > 0 && /^[-+]/.test(hunk.lines[at - 1]!);
    if (/^[-+]/.test(line) && !follows) group++;
    groupOf.push(/^[-+]/.test(line) ? group : 0);
  }
  return Array.from({ length: group }, (_, number) => {
    const lines = hunk.lines.flatMap((line, at) => {
      if (groupOf[at] === 0 || groupOf[at] === number + 1) return [line];
      return line.startsWith("+") ? [` ${line.slice(1)}`] : [];
    });
    const count = (sign: string): number => lines.filter((line) => !line.startsWith(sign)).length;
    return { ...hunk, lines, oldLines: count("+"), newLines: count("-") };
  });
}

function isWithin(before: string, after: string, start: number, end: number): boolean {
  return hunksOf(before, after).every((hunk) =>
    hunk.removed.length === 0
      ? start < hunk.start && hunk.start <= end
      : start <= hunk.start && hunk.start + hunk.removed.length - 1 <= end,
  );
}

function parsed(patch: string): ReturnType<typeof parsePatch> {
  try {
    return parsePatch(patch);
  } catch {
    return [];
  }
}
