/** Replaces the characters from `start` to `end` (exclusive) by `text`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Applies splices that do not overlap; insertions at one place keep their order. What no splice names stays as it is. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  const ordered = [...splices].sort((a, b) => a.start - b.start || a.end - b.end);
  let out = "";
  let from = 0;
  for (const { start, end, text: replacement } of ordered) {
    if (start < from) throw new Error("splices overlap");
    out += text.slice(from, start) + replacement;
    from = end;
  }
  return out + text.slice(from);
}
