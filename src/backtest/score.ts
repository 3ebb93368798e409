import type { Location } from "../text/location.ts";

/** One issue as it was worked before its fix, and what the fix then changed. */
export interface WorkedCase {
  /** The issue's number. */
  readonly issue: string;
  readonly title: string;
  readonly url?: string;
  /** Full hashes of the fix and of the commit that was read. */
  readonly fix: string;
  readonly base: string;
  /** Source files of `base` that the fix changes. */
  readonly files: readonly string[];
  /** Functions of `base` that the fix changes, `path::Class.name`. */
  readonly functions: readonly string[];
  /** Lines of `base` that the fix changes. */
  readonly lines: readonly Location[];
  /** Files as the ranking has them, best first, at most ten. */
  readonly namedFiles: readonly string[];
  /** Suspects of the page, best first. */
  readonly namedFunctions: readonly string[];
  /** The place of the first suspect; undefined where the page has none. */
  readonly namedLines?: Location;
  /** The likelihood that the page gives its first file, 0 to 1. */
  readonly told: number;
  /** Words of the documents that are not folded. */
  readonly words: number;
  readonly seconds: number;
}

export interface Share {
  readonly hits: number;
  readonly of: number;
}

export interface Score {
  readonly cases: number;
  readonly fileFirst: Share;
  readonly allInFive: Share;
  /** Of the cases whose fix changes a function that was there. */
  readonly functionFirst: Share;
  readonly functionInFive: Share;
  /** The fix changes a line of the first suspect. */
  readonly linesFirst: Share;
  /** Mean likelihood that the pages give their first file. */
  readonly told: number;
  readonly medianWords: number;
  readonly medianSeconds: number;
}

/** Counts what the pages got right. */
export function scoreOf(cases: readonly WorkedCase[]): Score {
  const share = (among: readonly WorkedCase[], is: (one: WorkedCase) => boolean): Share => ({
    hits: among.filter(is).length,
    of: among.length,
  });
  const inFunctions = cases.filter(({ functions }) => functions.length > 0);
  return {
    cases: cases.length,
    fileFirst: share(cases, isFileFirst),
    allInFive: share(cases, isInFive),
    functionFirst: share(inFunctions, (one) => one.functions.includes(one.namedFunctions[0] ?? "")),
    functionInFive: share(inFunctions, (one) =>
      one.namedFunctions.slice(0, 5).some((name) => one.functions.includes(name)),
    ),
    linesFirst: share(cases, isLinesFirst),
    told: cases.length === 0 ? 0 : cases.reduce((sum, { told }) => sum + told, 0) / cases.length,
    medianWords: median(cases.map(({ words }) => words)),
    medianSeconds: median(cases.map(({ seconds }) => seconds)),
  };
}

function isLinesFirst({ lines, namedLines: named }: WorkedCase): boolean {
  return (
    named !== undefined &&
    lines.some(({ path, start, end }) => path === named.path && start <= named.end && end >= named.start)
  );
}

export function isFileFirst({ files, namedFiles }: WorkedCase): boolean {
  return files.includes(namedFiles[0] ?? "");
}

/** Every file of the fix is among the first five. */
export function isInFive({ files, namedFiles }: WorkedCase): boolean {
  const five = namedFiles.slice(0, 5);
  return files.every((path) => five.includes(path));
}

/** The middle value; of an even number, the mean of the two in the middle. 0 of none. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  if (sorted.length === 0) return 0;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Words of a document that a reader sees without opening a fold; code and addresses count as they are written. */
export function wordsShown(markdown: string): number {
  let text = "";
  let depth = 0;
  for (const line of markdown.split("\n")) {
    if (/^<details\b/.test(line)) depth++;
    if (depth === 0) text += `${line}\n`;
    if (/<\/details>\s*$/.test(line)) depth = Math.max(0, depth - 1);
  }
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}
