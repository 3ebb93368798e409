import { readReport, type Report } from "../../issue/report/read-report.ts";
import { visibleIssue } from "../../issue/visible-issue.ts";
import { printable } from "../../text/inline-code.ts";
import type { CommandIo } from "../io.ts";
import { readIssue } from "../read-issue.ts";

export interface ReadOptions {
  readonly issue?: string;
  readonly number?: string;
  readonly json?: boolean;
}

/** Prints what the issue says, in the reporter's words. It needs no repository. Exit code 0. */
export async function readCommand(options: ReadOptions, io: CommandIo): Promise<number> {
  const report = readReport(visibleIssue(await readIssue(options.issue, options.number, io)));
  io.out(options.json === true ? JSON.stringify(toJson(report)) : rowsOf(report).join("\n"));
  return 0;
}

/** The reading as JSON: keys in snake case, null for what the report does not name. */
export function toJson({ innermostFrame, frames, regression, ...report }: Report): object {
  const plain = ({ path, line, function: fn }: Report["frames"][number]): object => ({
    path,
    line: line ?? null,
    function: fn,
  });
  return {
    ...report,
    frames: frames.map(plain),
    innermost_frame: innermostFrame === undefined ? null : plain(innermostFrame),
    regression: regression ?? null,
  };
}

const MAX_SHOWN = 100;

/** One line a finding; what Casebook found nothing for has no line. */
function rowsOf(report: Report): readonly string[] {
  const row = (name: string, texts: readonly string[]): readonly string[] =>
    texts.map((text, i) => `${(i === 0 ? name : "").padEnd(12)} ${short(text)}`);
  const inner = report.innermostFrame;
  return [
    ...row("kind", [report.kind]),
    ...row("symptom", report.symptom),
    ...row("expected", report.expected),
    ...row("actual", report.actual),
    ...row("steps", report.steps),
    ...row("environment", report.environment),
    ...row(
      "versions",
      report.versions.map(({ subject, value }) => `${subject} ${value}`.trim()),
    ),
    ...row("messages", report.messages),
    ...row(
      "innermost",
      inner === undefined
        ? []
        : [`${inner.path}${inner.line === undefined ? "" : `:${inner.line}`} ${inner.function}`],
    ),
    ...row(
      "references",
      report.references.map(({ kind, quote }) => `${kind}: ${quote}`),
    ),
    ...row("regression", report.regression === undefined ? [] : [report.regression.quote]),
    ...row("frequency", report.frequency),
    ...row("tried", report.tried),
  ];
}

/** A text on one line, cut; characters that would steer a terminal are replaced. */
function short(text: string): string {
  const line = printable(text.replace(/\s+/g, " ").trim());
  return line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)} …` : line;
}
