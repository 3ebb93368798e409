import stringWidth from "string-width";
import wrapAnsi from "wrap-ansi";

export interface TableOptions {
  readonly bold?: (text: string) => string;
  /** Characters of a line. The last column wraps if at least MIN_LAST are left for it. Default: it never wraps. */
  readonly columns?: number | undefined;
}

const GAP = 2;
const MIN_LAST = 24;

/** Each column is as wide as its widest cell, without colours. Two spaces separate columns. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { bold = (text) => text, columns }: TableOptions = {},
): string {
  const widths = head.map((title, i) =>
    Math.max(stringWidth(title), ...rows.map((row) => stringWidth(row[i] ?? ""))),
  );
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + GAP, 0);
  const left = columns === undefined ? Number.POSITIVE_INFINITY : columns - before;
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell + " ".repeat(Math.max(0, widths[i]! - stringWidth(cell))))
      .join(" ".repeat(GAP))
      .trimEnd();
  const wrapped = (cells: readonly string[]): readonly string[] => {
    const last = cells.at(-1) ?? "";
    if (left < MIN_LAST || stringWidth(last) <= left) return [line(cells)];
    const [first, ...rest] = wrapAnsi(last, left, { hard: true }).split("\n");
    const indent = " ".repeat(before);
    return [line([...cells.slice(0, -1), first!]), ...rest.map((text) => `${indent}${text}`.trimEnd())];
  };
  return [bold(line(head)), ...rows.flatMap(wrapped)].join("\n");
}
