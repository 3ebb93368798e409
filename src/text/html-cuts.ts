import type { Cut } from "./hidden.ts";

/** Tags that the page draws or drops without losing a word. */
const PLAIN_TAGS = new Set(
  `a abbr b blockquote br center cite code col colgroup dd del details dfn div dl dt em figcaption figure font g-emoji h1
   h2 h3 h4 h5 h6 hr i img input ins kbd li mark ol p picture pre q rp rt ruby s samp section small source span strike
   strong sub summary sup table tbody td tfoot th thead tr tt u ul var video audio wbr`.split(/\s+/),
);
/** GitHub's Markdown shows these as text (GFM, "Disallowed Raw HTML"). */
const SHOWN_TAGS = new Set("title textarea style xmp iframe noembed noframes script plaintext".split(" "));
/** Tags that say what their text is: without its attributes each stays, for who reads the text by its parts. */
const PARTS = new Set("blockquote h1 h2 h3 h4 h5 h6 summary".split(" "));
/** Attributes that hold no text for people. */
const PLAIN_ATTRIBUTES = new Set(
  `href src srcset width height class id align valign target rel style open colspan rowspan border type checked
   disabled start dir lang name loading decoding`.split(/\s+/),
);

/** The cuts for raw HTML between two offsets: comments and tags. Text between tags stays visible. Linear. */
export function htmlCuts(text: string, from: number, to: number): readonly Cut[] {
  const cuts: Cut[] = [];
  for (let at = text.indexOf("<", from); at !== -1 && at < to;) {
    const cut = cutAt(text, at, to);
    if (cut) cuts.push(cut);
    at = text.indexOf("<", cut ? cut.end : at + 1);
  }
  return cuts;
}

/** Elements whose content a page does not show. */
const UNSHOWN = new Set(["template", "noscript"]);
/** Elements without content: nothing follows that they could hide. */
const VOID = new Set("area base br col embed hr img input link meta param source track wbr".split(" "));

/**
 * Cuts for elements that a page does not show, with all that is in them, across the pieces of raw HTML of a text (in order). One that
 * nobody closes hides what follows. Linear.
 */
export function elementCuts(text: string, pieces: readonly { from: number; to: number }[]): readonly Cut[] {
  const cuts: Cut[] = [];
  let hiding: { readonly name: string; readonly start: number; depth: number } | undefined;
  const close = (end: number): void => {
    const source = text.slice(hiding!.start, end);
    cuts.push({ start: hiding!.start, end, hidden: { kind: "element", text: source } });
    hiding = undefined;
  };
  for (const { from, to } of pieces)
    for (let at = text.indexOf("<", from); at !== -1 && at < to;) {
      const tag = tagAt(text, at, to);
      if (tag !== undefined && hiding === undefined) {
        if (!tag.closes && tag.hides) hiding = { name: tag.name, start: at, depth: 1 };
      } else if (tag !== undefined && hiding !== undefined && tag.name === hiding.name) {
        hiding.depth += tag.closes ? -1 : 1;
        if (hiding.depth === 0) close(tag.end);
      }
      at = text.indexOf("<", tag?.end ?? at + 1);
    }
  if (hiding !== undefined) close(text.length);
  return cuts;
}

/** A comment, as a tag without a name, or a tag; undefined for another `<`. */
function tagAt(
  text: string,
  at: number,
  to: number,
):
  | { readonly name: string; readonly closes: boolean; readonly hides: boolean; readonly end: number }
  | undefined {
  if (text.startsWith("<!--", at)) {
    const end = text.indexOf("-->", at + 4);
    return { name: "", closes: false, hides: false, end: end === -1 || end + 3 > to ? to : end + 3 };
  }
  const closes = text[at + 1] === "/";
  const nameAt = closes ? at + 2 : at + 1;
  if (!isLetter(text.charCodeAt(nameAt))) return undefined;
  let i = nameAt;
  while (i < to && isNameCharacter(text.charCodeAt(i))) i++;
  const name = text.slice(nameAt, i).toLowerCase();
  const attributes = readAttributes(text, i, to);
  if (attributes === undefined) return undefined;
  const isHidden = attributes.list.some(([key]) => key === "hidden") && !VOID.has(name);
  return { name, closes, hides: UNSHOWN.has(name) || isHidden, end: attributes.end };
}

function cutAt(text: string, at: number, to: number): Cut | undefined {
  const next = text[at + 1] ?? "";
  if (text.startsWith("<!--", at)) {
    const close = text.indexOf("-->", at + 4);
    const end = close === -1 || close + 3 > to ? to : close + 3;
    const inner = text.slice(at + 4, close === -1 || close + 3 > to ? to : close);
    return { start: at, end, hidden: { kind: "comment", text: inner.trim() } };
  }
  if (next === "!" || next === "?") {
    const close = text.indexOf(">", at);
    if (close === -1 || close >= to) return undefined;
    return { start: at, end: close + 1, hidden: { kind: "comment", text: text.slice(at, close + 1) } };
  }
  const start = next === "/" ? at + 2 : at + 1;
  if (!isLetter(text.charCodeAt(start))) return undefined;
  return tagCut(text, at, start, to);
}

function tagCut(text: string, at: number, nameAt: number, to: number): Cut | undefined {
  let i = nameAt;
  while (i < to && isNameCharacter(text.charCodeAt(i))) i++;
  const name = text.slice(nameAt, i).toLowerCase();
  const attributes = readAttributes(text, i, to);
  if (attributes === undefined || SHOWN_TAGS.has(name)) return undefined;
  const tag = text.slice(at, attributes.end);
  const cut = { start: at, end: attributes.end };
  if (!PLAIN_TAGS.has(name)) return { ...cut, hidden: { kind: "tag", text: tag } };
  const words = attributes.list
    .filter(([key, value]) => !PLAIN_ATTRIBUTES.has(key) && value.trim() !== "")
    .map(([, value]) => value.trim());
  const target = attributes.list.find(([key]) => key === "href" || key === "src");
  // The target of a link or picture is evidence, as it is in Markdown; written one way, so that it stays as it is.
  const instead =
    target && (name === "a" || name === "img") && !/["\s<>]/.test(target[1])
      ? `<${name} ${target[0]}="${target[1]}">`
      : PARTS.has(name)
        ? `<${text[at + 1] === "/" ? "/" : ""}${name}>`
        : "";
  if (instead === tag && words.length === 0) return undefined;
  return {
    ...cut,
    instead,
    ...(words.length > 0 && { hidden: { kind: "attribute" as const, text: words.join(" ") } }),
  };
}

/** The attributes from `at` up to the `>` of the tag; undefined when there is none before `to`. */
function readAttributes(
  text: string,
  at: number,
  to: number,
): { list: readonly (readonly [string, string])[]; end: number } | undefined {
  const list: (readonly [string, string])[] = [];
  let i = at;
  while (i < to) {
    const c = text[i] ?? "";
    if (c === ">") return { list, end: i + 1 };
    if (c === "<") return undefined;
    if (!/[\w@:.#-]/.test(c)) {
      i++;
      continue;
    }
    const keyAt = i;
    while (i < to && /[\w@:.#-]/.test(text[i] ?? "")) i++;
    const key = text.slice(keyAt, i).toLowerCase();
    if (text[i] !== "=") {
      list.push([key, ""]);
      continue;
    }
    const quote = text[++i] ?? "";
    if (quote === '"' || quote === "'") {
      const close = text.indexOf(quote, i + 1);
      if (close === -1 || close >= to) return undefined;
      list.push([key, text.slice(i + 1, close)]);
      i = close + 1;
    } else {
      const valueAt = i;
      while (i < to && !/[\s>]/.test(text[i] ?? "")) i++;
      list.push([key, text.slice(valueAt, i)]);
    }
  }
  return undefined;
}

function isLetter(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

function isNameCharacter(code: number): boolean {
  return isLetter(code) || (code >= 48 && code <= 57) || code === 45 || code === 58 || code === 46;
}
