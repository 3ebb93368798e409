import type { Emphasis, Nodes, Strong } from "mdast";
import type { Cut } from "../text/hidden.ts";
import { elementCuts } from "../text/html-cuts.ts";
import { parseMarkdown } from "../text/parse-markdown.ts";
import { readableEnd } from "../text/readable-end.ts";
import { stripCharacters } from "../text/strip-characters.ts";
import { type HtmlState, htmlStates } from "./html-state.ts";
import { ownText, startOfMailQuote } from "./mail-quote.ts";

/** A line that starts with `/casebook` or `/case`. */
export interface CommandLine {
  /** The line from the slash on, ends trimmed, without HTML; invisible characters stay. */
  readonly text: string;
  /** The line follows a list, a quotation or a table without an empty line, and so belongs to it. */
  readonly isPartOf?: "list" | "quotation" | "table";
}

/** The word, alone on its line or followed by white space or a mark. `/caseload` and `/case.ts` are somebody else's. */
const WORD = /^\/(?:casebook|case)(?=[\s:,;：，；]|[.!?]*(?:\s|$))/i;
/** A text without it needs no parser. */
const ANYWHERE = /\/case(?:book)?(?!\w)/i;
const MAX_INDENT = 3;
/** Characters in which the word must be, with invisible ones around its letters. */
const WORD_WITHIN = 60;

/** False for a text that certainly has no command; quick. */
export function mayHoldCommand(markdown: string): boolean {
  return ANYWHERE.test(stripCharacters(markdown).text);
}

/** What follows `/casebook` and a mark such as a colon. */
export function argumentsOf(line: string): string {
  return line.replace(/^\/[a-z]+[.!?]*\s*[:,;：，；]*\s*/i, "");
}

/**
 * The lines of a comment that start with `/casebook` or `/case` and are plain text for its readers: in a paragraph of
 * their own, bold or not. Left out is what the page shows as a quotation, a list, code or a link, in Markdown or HTML, the
 * quoted part of a reply by mail, and what the page does not show. Arguments are taken as they are typed:
 * `src/__init__.py` would lose its lines as Markdown. At most `max`.
 */
export function findCommandLines(text: string, max: number): readonly CommandLine[] {
  if (!mayHoldCommand(text)) return [];
  // The parser drops a byte order mark, and its offsets count without it.
  const whole = text.replace(/^\ufeff/, "");
  const markdown = whole.slice(0, readableEnd(whole));
  const root = parseMarkdown(markdown, "foreign");
  const states = htmlStates(root, markdown);
  const unshown = elementCuts(markdown, htmlIn(root));
  const quoteStart = startOfMailQuote(root, markdown) ?? markdown.length;
  const found: CommandLine[] = [];
  for (const node of root.children) {
    if (found.length >= max || (node.position?.start.offset ?? 0) >= quoteStart) break;
    const container = CONTAINERS.get(node.type);
    const isParagraph = node.type === "paragraph" || node.type === "heading";
    if ((container === undefined && !isParagraph) || isFootnote(node, markdown)) continue;
    // In a container only a line without indent: its writer meant to leave it. A heading that is underlined is a
    // paragraph with a line of dashes below, such as a signature's.
    const options = { maxIndent: isParagraph ? MAX_INDENT : 0, states, unshown, end: quoteStart };
    for (const line of linesOf(node, markdown, max - found.length, options))
      found.push({ text: line, ...(container === undefined ? {} : { isPartOf: container }) });
  }
  return found;
}

/** The pieces of raw HTML of a text, in order. */
function htmlIn(root: Nodes): readonly { readonly from: number; readonly to: number }[] {
  const found: { from: number; to: number }[] = [];
  const open: Nodes[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.type === "html")
      found.push({ from: node.position?.start.offset ?? 0, to: node.position?.end.offset ?? 0 });
    if ("children" in node)
      for (let i = node.children.length - 1; i >= 0; i--) open.push(node.children[i] as Nodes);
  }
  return found;
}

/** The page moves a footnote to its end, or drops it. */
function isFootnote({ position }: Nodes, source: string): boolean {
  return source.startsWith("[^", position?.start.offset ?? 0);
}

/**
 * True when a comment has commands and nothing else, or nothing at all: it says nothing about the problem. What a reply
 * by mail quotes is nothing of the writer's.
 */
export function isOnlyCommands(markdown: string): boolean {
  const lines = countLines(markdown);
  const commands = findCommandLines(markdown, lines + 1).length;
  if (commands === 0 || commands === lines) return commands === lines;
  const read = markdown.slice(0, readableEnd(markdown));
  return read === markdown && countLines(ownText(parseMarkdown(markdown, "foreign"), markdown)) === commands;
}

function countLines(text: string): number {
  return text.split(/\r\n?|\n/).filter((line) => line.trim() !== "").length;
}

const CONTAINERS: ReadonlyMap<string, NonNullable<CommandLine["isPartOf"]>> = new Map([
  ["list", "list"],
  ["blockquote", "quotation"],
  ["table", "table"],
]);

/** Nodes that may contain the text of a command; in a link or in code it is an example. */
const AROUND = new Set([
  "paragraph",
  "heading",
  "emphasis",
  "strong",
  "list",
  "listItem",
  "blockquote",
  "table",
  "tableRow",
  "tableCell",
]);

interface Spans {
  /** Start and end of each stretch of plain text. */
  readonly text: readonly (readonly [number, number])[];
  readonly html: readonly (readonly [number, number])[];
  /** Start of the text and of the closing marks of bold or italic text, by the start of the text. */
  readonly closing: ReadonlyMap<number, readonly [number, number]>;
}

interface LineOptions {
  readonly maxIndent: number;
  readonly states: readonly HtmlState[];
  /** What is in elements that the page does not show, in order. */
  readonly unshown: readonly Cut[];
  /** Offset that no line may reach. */
  readonly end: number;
}

function linesOf(
  block: Nodes,
  source: string,
  max: number,
  { maxIndent, states, unshown, end: limit }: LineOptions,
): readonly string[] {
  const spans = spansOf(block);
  const end = Math.min(block.position?.end.offset ?? 0, limit);
  const lines: string[] = [];
  let next = 0;
  let state = 0;
  let cut = 0;
  let start = lineStart(source, block.position?.start.offset ?? 0);
  while (start < end && lines.length < max) {
    const stop = lineEnd(source, start, end);
    let first = start;
    while (source[first] === " " && first - start <= maxIndent) first++;
    const at = first + marksAt(source, first);
    if (first - start <= maxIndent && startsCommand(source, at)) {
      while ((spans.text[next]?.[1] ?? end) <= at) next++;
      while ((states[state + 1]?.from ?? end) <= at) state++;
      while ((unshown[cut]?.end ?? end) <= at) cut++;
      const isShown = (unshown[cut]?.start ?? end) > at;
      const span = spans.text[next];
      const isText = span !== undefined && (at === first ? span[0] <= at : span[0] === at);
      const before = states[state];
      const isPlain = before === undefined || before.from > at || before.isPlain;
      if (isText && isPlain && isShown) lines.push(lineAt(source, at, stop, spans));
    }
    start = stop + (source.startsWith("\r\n", stop) ? 2 : 1);
  }
  return lines;
}

/** Marks of bold or italic text before a slash. */
function marksAt(source: string, at: number): number {
  let length = 0;
  while (length < 3 && (source[at + length] === "*" || source[at + length] === "_")) length++;
  return length;
}

function startsCommand(source: string, at: number): boolean {
  const stop = lineEnd(source, at, Math.min(source.length, at + WORD_WITHIN));
  return WORD.test(stripCharacters(source.slice(at, stop)).text);
}

function lineAt(source: string, at: number, stop: number, { html, closing }: Spans): string {
  const marks = closing.get(at);
  const cuts = marks === undefined ? html : [...html, marks].sort((a, b) => a[0] - b[0]);
  return withoutHtml(source, at, stop, cuts).trim();
}

/** Stretches come in the order of the text, so that each line is looked up once. */
function spansOf(block: Nodes): Spans {
  const text: (readonly [number, number])[] = [];
  const html: (readonly [number, number])[] = [];
  const closing = new Map<number, readonly [number, number]>();
  const open: Nodes[] = [block];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const span = [node.position?.start.offset ?? 0, node.position?.end.offset ?? 0] as const;
    if (node.type === "strong" || node.type === "emphasis") {
      const inner = innermost(node);
      const at = inner.children[0]?.position?.start.offset ?? span[0];
      const marks = [inner.children.at(-1)?.position?.end.offset ?? span[1], span[1]] as const;
      // The outer one of `***both***` comes first and has all of the marks.
      if (!closing.has(at)) closing.set(at, marks);
    }
    if (node.type === "text") text.push(span);
    else if (node.type === "html") html.push(span);
    else if ("children" in node && AROUND.has(node.type))
      for (let i = node.children.length - 1; i >= 0; i--) open.push(node.children[i] as Nodes);
  }
  return { text, html, closing };
}

/** The bold or italic text at the start of another one, else itself. */
function innermost(node: Emphasis | Strong): Emphasis | Strong {
  const [first] = node.children;
  return first?.type === "emphasis" || first?.type === "strong" ? innermost(first) : node;
}

function withoutHtml(source: string, start: number, end: number, html: Spans["html"]): string {
  const parts: string[] = [];
  let from = start;
  for (const [htmlStart, htmlEnd] of html) {
    if (htmlEnd <= from || htmlStart >= end) continue;
    parts.push(source.slice(from, Math.max(from, htmlStart)), " ");
    from = Math.min(htmlEnd, end);
  }
  parts.push(source.slice(from, end));
  return parts.join("");
}

function lineStart(text: string, offset: number): number {
  let at = offset;
  while (at > 0 && text[at - 1] !== "\n" && text[at - 1] !== "\r") at--;
  return at;
}

function lineEnd(text: string, from: number, max: number): number {
  let at = from;
  while (at < max && text[at] !== "\n" && text[at] !== "\r") at++;
  return at;
}
