import { cues, functionCalls, type BugPattern } from "./bug-pattern.ts";
import { inlineCode } from "../../text/inline-code.ts";

const OPENS = new Set(
  "open connect acquire popen mkstemp fopen createreadstream createwritestream socket".split(" "),
);
const RELEASES =
  /\b(close|closeAsync|dispose|release|shutdown|disconnect|fclose|unref|destroy|end|defer|finally|using|with)\b|try \(/;

/** In these languages a value closes what it holds when it goes out of scope. */
const CLOSES_ITSELF: ReadonlySet<string> = new Set(["rust", "cpp"]);

/** Something is opened and nothing in the function closes it or hands it on. */
export const unclosedResource: BugPattern = {
  name: "unclosed-resource",
  claim: "opens a resource that it neither closes nor returns",
  consequence: "Each call leaves one more open.",
  cues: cues("leak leaking descriptor handle exhaust unclosed resourcewarning emfile"),
  minCues: 1,
  find(symbol, { syntax, source }) {
    if (CLOSES_ITSELF.has(syntax.language)) return undefined;
    const lines = source.lines.slice(symbol.start - 1, symbol.end);
    if (RELEASES.test(lines.join("\n"))) return undefined;
    for (const call of functionCalls(symbol, syntax)) {
      if (!OPENS.has(call.name.toLowerCase())) continue;
      const text = (source.lines[call.line - 1] ?? "").trim();
      if (text.startsWith("return")) continue;
      return [
        {
          line: call.line,
          what: `opens through ${inlineCode(call.name)}; no line of the function closes it`,
        },
      ];
    }
    return undefined;
  },
};
