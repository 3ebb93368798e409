import { z } from "zod";
import type { RecordedRun } from "../documents/recorded-run.ts";
import { framesOf } from "../issue/report/own-frames.ts";
import { findMessages } from "../issue/report/report-messages.ts";
import { findTraces } from "../issue/report/trace-frames.ts";
import { counted } from "../text/counted.ts";
import { inlineCode, printable } from "../text/inline-code.ts";
import type { ClaimEvidence } from "./claim-evidence.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";
import { unlessOwnRun } from "./own-run.ts";

/** How code of a report ended. */
const REPORTED_ENDS = [
  /** It failed inside the repository with a message that the report quotes. */
  "as-reported",
  /** It failed inside the repository in another way. */
  "otherwise",
  "no-failure",
  "hangs",
  /** It failed before it reached the repository, for want of something that is not here. */
  "not-runnable",
] as const;
type ReportedEnd = (typeof REPORTED_ENDS)[number];

/** One run of code of a report, read. */
export interface ReadRun {
  readonly kind: ReportedEnd;
  /** The message with which it failed, as it was printed. */
  readonly message?: string;
  /** The innermost line of the repository that its trace passes. */
  readonly at?: { readonly path: string; readonly line: number };
}

const SAYS: Readonly<Record<ReportedEnd, (message: string, times: string) => string>> = {
  "as-reported": (message, times) => `The report's own code fails as reported, ${times}: ${message}`,
  otherwise: (message, times) => `The report's own code fails, ${times}, and not as reported: ${message}`,
  "no-failure": (_, times) => `The report's own code does not fail here, ${times}`,
  hangs: (_, times) => `The report's own code does not end here, ${times}`,
  "not-runnable": (message) => `The report's own code cannot be run here: ${message}`,
};

/** What happened when Casebook ran a code block of the report, several times and each time the same. */
export const reportCodeRan = claimType({
  name: "report-code-ran",
  mark: "run",
  schema: z.strictObject({
    kind: z.enum(REPORTED_ENDS),
    /** The code block of the report. */
    program: part.words,
    message: z.string().max(2_000).optional(),
    at: z.strictObject({ path: part.path, line: part.line }).optional(),
    times: z.int().min(1).max(20),
    run: part.run,
  }),
  say: ({ kind, message = "", at, times, run }) => ({
    text: `${SAYS[kind](inlineCode(message, 300), `in ${times} of ${counted(times, "run")}`)}${at === undefined ? "" : `, at ${inlineCode(`${at.path}:${at.line}`)}`}`,
    citations: [
      { kind: "run", run, quote: message === undefined ? run.end : printable(message) },
      ...(at === undefined ? [] : [{ kind: "lines" as const, path: at.path, start: at.line, end: at.line }]),
    ],
  }),
  check({ kind, program, message, at, run }, evidence) {
    const { report, reading } = evidence;
    if (report === undefined || reading === undefined) return undecided("the issue is not at hand");
    if (!reading.codeBlocks.some(({ text }) => text === program)) return wrong("the report has no such code");
    const there = readRun(run, report.messages, evidence);
    if (there.kind !== kind || there.message !== message) return wrong("the run ended in another way");
    if (there.at?.path !== at?.path || there.at?.line !== at?.line)
      return wrong("the run failed on another line");
    return unlessOwnRun(run, evidence) ?? holds("the run was read again");
  },
});

/**
 * Reads how a run of a report's code ended. "As reported" needs the same message, letter by letter but for addresses, from a
 * failure whose trace passes a line of the repository: a module that is missing here, or a network that is not there, fails
 * outside of it.
 */
export function readRun(
  { end, output, changed }: RecordedRun,
  reported: readonly string[],
  { codebase }: Pick<ClaimEvidence, "codebase">,
): ReadRun {
  if (end === "exit 0") return { kind: "no-failure" };
  if (end.startsWith("stopped")) return { kind: "hangs" };
  const message = findMessages("", [{ kind: "code", text: output, heading: "", part: undefined }]).at(-1);
  const own = framesOf(findTraces(output))
    .map(({ path, line }) => ({ path: path.replace(/^\/?repo\//, ""), line }))
    .findLast(
      ({ path, line }) =>
        line !== undefined && !changed.includes(path) && codebase.tree.find(path) !== undefined,
    );
  if (message === undefined || own === undefined)
    return { kind: "not-runnable", message: message ?? lastLineOf(output) ?? end };
  const isReported = reported.some((one) => plain(one) === plain(message));
  return {
    kind: isReported ? "as-reported" : "otherwise",
    message,
    at: { path: own.path, line: own.line! },
  };
}

function lastLineOf(output: string): string | undefined {
  return output
    .split("\n")
    .map((line) => line.trim())
    .findLast((line) => line !== "")
    ?.slice(0, 300);
}

/** Without the name of the module before the exception's, without addresses. */
function plain(message: string): string {
  return printable(message)
    .replace(/^(?:Uncaught (?:\(in promise\) )?)?(?:[\w$]+\.)*(?=[A-Z][\w$]*(?::|$))/, "")
    .replaceAll(/\b0x[0-9a-f]+\b/gi, "0x");
}
