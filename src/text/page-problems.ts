import type { Nodes } from "mdast";
import { parseMarkdown } from "./parse-markdown.ts";

/** What a page would do with a text, other than show it. */
interface PageProblem {
  readonly kind: "image" | "link" | "mention" | "closing" | "html" | "command" | "address";
  /** 1-based line. */
  readonly line: number;
}

interface PageOptions {
  /** `https://github.com/o/r`: links to its pages are ours. */
  readonly webUrl?: string | undefined;
}

/** HTML of our own: folded parts, line breaks, marks that nobody sees. */
const OWN_HTML =
  /<details(?: open)?>|<\/details>|<\/?summary>|<br ?\/?>|<\/?(?:sub|sup|b|kbd)>|<!-- ?casebook[^<>]*-->/gi;
const MENTION = /(?:^|[^\w`/.@-])@[A-Za-z0-9][\w-]*/;
const CLOSING =
  /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:[\w.-]{1,100}\/[\w.-]{1,100})?(?:#\d|GH-\d|https?:\/\/)/i;
const ADDRESS = /\b(?:https?|ftp):\/\/[^\s]|\bwww\.[A-Za-z0-9]|\bmailto:/i;
const COMMAND = /^\/[A-Za-z]/;

/**
 * Reads a text as a page shows it, before it is published: pictures, links that are not ours, mentions, closing words, bare addresses, raw
 * HTML that is not ours, and lines that a bot takes for a command. What is in code does nothing. Linear.
 */
export function pageProblems(markdown: string, { webUrl }: PageOptions = {}): readonly PageProblem[] {
  const problems: PageProblem[] = [];
  const report = (kind: PageProblem["kind"], node: Nodes, behind = 0): void => {
    problems.push({ kind, line: (node.position?.start.line ?? 1) + behind });
  };
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
        checkWords(node.value.replace(OWN_HTML, " "), node, report);
        break;
      case "text":
        checkWords(node.value, node, report);
        break;
      default:
    }
    if ("children" in node) open.push(...(node.children as Nodes[]));
  }
  return problems.sort((a, b) => a.line - b.line);
}

function checkWords(
  text: string,
  node: Nodes,
  report: (kind: PageProblem["kind"], node: Nodes, behind?: number) => void,
): void {
  if (MENTION.test(text)) report("mention", node);
  if (CLOSING.test(text)) report("closing", node);
  if (ADDRESS.test(text)) report("address", node);
  const at = (node.position?.start.column ?? 1) === 1 ? 0 : 1;
  for (const [i, line] of text.split("\n").entries())
    if (i >= at && COMMAND.test(line)) report("command", node, i);
}

/** A place of the same document or folder, or a page of the repository. */
function isOurs(url: string, webUrl: string | undefined): boolean {
  if (/["'<>\s\\]/.test(url)) return false;
  if (webUrl !== undefined && (url === webUrl || url.startsWith(`${webUrl}/`))) return !/\.\.|%2e/i.test(url);
  return !/^(?:[A-Za-z][A-Za-z0-9+.-]*:|\/)/.test(url);
}
