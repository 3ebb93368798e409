import type { Nodes } from "mdast";
import { parseMarkdown } from "../text/parse-markdown.ts";

/** A line that starts with `/casebook` or `/case`. */
export interface CommandLine {
  /** What the page shows of the line, from the slash on, ends trimmed. */
  readonly text: string;
  /** The line follows a list, a quotation or a table without an empty line, and so belongs to it. */
  readonly isPartOf?: "list" | "quotation" | "table";
}

/** The word, alone on its line or followed by white space. `/caseload` is somebody else's. */
const WORD = /^\/(?:casebook|case)(?=\s|$)/i;
/** A text without it needs no parser. */
const ANYWHERE = /\/case(?:book)?(?!\w)/i;
const MAX_INDENT = 3;

/** False for a text that certainly has no command; quick. */
export function mayHoldCommand(markdown: string): boolean {
  return ANYWHERE.test(markdown);
}

/**
 * The lines of a comment that start with `/casebook` or `/case` and are plain text for its readers: in a paragraph of their
 * own, not in a quotation, a list, code, a link or a comment of HTML. What HTML hides within such a line is left
 * out of it. Arguments are taken as they are typed: `src/__init__.py` would lose its lines as Markdown. At most `max`.
 */
export function findCommandLines(markdown: string, max: number): readonly CommandLine[] {
  if (!mayHoldCommand(markdown)) return [];
  const found: CommandLine[] = [];
  for (const node of parseMarkdown(markdown).children) {
    if (found.length >= max) break;
    const left = max - found.length;
    const container = CONTAINERS.get(node.type);
    if (container !== undefined) {
      // Only a line without indent: its writer meant to leave the container.
      for (const text of linesOf(node, markdown, 0, left)) found.push({ text, isPartOf: container });
    } else if (node.type === "paragraph" || node.type === "heading") {
      // A heading that is underlined is a paragraph with a line of dashes below, such as a signature's.
      for (const text of linesOf(node, markdown, MAX_INDENT, left)) found.push({ text });
    }
  }
  return found;
}

/** True when a comment has commands and nothing else, or nothing at all: it says nothing about the problem. */
export function isOnlyCommands(markdown: string): boolean {
  const lines = markdown.split(/\r\n?|\n/).filter((line) => line.trim() !== "").length;
  return findCommandLines(markdown, lines + 1).length === lines;
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
}

function linesOf(block: Nodes, source: string, maxIndent: number, max: number): readonly string[] {
  const spans = spansOf(block);
  const end = block.position?.end.offset ?? 0;
  const lines: string[] = [];
  let next = 0;
  let start = lineStart(source, block.position?.start.offset ?? 0);
  while (start < end && lines.length < max) {
    const stop = lineEnd(source, start, end);
    let first = start;
    while (source[first] === " " && first - start <= maxIndent) first++;
    if (first - start <= maxIndent && WORD.test(source.slice(first, first + 12))) {
      while ((spans.text[next]?.[1] ?? end) <= first) next++;
      const span = spans.text[next];
      if (span !== undefined && span[0] <= first)
        lines.push(withoutHtml(source, first, stop, spans.html).trim());
    }
    start = stop + (source.startsWith("\r\n", stop) ? 2 : 1);
  }
  return lines;
}

/** Stretches come in the order of the text, so that each line is looked up once. */
function spansOf(block: Nodes): Spans {
  const text: (readonly [number, number])[] = [];
  const html: (readonly [number, number])[] = [];
  const open: Nodes[] = [block];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const span = [node.position?.start.offset ?? 0, node.position?.end.offset ?? 0] as const;
    if (node.type === "text") text.push(span);
    else if (node.type === "html") html.push(span);
    else if ("children" in node && AROUND.has(node.type))
      for (let i = node.children.length - 1; i >= 0; i--) open.push(node.children[i] as Nodes);
  }
  return { text, html };
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
