import type { TextBlock } from "../issue-reading.ts";
import type { ReportBlock } from "./report-blocks.ts";
import { isTemplate } from "./report-template.ts";
import { findTraces } from "./trace-frames.ts";

/** What a ranking makes of the blocks of a report: the words of a form and of an environment count little. */
export function textBlocksOf(blocks: readonly ReportBlock[]): readonly TextBlock[] {
  return blocks.flatMap((block) => {
    const { kind, part, text } = block;
    if (isTemplate(block)) return [{ kind: "boilerplate" as const, text }];
    if (part === "environment" || part === "version") return [{ kind: "environment" as const, text }];
    if (kind === "code") return [{ kind: isTrace(text) ? ("trace" as const) : ("code" as const), text }];
    return text.split("\n").flatMap(partsOf);
  });
}

/** A line by its code in backticks and its prose. */
function partsOf(line: string): readonly TextBlock[] {
  const parts = line.split("`");
  if (parts.length === 1 || parts.length % 2 === 0) return [{ kind: "prose", text: line }];
  return parts.map((text, i) => ({ kind: i % 2 === 1 ? "inline-code" : "prose", text }));
}

function isTrace(text: string): boolean {
  return /^Traceback \(most recent|panicked at|^goroutine \d/m.test(text) || findTraces(text).length > 0;
}
