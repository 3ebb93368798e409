import type { Cut } from "./hidden.ts";

/**
 * Definitions of links that are left to the parser. Beyond them it takes them for one long paragraph, whose time grows with
 * the square of its lines (measured: 9,000 lines of `[a]: b` 1.4 s). No page for people has so many.
 */
const MAX_DEFINITIONS = 1_000;

/**
 * Cuts for the lines that define a link, all but the first `MAX_DEFINITIONS`: outside of fenced code, each a whole line
 * after an empty line or another definition. Most texts have none. Linear.
 */
export function surplusDefinitions(text: string): readonly Cut[] {
  const cuts: Cut[] = [];
  let found = 0;
  let fence: string | undefined;
  // Only there can a definition begin; elsewhere it is a line of a paragraph.
  let mayBegin = true;
  for (let start = 0; start < text.length;) {
    const feed = text.indexOf("\n", start);
    const end = feed < 0 ? text.length : feed;
    const line = text.slice(start, Math.min(end, start + MAX_LINE));
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence !== undefined) {
      if (mark !== undefined && mark[0] === fence[0] && mark.length >= fence.length) fence = undefined;
    } else if (mark !== undefined) fence = mark;
    else if (mayBegin && DEFINITION.test(line) && end - start <= MAX_LINE) {
      if (++found > MAX_DEFINITIONS)
        cuts.push({ start, end, hidden: { kind: "definition", text: text.slice(start, end) } });
      start = end + 1;
      continue;
    }
    mayBegin = fence === undefined && line.trim() === "";
    start = end + 1;
  }
  return cuts;
}

/** A longer line is left to the parser. */
const MAX_LINE = 1_000;
/** `[label]: address`, with nothing after it. */
const DEFINITION = /^ {0,3}\[[^[\]\\]{1,500}\]:[ \t]{0,20}[^\s<>]{1,900}[ \t]*$/;
