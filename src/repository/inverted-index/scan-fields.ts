import { C_TEXT, type TextRules } from "../../languages/language.ts";
import { textRulesOf } from "../../languages/languages.ts";

// The part of a file that holds a word; the order of the counts in an inverted index.
export const CODE = 0;
export const COMMENT = 1;
export const STRING = 2;
export const DEFINITION = 3;

/** Text for people, and files without an ending: no comments, no strings. */
const PROSE: TextRules = { line: [], block: [], quotes: "", long: [], typeFirst: false };
const PROSE_ENDINGS = new Set(["md", "markdown", "rst", "txt", "adoc", "mdx", "org", "tex", ""]);

const DEFINES = new Set(
  `class def function func fn fun interface struct enum trait type object module mod macro_rules namespace record union
   protocol defmodule defp defmacro sub proc annotation typealias`.split(/\s+/),
);
/** Names that these introduce count as definitions only at the left margin: inside a body they are locals. */
const DEFINES_AT_MARGIN = new Set(["const", "let", "var", "val", "static"]);
const NO_TYPE = new Set(
  `return new else throw await yield in of case goto typeof delete do if for while switch catch and or not is as when
   print echo raise assert elif except with instanceof import from export default async`.split(/\s+/),
);
const CONTROL = new Set(
  `if for while switch catch return function with super sizeof typeof elif match until unless foreach using lock`.split(
    /\s+/,
  ),
);

/**
 * Calls `emit` for each word of a file with its field and its place in the text. One pass, no look-back beyond a word:
 * time grows with the length of the text whatever it holds. A quote that is not closed ends at its line's end.
 */
export function scanFields(
  text: string,
  ending: string,
  emit: (word: string, field: number, at: number) => void,
): void {
  const rules = textRulesOf(ending) ?? (PROSE_ENDINGS.has(ending) ? PROSE : C_TEXT);
  const n = text.length;
  let i = 0;
  let lineStart = 0;
  let previous = ""; // the word before, on this line, with nothing but type punctuation between
  let expectName = false; // a defining keyword stands before
  while (i < n) {
    const c = text.charCodeAt(i);
    if (c === 10) {
      i++;
      lineStart = i;
      previous = "";
      expectName = false;
      continue;
    }
    if (c === 32 || c === 9 || c === 13) {
      i++;
      continue;
    }
    if (isWordStart(c)) {
      let j = i + 1;
      while (j < n && isWordPart(text.charCodeAt(j))) j++;
      const word = text.slice(i, j);
      let field = CODE;
      if (expectName) {
        field = DEFINITION;
        expectName = false;
      } else if (
        DEFINES.has(word) ||
        (DEFINES_AT_MARGIN.has(word) && i - lineStart <= 7 && isMargin(text, lineStart, i))
      ) {
        expectName = true;
      } else if (rules.typeFirst && text.charCodeAt(j) === 40 && !CONTROL.has(word)) {
        if (previous !== "" && !NO_TYPE.has(previous)) field = DEFINITION;
        else if (startsLine(text, lineStart, i) && lineEndsWithBrace(text, j)) field = DEFINITION;
      }
      emit(word, field, i);
      previous = word;
      i = j;
      continue;
    }
    const comment = startOf(text, i, rules.line);
    if (comment !== undefined) {
      i = words(text, i + comment.length, endOfLine(text, i), COMMENT, emit);
      continue;
    }
    const block = rules.block.find(([open]) => text.startsWith(open, i));
    if (block !== undefined) {
      const close = text.indexOf(block[1], i + block[0].length);
      i = words(text, i + block[0].length, close < 0 ? n : close, COMMENT, emit);
      if (close >= 0) i += block[1].length;
      continue;
    }
    const long = startOf(text, i, rules.long);
    if (long !== undefined) {
      const from = i + long.length;
      const close = text.indexOf(long, from);
      // A triple-quoted text that starts its line is a docstring: written for people.
      const field = long.length === 3 && startsLine(text, lineStart, i) ? COMMENT : STRING;
      i = words(text, from, close < 0 ? n : close, field, emit);
      if (close >= 0) i += long.length;
      continue;
    }
    if (rules.quotes.includes(text[i]!)) {
      let j = i + 1;
      while (j < n) {
        const d = text.charCodeAt(j);
        if (d === c || d === 10) break;
        j += d === 92 ? 2 : 1;
      }
      i = words(text, i + 1, Math.min(j, n), STRING, emit);
      if (i < n && text.charCodeAt(i) === c) i++;
      continue;
    }
    // A Go receiver is between `func` and the name.
    if (expectName && c === 40) {
      const close = text.indexOf(")", i);
      const stop = close < 0 || close - i > 200 ? i + 1 : close + 1;
      i = words(text, i + 1, stop, CODE, emit);
      continue;
    }
    if (c !== 42 && c !== 38 && c !== 62 && c !== 93 && c !== 63) previous = ""; // * & > ] ? may stand between type and name
    if (c !== 42 && c !== 38 && c !== 60 && c !== 58 && c !== 46) expectName = false;
    i++;
  }
}

function words(
  text: string,
  from: number,
  to: number,
  field: number,
  emit: (word: string, field: number, at: number) => void,
): number {
  let i = from;
  while (i < to) {
    if (!isWordStart(text.charCodeAt(i))) {
      i++;
      continue;
    }
    let j = i + 1;
    while (j < to && isWordPart(text.charCodeAt(j))) j++;
    emit(text.slice(i, j), field, i);
    i = j;
  }
  return Math.max(from, to);
}

function isWordStart(c: number): boolean {
  return (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || c === 95 || c === 36 || c > 191;
}

function isWordPart(c: number): boolean {
  return isWordStart(c) || (c >= 48 && c <= 57);
}

function startOf(text: string, at: number, marks: readonly string[]): string | undefined {
  for (const mark of marks) if (text.startsWith(mark, at)) return mark;
  return undefined;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

function isMargin(text: string, lineStart: number, at: number): boolean {
  const c = text.charCodeAt(lineStart);
  return lineStart === at || (c !== 32 && c !== 9);
}

/** True when only white space precedes it on the line. */
function startsLine(text: string, lineStart: number, at: number): boolean {
  for (let i = lineStart; i < at; i++) {
    const c = text.charCodeAt(i);
    if (c !== 32 && c !== 9) return false;
  }
  return true;
}

const MAX_LINE_LOOK = 300;

function lineEndsWithBrace(text: string, from: number): boolean {
  const limit = Math.min(text.length, from + MAX_LINE_LOOK);
  let last = 0;
  for (let i = from; i < limit; i++) {
    const c = text.charCodeAt(i);
    if (c === 10) break;
    if (c !== 32 && c !== 9 && c !== 13) last = c;
  }
  return last === 123;
}
