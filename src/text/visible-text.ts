import type { Nodes } from "mdast";
import { parseMarkdown, plainText } from "./parse-markdown.ts";
import type { Cut, Hidden } from "./hidden.ts";
import { footnoteCuts } from "./footnote-cuts.ts";
import { elementCuts, htmlCuts } from "./html-cuts.ts";
import { readableEnd } from "./readable-end.ts";
import { stripCharacters } from "./strip-characters.ts";

/** A cut can reveal more to cut (a comment inside a comment): the most rounds. */
const MAX_ROUNDS = 4;

/** A text with only what its readers see, and the parts that they do not see. */
export interface VisibleText {
  readonly text: string;
  readonly hidden: readonly Hidden[];
}

/**
 * A title as its page shows it: GitHub reads no Markdown and no HTML there, so `<teleport>` and `List<String>` stay. Only
 * invisible characters are taken out.
 */
export function visibleTitle(title: string): VisibleText {
  return stripCharacters(title.replace(/\s+/g, " ").trim());
}

/**
 * The Markdown of an issue with only what a reader of its page sees, and the rest listed. Line endings become \n; each line
 * keeps its number; what the page shows stays letter for letter, up to where reading stops. Linear in the text, never throws.
 */
export function visibleText(markdown: string): VisibleText {
  const stripped = stripCharacters(markdown.replaceAll("\r\n", "\n").replaceAll("\r", "\n"));
  const hidden = [...stripped.hidden];
  let { text } = stripped;
  const surplus = surplusDefinitions(text);
  if (surplus.length > 0) {
    const applied = applyCuts(text, surplus);
    hidden.push(...applied.hidden);
    text = applied.text;
  }
  const end = readableEnd(text);
  if (end < text.length) {
    const line = text.slice(0, end).split("\n").length;
    hidden.push({ kind: "unread", text: text.slice(end), line });
    text = text.slice(0, end);
  }
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const cuts = findCuts(text);
    if (cuts.length === 0) break;
    const applied = applyCuts(text, cuts);
    hidden.push(...applied.hidden);
    text = applied.text;
  }
  const notes = footnoteCuts(text);
  if (notes.length > 0) {
    const applied = applyCuts(text, notes);
    hidden.push(...applied.hidden);
    text = applied.text;
  }
  return { text, hidden: hidden.sort((a, b) => a.line - b.line) };
}

/** What hides something is a tag, a link, a definition or the words after a fence; a text without them shows all it has. */
const HIDES = /<|\](?:\(|:|\[)|```|~~~/;

function findCuts(text: string): readonly Cut[] {
  if (!HIDES.test(text)) return [];
  const root = parseMarkdown(text, "foreign");
  const used = new Set<string>();
  const targets = new Map<string, string>();
  const all: Nodes[] = [];
  const html: { from: number; to: number }[] = [];
  const open: Nodes[] = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    all.push(node);
    if (node.type === "linkReference" || node.type === "imageReference") used.add(node.identifier);
    if (node.type === "definition" && !targets.has(node.identifier)) targets.set(node.identifier, node.url);
    if (node.type === "html")
      html.push({ from: node.position?.start.offset ?? 0, to: node.position?.end.offset ?? 0 });
    if ("children" in node) open.push(...(node.children as Nodes[]));
  }
  const cuts: Cut[] = [
    ...elementCuts(
      text,
      html.sort((a, b) => a.from - b.from),
    ),
  ];
  for (const node of all) cuts.push(...cutsOf(node, text, { used, targets }));
  cuts.sort((a, b) => a.start - b.start || b.end - a.end);
  // Of cuts that overlap the outer one counts.
  const kept: Cut[] = [];
  for (const cut of cuts) if (cut.start >= (kept.at(-1)?.end ?? 0)) kept.push(cut);
  return kept.filter((cut) => text.slice(cut.start, cut.end) !== instead(text, cut));
}

function cutsOf(
  node: Nodes,
  text: string,
  { used, targets }: { readonly used: ReadonlySet<string>; readonly targets: ReadonlyMap<string, string> },
): readonly Cut[] {
  const start = node.position?.start.offset ?? 0;
  const end = node.position?.end.offset ?? 0;
  const source = text.slice(start, end);
  switch (node.type) {
    case "html":
      return htmlCuts(text, start, end);
    case "definition":
      // To the parser, which knows no footnotes, some look like this.
      if (node.identifier.startsWith("^")) return [];
      return used.has(node.identifier)
        ? titleCut(start, source, node.title)
        : [{ start, end, hidden: { kind: "definition", text: source } }];
    case "image": {
      const close = node.alt ? source.indexOf(node.alt) : -1;
      const alt: Cut[] =
        close > 0 && node.alt?.trim() && close < 4
          ? [
              {
                start: start + close,
                end: start + close + node.alt.length,
                hidden: { kind: "alt-text", text: node.alt },
              },
            ]
          : [];
      return [...alt, ...titleCut(start, source, node.title)];
    }
    case "imageReference": {
      if (!node.alt?.trim()) return [];
      // The words may be the name of the reference too, so the picture is written with its address.
      const url = targets.get(node.identifier) ?? "";
      const instead = /^[^\s<>()\\]{1,2000}$/.test(url) ? `![](${url})` : "![]()";
      return [{ start, end, instead, hidden: { kind: "alt-text", text: node.alt } }];
    }
    case "link":
      if (
        node.children.length > 0 &&
        source.startsWith("[") &&
        plainText(node) === "" &&
        !node.children.some(({ type }) => type === "image")
      )
        return [{ start, end, hidden: { kind: "empty-link", text: node.url } }];
      if (node.children.length === 0) return [{ start, end, hidden: { kind: "empty-link", text: node.url } }];
      return titleCut(start, source, node.title);
    case "code": {
      if (!node.meta) return [];
      const line = source.indexOf("\n") < 0 ? source : source.slice(0, source.indexOf("\n"));
      const at = line.indexOf(node.meta);
      // With escapes the source differs from the parsed info string; then the rest of the line goes.
      const from = at > 0 ? at : line.search(/\s/);
      return from <= 0
        ? []
        : [
            {
              start: start + from,
              end: start + line.length,
              hidden: { kind: "info-string", text: node.meta },
            },
          ];
    }
    default:
      return [];
  }
}

function titleCut(start: number, source: string, title: string | null | undefined): readonly Cut[] {
  if (!title?.trim()) return [];
  const at = source.lastIndexOf(title);
  if (at < 2) return [];
  return [{ start: start + at, end: start + at + title.length, hidden: { kind: "link-title", text: title } }];
}

/** Line feeds stay, so that what follows keeps its line. */
function instead(text: string, { start, end, instead = "" }: Cut): string {
  let feeds = 0;
  for (let i = start; i < end; i++) if (text[i] === "\n") feeds++;
  return instead + "\n".repeat(feeds);
}

function applyCuts(text: string, cuts: readonly Cut[]): { text: string; hidden: readonly Hidden[] } {
  const out: string[] = [];
  const hidden: Hidden[] = [];
  let from = 0;
  let line = 1;
  for (const cut of cuts) {
    for (let i = from; i < cut.start; i++) if (text[i] === "\n") line++;
    if (cut.hidden !== undefined) hidden.push({ ...cut.hidden, line });
    out.push(text.slice(from, cut.start), instead(text, cut));
    for (let i = cut.start; i < cut.end; i++) if (text[i] === "\n") line++;
    from = cut.end;
  }
  out.push(text.slice(from));
  return { text: out.join(""), hidden };
}

/**
 * Definitions of links that are left to the parser. Beyond them it takes them for one long paragraph, whose time grows with
 * the square of its lines (measured: 9,000 lines of `[a]: b` 1.4 s). No page for people has so many.
 */
const MAX_DEFINITIONS = 150;

/**
 * Cuts for the lines that define a link, all but the first `MAX_DEFINITIONS`: outside of fenced code, each a whole line
 * after an empty line or another definition. Most texts have none. Linear.
 */
function surplusDefinitions(text: string): readonly Cut[] {
  const cuts: Cut[] = [];
  let found = 0;
  let fence: string | undefined;
  // A definition starts only after an empty line or another definition; elsewhere it is a line of a paragraph.
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
