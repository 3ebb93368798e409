import { type JudgedRun, leftOut, RUNS_NEEDED } from "./judge-reproduction.ts";
import { keyOf, type TestReport, type TestResult } from "./test-report.ts";
import { testsOf, worseTests } from "./compare-reports.ts";

export interface FixEvidence {
  /** Runs of the failing test: on the base commit, and with the change. */
  readonly reproduction: { readonly before: readonly JudgedRun[]; readonly after: readonly JudgedRun[] };
  /** All tests, without and with the change, and those that only chance made worse; undefined: they were not run. */
  readonly suite:
    | {
        readonly before: TestReport;
        readonly after: TestReport;
        readonly flaky?: ReadonlySet<string> | undefined;
      }
    | undefined;
  /** Path of the failing test. */
  readonly test: string;
  /** Files that the change writes or removes; the test's own is not among them. */
  readonly changed?: readonly string[] | undefined;
}

export interface FixVerdict {
  readonly kind: "fixed" | "not-fixed" | "worse";
  /** Sentences: why it is that. Never empty. */
  readonly reasons: readonly string[];
  /** What a person should look at all the same. */
  readonly caveats: readonly string[];
  /** Tests that got worse. */
  readonly worse: readonly string[];
}

/** Files that decide how tests are run: a change of them can make any test pass. */
const DECIDES =
  /(^|\/)(conftest\.py|pytest\.ini|tox\.ini|setup\.cfg|sitecustomize\.py|usercustomize\.py|jest\.config\.\w+|vitest\.(config|setup|workspace)\.\w+|\.mocharc\.\w+|\.rspec|phpunit[\w.]*\.xml|\.taprc)$|\.pth$/;

/** The paths of a change that can make any test pass. */
export function decidingFiles(changed: readonly string[]): readonly string[] {
  return changed.filter((path) => DECIDES.test(path));
}

/** Whether a change mends what a failing test shows, and leaves the other tests as they were. */
export function judgeFix({ reproduction, suite, test, changed = [] }: FixEvidence): FixVerdict {
  const caveats: string[] = [...leftOut(reproduction.after)];
  const decides = decidingFiles(changed);
  if (decides.length > 0)
    caveats.push(`the change touches files that decide how tests are run: ${decides.join(", ")}`);
  if (suite === undefined) caveats.push("the other tests were not run");
  else if (suite.before.kind === "none")
    caveats.push(`the other tests do not run on the base commit: ${suite.before.why}`);

  const worse =
    suite?.before.kind === "report" && suite.after.kind === "report"
      ? worseTests(suite.before, suite.after, new Set([test]), suite.flaky).map(
          ({ key, how }) => `${key} (${how})`,
        )
      : [];
  const flaky = [...(suite?.flaky ?? [])];
  if (flaky.length > 0)
    caveats.push(
      `${flaky.length === 1 ? "a test ends" : `${flaky.length} tests end`} now so and now so, with or without the change: ${flaky.slice(0, 5).join(", ")}`,
    );
  const isUnfinished = suite?.after.kind === "none" && suite.after.unfinished === true;
  if (suite?.before.kind === "report" && suite.after.kind === "none" && isUnfinished)
    caveats.push(`the other tests did not finish with the change: ${suite.after.why}`);
  const broken =
    suite?.before.kind === "report" && suite.after.kind === "none" && !isUnfinished
      ? `the tests do not run any more: ${suite.after.why}`
      : undefined;
  const unfixed = whyNotFixed(
    reproduction,
    test,
    changed,
    suite?.before.kind === "report" ? suite.before.tests : [],
  );

  const spoilt = [
    ...(broken === undefined ? [] : [broken]),
    ...(worse.length === 0
      ? []
      : [
          `${worse.length === 1 ? "a test gets" : `${worse.length} tests get`} worse: ${worse.slice(0, 10).join(", ")}`,
        ]),
  ];
  if (spoilt.length > 0) return { kind: "worse", reasons: [...spoilt, ...unfixed], caveats, worse };
  if (unfixed.length > 0) return { kind: "not-fixed", reasons: unfixed, caveats, worse };
  const runs = reproduction.after.length;
  return {
    kind: "fixed",
    reasons: [
      `the failing test passes in all ${runs} runs${suite?.before.kind === "report" && suite.after.kind === "report" ? ", and no other test gets worse" : ""}`,
    ],
    caveats,
    worse,
  };
}

function whyNotFixed(
  { before, after }: FixEvidence["reproduction"],
  test: string,
  changed: readonly string[],
  known: readonly TestResult[],
): readonly string[] {
  if (changed.includes(test)) return ["the change touches the failing test itself"];
  for (const [runs, when] of [
    [before, "before"],
    [after, "after"],
  ] as const) {
    if (runs.length < RUNS_NEEDED)
      return [`the test was run ${runs.length} of ${RUNS_NEEDED} times ${when} the change`];
    const silent = runs.find(({ result, report }) => result.end.kind !== "exit" || report.kind === "none");
    if (silent !== undefined)
      return [
        `a run ${when} the change gave no result: ${silent.report.kind === "none" ? silent.report.why : "it did not end by itself"}`,
      ];
  }
  const failing = before.map(
    (run) =>
      new Set(
        testsOf(run.report, test, known)
          .filter(({ outcome }) => outcome === "failed")
          .map(keyOf),
      ),
  );
  const always = [...failing[0]!].filter((key) => failing.every((names) => names.has(key)));
  if (always.length === 0)
    return ["the test did not fail every time before the change, so nothing can be told"];
  const reasons = new Set<string>();
  for (const run of after) {
    const tests = testsOf(run.report, test, known);
    for (const key of always) {
      const found = tests.filter((one) => keyOf(one) === key);
      if (found.length === 0) reasons.add(`${key} is gone after the change`);
      for (const { outcome, message } of found)
        if (outcome !== "passed")
          reasons.add(
            `${key} ${SAYS[outcome]}${message === undefined ? "" : `: ${message.split("\n")[0]!}`}`,
          );
    }
    for (const one of tests)
      if (!always.includes(keyOf(one)) && (one.outcome === "failed" || one.outcome === "error"))
        reasons.add(`${keyOf(one)} ${SAYS[one.outcome]}`);
    const { end } = run.result;
    if (reasons.size === 0 && end.kind === "exit" && end.code !== 0)
      reasons.add(`the test runner exited with ${end.code} although its report names no failure`);
  }
  return [...reasons];
}

const SAYS: Readonly<Record<TestResult["outcome"], string>> = {
  passed: "passes",
  failed: "still fails after the change",
  error: "cannot be run after the change",
  skipped: "is skipped after the change",
};
