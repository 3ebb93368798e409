import type { Citation } from "../documents/citation.ts";
import type { RecordedRun } from "../documents/recorded-run.ts";
import { detectFrameworks, runnableIn } from "../reproduction/detect-frameworks.ts";
import type { Detected } from "../reproduction/frameworks/test-framework.ts";
import { flakyTests } from "../reproduction/flaky-tests.ts";
import { judgeReproduction } from "../reproduction/judge-reproduction.ts";
import { repositoryNames } from "../reproduction/static/repository-names.ts";
import { runTests, type TestRun } from "../reproduction/run-tests.ts";
import { readStatements } from "../languages/io/read-statements.ts";
import { inlineCode } from "../text/inline-code.ts";
import { stemOf } from "../languages/paths.ts";
import { importedWords, nearestTests } from "../execution/nearest-tests.ts";
import type { Codebase } from "../repository/codebase.ts";
import { secondsOf } from "../sandbox/suite-settings.ts";
import { describeEnvironment } from "./code-runner.ts";
import {
  compareSuites,
  type FixTrial,
  formatFixTrial,
  formatReport,
  formatTrial,
  recallFixTrial,
  recallTrial,
  TIMES,
  told,
  type Trial,
} from "./trial.ts";
import { stepOfSuite, testsOn, tryChange } from "./try-change.ts";
import type { PhaseRun } from "./phase-run.ts";

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
  /** The answer to the model; `recall` reads it back in a run that continues. */
  answer(trial: Trial): string;
  recall(answer: string): Trial | undefined;
  answerFix(trial: FixTrial): string;
  recallFix(answer: string): FixTrial | undefined;
}

interface TestFile {
  readonly path: string;
  readonly text: string;
}

/** Characters of output that a document keeps of a run and of its repetitions: six of them fit into one answer. */
const FIRST_OUTPUT = 4_000;
const REPEATED_OUTPUT = 1_200;

export async function openTestBench(phaseRun: PhaseRun): Promise<TestBench> {
  const { sandbox: state, context, runner, nonce } = phaseRun;
  const files = {
    paths: context.codebase.tree.entries.map(({ path }) => path),
    text: async (path: string) => (await context.codebase.text(path))?.text,
  };
  const settings = state.kind === "ready" ? state.sandbox.environment.suite : undefined;
  const detected = await detectFrameworks(files, settings);
  const seconds = secondsOf(settings);
  const { can, cannot } =
    state.kind === "ready" ? runnableIn(state.sandbox.environment, detected) : { can: [], cannot: [] };
  const [best] = can;
  const hint = best?.framework.testFileHint(best.detection, `issue-${context.issue.key}`);
  const names = await definedNames(phaseRun);
  const why =
    state.kind === "none"
      ? state.why
      : detected.length === 0
        ? settings?.framework === undefined
          ? "no test framework that Casebook knows was found"
          : `the settings name ${settings.framework}, of which nothing was found`
        : best === undefined
          ? cannot.map((one) => one.why).join("; ")
          : undefined;

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
          { changes: new Map(), times: 1, limits: { seconds: seconds.suite } },
          signal,
        ).then(([run]) => run!)),
      );
    return running;
  };
  const sandboxOf = (): Parameters<typeof runTests>[0] => {
    if (state.kind !== "ready") throw new Error("there is no sandbox");
    return state.sandbox;
  };
  const kept = (runs: readonly TestRun[], changed: readonly string[]): readonly RecordedRun[] =>
    runs.map(({ result, command, report }, i) =>
      runner.keep(
        { ...result, output: [result.output.trimEnd(), formatReport(report)].filter(Boolean).join("\n") },
        { command, changed, maxOutput: i === 0 ? FIRST_OUTPUT : REPEATED_OUTPUT },
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
      frameworkFor(can, path) === undefined
        ? `${path} is no file that ${best?.framework.name ?? "the framework"} would run; a new test goes to ${hint?.path ?? "the tests"}.`
        : undefined,
    async try(test, signal) {
      const framework = frameworkFor(can, test.path)!;
      const changes = new Map([[test.path, test.text]]);
      phaseRun.onStep?.(`running the test ${TIMES} times`);
      const runs = await runTests(
        sandboxOf(),
        framework,
        { changes, file: test.path, times: TIMES, limits: { seconds: seconds.file } },
        signal,
      );
      phaseRun.onStep?.(stepOfSuite("without the test", seconds));
      const before = await suiteBefore(framework, signal);
      phaseRun.onStep?.(stepOfSuite("with the test", seconds, before.result.milliseconds));
      const [after] = await runTests(
        sandboxOf(),
        framework,
        { changes, times: 1, limits: { seconds: seconds.suite } },
        signal,
      );
      const flaky = await flakyTests(
        { before: before.report, after: after!.report },
        test.path,
        (isWith, chosen) =>
          testsOn(
            framework,
            { sandbox: sandboxOf(), changes: isWith ? changes : new Map() },
            chosen,
            seconds,
            signal,
          ),
      );
      const language = framework.framework.language;
      const used =
        repositoryNames({ ...test, language }, files.paths) ??
        names.filter((name) => holdsName(test.text, name));
      const verdict = judgeReproduction({
        runs,
        suite: { before: before.report, with: after!.report, flaky },
        test: { ...test, language, statements: await readStatements(test.path, test.text) },
        importsRepository: used.length > 0,
        repositoryNames: used,
        changed: [...changes.keys()],
      });
      const recorded = kept(runs, [test.path]);
      return {
        kind: verdict.kind,
        reasons: told([...verdict.reasons, ...verdict.caveats], runs),
        failure: wordsIn(recorded[0], verdict.failure?.message),
        runs: recorded,
        suite: compareSuites(before.report, after!.report, test.path, flaky),
      };
    },
    async tryFix({ test, files: changed }, signal) {
      const framework = frameworkFor(can, test.path)!;
      const sandbox = sandboxOf();
      const withTest = new Map([[test.path, test.text]]);
      const { verdict, before, after, suite } = await tryChange(
        framework,
        {
          plain: { sandbox, changes: new Map() },
          before: { sandbox, changes: withTest },
          after: { sandbox, changes: new Map([...changed, ...withTest]) },
          suiteBefore: async () => (await suiteBefore(framework, signal)).report,
          nearest: await nearestTo(
            [...changed.keys()],
            test.path,
            framework.detection.tests.filter((path) => context.codebase.roleOf(path) === "test"),
            context.codebase,
          ),
          onStep: phaseRun.onStep,
          test: test.path,
          changed: [...changed.keys()],
          seconds,
        },
        signal,
      );
      return {
        kind: verdict.kind,
        works: verdict.kind !== "not-fixed",
        reasons: told([...verdict.reasons, ...verdict.caveats], [...before, ...after]),
        before: kept(before, [test.path]),
        after: kept(after, [test.path, ...changed.keys()]),
        suite,
      };
    },
    answer: (trial) => formatTrial(trial, nonce),
    recall: (answer) => recallTrial(answer, runner),
    answerFix: (trial) => formatFixTrial(trial, nonce),
    recallFix: (answer) => recallFixTrial(answer, runner),
  };
}

const NEAREST = 2;

/** Of test files the two that use most of the changed files. */
export function nearestTo(
  changed: readonly string[],
  test: string,
  tests: readonly string[],
  codebase: Pick<Codebase, "syntax">,
): Promise<readonly string[]> {
  const imports = importedWords(changed.map((path) => ({ source: stemOf(path), names: [] })));
  return nearestTests({ path: test, imports }, tests, codebase, NEAREST);
}

/** The runner of several that takes a file with such an ending. */
export function frameworkFor(can: readonly Detected[], path: string): Detected | undefined {
  return can.find(
    ({ framework, detection }) => endingOf(framework.testFileHint(detection, "x").path) === endingOf(path),
  );
}

/** Names that a test which exercises the repository holds: what its files define. */
async function definedNames({ context }: PhaseRun): Promise<readonly string[]> {
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
