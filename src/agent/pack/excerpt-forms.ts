import { numbered } from "../tools/answer.ts";

const MAX_LINE = 240;
/** A function up to this length is shown whole; a longer one around its evidence. */
const WHOLE = 70;
/** Lines around each line with evidence, in the forms from long to short. */
const AROUND = [8, 3, 1];
/** Lines of the beginning, where no line speaks for itself. */
const BEGINNING = [45, 15, 4];

/**
 * Lines of a file with their numbers: whole when there are few, else the head and what is around the lines with
 * evidence, in shorter and shorter forms. The same form never comes twice.
 */
export function excerptForms(
  lines: readonly string[],
  {
    start,
    end,
    evidence,
  }: { readonly start: number; readonly end: number; readonly evidence: readonly number[] },
): readonly string[] {
  const last = Math.min(end, lines.length);
  const forms = new Set<string>();
  if (last - start < WHOLE) forms.add(show(lines, [[start, last]]));
  // The first line stands for the function as a whole.
  const inside = evidence.filter((line) => line > start && line <= last).sort((a, b) => a - b);
  for (const [i, around] of AROUND.entries()) {
    const head = inside.length === 0 ? BEGINNING[i]! : around;
    const windows = [
      [start, Math.min(last, start + head)] as const,
      ...inside.map((line) => [Math.max(start, line - around), Math.min(last, line + around)] as const),
    ];
    forms.add(show(lines, merged(windows)));
  }
  return [...forms].sort((a, b) => b.length - a.length);
}

function merged(windows: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  const out: [number, number][] = [];
  for (const [from, to] of windows) {
    const before = out.at(-1);
    if (before !== undefined && from <= before[1] + 2) before[1] = Math.max(before[1], to);
    else out.push([from, to]);
  }
  return out;
}

function show(lines: readonly string[], windows: readonly (readonly [number, number])[]): string {
  return windows
    .map(([from, to]) => numbered(lines.slice(from - 1, to), from, MAX_LINE).join("\n"))
    .join("\n…\n");
}
