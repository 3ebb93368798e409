import type { Nodes } from "mdast";
import { defuse } from "./defuse.ts";
import { parseMarkdown } from "./parse-markdown.ts";

/** What a page would do with a text, other than show it, as the end of "line 3 would …". */
const KINDS = {
  image: "show an image",
  link: "link to another place",
  mention: "mention somebody",
  closing: "close an issue",
  html: "hold HTML",
  command: "give a command",
  address: "link to an address",
  unread: "begin a text with more markup than Casebook reads back",
} as const;

interface PageProblem {
  readonly kind: keyof typeof KINDS;
  /** 1-based line. */
  readonly line: number;
}

interface PageOptions {
  /** `https://github.com/o/r`: links to its pages are ours. */
  readonly webUrl?: string | undefined;
  /** Bots read a comment as it is written: a line with a leading slash is a command in code, too. */
  readonly isComment?: boolean;
}

/** HTML of our own: folded parts, line breaks, marks that nobody sees. */
const OWN_HTML =
  /<details(?: open)?>|<\/details>|<\/?summary>|<br ?\/?>|<\/?(?:sub|sup|b|kbd)>|<!-- ?casebook[^<>]*-->/gi;
const MENTION = /(?:^|[^\w`/.@-])@[A-Za-z0-9][\w-]*/;
const CLOSING =
  /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:[\w.-]{1,100}\/[\w.-]{1,100})?(?:#\d|GH-\d|https?:\/\/)/i;
const ADDRESS = /\b(?:https?|ftp):\/\/[^\s]|\bwww\.[A-Za-z0-9]|\bmailto:/i;
const ADDRESSES = /\bhttps?:\/\/[^\s<]+/gi;
const COMMAND = /^\/[A-Za-z]/;

/**
 * Reads a text as a page shows it, before it is published: pictures, links that are not ours, mentions, closing words, bare addresses, raw
 * HTML that is not ours, and lines that a bot takes for a command. What is in code does nothing. Linear.
 */
export function pageProblems(
  markdown: string,
  { webUrl, isComment = false }: PageOptions = {},
): readonly PageProblem[] {
  const problems: PageProblem[] = [];
  const report = (kind: PageProblem["kind"], node: Nodes, behind = 0): void => {
    problems.push({ kind, line: (node.position?.start.line ?? 1) + behind });
  };
  // The parser would take for words what a page takes for markup.
  if (defuse(markdown) !== markdown) problems.push({ kind: "unread", line: 1 });
  if (isComment)
    for (const [i, line] of markdown.split(/\r\n?|\n/).entries())
      if (COMMAND.test(line)) problems.push({ kind: "command", line: i + 1 });
  const open: Nodes[] = [parseMarkdown(markdown)];
  for (let node = open.pop(); node; node = open.pop()) {
    switch (node.type) {
      case "image":
      case "imageReference":
        report("image", node);
        break;
      case "definition":
      case "link":
        if (!isOurs(node.url, webUrl)) report("link", node);
        break;
      case "html":
        if (/[<>]/.test(node.value.replace(OWN_HTML, ""))) report("html", node);
        checkWords(node.value.replace(OWN_HTML, " "), node, webUrl, report);
        break;
      case "text":
        checkWords(node.value, node, webUrl, report);
        break;
      default:
    }
    if ("children" in node) open.push(...(node.children as Nodes[]));
  }
  return problems.sort((a, b) => a.line - b.line);
}

/** The same for words that no page parses as Markdown, such as a title or the message of a commit. */
export function plainProblems(text: string): readonly PageProblem[] {
  return text.split("\n").flatMap((line, i) => {
    const kinds: PageProblem["kind"][] = [];
    const words = line.replace(/`[^`]*`/g, "` `");
    if (MENTION.test(words)) kinds.push("mention");
    if (CLOSING.test(words)) kinds.push("closing");
    if (ADDRESS.test(words)) kinds.push("address");
    if (COMMAND.test(line)) kinds.push("command");
    return kinds.map((kind) => ({ kind, line: i + 1 }));
  });
}

/** `line 3 would show an image`. */
export function problemWords({ kind, line }: PageProblem): string {
  return `line ${line} would ${KINDS[kind]}`;
}

function checkWords(
  text: string,
  node: Nodes,
  webUrl: string | undefined,
  report: (kind: PageProblem["kind"], node: Nodes, behind?: number) => void,
): void {
  if (MENTION.test(text)) report("mention", node);
  if (CLOSING.test(text)) report("closing", node);
  const foreign = text.replace(ADDRESSES, (address) => (isOurs(address, webUrl) ? "" : address));
  if (ADDRESS.test(foreign)) report("address", node);
  const at = (node.position?.start.column ?? 1) === 1 ? 0 : 1;
  for (const [i, line] of text.split("\n").entries())
    if (i >= at && COMMAND.test(line)) report("command", node, i);
}

/** A place of the same document or folder, or a page of the repository. */
function isOurs(url: string, webUrl: string | undefined): boolean {
  if (/["'<>\s\\]/.test(url)) return false;
  if (webUrl !== undefined && (url === webUrl || url.startsWith(`${webUrl}/`))) return !leadsUp(url);
  return !/^(?:[A-Za-z][A-Za-z0-9+.-]*:|\/)/.test(url);
}

/** A part of the address is `.` or `..`, which browsers resolve: it leads elsewhere than it begins. */
export function leadsUp(url: string): boolean {
  return url
    .replace(/[?#].*$/s, "")
    .split("/")
    .some((part) => /^(?:\.|%2e){1,2}$/i.test(part));
}
