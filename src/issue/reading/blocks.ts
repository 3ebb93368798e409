import type { IssuePart } from "./part-of-heading.ts";
import { partOfHeading } from "./part-of-heading.ts";

/** A run of lines of the visible text that belong together. */
export interface ReportBlock {
  readonly kind: "prose" | "code" | "checkbox" | "empty-answer";
  /** The heading above, in lower case; empty before the first. */
  readonly heading: string;
  readonly part: IssuePart | undefined;
  readonly lines: readonly string[];
  /** The word after the opening fence. */
  readonly language?: string;
}

/** Splits a visible text by headings (also bold lines that act as such), fences and paragraphs. One pass. */
export function readBlocks(text: string): readonly ReportBlock[] {
  const blocks: ReportBlock[] = [];
  let heading = "";
  let part: IssuePart | undefined;
  let lines: string[] = [];
  let fence: string | undefined;
  let language: string | undefined;
  const end = (kind: ReportBlock["kind"]): void => {
    if (lines.length > 0)
      blocks.push({ kind, heading, part, lines, ...(language === undefined ? {} : { language }) });
    lines = [];
    language = undefined;
  };
  for (const line of text.split("\n")) {
    const mark = /^ {0,12}(?:[-*+>] {1,4})?(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence !== undefined) {
      if (mark?.startsWith(fence) === true) {
        end("code");
        fence = undefined;
      } else lines.push(line);
      continue;
    }
    if (mark !== undefined) {
      end("prose");
      fence = mark;
      language = /[`~]{3,}\s*([\w+#.-]{1,30})/.exec(line)?.[1]?.toLowerCase();
      continue;
    }
    const title = headingOf(line);
    if (title !== undefined) {
      end("prose");
      heading = title;
      part = partOfHeading(title);
    } else if (line.trim() === "") end("prose");
    else if (/^\s{0,12}[-*+] \[[ xX]\]/.test(line)) {
      end("prose");
      lines = [line];
      end("checkbox");
    } else if (/^\s*_?no response_?\.?\s*$/i.test(line)) {
      end("prose");
      lines = [line];
      end("empty-answer");
    } else lines.push(line);
  }
  end(fence === undefined ? "prose" : "code");
  return blocks;
}

function headingOf(line: string): string | undefined {
  if (line.length > 200) return undefined;
  const marked =
    /^ {0,3}#{1,6}[ \t]+(.{1,180})$/.exec(line)?.[1] ??
    /^\s{0,3}(?:\*\*|__)([^*_]{1,150})(?:\*\*|__):?\s*$/.exec(line)?.[1];
  return marked
    ?.replace(/[#*_:\s]+$/, "")
    .trim()
    .toLowerCase();
}
