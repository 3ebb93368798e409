import type { Detected } from "../reproduction/frameworks/test-framework.ts";
import { flakyTests } from "../reproduction/flaky-tests.ts";
import { type FixVerdict, judgeFix } from "../reproduction/judge-fix.ts";
import { runTests, type TestRun } from "../reproduction/run-tests.ts";
import type { TestReport, TestResult } from "../reproduction/test-report.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { counted } from "../text/counted.ts";
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
    nearest = [],
    onStep,
    test,
    changed,
    seconds,
  }: {
    readonly plain: Side;
    readonly before: Side;
    readonly after: Side;
    /** All tests on `plain`. */
    readonly suiteBefore: () => Promise<TestReport>;
    /** Test files that are run before all others: where they get worse, the others need not run. */
    readonly nearest?: readonly string[];
    readonly onStep?: ((step: string) => void) | undefined;
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
  onStep?.(`running the failing test ${TIMES} times without the change`);
  const before = await failing(without);
  onStep?.(`running the failing test ${TIMES} times with the change`);
  const after = await failing(withIt);
  const compared = async (one: TestReport, other: TestReport): Promise<ComparedSuite> => ({
    before: one,
    after: other,
    flaky: await flakyTests({ before: one, after: other }, test, (isWith, chosen) => {
      onStep?.("running again what got worse");
      return testsOn(framework, isWith ? withIt : plain, chosen, seconds, signal);
    }),
  });
  const near = async (): Promise<ComparedSuite | undefined> => {
    if (nearest.length === 0) return undefined;
    onStep?.(`running the ${counted(nearest.length, "test file")} nearest to the change`);
    const one = await testsOn(framework, plain, nearest, seconds, signal);
    const suite = await compared(one, await testsOn(framework, withIt, nearest, seconds, signal));
    return compareSuites(suite.before, suite.after, test, suite.flaky).state === "worse" ? suite : undefined;
  };
  const all = async (): Promise<ComparedSuite> => {
    onStep?.(stepOfSuite("without the change", seconds));
    const one = await suiteBefore();
    onStep?.(stepOfSuite("with the change", seconds));
    return compared(one, await testsOn(framework, withIt, [], seconds, signal));
  };
  const suite = (await near()) ?? (await all());
  return {
    verdict: judgeFix({ reproduction: { before, after }, suite, test, changed }),
    before,
    after,
    suite: compareSuites(suite.before, suite.after, test, suite.flaky),
    suiteBefore: suite.before,
  };
}

interface ComparedSuite {
  readonly before: TestReport;
  readonly after: TestReport;
  readonly flaky: ReadonlySet<string>;
}

/** What people who watch are told; `took`: milliseconds of an earlier run. */
export function stepOfSuite(on: string, { suite }: TrialSeconds, took?: number): string {
  return `running all tests ${on}, at most ${suite} s${took === undefined ? "" : ` (they took ${Math.ceil(took / 1_000)} s before)`}`;
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
