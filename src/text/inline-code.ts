const MAX_CHARACTERS = 160;

/**
 * Foreign text (names, paths, commit subjects, words of the issue) as Markdown inline code on one line: nothing in it is
 * markup, a mention or a command, and no reader is misled by characters that do not show. Spaces within a line stay: in code they mean
 * something. Longer texts are cut with "…".
 */
export function inlineCode(text: string, max: number = MAX_CHARACTERS): string {
  const line = asLine(text);
  const points = [...line];
  const shown = points.length > max ? `${points.slice(0, max).join("")}…` : line;
  if (shown === "") return "(empty)";
  const fence = "`".repeat(longestRun(shown) + 1);
  const pad = shown.startsWith("`") || shown.endsWith("`") ? " " : "";
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** Each line as code: several on one line could be read as one command. */
export function codeLines(text: string, max?: number): string {
  const lines = text.split(LINE_END).filter((line) => line.trim() !== "");
  return lines.length === 0 ? inlineCode(text, max) : lines.map((line) => inlineCode(line, max)).join(" ");
}

const LINE_END = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;

/** On one line, each line without its margins, spaces kept, control and formatting characters as U+FFFD. */
export function asLine(text: string): string {
  return text
    .toWellFormed()
    .split(LINE_END)
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join(" ")
    .replace(/\s/g, " ")
    .replace(UNPRINTABLE, "\ufffd")
    .trim();
}

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}]/gu;

/** On one line, white space folded, control and formatting characters as U+FFFD. */
export function printable(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\s\u0085]+/g, " ")
    .replace(UNPRINTABLE, "\ufffd")
    .trim();
}

/** A fence that no line of the text can close. */
export function fenceFor(text: string): string {
  return "`".repeat(Math.max(3, longestRun(text) + 1));
}

/** The text as a fenced block; `info` follows the opening fence. */
export function codeBlock(text: string, info = ""): string {
  const fence = fenceFor(text);
  return `${fence}${info}\n${text}\n${fence}`;
}

function longestRun(text: string): number {
  let longest = 0;
  let run = 0;
  for (const character of text) {
    run = character === "`" ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

/** Pieces of Markdown beside each other, with a space where two code spans would share their backticks and so be none. */
export function beside(parts: readonly string[]): string {
  const all: string[] = [];
  // A text that grows and is looked at in each turn would be copied in each turn.
  let last = "";
  for (const part of parts) {
    if (last.endsWith("`") && part.startsWith("`")) all.push(" ");
    all.push(part);
    if (part !== "") last = part;
  }
  return all.join("");
}
