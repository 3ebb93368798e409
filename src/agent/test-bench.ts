import type { Citation } from "../documents/citation.ts";
import { z } from "zod";
import { inlineCode, printable } from "../text/inline-code.ts";
import type { RecordedRun } from "../documents/recorded-run.ts";
import { detectFrameworks, runnableIn } from "../reproduction/detect-frameworks.ts";
import type { Detected } from "../reproduction/frameworks/test-framework.ts";
import { judgeFix } from "../reproduction/judge-fix.ts";
import { judgeReproduction } from "../reproduction/judge-reproduction.ts";
import { repositoryNames } from "../reproduction/static/repository-names.ts";
import { runTests, type TestRun } from "../reproduction/run-tests.ts";
import type { TestReport } from "../reproduction/test-report.ts";
import { counted } from "../phases/builtin/statements.ts";
import { describeEnvironment, formatRunAnswer } from "./code-runner.ts";
import type { Work } from "./work.ts";

/** Runs tests of the project for a check of Casebook's own. */
export interface TestBench {
  /** Why no test can be run here; undefined when one can. */
  readonly why: string | undefined;
  /** `unittest, in bubblewrap 0.8.0, python3 3.11.2; no prepared dependencies`. */
  readonly describe: string;
  /** Lines that show the framework. */
  readonly shownBy: readonly Citation[];
  /** Where a new test goes. */
  readonly hint: string;
  /** Why a test cannot stand there; undefined when it can. */
  refuses(path: string): string | undefined;
  try(test: TestFile, signal: AbortSignal): Promise<Trial>;
  tryFix(
    change: { readonly test: TestFile; readonly files: ReadonlyMap<string, string> },
    signal: AbortSignal,
  ): Promise<FixTrial>;
  /** What the model is told; `recall` reads it back in a run that is taken up again. */
  answer(trial: Trial): string;
  recall(answer: string, test: TestFile): Trial | undefined;
  answerFix(trial: FixTrial): string;
  recallFix(answer: string, test: TestFile): FixTrial | undefined;
}

interface TestFile {
  readonly path: string;
  readonly text: string;
}

/** How the rest of the suite took it. */
interface Suite {
  readonly ok: boolean;
  readonly words: string;
}

export interface Trial {
  readonly kind: "reproduced" | "flaky" | "not-reproduced" | "invalid" | "not-run";
  readonly reasons: readonly string[];
  /** Words of the failure that stand in the first run's output. */
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

/** Tests of a report that a document shows. */
const MAX_REPORTED = 30;
/** Runs of the failing test: once can be chance. */
const TIMES = 3;
const FILE_SECONDS = 120;
const SUITE_SECONDS = 600;
/** Characters of output that a document keeps of a run and of its repetitions: six of them fit into one answer. */
const FIRST_OUTPUT = 4_000;
const REPEATED_OUTPUT = 1_200;

export async function openTestBench(work: Work): Promise<TestBench> {
  const { sandbox: state, context, runner, nonce } = work;
  const files = {
    paths: context.codebase.tree.entries.map(({ path }) => path),
    text: async (path: string) => (await context.codebase.text(path))?.text,
  };
  const detected = await detectFrameworks(files);
  const { can, cannot } =
    state.kind === "ready" ? runnableIn(state.sandbox.environment, detected) : { can: [], cannot: [] };
  const [best] = can;
  const hint = best?.framework.testFileHint(best.detection, `issue-${context.issue.key}`);
  const names = await definedNames(work);
  const why =
    state.kind === "none"
      ? state.why
      : detected.length === 0
        ? "no test framework that Casebook knows was found"
        : best === undefined
          ? cannot.map((one) => one.why).join("; ")
          : undefined;

  const frameworkFor = (path: string): Detected | undefined =>
    can.find((one) => {
      const like = one.framework.testFileHint(one.detection, "x").path;
      return endingOf(like) === endingOf(path);
    });
  // All tests on the commit as it is, by the framework that runs them: once for every try.
  const whole = new Map<string, Promise<TestRun>>();
  const suiteBefore = (framework: Detected, signal: AbortSignal): Promise<TestRun> => {
    const { name } = framework.framework;
    let running = whole.get(name);
    if (running === undefined)
      whole.set(
        name,
        (running = runTests(
          sandboxOf(),
          framework,
          { changes: new Map(), times: 1, limits: { seconds: SUITE_SECONDS } },
          signal,
        ).then(([run]) => run!)),
      );
    return running;
  };
  const sandboxOf = (): Parameters<typeof runTests>[0] => {
    if (state.kind !== "ready") throw new Error("there is no sandbox");
    return state.sandbox;
  };
  const kept = (
    runs: readonly TestRun[],
    changed: readonly string[],
    given: string,
  ): readonly RecordedRun[] =>
    runs.map(({ result, command, report }, i) =>
      runner.keep(
        { ...result, output: [result.output.trimEnd(), formatReport(report)].filter(Boolean).join("\n") },
        { command, changed, given, maxOutput: i === 0 ? FIRST_OUTPUT : REPEATED_OUTPUT },
      ),
    );

  return {
    why,
    describe:
      best === undefined || state.kind === "none"
        ? ""
        : `${best.framework.name}, in ${describeEnvironment(state.sandbox.environment, best.framework.needs)}`,
    shownBy: best === undefined ? [] : linesOf(best.detection.evidence),
    hint:
      hint === undefined
        ? ""
        : `${inlineCode(hint.path)}${hint.like === undefined ? "" : `, written like ${inlineCode(hint.like)}`}`,
    refuses: (path) =>
      frameworkFor(path) === undefined
        ? `${path} is no file that ${best?.framework.name ?? "the framework"} would run; a new test goes to ${hint?.path ?? "the tests"}.`
        : undefined,
    async try(test, signal) {
      const framework = frameworkFor(test.path)!;
      const changes = new Map([[test.path, test.text]]);
      const runs = await runTests(
        sandboxOf(),
        framework,
        { changes, file: test.path, times: TIMES, limits: { seconds: FILE_SECONDS } },
        signal,
      );
      const before = await suiteBefore(framework, signal);
      const [after] = await runTests(
        sandboxOf(),
        framework,
        { changes, times: 1, limits: { seconds: SUITE_SECONDS } },
        signal,
      );
      const language = framework.framework.language;
      const used =
        repositoryNames({ ...test, language }, files.paths) ??
        names.filter((name) => holdsName(test.text, name));
      const verdict = judgeReproduction({
        runs,
        suite: { before: before.report, with: after!.report },
        test: { ...test, language },
        importsRepository: used.length > 0,
        repositoryNames: used,
        changed: [...changes.keys()],
      });
      const recorded = kept(runs, [test.path], test.text);
      return {
        kind: verdict.kind,
        reasons: told([...verdict.reasons, ...verdict.caveats], runs),
        failure: wordsIn(recorded[0], verdict.failure?.message),
        runs: recorded,
        suite: compareSuites(before.report, after!.report, test.path),
      };
    },
    async tryFix({ test, files: changed }, signal) {
      const framework = frameworkFor(test.path)!;
      const withTest = new Map([[test.path, test.text]]);
      const withChange = new Map([...changed, ...withTest]);
      const limits = { seconds: FILE_SECONDS };
      const before = await runTests(
        sandboxOf(),
        framework,
        { changes: withTest, file: test.path, times: TIMES, limits },
        signal,
      );
      const after = await runTests(
        sandboxOf(),
        framework,
        { changes: withChange, file: test.path, times: TIMES, limits },
        signal,
      );
      const suite = await suiteBefore(framework, signal);
      const [suiteAfter] = await runTests(
        sandboxOf(),
        framework,
        { changes: withChange, times: 1, limits: { seconds: SUITE_SECONDS } },
        signal,
      );
      const verdict = judgeFix({
        reproduction: { before, after },
        suite: { before: suite.report, after: suiteAfter!.report },
        test: test.path,
        changed: [...changed.keys()],
      });
      return {
        kind: verdict.kind,
        works: verdict.kind !== "not-fixed",
        reasons: told([...verdict.reasons, ...verdict.caveats], [...before, ...after]),
        before: kept(before, [test.path], test.text),
        after: kept(after, [test.path, ...changed.keys()], test.text),
        suite: compareSuites(suite.report, suiteAfter!.report, test.path),
      };
    },
    answer: (trial) =>
      [
        formatVerdict({ ...trial, runs: trial.runs.map(({ name }) => name) }),
        `Casebook ran it ${counted(trial.runs.length, "time")} on the base commit: ${trial.kind.replace("-", " ")}.`,
        ...trial.reasons.map((reason) => `- ${reason}`),
        `Rest of the suite: ${trial.suite.words}.`,
        ...trial.runs.map((run) => formatRunAnswer(run, nonce)),
      ].join("\n"),
    recall(answer, { text }) {
      const read = readVerdict(answer, trialSchema);
      if (read === undefined) return undefined;
      runner.recall(answer, text);
      const runs = read.runs.flatMap((name) => runner.run(name) ?? []);
      // A verdict without the runs that show it is none.
      return runs.length < read.runs.length || (read.kind === "reproduced" && runs.length < TIMES)
        ? undefined
        : { ...read, runs };
    },
    answerFix: (trial) =>
      [
        formatVerdict({
          ...trial,
          before: trial.before.map(({ name }) => name),
          after: trial.after.map(({ name }) => name),
        }),
        `Casebook ran the failing test before and after the change: ${trial.kind.replace("-", " ")}.`,
        ...trial.reasons.map((reason) => `- ${reason}`),
        `Rest of the suite: ${trial.suite.words}.`,
        ...[...trial.before, ...trial.after].map((run) => formatRunAnswer(run, nonce)),
      ].join("\n"),
    recallFix(answer, { text }) {
      const read = readVerdict(answer, fixSchema);
      if (read === undefined) return undefined;
      runner.recall(answer, text);
      const named = (runs: readonly string[]): readonly RecordedRun[] =>
        runs.flatMap((name) => runner.run(name) ?? []);
      const [before, after] = [named(read.before), named(read.after)];
      return before.length < read.before.length ||
        after.length < read.after.length ||
        (read.works && Math.min(before.length, after.length) < TIMES)
        ? undefined
        : { ...read, before, after };
    },
  };
}

/** The first line of an answer, before anything foreign: how a run that is taken up again knows what was seen. */
const VERDICT = "verdict: ";

const suiteSchema = z.object({ ok: z.boolean(), words: z.string() });
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

/** Names that a test which exercises the repository holds: what its files define. */
async function definedNames({ context }: Work): Promise<readonly string[]> {
  const { files } = await context.ranking();
  const names = new Set<string>();
  for (const { path } of files)
    for (const symbol of (await context.codebase.syntax(path))?.symbols ?? [])
      if (symbol.name.length > 2) names.add(symbol.name);
  return [...names];
}

function holdsName(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1))
    if (!/[\w$]/.test(text[at - 1] ?? " ") && !/[\w$]/.test(text[at + name.length] ?? " ")) return true;
  return false;
}

/** The first line of the failure's words, when the kept output holds it. */
function wordsIn(run: RecordedRun | undefined, message: string | undefined): string | undefined {
  const line = message
    ?.split("\n")
    .map((text) => text.trim())
    .find((text) => text.length > 2)
    ?.slice(0, 120);
  return line !== undefined && run?.output.includes(line) === true ? line : undefined;
}

function oneLine(text: string): string {
  return [...printable(text)].slice(0, MAX_REASON).join("");
}

function compareSuites(before: TestReport, after: TestReport, test: string): Suite {
  if (before.kind === "none")
    return { ok: false, words: oneLine(`it does not run on the base commit: ${before.why}`) };
  if (after.kind === "none") return { ok: false, words: oneLine(`it does not run any more: ${after.why}`) };
  const rest = after.tests.filter(({ file }) => file !== test);
  const good = (tests: typeof rest): number => tests.filter(({ outcome }) => outcome === "passed").length;
  const worse = before.tests.filter(
    ({ name, file, outcome }) =>
      outcome === "passed" &&
      !rest.some((other) => other.name === name && other.file === file && other.outcome === "passed"),
  );
  return worse.length === 0
    ? {
        ok: true,
        words: `${good(rest)} of ${counted(rest.length, "test")} pass, as before${
          good(rest) < rest.length ? `; ${rest.length - good(rest)} do not pass here, with or without it` : ""
        }`,
      }
    : { ok: false, words: `${inlineCode(worse[0]!.name)} passed before and does not now` };
}

/** Reasons for people that fit into an answer. */
const MAX_REASONS = 5;
const MAX_REASON = 300;

/**
 * Reasons on one line each, the names of tests as code: whoever wrote a test chose its name, which may be a sentence, or
 * lines that imitate a run.
 */
function told(reasons: readonly string[], runs: readonly TestRun[]): readonly string[] {
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

/** What the runner wrote about its tests, below what was printed. */
function formatReport(report: TestReport): string {
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

function endingOf(path: string): string {
  return /\.[A-Za-z0-9]+$/.exec(path)?.[0] ?? "";
}

/** `pyproject.toml:12` as a citation. */
function linesOf(evidence: string): readonly Citation[] {
  const match = /^(.+):([1-9]\d*)$/.exec(evidence);
  return match === null
    ? []
    : [{ kind: "lines", path: match[1]!, start: Number(match[2]), end: Number(match[2]) }];
}
