import type { VisibleIssue } from "./visible-issue.ts";
import type { IssueKind, IssueReading, MissingPart, TextBlock, Quote } from "./issue-reading.ts";
import { readBlocks, type ReportBlock } from "./reading/blocks.ts";
import { findFrames } from "./reading/find-frames.ts";
import { findIdentifiers, findMessages, findPaths } from "./reading/find-names.ts";
import { readReport } from "./report/read-report.ts";
import type { ReportKind } from "./report/report-kind.ts";

/** Characters of a quotation in a document; the issue itself is one click away. */
const MAX_QUOTE = 600;
const KINDS: Readonly<Record<ReportKind, IssueKind>> = {
  bug: "bug",
  security: "bug",
  feature: "feature",
  question: "question",
  docs: "documentation",
  other: "unclear",
  unclear: "unclear",
};

/**
 * Reads an issue: see `IssueReading`. What the reporter says comes from title and body; comments add words to rank by. Pure, linear
 * in the text, never throws.
 */
export function understandIssue(issue: VisibleIssue): IssueReading {
  const title = issue.title.text;
  const texts = [issue.body, ...issue.comments.map(({ body }) => body)].map(({ text }) => readBlocks(text));
  const textBlocks: TextBlock[] = [
    { kind: "title", text: title },
    ...texts.flatMap((blocks) => blocks.flatMap(textBlocksOf)),
  ];
  const report = readReport(issue);
  const quotes = (from: readonly string[]): readonly Quote[] => from.map((text) => ({ text: cut(text) }));
  const reading: Omit<IssueReading, "missing"> = {
    kind: KINDS[report.kind],
    kindQuotes: KINDS[report.kind] === "unclear" ? [] : [{ text: title }],
    textBlocks,
    paths: findPaths(issue.text),
    frames: findFrames(issue.text),
    messages: findMessages(issue.text),
    identifiers: findIdentifiers(textBlocks),
    symptom: quotes(report.symptom),
    expected: quotes(report.expected),
    actual: quotes(report.actual),
    steps: quotes(report.steps),
    environment: quotes(report.environment),
    versions: report.versions
      .slice(0, MAX_VERSIONS)
      .map(({ subject, value, quote }) => ({ name: subject, version: value, quote: { text: cut(quote) } })),
    frequency: quotes(report.frequency),
    tried: quotes(report.tried),
    codeBlocks: texts.flatMap((blocks) =>
      blocks.flatMap((block) =>
        block.kind === "code"
          ? [
              {
                text: block.lines.join("\n"),
                ...(block.language === undefined ? {} : { language: block.language }),
              },
            ]
          : [],
      ),
    ),
    hidden: issue.hidden,
  };
  return { ...reading, missing: missingOf(reading, report.messages.length > 0 || reading.frames.length > 0) };
}

/** Versions of one report that a document names. */
const MAX_VERSIONS = 12;

/** The beginning of a long quotation, up to the end of a line. */
function cut(text: string): string {
  if (text.length <= MAX_QUOTE) return text;
  const end = text.lastIndexOf("\n", MAX_QUOTE);
  return text
    .slice(0, end > 0 ? end : MAX_QUOTE)
    .toWellFormed()
    .replace(/\ufffd$/, "")
    .trim();
}

/** What a ranking makes of a block: headings are left out, form boxes and environments count little. */
function textBlocksOf(block: ReportBlock): readonly TextBlock[] {
  const text = block.lines.join("\n");
  if (block.kind === "code") return [{ kind: isTrace(text) ? "trace" : "code", text }];
  if (block.kind !== "prose") return [{ kind: "boilerplate", text }];
  if (block.part === "environment") return [{ kind: "environment", text }];
  return block.lines.flatMap((line) => {
    const parts = line.split("`");
    if (parts.length === 1 || parts.length % 2 === 0) return [{ kind: "prose" as const, text: line }];
    return parts.map((part, i) => ({
      kind: i % 2 === 1 ? ("inline-code" as const) : ("prose" as const),
      text: part,
    }));
  });
}

function isTrace(text: string): boolean {
  return text
    .split("\n")
    .some((line) =>
      /^\s{0,40}at .{1,300}:\d|^\s{0,40}File ".{1,300}", line \d|^Traceback \(most recent|panic|^goroutine \d/.test(
        line.slice(0, 500),
      ),
    );
}

function missingOf(
  reading: Omit<IssueReading, "missing">,
  hasMessageOrFrame: boolean,
): readonly MissingPart[] {
  const missing: MissingPart[] = [];
  if (reading.expected.length === 0) missing.push("expected");
  if (reading.kind === "feature" || reading.kind === "documentation" || reading.kind === "question")
    return missing;
  // The symptom after the title says what happens, too.
  if (reading.actual.length === 0 && reading.symptom.length < 2) missing.push("actual");
  if (reading.steps.length === 0 && reading.codeBlocks.length === 0) missing.push("steps");
  if (reading.versions.length === 0) missing.push("version");
  if (reading.environment.length === 0) missing.push("environment");
  if (!hasMessageOrFrame) missing.push("message");
  if (reading.frequency.length === 0) missing.push("frequency");
  return missing;
}
