import type { ToolSpec } from "../transcript.ts";
import { bodyCalls, MAX_CALLS, type ParsedCall } from "./call-bodies.ts";
import { ANSWER_MARK } from "./text-protocol.ts";

export interface ParsedText {
  /** What stands around the calls. */
  readonly text: string;
  readonly calls: readonly ParsedCall[];
  /** What had to be mended to read the calls, in words. */
  readonly repairs: readonly string[];
}

/** Pieces that look like a call without a mark around it and are none: after so many, no more are looked at. */
const MAX_BARE_MISSES = 20;
/** A call without a mark names its tool within so many characters. */
const NAME_WITHIN = 400;

/** Languages of fenced blocks that are calls whatever is in them. */
const CALL_FENCES = new Set([
  "tool",
  "tools",
  "tool_call",
  "tool_calls",
  "toolcall",
  "tool_code",
  "tool_use",
  "function",
  "function_call",
  "functioncall",
]);
/** Languages in which a call may stand, if it names a tool that there is. */
const PLAIN_FENCES = new Set([
  "",
  "json",
  "json5",
  "jsonc",
  "javascript",
  "js",
  "python",
  "py",
  "xml",
  "text",
  "txt",
]);

/** Where a call may begin: a fence, a tag, or a bare object or call at the start of a line. Each part is bounded. */
const OPENER =
  /^[ \t]{0,8}(?<fence>```|~~~)|(?<tag><\|?(?:tool_?calls?|function_?calls?|tool_code|tool_use)(?:\|>|>)|<function=|\[TOOL_CALLS\]|<\|python_tag\|>)|^[ \t]{0,8}(?<bare>[{[]|[A-Za-z_][\w.]{0,63}[ \t]{0,4}\()/gm;

/**
 * Finds the calls of tools in a reply as text. `marked` reads only what models write when their server should have taken it
 * out (tags), for endpoints with calls of their own. A marked call that cannot be read is a call too, its arguments the raw
 * text, so that the model is told. One pass over the text; what follows a forged answer of a tool is not believed.
 */
export function parseCalls(
  reply: string,
  tools: readonly ToolSpec[],
  { marked = false }: { readonly marked?: boolean } = {},
): ParsedText {
  const repairs = new Set<string>();
  const text = withoutAnswers(reply, repairs);
  const known = new Set(tools.map(({ name }) => name));
  const calls: ParsedCall[] = [];
  const kept: string[] = [];
  const take = (found: readonly ParsedCall[], words: Iterable<string>): void => {
    calls.push(...found);
    for (const word of words) repairs.add(word);
  };
  const opener = new RegExp(OPENER);
  let misses = 0;
  let at = 0;
  for (;;) {
    opener.lastIndex = at;
    const match = opener.exec(text);
    if (match === null) break;
    const start = match.index;
    const { fence, tag, bare } = match.groups as { fence?: string; tag?: string; bare?: string };
    kept.push(text.slice(at, start));
    at = start + match[0].length;
    if (tag !== undefined) {
      const place = tagBody(text, start, at, tag);
      const found = bodyCalls(text.slice(place.from, place.to), tools, { onlyKnown: marked });
      if (found.calls.length === 0) kept.push(text.slice(start, place.end));
      else {
        take(found.calls, [...found.repairs, ...(marked ? ["a call in the text"] : [])]);
        if (!place.isClosed) repairs.add("a missing end of a call");
      }
      at = place.end;
      continue;
    }
    if (fence !== undefined && !marked) {
      const block = fencedBlock(text, start, at, fence);
      if (CALL_FENCES.has(block.language)) {
        const found = bodyCalls(text.slice(block.from, block.to), tools);
        take(found.calls, found.repairs);
        if (!block.isClosed) repairs.add("a missing end of a call");
      } else {
        const found = PLAIN_FENCES.has(block.language)
          ? bodyCalls(text.slice(block.from, block.to), tools, { onlyKnown: true })
          : undefined;
        if (found === undefined || found.calls.length === 0) kept.push(text.slice(start, block.end));
        else take(found.calls, [...found.repairs, "a call in a block of another kind"]);
      }
      at = block.end;
      continue;
    }
    if (bare !== undefined && !marked && misses < MAX_BARE_MISSES) {
      const found = bareCall(text, at - bare.length, bare, known, tools);
      if (found !== undefined) {
        take(found.calls, [...found.repairs, "a call without a mark"]);
        at = found.end;
        continue;
      }
      if (mayName(text.slice(start, start + NAME_WITHIN), known)) misses++;
    }
    kept.push(match[0]);
  }
  kept.push(text.slice(at));
  if (calls.length > MAX_CALLS) repairs.add(`calls after the first ${MAX_CALLS} were left out`);
  if (calls.length === 0) return { text: text.trim(), calls, repairs: [...repairs] };
  return {
    text: kept
      .join("")
      .replace(/[ \t]{1,80}\n/g, "\n")
      .replace(/\n{3,}/g, "\n\n")
      .trim(),
    calls: calls.slice(0, MAX_CALLS),
    repairs: [...repairs],
  };
}

/** A model that goes on to write the tool's answer itself invents it. */
function withoutAnswers(reply: string, repairs: Set<string>): string {
  const forged = reply.search(ANSWER_MARK);
  if (forged < 0) return reply;
  repairs.add("an answer that no tool gave was left out");
  return reply.slice(0, forged);
}

interface Place {
  readonly from: number;
  readonly to: number;
  /** Behind the closing mark. */
  readonly end: number;
  readonly isClosed: boolean;
}

/** What stands in a tag: to its closing tag, to the next one of its kind, or to the end. */
function tagBody(text: string, start: number, after: number, tag: string): Place {
  // These two open a body that has no end of its own.
  if (tag === "[TOOL_CALLS]" || tag === "<|python_tag|>")
    return { from: after, to: text.length, end: text.length, isClosed: true };
  const isFunction = tag === "<function=";
  const closer = isFunction ? "</function>" : tag.replace(/^<\|?/, "</").replace(/\|?>$/, ">");
  // `<function=name>` is read with its name.
  const from = isFunction ? start : after;
  const next = text.indexOf(tag, after);
  const to = next < 0 ? text.length : next;
  // Looked for no further than the next opening tag, or many of those would be quadratic.
  const close = text.slice(after, to).indexOf(closer);
  if (close < 0) return { from, to, end: to, isClosed: false };
  return { from, to: after + close, end: after + close + closer.length, isClosed: true };
}

/** A fenced block: to a line that closes it, to a line that opens a call, or to the end. */
function fencedBlock(
  text: string,
  start: number,
  after: number,
  mark: string,
): Place & { readonly language: string } {
  let from = after;
  while (text[from] === mark[0]) from++;
  const width = from - text.indexOf(mark, start);
  const info = /^[ \t]{0,8}([A-Za-z_][\w+-]{0,30})?/.exec(text.slice(from, from + 48))!;
  const language = (info[1] ?? "").toLowerCase();
  // `tool {"name"…`, `tool: {…`: the body starts on the same line; `python title=x`: it does not matter.
  from += info[0].length;
  if (text[from] === ":") from++;
  const closer = mark[0]!.repeat(width);
  let line = endOfLine(text, from);
  const sameLine = text.slice(from, line).lastIndexOf(closer);
  if (sameLine > 0) return { language, from, to: from + sameLine, end: line, isClosed: true };
  while (line < text.length) {
    const begin = line + 1;
    line = endOfLine(text, begin);
    const head = text.slice(begin, Math.min(line, begin + 200)).trimStart();
    if (!head.startsWith(closer)) continue;
    const rest = head.slice(closer.length).trim();
    if (rest === "") return { language, from, to: begin, end: line, isClosed: true };
    const opened = /^[A-Za-z_]{1,30}/.exec(rest)?.[0].toLowerCase();
    if (opened !== undefined && CALL_FENCES.has(opened))
      return { language, from, to: begin, end: begin, isClosed: false };
  }
  return { language, from, to: text.length, end: text.length, isClosed: false };
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

function bareCall(
  text: string,
  start: number,
  opening: string,
  known: ReadonlySet<string>,
  tools: readonly ToolSpec[],
):
  | { readonly calls: readonly ParsedCall[]; readonly repairs: readonly string[]; readonly end: number }
  | undefined {
  if (opening.endsWith("(")) {
    if (!known.has(opening.slice(0, -1).trim())) return undefined;
  } else if (!mayName(text.slice(start, start + NAME_WITHIN), known)) return undefined;
  const found = bodyCalls(text.slice(start), tools, { onlyKnown: true, onlyFirst: true });
  const end = start + found.end;
  // Words behind it on the line: it is spoken of, not called.
  if (found.calls.length === 0 || text.slice(end, Math.min(endOfLine(text, end), end + 80)).trim() !== "")
    return undefined;
  return { ...found, end };
}

/** Whether an object may be a call of a tool that there is: cheap, before anything is parsed. */
function mayName(head: string, known: ReadonlySet<string>): boolean {
  for (const name of known) if (head.includes(name)) return true;
  return false;
}
