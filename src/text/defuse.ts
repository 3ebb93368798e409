/**
 * micromark takes quadratic time (measured: 48,000 times `]` 22 s, 5,000 headings underlined with `=` 5 s) or runs out
 * of stack (20,000 times `> `) on text no person writes. The marks that cause it are replaced one for one by
 * noncharacters, so offsets stay; `restore` puts them back into the values of the tree.
 */
const MARKS = "[]*_<(!&\\>-+=.)#";
const FIRST_NONCHARACTER = 0xfdd0;

/** Containers on one line; deeper ones are text. Twelve is the deepest seen in a page for people. */
const MAX_DEPTH = 40;
/** Times that a quotation or list begins in one text (1,000 take 0.4 s, 6,400 take 8 s); further marks are text. */
const MAX_BEGINNINGS = 500;
/**
 * Times that a quotation or list begins inside of another one: as items and items below them take turns, 6,500 lines take 12 s, 500 lines
 * take 0.1 s.
 */
const MAX_NESTED = 250;
/** Containers start before this column. */
const MAX_COLUMN = 200;
/** Lines of only `=` or only `-` in one text. */
const MAX_UNDERLINES = 1000;
/** Lines that start with `[`, as definitions of links and footnotes do. */
const MAX_DEFINITIONS = 1000;
/** Lines of one paragraph (18,000 lines take 0.5 s, 25,000 take 9 s); then one line is blanked, which ends it. */
const MAX_LINES = 10_000;
/**
 * Sum over all lines that continue a paragraph without its quotation's or list's marks, of the lines before since a container began: the
 * parser goes through all of them each time (13,000 lines take 6 s). Then such a line is blanked, which ends the paragraph.
 */
const MAX_LAZY = 500_000;
/**
 * Sum over all blocks of the square of their inline marks; then each block may have MAX_MARKS. What people write is read within 0.05 s
 * of parsing; the tables of a page of ours have more, and take 0.3 s at most.
 */
const MARK_BUDGETS = { foreign: 2_000_000, own: 25_000_000 } as const;
const MAX_MARKS = 300;

/** The same text with the markup neutralised that goes beyond the limits above; most texts come back unchanged. Linear. */
export function defuse(text: string, whose: keyof typeof MARK_BUDGETS = "own"): string {
  const state: State = {
    text,
    from: 0,
    out: [],
    underlines: 0,
    definitions: 0,
    beginnings: 0,
    nested: 0,
    indent: 0,
    isInside: false,
    flow: 0,
    lazy: 0,
    budget: MARK_BUDGETS[whose],
  };
  let block: number | undefined;
  let marks = 0;
  for (let start = 0; start < text.length;) {
    const end = lineEnd(text, start);
    const line = readLine(text, start, end);
    if (block === undefined || line.blank || line.startsBlock) {
      if (block !== undefined) closeBlock(state, block, start, marks);
      block = start;
      marks = 0;
    }
    if (line.blank) state.isInside = false;
    marks += countMarks(text, start, end);
    start = end + 1;
  }
  if (block !== undefined) closeBlock(state, block, text.length, marks);
  if (state.out.length === 0) return text;
  state.out.push(text.slice(state.from));
  return state.out.join("");
}

/** True when `defuse` blanks a line: what is in it stands in no node of the tree. */
export function isBlanked(text: string): boolean {
  const harmless = defuse(text);
  return harmless !== text && restore(harmless) !== text;
}

/** Undoes `defuse` in a value taken from the tree. */
export function restore(value: string): string {
  return value.replace(/[\ufdd0-\ufddf]/g, (c) => MARKS[c.charCodeAt(0) - FIRST_NONCHARACTER] ?? c);
}

interface State {
  readonly text: string;
  /** Everything before it is in `out` already. */
  from: number;
  readonly out: string[];
  underlines: number;
  definitions: number;
  beginnings: number;
  nested: number;
  /** Column at which the line before begins. */
  indent: number;
  /** The line before is in a quotation or list. */
  isInside: boolean;
  /** Lines since a quotation or list began. */
  flow: number;
  lazy: number;
  budget: number;
}

function closeBlock(state: State, start: number, end: number, marks: number): void {
  state.budget -= marks * marks;
  let left = state.budget < 0 ? MAX_MARKS : Number.POSITIVE_INFINITY;
  let lines = 0;
  let open: Containers = { quotes: 0, items: 0, column: 0 };
  for (let at = start; at < end;) {
    const stop = Math.min(lineEnd(state.text, at), end);
    if (++lines % MAX_LINES === 0) blankOut(state, at, stop);
    const before = { out: state.out.length, from: state.from };
    const { content, ...containers } = defuseContainers(state, at, stop);
    const isLazy =
      containers.items === 0 && (containers.quotes < open.quotes || containers.column < open.column);
    if (containers.items > 0 || (containers.quotes > 0 && !state.isInside)) state.flow = 0;
    state.flow++;
    if (!isLazy) open = { ...containers, column: containers.items > 0 ? containers.column : open.column };
    else if ((state.lazy += state.flow) > MAX_LAZY) {
      // What was replaced in the line is blanked with it.
      state.out.length = before.out;
      state.from = before.from;
      blankOut(state, at, stop);
    }
    state.isInside = state.text.slice(at, content).trim() !== "";
    if (state.text[content] === "[" && content < stop && ++state.definitions > MAX_DEFINITIONS) {
      replace(state, content, "[");
    }
    if (isUnderline(state.text, at, stop) && ++state.underlines > MAX_UNDERLINES) {
      for (let i = at; i < stop; i++) replace(state, i, "=-");
    } else if (marks > left) {
      for (let i = content; i < stop; i++)
        if (isMark(state.text.charCodeAt(i)) && i >= state.from && --left < 0) replace(state, i, MARKS);
    }
    at = stop + 1;
  }
}

/** The marks of quotations and lists at the start of a line, and the column of what is behind them. */
interface Containers {
  readonly quotes: number;
  readonly items: number;
  readonly column: number;
}

/** Replaces the container marks of one line beyond the limits; `content` is the offset behind the containers. */
function defuseContainers(
  state: State,
  start: number,
  end: number,
): Containers & { readonly content: number } {
  let depth = 0;
  const kept = { quotes: 0, items: 0 };
  let replaced: number | undefined;
  let at = start;
  let first = at;
  while (first < end && isBlank(state.text.charCodeAt(first))) first++;
  const isDeeper = first - start > state.indent;
  if (first < end) state.indent = first - start;
  while (at < end) {
    const c = state.text.charCodeAt(at);
    if (c === 32 || c === 9) {
      at++;
      continue;
    }
    const length = containerMark(state.text, at, end);
    if (length === 0) break;
    depth++;
    const isBeginning = depth === 1 && !state.isInside && ++state.beginnings > MAX_BEGINNINGS;
    const isNested = (depth > 1 || isDeeper) && ++state.nested > MAX_NESTED;
    if (isBeginning || isNested || depth > MAX_DEPTH || at - start > MAX_COLUMN) {
      replace(state, at + length - 1, MARKS);
      replaced ??= at;
    } else if (state.text[at] === ">") kept.quotes++;
    else kept.items++;
    at += length;
  }
  return { content: at, ...kept, column: (replaced ?? at) - start };
}

/** Length of the quote or list mark at `at`; 0 when there is none. */
function containerMark(text: string, at: number, end: number): number {
  const c = text[at];
  if (c === ">") return 1;
  let after = at + 1;
  if (c === undefined || !"-*+".includes(c)) {
    after = at;
    while (after < end && after - at < 9 && isDigit(text.charCodeAt(after))) after++;
    if (after === at || (text[after] !== "." && text[after] !== ")")) return 0;
    after++;
  }
  const next = text.charCodeAt(after);
  return after >= end || next === 32 || next === 9 || next === 13 ? after - at : 0;
}

function replace(state: State, at: number, among: string): void {
  const mark = state.text[at] ?? "";
  if (!among.includes(mark) || at < state.from) return;
  state.out.push(
    state.text.slice(state.from, at),
    String.fromCharCode(FIRST_NONCHARACTER + MARKS.indexOf(mark)),
  );
  state.from = at + 1;
}

function blankOut(state: State, start: number, end: number): void {
  if (state.from > start) return;
  state.out.push(state.text.slice(state.from, start), " ".repeat(end - start));
  state.from = end;
}

function readLine(text: string, start: number, end: number): { blank: boolean; startsBlock: boolean } {
  let at = start;
  while (at < end && isBlank(text.charCodeAt(at))) at++;
  if (at === end) return { blank: true, startsBlock: false };
  // An item with text, or a heading, at most three spaces in, always ends the paragraph before it.
  const c = text[at] ?? "";
  const startsBlock =
    at - start <= 3 &&
    "-*+#".includes(c) &&
    isBlank(text.charCodeAt(at + 1)) &&
    !isBlankRest(text, at + 1, end);
  return { blank: false, startsBlock };
}

function isBlankRest(text: string, from: number, end: number): boolean {
  let at = from;
  while (at < end && isBlank(text.charCodeAt(at))) at++;
  return at === end;
}

/** A line that can underline a heading: only `=` or only `-`, with containers and white space around. */
function isUnderline(text: string, start: number, end: number): boolean {
  let mark = 0;
  for (let i = start; i < end; i++) {
    const c = text.charCodeAt(i);
    if (c === 61 || c === 45) {
      if (mark !== 0 && mark !== c) return false;
      mark = c;
    } else if (!isBlank(c) && c !== 62) return false;
  }
  return mark !== 0;
}

function countMarks(text: string, start: number, end: number): number {
  let n = 0;
  for (let i = start; i < end; i++) if (isMark(text.charCodeAt(i))) n++;
  return n;
}

/** `[ ] * _ < ( ! & \`: what can start or end something inside a paragraph. */
function isMark(c: number): boolean {
  return (
    c === 91 || c === 93 || c === 42 || c === 95 || c === 60 || c === 40 || c === 33 || c === 38 || c === 92
  );
}

function isBlank(c: number): boolean {
  return c === 32 || c === 9 || c === 13;
}

function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}

/** Offset of the character that ends the line: `\n`, or a `\r` on its own. */
function lineEnd(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 10 || (c === 13 && text.charCodeAt(i + 1) !== 10)) return i;
  }
  return text.length;
}
