/**
 * The parser's time grows faster than its text where lists and quotations nest. So a text is read up to a cost, counted by
 * what its lines cost the parser (measured: 1,000 nested items 130 ms, 4,000 lines of prose 90 ms, of fenced code 30 ms).
 */
const BUDGET = 1_300;
const FENCED_LINE = 0.25;
const EMPTY_LINE = 0.1;
const QUOTE = 0.5;
const ITEM = 2;
/** A quotation or list inside another one. */
const NESTED = 4;
/** A quotation or list begins: after an empty line, or right after another line, which may belong to the one before. */
const BEGINNING = 2;
const INTERRUPTION = 8;
const START = { empty: BEGINNING, plain: INTERRUPTION, contained: 0 } as const;
/** A heading, or a line that underlines one or the head of a table. */
const STRUCTURE = 2;
/** Columns of indent that cost as much as a line. */
const INDENT = 4;
const MAX_INDENT = 40;
const MARK = 0.25;
const FENCED_MARK = 0.05;
/** Where a comment or declaration opens, the parser looks for its end in the whole paragraph. */
const OPENING = 3;

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
/** The quotation and list marks that a line starts with. */
const CONTAINERS = /^(?:[ \t]*(?:>|[-*+](?=\s|$)|\d{1,9}[.)](?=\s|$)))*/;
const CONTAINER_MARK = />|[-*+](?=\s|$)|\d{1,9}[.)](?=\s|$)/g;
const MARKS = /[`*_[\]<!&\\|]/g;
const STRUCTURED = /^[ \t>]*(?:[=|:-][=|: \t-]*$|#)/;
const MAX_START = 400;

/** Where reading a Markdown text stops: at its end, or before the line that would cost too much. Linear. */
export function readableEnd(text: string): number {
  let cost = 0;
  let fence: string | undefined;
  let before: "empty" | "contained" | "plain" = "empty";
  for (let start = 0; start < text.length;) {
    const feed = text.indexOf("\n", start);
    const end = feed < 0 ? text.length : feed;
    const line = text.slice(start, end);
    const mark = FENCE.exec(line)?.[1];
    const isFenced = fence !== undefined;
    if (mark !== undefined && fence === undefined) fence = mark;
    else if (mark !== undefined && mark[0] === fence![0] && mark.length >= fence!.length) fence = undefined;
    const contained = containerCost(line);
    cost += costOf(line, isFenced) + contained + (contained > 0 ? START[before] : 0);
    before = contained > 0 ? "contained" : line.trim() === "" ? "empty" : "plain";
    if (cost > BUDGET) return stopIn(text, start, end);
    start = end + 1;
  }
  return text.length;
}

/** Counted in a fence, too: only the parser knows for certain what is in one. */
function containerCost(line: string): number {
  const marks = CONTAINERS.exec(line.slice(0, MAX_START))![0].match(CONTAINER_MARK) ?? [];
  const first = marks[0] === undefined ? 0 : marks[0] === ">" ? QUOTE : ITEM;
  return first + NESTED * Math.max(0, marks.length - 1);
}

function costOf(line: string, isFenced: boolean): number {
  const marks = line.match(MARKS)?.length ?? 0;
  if (isFenced) return FENCED_LINE + FENCED_MARK * marks;
  const indent = /^[ \t]*/.exec(line.slice(0, MAX_INDENT))![0].length;
  if (indent === line.length) return EMPTY_LINE;
  return (
    1 +
    MARK * marks +
    OPENING * (line.split("<!").length - 1) +
    (STRUCTURED.test(line) ? STRUCTURE : 0) +
    indent / INDENT
  );
}

/** Before the line; in the middle of one that is too much by itself. */
function stopIn(text: string, start: number, end: number): number {
  if (start > 0) return start - 1;
  const most = Math.floor(BUDGET / MARK);
  return Math.min(end, most);
}
