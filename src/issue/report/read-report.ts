import type { VisibleIssue } from "../visible-issue.ts";
import type { IssueForms } from "./issue-forms.ts";
import { readBlocks, type ReportBlock } from "./report-blocks.ts";
import { candidatesOf } from "./report-candidates.ts";
import { kindOf, type ReportKind } from "./report-kind.ts";
import { findMessages } from "./report-messages.ts";
import { quotesOf, type ReportQuotes } from "./report-quotes.ts";
import { findReferences, type ReportReference } from "./report-references.ts";
import { findRegression, type ReportRegression } from "./report-regression.ts";
import { isTemplate } from "./report-template.ts";
import { findVersions, type ReportVersion } from "./report-versions.ts";
import { causeOf, findTraces, innermostFrame, type ReportFrame, type Trace } from "./trace-frames.ts";

/** What an issue says, each part in the reporter's own words. */
export interface Report extends ReportQuotes {
  readonly kind: ReportKind;
  readonly messages: readonly string[];
  readonly versions: readonly ReportVersion[];
  /** In printed order. */
  readonly frames: readonly ReportFrame[];
  readonly innermostFrame: ReportFrame | undefined;
  readonly references: readonly ReportReference[];
  readonly regression: ReportRegression | undefined;
}

/** Frames of one report that are kept. */
const MAX_FRAMES = 30;

/** Reads title and body of an issue, with the repository's own forms where they are known. Pure, linear in the text, never throws. */
export function readReport(
  { title, body }: Pick<VisibleIssue, "title" | "body">,
  forms?: IssueForms,
): Report {
  return reportOf(title.text, readBlocks(body.text, forms));
}

/** The same for who has the blocks of the body. */
export function reportOf(title: string, blocks: readonly ReportBlock[]): Report {
  const own = blocks.filter((block) => !isTemplate(block));
  const prose = own
    .filter(({ kind, quoted }) => kind !== "code" && quoted !== true)
    .map((block) => block.text);
  // A place in a trace is no place that the reporter points to.
  const pointing = [title, ...prose].map((text) =>
    text
      .split("\n")
      .filter((line) => findTraces(line).length === 0)
      .join("\n"),
  );
  const printed = own.flatMap((block) => findTraces(block.text));
  // A title may be the line that a program printed.
  const traces = printed.length > 0 ? printed : findTraces(title);
  const kind = kindOf(title, blocks);
  // The manifest that a request shows is an example.
  const stating = kind === "feature" ? own.filter(({ language }) => !MANIFEST.test(language ?? "")) : own;
  const versions = findVersions(title, stating);
  // What answers the form's question for the project's own version.
  const answers = own
    .filter(({ part, label }) => part === "version" || /^version$/i.test(label ?? ""))
    .flatMap((block) => findVersions("", [block]));
  const messages = findMessages(title, own);
  return {
    kind,
    ...quotesOf(title, candidatesOf(title, kind, blocks), own, messages),
    messages,
    // What an error says of a version is about what was wrong.
    versions: versions.filter(({ quote }) => !messages.some((one) => one.includes(quote))),
    frames: framesOf(traces),
    innermostFrame: innermostFrame(traces),
    references: findReferences(pointing).filter((one) => !isPrinted(one, title, traces)),
    regression: findRegression(title, prose, answers[0]?.value),
  };
}

/** Whether a title's place is one of the trace that the report holds. */
function isPrinted({ kind, quote }: ReportReference, title: string, traces: readonly Trace[]): boolean {
  const [, name, line] =
    /([^\\/]+):(\d+)(?::\d+)?$/.exec(kind === "line" && title.includes(quote) ? quote : "") ?? [];
  return (
    name !== undefined &&
    traces.some(({ frames }) => frames.some((one) => one.line === Number(line) && one.path.endsWith(name)))
  );
}

/** Languages in which projects state what they require. */
const MANIFEST = /^(?:toml|xml|gradle|groovy|json)$/i;

/** In printed order; where there are too many, the trace of the cause comes first. */
function framesOf(traces: readonly Trace[]): readonly ReportFrame[] {
  const all = traces.flatMap(({ frames }) => frames);
  if (all.length <= MAX_FRAMES) return all;
  const cause = causeOf(traces);
  return [...traces.filter((trace) => trace === cause), ...traces.filter((trace) => trace !== cause)]
    .flatMap(({ frames }) => frames)
    .slice(0, MAX_FRAMES);
}
