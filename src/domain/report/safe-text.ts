import type { Definition, Html, Image, ImageReference, Link, LinkReference, Nodes, Text } from "mdast";
import { inlineCode, longestRun } from "../document/inline-code.ts";
import { parseMarkdown } from "../markdown/parse-markdown.ts";
import { applySplices, type Splice } from "../spec/splice.ts";

declare const safe: unique symbol;

/**
 * Markdown that may be published: made by `safeText`, `safeTitle` and what puts such texts together, and by nothing else.
 * Foreign words in it are inside code or neutralised, so that it mentions nobody, closes nothing, commands nothing and
 * loads nothing.
 */
export type SafeText = string & { readonly [safe]: true };

export interface SafeOptions {
  /** Addresses that links may begin with, such as the repository's own. */
  readonly links?: readonly string[];
}

/** HTML that folds what follows; it can do nothing else. */
const FOLDING =
  /^(?:<details>|<details open>|<\/details>|<details><summary>[^<>&]{0,200}<\/summary>|<summary>[^<>&]{0,200}<\/summary>|<sub>|<\/sub>)$/;

/**
 * What GitHub's page would make live in plain text: mentions, references to issues (and so closing words, which need
 * one), bare addresses; and what could become a link or HTML for a reader that parses more than ours does.
 */
const LIVE =
  /(?<![\w`/.])@[A-Za-z0-9][A-Za-z0-9-]{0,38}(?:\/[A-Za-z0-9._-]{1,100})?|(?<![\w/.-])(?:[\w.-]{1,100}\/[\w.-]{1,100})?#\d{1,10}|\bGH-\d{1,10}|\b(?:https?:\/\/|www\.)[^\s<>`|]{1,2000}/gi;
const SUSPICIOUS = /!\[|\]\(|\]\[|\[\^|<[A-Za-z!/?]/;
/** A line that begins with a slash and a word is a command to some bot. */
const COMMAND = /^[ \t]{0,3}\/[A-Za-z][\w-]{0,50}/;

/**
 * Neutralises Markdown in which anything may stand. What is inside code stays as it is; in the rest everything that would
 * do something is shown as code. Doing it twice changes nothing.
 */
export function safeText(markdown: string, { links = [] }: SafeOptions = {}): SafeText {
  let text = markdown.toWellFormed().replace(/\r\n?/g, "\n").replaceAll("\0", "\ufffd");
  // What one pass writes can stand beside what the next one reads; three passes were never needed.
  for (let pass = 0; pass < 4; pass++) {
    const splices = splicesFor(text, links);
    if (splices.length === 0) break;
    text = applySplices(text, splices);
  }
  return text as SafeText;
}

/** A title: one line, no markup that does anything, at most `max` characters. */
export function safeTitle(title: string, max: number): SafeText {
  const plain = title
    .toWellFormed()
    .replace(/\s+/g, " ")
    .replace(/[\p{Cc}\p{Cf}]/gu, "\ufffd")
    .replaceAll("`", "'")
    .trim();
  const shown = plain.replace(LIVE, (live) => `\`${live}\``);
  const points = [...shown];
  return (points.length > max ? `${points.slice(0, max - 1).join("")}…` : shown) as SafeText;
}

/** Texts that are safe stay safe beside each other, when empty lines are between them. */
export function safeBlocks(...blocks: readonly SafeText[]): SafeText {
  return blocks.filter((block) => block !== "").join("\n\n") as SafeText;
}

function splicesFor(text: string, links: readonly string[]): Splice[] {
  const splices: Splice[] = [];
  const visit = (node: Nodes): void => {
    const splice = spliceOf(node, text, links);
    if (splice !== undefined) splices.push(splice);
    else if ("children" in node) for (const child of node.children) visit(child);
  };
  visit(parseMarkdown(text));
  return splices.sort((a, b) => a.start - b.start);
}

function spliceOf(node: Nodes, text: string, links: readonly string[]): Splice | undefined {
  const start = node.position?.start.offset;
  const end = node.position?.end.offset;
  if (start === undefined || end === undefined) return undefined;
  const source = text.slice(start, end);
  const replaced = (by: string): Splice | undefined => (by === source ? undefined : { start, end, text: by });
  switch (node.type) {
    case "text":
      return replaced(textOf(node, source));
    case "html":
      return replaced(htmlOf(node, source));
    case "image":
    case "imageReference":
      return replaced(shownAs(node.alt ?? "image"));
    case "link":
      return isAllowed(node, links) ? undefined : replaced(shownAs(plainOf(node) || node.url));
    case "linkReference":
      return replaced(shownAs(plainOf(node)));
    case "definition":
      return replaced(definitionOf(node));
    case "footnoteDefinition":
    case "footnoteReference":
      return replaced(shownAs(source));
    default:
      return undefined;
  }
}

function textOf({ value }: Text, source: string): string {
  if (!isLive(value)) return source;
  return value
    .split("\n")
    .map((line) => {
      const command = COMMAND.exec(line)?.[0] ?? "";
      const head = command === "" ? "" : shownAs(command.trim());
      return head + neutralise(line.slice(command.length));
    })
    .join("\n");
}

function isLive(value: string): boolean {
  return (
    value.search(LIVE) !== -1 ||
    SUSPICIOUS.test(value) ||
    value.split("\n").some((line) => COMMAND.test(line))
  );
}

function neutralise(line: string): string {
  let out = "";
  let at = 0;
  for (const match of line.matchAll(LIVE)) {
    out += escaped(line.slice(at, match.index)) + shownAs(match[0]);
    at = match.index + match[0].length;
  }
  return out + escaped(line.slice(at));
}

/** Plain words as Markdown that shows them and does nothing. */
function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>~|!&]/g, (mark) => `\\${mark}`);
}

function htmlOf({ value }: Html, source: string): string {
  return value.split("\n").every((line) => line === "" || FOLDING.test(line)) ? source : shownAs(value);
}

function definitionOf({ label, identifier, url }: Definition): string {
  return shownAs(`${label ?? identifier}: ${url}`);
}

function isAllowed({ url }: Link, links: readonly string[]): boolean {
  return links.some((prefix) => url === prefix || url.startsWith(`${prefix}/`)) && !/["'<>\s]/.test(url);
}

function plainOf(node: Link | LinkReference | Image | ImageReference): string {
  if (!("children" in node)) return node.alt ?? "";
  return node.children
    .map((child) => ("value" in child ? child.value : "children" in child ? plainOf(child as Link) : ""))
    .join("");
}

/** As code, whole. */
function shownAs(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  if (line === "") return "";
  return line.length > 300 || longestRun(line) > 20
    ? inlineCode(line.slice(0, 300).toWellFormed(), 300)
    : inlineCode(line, 300);
}
