import { MARKS, QUESTION_MARK, UNKNOWN_MARK } from "../../documents/render-document.ts";
import { beside, inlineCode, printable } from "../../text/inline-code.ts";

/** One sentence or two of a model, taken apart. */
export interface PlainStatement {
  /** As Markdown on one line: inline code stays, nothing else in it is markup, a link, a mention or a picture. */
  readonly markdown: string;
  /** What is between backticks. */
  readonly code: readonly string[];
  /** The rest, without markup; three spaces stand for each of `code`. */
  readonly words: string;
  /** Where in `words` each of `code` stood, in the same order. */
  readonly codeAt: readonly number[];
}

/** Characters that mean something in Markdown or HTML. */
const SPECIAL = /[\\*_{}[\]<>#|~!&$^]/g;

/** Reads what a model wrote as plain text with inline code. Linear in the text; any text is allowed. */
export function plainStatement(text: string): PlainStatement {
  const line = printable(text);
  const parts: string[] = [];
  const code: string[] = [];
  const words: string[] = [];
  const codeAt: number[] = [];
  let length = 0;
  const say = (text: string): void => {
    words.push(text);
    length += text.length;
  };
  for (let at = 0; at < line.length;) {
    const open = line.indexOf("`", at);
    const before = line.slice(at, open < 0 ? line.length : open);
    parts.push(escaped(before));
    say(before);
    if (open < 0) break;
    let ticks = 1;
    while (line[open + ticks] === "`") ticks++;
    const fence = "`".repeat(ticks);
    const close = closing(line, open + ticks, ticks);
    if (close < 0) {
      // A fence that nobody closes is dropped, what follows is words.
      at = open + fence.length;
      continue;
    }
    const inside = line.slice(open + ticks, close).trim();
    if (inside !== "") {
      parts.push(inlineCode(inside));
      code.push(inside);
      codeAt.push(length);
      say("   ");
    }
    at = close + ticks;
  }
  return {
    markdown: noCommand(beside(parts).trim()),
    code,
    words: words.join("").trimEnd(),
    codeAt,
  };
}

/** A line that begins with a slash and a word is a command to bots that read the raw text. */
function noCommand(markdown: string): string {
  const word = /^\/[A-Za-z][\w-]*/.exec(markdown)?.[0];
  return word === undefined ? markdown : beside([inlineCode(word), markdown.slice(word.length)]);
}

function closing(line: string, from: number, length: number): number {
  for (let at = line.indexOf("`", from); at >= 0; at = line.indexOf("`", at)) {
    let run = 1;
    while (line[at + run] === "`") run++;
    if (run === length) return at;
    at += run;
  }
  return -1;
}

/** Addresses become inline code: a page that shows them makes no link and loads nothing. */
function escaped(text: string): string {
  return text
    .split(/(\s+)/)
    .map((token) =>
      isAddress(token)
        ? inlineCode(token)
        : isIdentifier(token)
          ? asCode(token)
          : token.replace(SPECIAL, (character) => `\\${character}`),
    )
    .join("");
}

/** What a code host makes a link or a mention of, wherever in the word it begins. */
function isAddress(token: string): boolean {
  return /:\/\/|www\.|mailto:|xmpp:|@|#\d|\bgh-\d/i.test(token);
}

/** `snake_case` and what holds it: shown as code, it needs no signs before its underscores. */
function isIdentifier(token: string): boolean {
  return /^[\w.:/-]*[A-Za-z0-9]_[A-Za-z0-9][\w.:/-]*(\(\))?[,.;:!?)]*$/.test(token);
}

function asCode(token: string): string {
  const end = /[,.;:!?)]*$/.exec(token)![0];
  const isCall = token.endsWith("()");
  const name = isCall ? token : token.slice(0, token.length - end.length);
  return inlineCode(name) + (isCall ? "" : end);
}

/** The first words of what Casebook says itself, wherever they are. */
const OWN_MARK = new RegExp(
  `(?:${[...Object.values(MARKS), UNKNOWN_MARK, QUESTION_MARK].map((mark) => mark.slice(0, -1)).join("|")})\\s*[:：∶꞉︓﹕]`,
  "i",
);

/**
 * Words of a model as Markdown on one line, for a place that is marked as a model's. Refused is what could be taken for something
 * else there: nothing at all, characters that do not show, letters of several alphabets in one word.
 */
export function plainText(text: string): string | { readonly why: string } {
  const { markdown, words } = plainStatement(text);
  if (!/[\p{L}\p{N}]/u.test(markdown)) return { why: "It says nothing." };
  const mark = OWN_MARK.exec(words);
  if (mark !== null)
    return { why: `Leave out “${mark[0]}”: Casebook marks by itself where words come from.` };
  if (/\bcasebook\b/i.test(words)) return { why: "Leave Casebook out: it says by itself what it found." };
  if (/[\ufffd\p{Cf}\p{Co}\p{Cn}]/u.test(markdown))
    return { why: "It holds characters that do not show; write it without them." };
  const mixed = words
    .replace(/\p{M}/gu, "")
    .normalize("NFKC")
    .split(/[^\p{L}]+/u)
    .find((word) => /\p{Script=Latin}/u.test(word) && /[^\p{Script=Latin}]/u.test(word));
  return mixed === undefined
    ? markdown
    : { why: `${inlineCode(mixed, 60)} mixes letters of different alphabets; write it with one.` };
}
