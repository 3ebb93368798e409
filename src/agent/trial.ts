import { z } from "zod";
import type { RecordedRun } from "../documents/recorded-run.ts";
import { counted } from "../text/counted.ts";
import { worseTests } from "../reproduction/compare-reports.ts";
import type { TestRun } from "../reproduction/run-tests.ts";
import type { TestReport } from "../reproduction/test-report.ts";
import { inlineCode, printable } from "../text/inline-code.ts";
import { type CodeRunner, formatRunAnswer } from "./code-runner.ts";

/** How the rest of the suite took it. */
export interface Suite {
  /** `not-run`: it does not run on the base commit, or did not finish. */
  readonly state: "as-before" | "worse" | "not-run";
  readonly words: string;
}

export interface Trial {
  readonly kind: "reproduced" | "flaky" | "not-reproduced" | "invalid" | "not-run";
  readonly reasons: readonly string[];
  /** Words of the failure that appear in the first run's output. */
  readonly failure?: string | undefined;
  readonly runs: readonly RecordedRun[];
  readonly suite: Suite;
}

export interface FixTrial {
  readonly kind: "fixed" | "not-fixed" | "worse";
  /** The failing test passes after the change, every time. */
  readonly works: boolean;
  readonly reasons: readonly string[];
  readonly before: readonly RecordedRun[];
  readonly after: readonly RecordedRun[];
  readonly suite: Suite;
}

/** Runs of the failing test: once can be chance. */
export const TIMES = 3;
/** Tests of a report that a document shows. */
const MAX_REPORTED = 30;

export function formatTrial(trial: Trial, nonce: string): string {
  return [
    formatVerdict({ ...trial, runs: trial.runs.map(({ name }) => name) }),
    `Casebook ran it ${counted(trial.runs.length, "time")} on the base commit: ${trial.kind.replace("-", " ")}.`,
    ...trial.reasons.map((reason) => `- ${reason}`),
    `Rest of the suite: ${trial.suite.words}.`,
    ...trial.runs.map((run) => formatRunAnswer(run, nonce)),
  ].join("\n");
}

/** Reads a trial back from what the model was told of it; undefined when its runs are not there. */
export function recallTrial(answer: string, runner: CodeRunner): Trial | undefined {
  const read = readVerdict(answer, trialSchema);
  if (read === undefined) return undefined;
  runner.recall(answer);
  const runs = read.runs.flatMap((name) => runner.run(name) ?? []);
  // A verdict without the runs that show it is none.
  return runs.length < read.runs.length || (read.kind === "reproduced" && runs.length < TIMES)
    ? undefined
    : { ...read, runs };
}

export function formatFixTrial(trial: FixTrial, nonce: string): string {
  return [
    formatVerdict({
      ...trial,
      before: trial.before.map(({ name }) => name),
      after: trial.after.map(({ name }) => name),
    }),
    `Casebook ran the failing test before and after the change: ${trial.kind.replace("-", " ")}.`,
    ...trial.reasons.map((reason) => `- ${reason}`),
    `Rest of the suite: ${trial.suite.words}.`,
    ...[...trial.before, ...trial.after].map((run) => formatRunAnswer(run, nonce)),
  ].join("\n");
}

export function recallFixTrial(answer: string, runner: CodeRunner): FixTrial | undefined {
  const read = readVerdict(answer, fixSchema);
  if (read === undefined) return undefined;
  runner.recall(answer);
  const named = (runs: readonly string[]): readonly RecordedRun[] =>
    runs.flatMap((name) => runner.run(name) ?? []);
  const [before, after] = [named(read.before), named(read.after)];
  return before.length < read.before.length ||
    after.length < read.after.length ||
    (read.works && Math.min(before.length, after.length) < TIMES)
    ? undefined
    : { ...read, before, after };
}

/** The first line of an answer, before anything foreign: how a run that continues knows what was seen. */
const VERDICT = "verdict: ";

const suiteSchema = z.object({ state: z.enum(["as-before", "worse", "not-run"]), words: z.string() });
const trialSchema = z.object({
  kind: z.enum(["reproduced", "flaky", "not-reproduced", "invalid", "not-run"]),
  reasons: z.array(z.string()),
  failure: z.string().optional(),
  runs: z.array(z.string()),
  suite: suiteSchema,
});
const fixSchema = z.object({
  kind: z.enum(["fixed", "not-fixed", "worse"]),
  works: z.boolean(),
  reasons: z.array(z.string()),
  before: z.array(z.string()),
  after: z.array(z.string()),
  suite: suiteSchema,
});

function formatVerdict(verdict: object): string {
  return `${VERDICT}${JSON.stringify(verdict)}`;
}

function readVerdict<T>(answer: string, schema: z.ZodType<T>): T | undefined {
  const [first = ""] = answer.split("\n", 1);
  if (!first.startsWith(VERDICT)) return undefined;
  try {
    return schema.safeParse(JSON.parse(first.slice(VERDICT.length))).data;
  } catch {
    return undefined;
  }
}

/** What all tests say of a change, in a clause. `flaky`: tests that only chance made worse. */
export function compareSuites(
  before: TestReport,
  after: TestReport,
  test: string,
  flaky: ReadonlySet<string>,
): Suite {
  if (before.kind === "none")
    return { state: "not-run", words: oneLine(`it does not run on the base commit: ${before.why}`) };
  if (after.kind === "none")
    return after.unfinished === true
      ? { state: "not-run", words: oneLine(`it did not finish: ${after.why}`) }
      : { state: "worse", words: oneLine(`it does not run any more: ${after.why}`) };
  const [worse] = worseTests(before, after, new Set([test]), flaky);
  if (worse !== undefined)
    return {
      state: "worse",
      words: oneLine(`${inlineCode(worse.key)} passed before and now is ${worse.how}`),
    };
  const rest = after.tests.filter(({ file }) => file !== test);
  const good = rest.filter(({ outcome }) => outcome === "passed").length;
  return {
    state: "as-before",
    words: [
      `${good} of ${counted(rest.length, "test")} pass, no test is worse`,
      ...(good < rest.length ? [`${rest.length - good} do not pass here`] : []),
      ...(flaky.size > 0 ? [`${counted(flaky.size, "test")} of them differ from run to run`] : []),
    ].join("; "),
  };
}

/** Reasons for people that fit into an answer. */
const MAX_REASONS = 5;
const MAX_REASON = 300;

/**
 * Reasons on one line each, the names of tests as code: whoever wrote a test chose its name, which may be a sentence, or
 * lines that imitate a run.
 */
export function told(reasons: readonly string[], runs: readonly TestRun[]): readonly string[] {
  const names = [
    ...new Set(
      runs.flatMap(({ report }) => (report.kind === "report" ? report.tests : [])).map(({ name }) => name),
    ),
  ]
    .filter((name) => name.length > 2)
    .sort((a, b) => b.length - a.length)
    .slice(0, 200);
  return reasons.slice(0, MAX_REASONS).map((reason) => {
    const name = names.find((candidate) => reason.includes(candidate));
    const shown = name === undefined ? reason : reason.split(name).join(inlineCode(name));
    return oneLine(shown);
  });
}

function oneLine(text: string): string {
  return [...printable(text)].slice(0, MAX_REASON).join("");
}

/** What the runner wrote about its tests, below what was printed. */
export function formatReport(report: TestReport): string {
  if (report.kind === "none") return `[no report: ${report.why}]`;
  return [
    "[report of the test runner]",
    ...report.tests
      .slice(0, MAX_REPORTED)
      .map(
        ({ name, file, outcome, type, message, at }) =>
          `${outcome.toUpperCase()} ${file === undefined ? "" : `${file} `}${name}${
            message === undefined ? "" : `: ${type === undefined ? "" : `${type}: `}${message}`
          }${at === undefined ? "" : ` (${at.path}:${at.line})`}`,
      ),
    ...(report.tests.length > MAX_REPORTED ? [`and ${report.tests.length - MAX_REPORTED} more`] : []),
  ].join("\n");
}
