import { detectFrameworks, runnableIn } from "../reproduction/detect-frameworks.ts";
import type { Detected, RepositoryFiles } from "../reproduction/frameworks/test-framework.ts";
import { decidingFiles } from "../reproduction/judge-fix.ts";
import { testsOf } from "../reproduction/compare-reports.ts";
import type { TestRun } from "../reproduction/run-tests.ts";
import type { TestResult } from "../reproduction/test-report.ts";
import type { ChangeVerdict } from "../phases/change-verdict.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import type { Codebase } from "../repository/codebase.ts";
import { inlineCode } from "../text/inline-code.ts";
import { describeEnvironment, shortened } from "./code-runner.ts";
import { frameworkFor, nearestTo } from "./test-bench.ts";
import { secondsOf } from "../sandbox/suite-settings.ts";
import { told } from "./trial.ts";
import { testsOn, tryChange } from "./try-change.ts";

/** The files without, or with, a change, and where they run. */
export interface ChangeSide {
  readonly sandbox: Sandbox;
  readonly files: RepositoryFiles;
}

/** What `judgeChange` finds; the caller knows the commits. */
export type Judged = Omit<ChangeVerdict, "base" | "head">;

/**
 * Runs the sealed test of an investigation on files without and with somebody's change, and all other tests on both. The test
 * lies over a file of the same path on both sides, so a change of it decides nothing. Throws for the signal only.
 */
export async function judgeChange(
  {
    before,
    after,
    test,
    changed,
    codebase,
    onStep,
  }: {
    readonly before: ChangeSide;
    readonly after: ChangeSide;
    readonly test: { readonly path: string; readonly text: string };
    /** Paths that the change adds, removes or edits. */
    readonly changed: readonly string[];
    /** Of the files without the change: which tests are nearest to it, and so run first. */
    readonly codebase: Pick<Codebase, "syntax">;
    readonly onStep?: ((step: string) => void) | undefined;
  },
  signal: AbortSignal,
): Promise<Judged> {
  const framework = await frameworkOf(before, after, test.path);
  if (typeof framework === "string")
    return { kind: "undecided", test: test.path, reasons: [framework], caveats: [] };
  const withTest = new Map([[test.path, test.text]]);
  const plain = { sandbox: before.sandbox, changes: new Map<string, string>() };
  const trial = await tryChange(
    framework,
    {
      plain,
      before: { sandbox: before.sandbox, changes: withTest },
      after: { sandbox: after.sandbox, changes: withTest },
      suiteBefore: () => testsOn(framework, plain, [], secondsOf(before.sandbox.environment.suite), signal),
      nearest: await nearestTo(changed, test.path, framework.detection.tests, codebase),
      onStep,
      test: test.path,
      changed: changed.filter((path) => path !== test.path),
      seconds: secondsOf(before.sandbox.environment.suite),
    },
    signal,
  );
  const known = trial.suiteBefore.kind === "report" ? trial.suiteBefore.tests : [];
  const own = (run: TestRun): readonly TestResult[] => testsOf(run.report, test.path, known);
  const failed = trial.before.filter((run) => own(run).some(({ outcome }) => outcome === "failed")).length;
  const passed = trial.after.filter((run) => isPass(run, own(run))).length;
  const runs = [...trial.before, ...trial.after];
  const doubt = doubtOf({ failed, runs: trial.before.length, changed });
  return {
    kind: doubt !== undefined ? "undecided" : KINDS[trial.verdict.kind],
    test: test.path,
    before: { failed, runs: trial.before.length },
    after: { passed, runs: trial.after.length },
    suite: trial.suite,
    reasons: told([...(doubt === undefined ? [] : [doubt]), ...trial.verdict.reasons], runs),
    caveats: told(
      [
        ...trial.verdict.caveats,
        ...(changed.includes(test.path)
          ? [`the change has a file of its own at ${inlineCode(test.path)}; the sealed test ran in its place`]
          : []),
      ],
      runs,
    ),
    command: trial.before[0]!.command.map(shortened).join(" "),
    environment: describeEnvironment(before.sandbox.environment, framework.framework.needs),
  };
}

const KINDS = { fixed: "passes", "not-fixed": "fails", worse: "worse" } as const;

/** Why the runs do not tell whether the change helps. */
function doubtOf({
  failed,
  runs,
  changed,
}: {
  readonly failed: number;
  readonly runs: number;
  readonly changed: readonly string[];
}): string | undefined {
  if (failed === 0) return "the test does not fail without the change";
  if (failed < runs) return `without the change the test fails in ${failed} of ${runs} runs`;
  const [decides] = decidingFiles(changed);
  return decides === undefined
    ? undefined
    : `it changes ${inlineCode(decides)}, which decides how tests are run, so a pass shows nothing`;
}

/** The runner that takes the test's file, with the test files of both sides; a sentence where none can run. */
async function frameworkOf(before: ChangeSide, after: ChangeSide, path: string): Promise<Detected | string> {
  const { can, cannot } = runnableIn(
    before.sandbox.environment,
    await detectFrameworks(before.files, before.sandbox.environment.suite),
  );
  const found = frameworkFor(can, path);
  if (found === undefined)
    return (
      cannot[0]?.why ?? `no test runner that Casebook knows takes ${inlineCode(path)} without the change`
    );
  const { framework, detection } = found;
  const more = (await framework.detect(after.files))?.tests ?? [];
  return {
    framework,
    detection: { ...detection, tests: [...new Set([...detection.tests, ...more])].sort() },
  };
}

function isPass({ result: { end }, report }: TestRun, own: readonly TestResult[]): boolean {
  return (
    report.kind === "report" &&
    end.kind === "exit" &&
    end.code === 0 &&
    own.some(({ outcome }) => outcome === "passed") &&
    own.every(({ outcome }) => outcome === "passed" || outcome === "skipped")
  );
}
