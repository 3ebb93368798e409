import { errorAt, quoted } from "./problem.ts";
import type { SpecProblem } from "./problem.ts";

/** The place of the front matter in a file. Offsets are UTF-16 code units into the whole text. */
export type FrontMatterBlock =
  | { readonly kind: "none"; readonly bodyStart: number }
  | { readonly kind: "broken"; readonly problem: SpecProblem; readonly bodyStart: number }
  | {
      readonly kind: "found";
      /** First character after the opening line's `---`. */
      readonly start: number;
      /** Start of the closing line. */
      readonly end: number;
      /** First character after the closing line. */
      readonly bodyStart: number;
      readonly eol: "\n" | "\r\n";
    };

/** About 30 times the front matter of the largest spec seen. */
const MAX_CHARACTERS = 65_536;
const MAX_LINES = 2000;

/**
 * Finds the two lines that are exactly `---`. Stricter than gray-matter, which ends front matter at any line that
 * begins with `---`, takes a missing closing line for the end of the file, and reads a language from the opening line:
 * what the two would see differently is reported as broken, so that no tool reads another file than we do.
 */
export function splitFrontMatter(text: string): FrontMatterBlock {
  const first = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const opening = lineAt(text, first);
  if (!opening.text.startsWith("---") || opening.text[3] === "-") return { kind: "none", bodyStart: first };
  if (opening.text !== "---") {
    const language = opening.text.slice(3).trim();
    const found = language === "" ? "with white space after it" : `with ${quoted(language)} after it`;
    const message = `Front matter opens with a line that is exactly \`---\` and holds YAML; found \`---\` ${found}.`;
    return { kind: "broken", problem: errorAt(1, "front-matter-language", message), bodyStart: first };
  }

  let number = 1;
  for (let at = opening.next; at < text.length;) {
    number++;
    const line = lineAt(text, at);
    if (line.text === "---") {
      const eol = text[first + 3] === "\r" ? "\r\n" : "\n";
      return { kind: "found", start: first + 3, end: at, bodyStart: line.next, eol };
    }
    if (line.text.startsWith("---") || line.text === "..." || line.text.startsWith("... ")) {
      const message = `Front matter ends with a line that is exactly \`---\`; found ${quoted(line.text)}.`;
      return { kind: "broken", problem: errorAt(number, "front-matter-end", message), bodyStart: first };
    }
    if (number > MAX_LINES || line.next - first > MAX_CHARACTERS) {
      const message = `Front matter has at most ${MAX_LINES} lines and ${MAX_CHARACTERS} characters; this one has more, or its closing \`---\` is missing.`;
      return { kind: "broken", problem: errorAt(number, "front-matter-size", message), bodyStart: first };
    }
    at = line.next;
  }
  const message = "Front matter ends with a line that is exactly `---`; found none.";
  return { kind: "broken", problem: errorAt(1, "front-matter-unclosed", message), bodyStart: first };
}

/** One line without its ending, and where the next starts. */
function lineAt(text: string, from: number): { text: string; next: number } {
  const end = text.indexOf("\n", from);
  if (end < 0) return { text: text.slice(from), next: text.length };
  return { text: text.slice(from, text[end - 1] === "\r" ? end - 1 : end), next: end + 1 };
}
