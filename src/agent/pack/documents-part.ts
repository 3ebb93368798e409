import { visibleText } from "../../text/visible-text.ts";
import { lineOf, onOneLine } from "../tools/answer.ts";
import { falling, type Item, type Part } from "./part.ts";

const MAX_DOCUMENT_LINE = 600;
const PIECE_LINES = 25;

/** The documents of the phases before this one, newest phase first: claims that were checked then, as outside text. */
export function documentsPart(earlier: ReadonlyMap<string, string>, value: number): Part | undefined {
  const paths = [...earlier.keys()]
    .filter((path) => path.startsWith(".chant/research/") && path.endsWith(".md"))
    .sort()
    .reverse();
  const valueOf = falling(value, 0.8);
  const items = paths.flatMap((path) => {
    const lines = visibleText(earlier.get(path)!)
      .text.split("\n")
      .map((line) => lineOf(line, MAX_DOCUMENT_LINE));
    const whole = [`${onOneLine(path)} (${lines.length} lines)`, ...lines];
    return [
      [
        whole.join("\n"),
        whole.slice(0, PIECE_LINES * 2).join("\n"),
        whole.slice(0, PIECE_LINES).join("\n"),
        whole[0]!,
      ],
    ];
  });
  if (items.length === 0) return undefined;
  return {
    name: "earlier-documents",
    heading: "Earlier documents of this investigation: claims to check",
    source: "earlier documents",
    items: items.map((forms, n): Item => ({ forms: [...new Set(forms)], value: valueOf(n) })),
    more: () => "Whole: tool earlier_documents.",
  };
}
