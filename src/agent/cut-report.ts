import { estimateTokens } from "../llm/estimate-tokens.ts";

/** A line that is longer is no line of a person. */
const MAX_LINE = 2_000;
/** Of a mark where lines are left out. */
const MARK_TOKENS = 12;

export interface CutReport {
  readonly text: string;
  /** Lines that are shown, and lines of the whole. */
  readonly shown: number;
  readonly lines: number;
}

/**
 * A report in at most `tokens` tokens: whole where it fits, else as many of the lines `kept` (from 0, most important first) as fill half of
 * the room, and its beginning. Every gap and every line that is cut has a mark.
 */
export function cutReport(text: string, kept: readonly number[], tokens: number): CutReport {
  const lines = text.split("\n").map(shortened);
  const costs = lines.map((line) => estimateTokens(`${line}\n`));
  const total = costs.reduce((sum, cost) => sum + cost, 0);
  if (total <= tokens) return { text: lines.join("\n"), shown: lines.length, lines: lines.length };
  const shown = new Set<number>();
  let spent = MARK_TOKENS;
  for (const at of kept) {
    if (at >= lines.length || shown.has(at)) continue;
    if (spent + costs[at]! + MARK_TOKENS > tokens / 2) break;
    spent += costs[at]! + MARK_TOKENS;
    shown.add(at);
  }
  for (let at = 0; at < lines.length; at++) {
    if (shown.has(at)) continue;
    if (spent + costs[at]! > tokens) break;
    spent += costs[at]!;
    shown.add(at);
  }
  const parts: string[] = [];
  let left = 0;
  for (let at = 0; at <= lines.length; at++) {
    const isEnd = at === lines.length;
    if (!isEnd && !shown.has(at)) {
      left++;
      continue;
    }
    if (left > 0) parts.push(`[… ${left} ${left === 1 ? "line" : "lines"} left out …]`);
    left = 0;
    if (!isEnd) parts.push(lines[at]!);
  }
  return { text: parts.join("\n"), shown: shown.size, lines: lines.length };
}

function shortened(line: string): string {
  return line.length <= MAX_LINE
    ? line
    : `${line.slice(0, MAX_LINE).toWellFormed()} [… ${line.length - MAX_LINE} characters left out …]`;
}
