import { structuredPatch } from "diff";

/** Neighbouring lines that a change replaces. */
export interface Hunk {
  /** The first line of the old text that goes, 1-based; of a pure insertion, the line before which it comes. */
  readonly start: number;
  /** Lines of the old text that go. */
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** What leads from one text to another, without context lines, in their order. */
export function hunksOf(before: string, after: string): readonly Hunk[] {
  const { hunks } = structuredPatch("", "", before, after, "", "", { context: 0 });
  return hunks.map(({ oldStart, lines }) => ({
    start: oldStart,
    removed: lines.filter((line) => line.startsWith("-")).map((line) => line.slice(1)),
    added: lines.filter((line) => line.startsWith("+")).map((line) => line.slice(1)),
  }));
}

/** The old text with some of the hunks. */
export function withHunks(before: string, hunks: readonly Hunk[]): string {
  const lines = before.split("\n");
  for (const { start, removed, added } of hunks.toSorted((a, b) => b.start - a.start))
    lines.splice(start - 1, removed.length, ...added);
  return lines.join("\n");
}

/** The innermost function that holds a hunk, for each of its lines; an insertion lies in a function that has lines on both sides of it. */
export function functionsOfHunk<F extends { readonly start: number; readonly end: number }>(
  { start, removed }: Hunk,
  functions: readonly F[],
): readonly F[] {
  const ranges =
    removed.length === 0
      ? [[start - 1, start] as const]
      : removed.map((_, at) => [start + at, start + at] as const);
  const found = new Set<F>();
  for (const [first, last] of ranges) {
    let inner: F | undefined;
    for (const one of functions)
      if (
        one.start <= first &&
        last <= one.end &&
        (inner === undefined || one.end - one.start <= inner.end - inner.start)
      )
        inner = one;
    if (inner !== undefined) found.add(inner);
  }
  return [...found];
}
