import type { Nodes, Root } from "mdast";

/** One line of the plain text of a comment: no quotation, list or code. */
interface PlainLine {
  readonly text: string;
  /** Offset in the source. */
  readonly start: number;
  /** Which paragraph it is of. */
  readonly paragraph: number;
  /** The last line of its paragraph: what block comes next, when it is not text. */
  readonly leadsTo?: Nodes["type"];
}

/**
 * Where the quoted part of a reply by mail starts, as an offset; undefined when there is none. Programs that mark each
 * quoted line with `>` need nothing: Markdown reads a quotation, and people write below it. The others put one of three
 * heads above what they quote, in every language. The structure tells them, so no list of words is needed:
 *
 * - a line of dashes with words in it (`-----Original Message-----`);
 * - a block of `Label: value` lines with a date (From, Sent, To, Subject of Outlook and Apple Mail);
 * - a line that names a date, a time and an address and ends with a colon (`On … wrote:`).
 */
export function startOfMailQuote(root: Root, source: string): number | undefined {
  const lines = plainLines(root, source);
  for (let i = 0; i < lines.length; i++) {
    const { text, start, leadsTo } = lines[i]!;
    if (isDashed(text) || isHeaderBlock(lines, i)) return start;
    // Above a block of Markdown an attribution introduces that block alone.
    const first = leadsTo === undefined ? attributionEndingAt(lines, i) : undefined;
    if (first !== undefined) return first.start;
  }
  return undefined;
}

/** A text without quotations of Markdown, the lines that introduce them, and the quoted part of a reply by mail. */
export function ownText(root: Root, source: string): string {
  const lines = plainLines(root, source);
  const end = startOfMailQuote(root, source) ?? source.length;
  const cuts = [
    ...root.children
      .filter(({ type }) => type === "blockquote")
      .map(({ position }) => [position?.start.offset ?? 0, position?.end.offset ?? 0] as const),
    ...lines.flatMap(({ leadsTo, start, text }, i) => {
      const first = leadsTo === "blockquote" ? attributionEndingAt(lines, i) : undefined;
      return first === undefined ? [] : [[first.start, start + text.length] as const];
    }),
  ].sort((a, b) => a[0] - b[0]);
  const parts: string[] = [];
  let from = 0;
  for (const [start, stop] of cuts) {
    if (start >= end) break;
    parts.push(source.slice(from, Math.max(from, start)));
    from = Math.max(from, stop);
  }
  parts.push(source.slice(from, Math.max(from, end)));
  return parts.join("\n");
}

const MAX_LINE = 400;

function plainLines(root: Root, source: string): readonly PlainLine[] {
  const lines: PlainLine[] = [];
  for (const [i, node] of root.children.entries()) {
    if (node.type !== "paragraph" && node.type !== "heading") continue;
    let start = node.position?.start.offset ?? 0;
    const end = node.position?.end.offset ?? start;
    const after = root.children[i + 1]?.type;
    const leadsTo = after === undefined || after === "paragraph" || after === "heading" ? undefined : after;
    for (const text of source.slice(start, end).split(/\r\n?|\n/)) {
      const next = start + text.length;
      if (text.trim() !== "")
        lines.push({
          text: text.trim().slice(0, MAX_LINE),
          start,
          paragraph: i,
          ...(leadsTo !== undefined && next >= end ? { leadsTo } : {}),
        });
      start = next + (source.startsWith("\r\n", next) ? 2 : 1);
    }
  }
  return lines;
}

/** Four dashes or more on both sides of some words. Longer runs of dashes are rulers of logs. */
function isDashed(text: string): boolean {
  const words = /^\p{Pd}{4,20}(?!\p{Pd})(.*[^\p{Pd}])\p{Pd}{4,20}$/u.exec(text)?.[1];
  return words !== undefined && /\p{L}/u.test(words);
}

const LABELLED =
  /^[*_]{0,2}\p{L}[\p{L}\p{M} .'’-]{0,24}[ \u00a0]?(?:[:：][*_]{0,2}|[*_]{1,2}[:：])\s*(?=\S)/u;
const TIME = /(?<!\p{Nd})\p{Nd}{1,2} ?[:h時时点] ?\p{Nd}{2}(?!\p{Nd})/u;
/** As Finnish and Italian write it; a version looks the same. */
const TIME_WITH_DOT = /(?<!\p{Nd}|\.)\p{Nd}{1,2}\.\p{Nd}{2}(?![\p{Nd}.])/u;
const DATE = /(?<!\p{Nd})(?:\p{Nd}{4}(?!\p{Nd})|\p{Nd}{1,2}[./-]\p{Nd}{1,2}[./-]\p{Nd}{2})/u;
const ADDRESS = /[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,190}/;
/** `Re: …`, `AW: …`, or GitHub's own `[owner/name] …`. */
const REPLY = /^(?:\p{L}{2,4} ?[:：](?!\/)|\[[\w.-]{1,100}\/[\w.-]{1,100}\])/u;
const MAX_HEADERS = 8;

/** At least three labelled lines with a date and a sign of mail, or four with the date in the second, as Outlook writes. */
function isHeaderBlock(lines: readonly PlainLine[], from: number): boolean {
  const values: string[] = [];
  for (const { text } of lines.slice(from, from + MAX_HEADERS)) {
    const label = LABELLED.exec(text)?.[0];
    if (label === undefined) break;
    values.push(text.slice(label.length));
  }
  if (values.length < 3) return false;
  const isDated = (value: string): boolean => DATE.test(value) && TIME.test(value);
  const mayBeDated = (value: string): boolean =>
    isDated(value) || (DATE.test(value) && TIME_WITH_DOT.test(value));
  const isMail = values.some((value) => ADDRESS.test(value) || REPLY.test(value));
  return isMail ? values.some(mayBeDated) : values.length >= 4 && isDated(values[1]!);
}

/** The first line of an attribution that ends here; programs wrap them. */
function attributionEndingAt(lines: readonly PlainLine[], last: number): PlainLine | undefined {
  const { paragraph, text: ending } = lines[last]!;
  if (!/[:：]$/.test(ending)) return undefined;
  let text = "";
  for (let i = last; i > last - MAX_WRAPPED; i--) {
    const line = lines[i];
    if (line?.paragraph !== paragraph) return undefined;
    text = `${line.text} ${text}`;
    const hasTime = TIME.test(text) || TIME_WITH_DOT.test(text);
    if (hasTime && DATE.test(text) && (ADDRESS.test(text) || /^On .*wrote: $/.test(text))) return line;
  }
  return undefined;
}

const MAX_WRAPPED = 3;
