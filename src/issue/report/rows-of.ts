import { printable } from "../../text/inline-code.ts";
import type { Report } from "./read-report.ts";

/** One line a finding, its text cut after `max` characters; what Casebook found nothing for has no line. */
export function rowsOf(report: Report, max = 100): readonly string[] {
  const row = (name: string, texts: readonly string[]): readonly string[] =>
    texts.map((text, i) => `${(i === 0 ? name : "").padEnd(12)} ${short(text, max)}`);
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
function short(text: string, max: number): string {
  const line = printable(text.replace(/\s+/g, " ").trim());
  return line.length > max ? `${line.slice(0, max).toWellFormed()} …` : line;
}
