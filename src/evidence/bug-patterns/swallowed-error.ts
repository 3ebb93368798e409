import { cues, type BugPattern } from "./bug-pattern.ts";

/** An error is caught and dropped, so that the caller continues as if nothing had failed. */
export const swallowedError: BugPattern = {
  name: "swallowed-error",
  claim: "catches an error and does nothing with it",
  consequence: "The caller continues as if nothing had failed.",
  cues: cues("silent silently swallow ignore hidden quietly"),
  minCues: 1,
  find(symbol, { source }) {
    for (let line = symbol.start; line <= symbol.end; line++) {
      const text = (source.lines[line - 1] ?? "").trim();
      if (!isCatch(text)) continue;
      const next = nextCodeLine(source.lines, line, symbol.end);
      if (next === undefined) continue;
      const body = (source.lines[next - 1] ?? "").trim();
      if (
        text.endsWith("{}") ||
        body === "pass" ||
        body === "..." ||
        body.startsWith("}") ||
        (body === "end" && text.startsWith("rescue"))
      ) {
        return [
          { line, what: "catches the error" },
          ...(text.endsWith("{}") ? [] : [{ line: next, what: "continues without reporting it" }]),
        ];
      }
    }
    return undefined;
  },
};

function isCatch(text: string): boolean {
  return (
    text.startsWith("except") ||
    text.startsWith("rescue") ||
    text.includes("catch (") ||
    text.includes("catch(") ||
    text.includes("catch {")
  );
}

function nextCodeLine(lines: readonly string[], after: number, end: number): number | undefined {
  for (let line = after + 1; line <= end; line++) {
    const text = (lines[line - 1] ?? "").trim();
    if (text !== "" && !text.startsWith("#") && !text.startsWith("//")) return line;
  }
  return undefined;
}
