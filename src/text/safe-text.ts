import type { Code, Link, Nodes, Parents, PhrasingContent } from "mdast";
import { isBlanked } from "./defuse.ts";
import { asLine, beside, codeBlock, inlineCode } from "./inline-code.ts";
import { leadsUp } from "./page-problems.ts";
import { parseMarkdown } from "./parse-markdown.ts";
import { applySplices, type Splice } from "./splice.ts";

declare const safe: unique symbol;

/**
 * Markdown that may be published: made by `safeText`, `safeTitle` and what puts such texts together, and by nothing else.
 * Foreign words in it are inside code or neutralised, so that it mentions nobody, closes nothing, commands nothing and
 * loads nothing.
 */
export type SafeText = string & { readonly [safe]: true };

export interface SafeOptions {
  /** `https://github.com/o/r`: links to its files, commits and pull requests stay; every other link is shown as code. */
  readonly webUrl?: string;
}

/** Passes until nothing changes any more; three were never needed, and what still moves is shown as code whole. */
const MAX_PASSES = 4;
/** Languages of fenced code that GitHub draws or runs instead of showing. */
const DRAWN = /^(?:mermaid|geojson|topojson|stl|math)\b/i;
/** Line separators that some readers take for line ends, and marks that turn the direction of what follows. */
const TRICKS = /[\u0085\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * Neutralises Markdown from anywhere: whatever would act on GitHub's page appears as code instead.
 * Doing it twice changes nothing. Time grows with the length.
 */
export function safeText(markdown: string, { webUrl }: SafeOptions = {}): SafeText {
  let text = markdown
    .toWellFormed()
    .replace(/\r\n?/g, "\n")
    .replaceAll("\0", "\ufffd")
    .replace(TRICKS, "\ufffd");
  // What stands in no node of the tree would leave as it came.
  if (isBlanked(text)) return (isWholeFence(text) ? text : fenced(text)) as SafeText;
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const splices = splicesFor(text, webUrl);
    if (splices.length === 0) return text as SafeText;
    text = applySplices(text, splices);
  }
  return (splicesFor(text, webUrl).length === 0 ? text : fenced(text)) as SafeText;
}

/** A title where no Markdown is read: one line of at most `max` characters, no markup that does anything. */
export function safeTitle(title: string, max: number): SafeText {
  const cut = titleLine(title, max);
  const shown = words(
    cut,
    (word) => `\`${word}\``,
    (word) => word,
  );
  // With the marks of code it may be too long; then the signs go.
  const bare = (word: string): string => word.replace(/[@#:.-]/g, " ");
  return (shown.length <= max ? shown : words(cut, bare, (word) => word)) as SafeText;
}

/** A title as Markdown, behind other words of a heading: at most `max` of its characters, shown as they are. */
export function safeHeading(title: string, max: number): SafeText {
  return words(titleLine(title, max), coded, escaped) as SafeText;
}

function titleLine(title: string, max: number): string {
  const plain = title
    .toWellFormed()
    .replace(/\s+/g, " ")
    .replace(/[\p{Cc}\p{Cf}]/gu, "\ufffd")
    .replaceAll("`", "'")
    .trim();
  return clip(plain, max);
}

/**
 * Somebody's words on one line, at most `max` of their characters: prose in quotation marks with its code spans, code as code. No
 * markup of theirs does anything.
 */
export function quoted(text: string, max: number): SafeText {
  const line = clip(asLine(text), max);
  const parts = line.split(/`+([^`]+)`+/);
  if (parts.length === 1 && CODE.test(line)) return inlineCode(line, max) as SafeText;
  return `“${beside(
    parts.map((part, i) => (i % 2 === 1 ? inlineCode(part, max) : neutralised(part.replace(/ +/g, " ")))),
  )}”` as SafeText;
}

/** Marks that prose has no use for. */
const CODE =
  /[{};]\s*$|[{}]|\w\(.*\)|^\$ |^#include|=>|::|\w\[\w*\]|^\s*(?:import|from|const|let|var|def|func) /;

/** Texts that are safe stay safe beside each other, with empty lines between them. */
export function safeBlocks(...blocks: readonly SafeText[]): SafeText {
  return blocks.filter((block) => block !== "").join("\n\n") as SafeText;
}

/** Folded text under a heading of plain words. */
export function fold(heading: string, text: SafeText, isOpen = false): SafeText {
  const plain = heading.replace(/[^A-Za-z0-9 _-]/g, "");
  return `<details${isOpen ? " open" : ""}><summary>${plain}</summary>\n\n${text}\n\n</details>` as SafeText;
}

/** At most `max` characters, with "…" when something was cut. */
export function clip(text: string, max: number): string {
  const points = [...text];
  return points.length > max ? `${points.slice(0, max - 1).join("")}…` : text;
}

/** One line of Markdown, cut so that no code span stays open. */
export function clipMarkdown(markdown: string, max: number): string {
  const cut = clip(markdown, max);
  return cut === markdown || (cut.split("`").length - 1) % 2 === 0 ? cut : `${cut.slice(0, -1)}\`…`;
}

function splicesFor(text: string, webUrl: string | undefined): Splice[] {
  const splices: Splice[] = [];
  const visit = (node: Nodes, parent?: Nodes): void => {
    const { position } = node;
    const [start, end] = [position?.start.offset, position?.end.offset];
    const source = start === undefined || end === undefined ? undefined : text.slice(start, end);
    const shown = source === undefined ? undefined : shownAs(node, source, webUrl, parent);
    if (shown !== undefined && shown !== source) splices.push({ start: start!, end: end!, text: shown });
    else if (shown === undefined && "children" in node) for (const child of node.children) visit(child, node);
  };
  visit(parseMarkdown(text));
  return splices.sort((a, b) => a.start - b.start);
}

/** The replacement of a node; undefined where its children decide. */
function shownAs(
  node: Nodes,
  source: string,
  webUrl: string | undefined,
  parent: Nodes | undefined,
): string | undefined {
  switch (node.type) {
    case "text":
      return isLive(node.value) ? neutralised(node.value) : source;
    case "inlineCode":
      // Bots that read the raw text take a line with a leading slash for a command.
      return source.includes("\n") ? coded(node.value) : source;
    case "code":
      return codeOf(node, source, parent?.type === "root");
    case "html":
      return coded(source);
    case "image":
    case "imageReference":
      return coded(node.alt ?? "image");
    case "link":
      return isOurs(node, webUrl) ? undefined : coded(plainOf(node) || node.url);
    case "linkReference":
      return coded(plainOf(node));
    case "definition":
      return coded(`${node.label ?? node.identifier}: ${node.url}`);
    case "footnoteDefinition":
    case "footnoteReference":
      return coded(source);
    default:
      return undefined;
  }
}

/** A word that GitHub would make live: a mention, a reference (and so a closing word, which needs one), an address. */
const TRIGGER = /@\w|#\d|GH-\d|:\/\/|www\./i;
/** What a reader that parses more than ours does could take for markup. */
const MARKUP = /!\[|\]\(|\]\[|\[\^|\]:|<[A-Za-z!/?]|[`$]/;
const COMMAND = /^\s*\/[A-Za-z]/;

function isLive(value: string): boolean {
  return TRIGGER.test(value) || MARKUP.test(value) || value.split("\n").some((line) => COMMAND.test(line));
}

/** The words on one line, the live ones as code. */
function neutralised(value: string): string {
  const line = value.replace(/\s*\n\s*/g, " ");
  const command = /^\s*(\/[A-Za-z][\w-]{0,50})/.exec(line);
  const rest = command === null ? line : line.slice(command[0].length);
  const shown = words(rest, coded, escaped);
  if (command !== null) return coded(command[1]!) + shown;
  // Text from inside a line can start a line now.
  return value.includes("\n") || isBlockStart(line)
    ? shown.replace(/^(\s*)([#>+=~-]|\d{1,9}(?=[.)]))/, "$1\\$2")
    : shown;
}

function isBlockStart(line: string): boolean {
  return /^\s*(?:[#>+=~-]|\d{1,9}[.)])/.test(line);
}

function words(line: string, live: (word: string) => string, plain: (word: string) => string): string {
  return beside(
    line
      .split(/([\s()[\]{}<>"'|,;]+)/)
      .map((part, i) => (i % 2 === 0 && TRIGGER.test(part) ? live(part) : plain(part))),
  );
}

/** Plain words as Markdown that shows them and does nothing. */
function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>~|!&$]/g, (mark) => `\\${mark}`);
}

/** `isOutside`: in no list and no quotation, whose prefix every line of a new fence would need. */
function codeOf({ lang, value }: Code, source: string, isOutside: boolean): string {
  const isDrawn = lang !== null && lang !== undefined && DRAWN.test(lang);
  const hasCommand = value.split("\n").some((line) => /^\/[A-Za-z]/.test(line));
  // A fence that stays open takes in what another text brings after it, and an indent is none any more after a list.
  const isLoose = isOutside && !isClosed(source);
  if (!isDrawn && !hasCommand && !isLoose) return source;
  if (!isOutside) return coded(value) || coded("code");
  return fenced(hasCommand ? value.replace(/^(?=\/[A-Za-z])/gm, " ") : value);
}

/** Begins with a fence and ends with one of the same marks, at least as long. */
function isClosed(source: string): boolean {
  const open = /^ {0,3}(`{3,}|~{3,})/.exec(source)?.[1];
  if (open === undefined) return false;
  const from = source.lastIndexOf("\n");
  const last = source.slice(from + 1).trim();
  return from !== -1 && last.length >= open.length && last === open.charAt(0).repeat(last.length);
}

/** One fence from the first line to the last, as `fenced` writes it. */
function isWholeFence(text: string): boolean {
  const [first = "", ...more] = text.trimEnd().split("\n");
  const mark = /^`{3,}(?=text$)/.exec(first)?.[0];
  return (
    mark !== undefined &&
    more.at(-1) === mark &&
    more.every((line, i) => i === more.length - 1 || !line.trimStart().startsWith(mark))
  );
}

function fenced(text: string): string {
  return codeBlock(text.replace(/^(?=\/[A-Za-z])/gm, " ").replace(/\n$/, ""), "text");
}

/** A link to a file, commit or pull request of the repository, with nothing hidden in it. */
function isOurs({ url, title }: Link, webUrl: string | undefined): boolean {
  if (webUrl === undefined || !url.startsWith(`${webUrl}/`) || (title ?? "") !== "") return false;
  const rest = url.slice(webUrl.length);
  return /^\/(?:blob|tree|commit|pull)\//.test(rest) && !leadsUp(rest) && !/["'<>\s\\?]/.test(rest);
}

function plainOf(node: Parents | PhrasingContent): string {
  if ("value" in node) return node.value;
  if ("children" in node) return node.children.map((child) => plainOf(child as PhrasingContent)).join("");
  return "alt" in node ? (node.alt ?? "") : "";
}

/** As code on one line. */
function coded(text: string): string {
  return text.trim() === "" ? "" : inlineCode(text, 300);
}
