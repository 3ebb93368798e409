import { printable } from "../../text/inline-code.ts";
import { quoteBeginning } from "../untrusted.ts";
import { MAX_ANSWER } from "../tool.ts";

/** Words of ours after a quotation: how to get the rest. */
const ROOM_AFTER = 400;

export interface QuotedAnswer {
  readonly nonce: string;
  /** In our words: no name, path or text of the repository. */
  readonly head: string;
  /** What the quotation holds and whose it is, in our words. */
  readonly source: string;
  readonly lines: readonly string[];
  /** Asked with the number of lines that fit: how to get the rest, empty when nothing is left out. */
  readonly rest?: (shown: number) => string;
  /** Said in any case, in our words. */
  readonly foot?: string | undefined;
  /** Characters, when the answer has other parts beside this one. */
  readonly max?: number;
}

/** One part of an answer: a sentence, a quotation with as many lines as fit, and how to get the rest. */
export function quotedAnswer({
  nonce,
  head,
  source,
  lines,
  rest = () => "",
  foot = "",
  max = MAX_ANSWER,
}: QuotedAnswer): string {
  const room = max - head.length - foot.length - ROOM_AFTER;
  const { text, shown } = quoteBeginning(lines.join("\n"), { nonce, source, max: room });
  return [head, text, rest(shown), foot].filter((part) => part !== "").join("\n");
}

/** A path, a name or a subject on one line, as it is shown and can be given back. */
export function onOneLine(text: string, max = 300): string {
  const line = printable(text);
  return line.length > max ? `${line.slice(0, max).toWellFormed()}…` : line;
}

/** A line of a file as it is, long ones cut with the number of characters left out. */
export function lineOf(text: string, max: number): string {
  return text.length > max
    ? `${text.slice(0, max).toWellFormed()}… [${(text.length - max).toLocaleString("en-US")} characters more]`
    : text;
}

/** Lines with their numbers, from number `first` on: a tab after the number costs the fewest tokens of what was tried. */
export function numbered(lines: readonly string[], first: number, max = 2_000): readonly string[] {
  return lines.map((line, i) => `${first + i}\t${lineOf(line, max)}`);
}

/** "1 file", "1,203 files". */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString("en-US")} ${n === 1 ? one : many}`;
}

/** What may have been meant, as a quotation; empty when nothing is near. */
export function nearQuoted(near: readonly string[], nonce: string): string {
  if (near.length === 0) return "Nothing there has a name like it.";
  return quotedAnswer({
    nonce,
    head: "Nearest:",
    source: "names in the repository",
    lines: near.map((name) => onOneLine(name)),
    max: 2_500,
  });
}
