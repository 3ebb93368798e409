import type { Detected } from "../reproduction/frameworks/test-framework.ts";
import { flakyTests } from "../reproduction/flaky-tests.ts";
import { type FixVerdict, judgeFix } from "../reproduction/judge-fix.ts";
import { runTests, type TestRun } from "../reproduction/run-tests.ts";
import type { TestReport, TestResult } from "../reproduction/test-report.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { compareSuites, type Suite, TIMES } from "./trial.ts";

/** Files that tests are run on: those of a sandbox, with these written over them. */
export interface Side {
  readonly sandbox: Sandbox;
  readonly changes: ReadonlyMap<string, string | undefined>;
}

export interface ChangeTrial {
  readonly verdict: FixVerdict;
  /** Runs of the failing test without the change, and with it. */
  readonly before: readonly TestRun[];
  readonly after: readonly TestRun[];
  readonly suite: Suite;
  /** All tests without the change, as they were reported. */
  readonly suiteBefore: TestReport;
}

/** Seconds that a run of one test file, and one of all tests, may take. */
export interface TrialSeconds {
  readonly file: number;
  readonly suite: number;
}

/**
 * Runs a failing test without and with a change, and all other tests without and with it; what got worse is run again.
 * `test` and `changed` are paths; the failing test is among the changes of `before` and `after`, not among those of `plain`.
 */
export async function tryChange(
  framework: Detected,
  {
    plain,
    before: without,
    after: withIt,
    suiteBefore,
    test,
    changed,
    seconds,
  }: {
    readonly plain: Side;
    readonly before: Side;
    readonly after: Side;
    /** All tests on `plain`. */
    readonly suiteBefore: () => Promise<TestReport>;
    readonly test: string;
    readonly changed: readonly string[];
    readonly seconds: TrialSeconds;
  },
  signal: AbortSignal,
): Promise<ChangeTrial> {
  const failing = (side: Side): Promise<readonly TestRun[]> =>
    runTests(
      side.sandbox,
      framework,
      { changes: side.changes, file: test, times: TIMES, limits: { seconds: seconds.file } },
      signal,
    );
  const before = await failing(without);
  const after = await failing(withIt);
  const suite = await suiteBefore();
  const suiteAfter = await testsOn(framework, withIt, [], seconds, signal);
  const flaky = await flakyTests({ before: suite, after: suiteAfter }, test, (isWith, chosen) =>
    testsOn(framework, isWith ? withIt : plain, chosen, seconds, signal),
  );
  return {
    verdict: judgeFix({
      reproduction: { before, after },
      suite: { before: suite, after: suiteAfter, flaky },
      test,
      changed,
    }),
    before,
    after,
    suite: compareSuites(suite, suiteAfter, test, flaky),
    suiteBefore: suite,
  };
}

/** The tests of some files, in one report; none are named: all tests. */
export async function testsOn(
  framework: Detected,
  { sandbox, changes }: Side,
  chosen: readonly string[],
  seconds: TrialSeconds,
  signal: AbortSignal,
): Promise<TestReport> {
  const tests: TestResult[] = [];
  for (const file of chosen.length === 0 ? [undefined] : chosen) {
    const limits = { seconds: file === undefined ? seconds.suite : seconds.file };
    const [run] = await runTests(sandbox, framework, { changes, file, times: 1, limits }, signal);
    if (run!.report.kind === "none") return run!.report;
    tests.push(...run!.report.tests);
  }
  return { kind: "report", tests };
}
