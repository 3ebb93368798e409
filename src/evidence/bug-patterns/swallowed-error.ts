import { cues, type BugPattern } from "./bug-pattern.ts";

/** An error is caught and dropped, so that the caller continues as if nothing had failed. */
export const swallowedError: BugPattern = {
  name: "swallowed-error",
  claim: "catches an error and does nothing with it",
  consequence: "The caller continues as if nothing had failed.",
  cues: cues("silent silently swallow ignore hidden quietly"),
  minCues: 1,
  about: cues("error exception fail failure failed raise throw thrown crash panic traceback warning"),
  find(symbol, { source }) {
    const lines = source.lines.slice(symbol.start - 1, symbol.end).map((text) => text ?? "");
    for (let line = symbol.start; line <= symbol.end; line++) {
      const text = (source.lines[line - 1] ?? "").trim();
      // In a loop it tries the next one, and what is raised behind the handler is told.
      if (
        isInLoop(lines, line - symbol.start) ||
        lines.slice(line - symbol.start + 1).some((one) => RAISES.test(one))
      )
        continue;
      if (HANDLES_NOTHING.test(text)) return [{ line, what: "catches the error" }];
      const body = STARTS_HANDLER.find(([start]) => start.test(text))?.[1];
      const next = body === undefined ? undefined : nextCodeLine(source.lines, line, symbol.end);
      if (next !== undefined && body!.test((source.lines[next - 1] ?? "").trim()))
        return [
          { line, what: "catches the error" },
          { line: next, what: "continues without reporting it" },
        ];
    }
    return undefined;
  },
};

const LOOP = /^(?:async )?(?:for|while|until|loop|do)\b|\.(?:each|forEach|map|times)\b.*(?:\bdo\b|=>|\{)/;
const RAISES = /^\s*(?:raise|throw|panic!?|abort|fail|die|return (?:err|Err\()|(?:Promise\.)?reject)\b/;

/** True where a line of less depth before it begins a loop. */
function isInLoop(lines: readonly string[], at: number): boolean {
  let depth = depthOf(lines[at] ?? "");
  for (let i = at - 1; i >= 0 && depth > 0; i--) {
    const text = lines[i]!;
    if (text.trim() === "" || depthOf(text) >= depth) continue;
    depth = depthOf(text);
    if (LOOP.test(text.trim())) return true;
  }
  return false;
}

function depthOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** A handler without a body, on one line: a clause, or a function that a promise calls. */
const HANDLES_NOTHING =
  /(?<![.\w])catch\b[^{}]{0,200}\{\s*\}$|\.catch\(\s*(?:\(\w{0,40}\)|\w{1,40})\s*=>\s*\{\s*\}\s*\)[;,]?$/;
/** A line that starts a handler, and the first line of a body that does nothing. What is handed to a promise has a value. */
const STARTS_HANDLER: readonly (readonly [RegExp, RegExp])[] = [
  [/^except\b.*:$/, /^(?:pass|\.\.\.)$/],
  [/^rescue\b(?!.*\bthen\b)/, /^end$/],
  [/(?<![.\w])catch\b[^{}]{0,200}\{$/, /^\}/],
  [/\.catch\(\s*(?:(?:async\s*)?\(\w{0,40}\)\s*=>|\w{1,40}\s*=>|function\s*\(\w{0,40}\))\s*\{$/, /^\}/],
];

function nextCodeLine(lines: readonly string[], after: number, end: number): number | undefined {
  for (let line = after + 1; line <= end; line++) {
    const text = (lines[line - 1] ?? "").trim();
    if (text !== "" && !text.startsWith("#") && !text.startsWith("//")) return line;
  }
  return undefined;
}
