import type { TextBlock } from "../issue-reading.ts";
import type { ReportBlock } from "./report-blocks.ts";
import { tellingText } from "./telling-text.ts";
import { isTemplate } from "./report-template.ts";
import { findTraces } from "./trace-frames.ts";

/** What a ranking makes of a report: the words of a form, of an environment and of data count little. */
export function textBlocksOf(title: string, blocks: readonly ReportBlock[]): readonly TextBlock[] {
  const text = tellingText(title);
  const names = namesIn(text);
  return [
    { kind: "title", text },
    ...(names === "" ? [] : [{ kind: "inline-code" as const, text: names }]),
    ...blocks.flatMap(partsOfBlock),
  ];
}

/** What a title marks as a name of code, or writes like one: `quoted`, --flag, snake_case, camelCase, a::b, f(). */
const NAMES =
  /`[^`]{1,100}`|"[\w.$:-]{2,60}"|'[\w.$:-]{2,60}'|(?<!\S)--?[a-z][\w-]{2,60}|[\w$]*[a-z][A-Z][\w$]*|\w+_\w+|\w+(?:::\w+)+|\w+(?=\()/g;

function namesIn(title: string): string {
  return (title.match(NAMES) ?? []).join(" ");
}

function partsOfBlock(block: ReportBlock): readonly TextBlock[] {
  const { kind, part } = block;
  const text = tellingText(block.text);
  if (isTemplate(block)) return [{ kind: "boilerplate", text }];
  if (part === "environment" || part === "version") return [{ kind: "environment", text }];
  if (kind === "code") return [{ kind: codeKind(block), text }];
  return text.split("\n").flatMap(partsOf);
}

/** Words of pasted data are its own; a transcript holds the names of the machine. */
function codeKind({ text, language = "" }: ReportBlock): TextBlock["kind"] {
  if (isTrace(text)) return "trace";
  if (DATA.has(language) || /^\s*(?:[[{][\s"'[{\d\]}]|<\?xml\b)/.test(text.slice(0, 200))) return "data";
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const prompts = lines.filter((line) =>
    /^\s*(?:\$|%|>|❯|~>|#|PS [^\n>]{0,60}>|[\w.-]{1,30}@[^\n$#]{1,60}[$#]) ?\S/.test(line),
  );
  return TRANSCRIPT.has(language) && prompts.length === 0 && lines.length > 3 ? "data" : "code";
}

const DATA = new Set("json json5 jsonc csv tsv ini properties env lock".split(" "));
const TRANSCRIPT = new Set("console terminal shell-session text txt log logs output".split(" "));

/** A line by its code in backticks and its prose. */
function partsOf(line: string): readonly TextBlock[] {
  const parts = line.split("`");
  if (parts.length === 1 || parts.length % 2 === 0) return [{ kind: "prose", text: line }];
  return parts.map((text, i) => ({ kind: i % 2 === 1 ? "inline-code" : "prose", text }));
}

function isTrace(text: string): boolean {
  return /^Traceback \(most recent|panicked at|^goroutine \d/m.test(text) || findTraces(text).length > 0;
}
