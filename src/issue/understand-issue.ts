import type { VisibleIssue } from "./visible-issue.ts";
import type { IssueKind, IssueReading, MissingPart, Quote } from "./issue-reading.ts";
import type { IssueForms } from "./report/issue-forms.ts";
import { framesOf } from "./report/own-frames.ts";
import { reportOf } from "./report/read-report.ts";
import { readBlocks } from "./report/report-blocks.ts";
import type { ReportKind } from "./report/report-kind.ts";
import { findQuotedSentences } from "./report/report-messages.ts";
import { findIdentifiers, findPaths } from "./report/report-names.ts";
import { isTemplate } from "./report/report-template.ts";
import { textBlocksOf } from "./report/text-blocks.ts";
import { findTraces } from "./report/trace-frames.ts";
import { unsaidWords } from "./report/unsaid-words.ts";

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
export function understandIssue(issue: VisibleIssue, forms?: IssueForms): IssueReading {
  const title = issue.title.text;
  const body = readBlocks(issue.body.text, forms);
  const blocks = [...body, ...issue.comments.flatMap((comment) => readBlocks(comment.body.text))];
  const own = blocks.filter((block) => !isTemplate(block));
  const lastRead = issue.body.hidden.some(({ kind }) => kind === "unread") ? body.at(-1) : undefined;
  const printed = own.flatMap(({ text }) => findTraces(text));
  const textBlocks = textBlocksOf(title, blocks);
  const report = reportOf(title, body);
  const quotes = (from: readonly string[]): readonly Quote[] => from.map((text) => ({ text: cut(text) }));
  const reading: Omit<IssueReading, "missing"> = {
    kind: KINDS[report.kind],
    kindQuotes: KINDS[report.kind] === "unclear" ? [] : [{ text: title }],
    textBlocks,
    paths: findPaths(issue.text),
    // A title may be the line that a program printed.
    frames: framesOf(printed.length > 0 ? printed : findTraces(title)),
    references: report.references,
    regression: report.regression,
    messages: [...new Set([...report.messages, ...findQuotedSentences(title, own)])],
    identifiers: findIdentifiers(textBlocks),
    unsaid: unsaidWords(issue.text),
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
    codeBlocks: own.flatMap((block, at) => {
      const { kind, text, language, part } = block;
      // Half a program is another one.
      if (block === lastRead) return [];
      const before =
        own[at - 1]?.kind === "code" ? undefined : own[at - 1]?.text.trimEnd().split("\n").at(-1);
      return kind === "code"
        ? [
            {
              text,
              ...(language === undefined ? {} : { language }),
              ...(part === undefined ? {} : { part }),
              ...(before === undefined ? {} : { before }),
            },
          ]
        : [];
    }),
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
