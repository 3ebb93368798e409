import type { StatementLines } from "../languages/statement-lines.ts";
import type { SandboxResult } from "../sandbox/sandbox.ts";
import { normaliseFailure } from "./compare-reports.ts";
import { familyOf } from "./static/mask-text.ts";
import { findForbidden, findReplaced } from "./static/forbidden.ts";
import { maskText } from "./static/mask-text.ts";
import { vacuity } from "./static/vacuous.ts";
import { keyOf, type TestReport, type TestResult } from "./test-report.ts";
import { testsOf, worseTests } from "./compare-reports.ts";

export interface JudgedRun {
  readonly result: SandboxResult;
  readonly report: TestReport;
  /** What of the project's own way to run its tests was left out, because it needs what is not here. */
  readonly without?: string | undefined;
}

export interface ReproductionEvidence {
  /** Of the test's file, on the files of the base commit: at least `RUNS_NEEDED`. */
  readonly runs: readonly JudgedRun[];
  /** All tests, without and with the test's file; undefined: they were not run. */
  readonly suite:
    | {
        readonly before: TestReport;
        readonly with: TestReport;
        /** Tests that only chance made worse, by `keyOf`. */
        readonly flaky?: ReadonlySet<string> | undefined;
      }
    | undefined;
  readonly test: {
    readonly path: string;
    readonly text: string;
    readonly language: string;
    /** By the syntax tree; undefined: it has none. */
    readonly statements: readonly StatementLines[] | undefined;
  };
  /** Whether the test imports or calls code of the repository. */
  readonly importsRepository: boolean;
  /** Names in the test that stand for that code (`repositoryNames`); without them, less is noticed. */
  readonly repositoryNames?: readonly string[] | undefined;
  /** All files that the runs wrote over those of the commit; undefined: the test's file alone. */
  readonly changed?: readonly string[] | undefined;
}

export interface ReproductionVerdict {
  readonly kind: "reproduced" | "flaky" | "not-reproduced" | "invalid" | "not-run";
  /** Sentences: why it is that, the most important first. Never empty. */
  readonly reasons: readonly string[];
  /** What a person should look at all the same. */
  readonly caveats: readonly string[];
  readonly failure?: Failure | undefined;
}

interface Failure {
  /** Names of the tests that failed in every run. */
  readonly tests: readonly string[];
  readonly type: string | undefined;
  readonly message: string | undefined;
  readonly at: TestResult["at"];
}

export const RUNS_NEEDED = 3;
/** What a person would still read; the text is taken apart in time that grows faster than its length. */
const LONGEST_TEST = 100_000;
const MOST_LINES = 3_000;

/**
 * Whether a test shows a defect of the repository. Judged from how the runs ended, from what the runner reported in a
 * file, and from the test's text; nothing that was printed counts. In doubt it is no reproduction.
 */
export function judgeReproduction(evidence: ReproductionEvidence): ReproductionVerdict {
  const { runs, test, suite } = evidence;
  const caveats: string[] = [...leftOut(runs)];
  const verdict = (
    kind: ReproductionVerdict["kind"],
    reasons: readonly string[],
    failure?: Failure,
  ): ReproductionVerdict => ({ kind, reasons, caveats, failure });

  const notRun = whyNotRun(runs);
  if (notRun !== undefined) return verdict("not-run", [notRun]);
  const forbidden = whyForbidden(evidence);
  if (forbidden.length > 0) return verdict("invalid", forbidden);
  const broken = [...new Set(runs.flatMap((run) => whyUnreadable(run)))];
  if (broken.length > 0) return verdict("invalid", broken);

  const known = suite?.before.kind === "report" ? suite.before.tests : [];
  const seen = runs.map(({ report }) => testsOf(report, test.path, known));
  const errors = seen.flat().filter(({ outcome }) => outcome === "error");
  if (errors.length > 0) return verdict("invalid", [...new Set(errors.map(describeError))]);
  if (seen.some((tests) => !tests.some(({ outcome }) => outcome === "passed" || outcome === "failed")))
    return verdict("invalid", [`no test of ${test.path} was run`]);

  const twice = seen.flatMap(twoEnds);
  if (twice.length > 0) return verdict("invalid", [`${twice[0]!} is reported twice, with different ends`]);

  const failing = seen.map((tests) => tests.filter(({ outcome }) => outcome === "failed"));
  const failed = failing.filter((tests) => tests.length > 0).length;
  if (failed === 0) return verdict("not-reproduced", [`the test passed in all ${runs.length} runs`]);
  if (failed < runs.length) return verdict("flaky", [`the test failed in ${failed} of ${runs.length} runs`]);
  const [first = [], ...others] = failing.map((tests) => tests.map(keyOf).sort());
  if (others.some((names) => names.join("\n") !== first.join("\n")))
    return verdict("flaky", ["it failed every time, but not always in the same tests"]);
  const different = failing[0]!.filter(
    (one) =>
      new Set(failing.map((tests) => normaliseFailure(tests.find((other) => keyOf(other) === keyOf(one))!)))
        .size > 1,
  );
  if (different.length > 0)
    return verdict("flaky", [
      `${different[0]!.name} failed every time, but not always with the same message; assert on something that does not vary`,
    ]);

  const shown = failing[0]!;
  const failure: Failure = {
    tests: shown.map(({ name }) => name),
    type: shown[0]!.type,
    message: shown[0]!.message,
    at: shown[0]!.at,
  };
  if (test.statements === undefined) return verdict("invalid", ["the text of the test cannot be parsed"]);
  const vacuous = vacuity(test.text, familyOf(test.language), {
    names: evidence.repositoryNames,
    lines: test.statements,
  });
  const empty = shown
    .map((one) => [one, whyEmpty(one, test.path, vacuous)] as const)
    .filter(([, why]) => why !== undefined);
  if (empty.length === shown.length)
    return verdict(
      "invalid",
      empty.map(([one, why]) => `${one.name}: ${why!}`),
      failure,
    );
  for (const [one, why] of empty) caveats.push(`${one.name} shows nothing: ${why!}`);

  for (const { name, type, at } of shown)
    if (at !== undefined && at.path !== test.path && MISTAKES.test(type ?? ""))
      caveats.push(`${name} fails with ${type} inside ${at.path}: wrong arguments would do that too`);

  const spoilt = whySpoilt(suite, test.path);
  if (spoilt.length > 0) return verdict("invalid", spoilt, failure);
  if (suite === undefined) caveats.push("the other tests were not run");
  else if (suite.before.kind === "none")
    caveats.push(`the other tests do not run on the base commit: ${suite.before.why}`);
  else if (suite.with.kind === "none")
    caveats.push(`the other tests did not finish with the test added: ${suite.with.why}`);
  const replaced = findReplaced(
    maskText(test.text, familyOf(test.language)).code,
    familyOf(test.language),
    evidence.repositoryNames ?? [],
  );
  if (replaced.length > 0)
    caveats.push(
      `the test replaces something of the code that it tests (line ${replaced.slice(0, 5).join(", ")})`,
    );
  return verdict(
    "reproduced",
    [
      `${shown.length === 1 ? `${shown[0]!.name} fails` : `${shown.length} tests fail`} in all ${runs.length} runs, in the same way`,
    ],
    failure,
  );
}

/** What people should know of runs without the project's own options. */
export function leftOut(runs: readonly JudgedRun[]): readonly string[] {
  const without = runs.find((run) => run.without !== undefined)?.without;
  return without === undefined ? [] : [`the tests were run without ${without}, which need what is not here`];
}

function whyNotRun(runs: readonly JudgedRun[]): string | undefined {
  const unstarted = runs.map(({ result }) => result.end).find((end) => end.kind === "not-started");
  if (unstarted !== undefined) return unstarted.why;
  if (runs.length === 0) return "the test was not run";
  return runs.length < RUNS_NEEDED ? `the test was run ${runs.length} of ${RUNS_NEEDED} times` : undefined;
}

/** What the text alone rules out. */
function whyForbidden({
  test,
  importsRepository,
  changed = [test.path],
}: ReproductionEvidence): readonly string[] {
  if (test.text.length > LONGEST_TEST || test.text.split("\n").length > MOST_LINES)
    return ["the test is too long to be looked at"];
  const family = familyOf(test.language);
  const found = findForbidden(maskText(test.text, family), family).map(
    ({ line, what }) => `line ${line} of the test ${what}, so its result cannot be trusted`,
  );
  if (!importsRepository) found.push("the test does not use code of the repository");
  const others = changed.filter((path) => path !== test.path);
  if (others.length > 0) found.push(`the runs changed more than the test: ${others.slice(0, 5).join(", ")}`);
  return [...new Set(found)].slice(0, 10);
}

/** A run that says nothing: no exit, no report, or an exit that its report does not bear out. */
function whyUnreadable({ result: { end }, report }: JudgedRun): readonly string[] {
  if (end.kind === "limit")
    return [
      end.limit === "seconds"
        ? "the test did not end in time; one for code that hangs must give up by itself"
        : "the test printed so much that it was stopped",
    ];
  if (end.kind === "signal") return [`the test runner was ended by ${end.signal}`];
  if (end.kind === "not-started") return [end.why];
  if (report.kind === "none")
    return [`the test runner exited with ${end.code} without a report that can be read: ${report.why}`];
  const bad = report.tests.some(({ outcome }) => outcome === "failed" || outcome === "error");
  if (bad === (end.code !== 0) || (report.tests.length === 0 && end.code !== 0)) return [];
  return [
    `the test runner exited with ${end.code}, but its report says that ${bad ? "a test failed" : "none failed"}`,
  ];
}

/** Names under which one test passed and one did not: no runner says that of one test. */
function twoEnds(tests: readonly TestResult[]): readonly string[] {
  const passed = new Set(tests.filter(({ outcome }) => outcome === "passed").map(keyOf));
  return tests
    .filter(({ outcome }) => outcome === "failed")
    .map(keyOf)
    .filter((key) => passed.has(key));
}

function describeError({ name, type, message }: TestResult): string {
  const words = [
    type,
    message
      ?.split("\n")
      .find((line) => line.trim() !== "")
      ?.trim(),
  ]
    .filter(Boolean)
    .join(": ");
  return `the test could not be run as it is (${name}${words === "" ? "" : `: ${words}`})`.slice(0, 500);
}

/** Exceptions that a mistake in a test makes, when they come from the test's own line. */
const MISTAKES =
  /^(NameError|UnboundLocalError|ImportError|ModuleNotFoundError|SyntaxError|IndentationError|TabError|AttributeError|TypeError|ReferenceError|FileNotFoundError|PermissionError|IsADirectoryError|NotImplementedError|NoMethodError|ArgumentError|LoadError|NoClassDefFoundError|NoSuchMethodError|ClassNotFoundException|Error \[ERR_MODULE_NOT_FOUND\])$/;
const LEAVES =
  /^(SystemExit|KeyboardInterrupt|GeneratorExit|ProcessEnded|SkipTest|Skipped|Exit|OutcomeException)$/;

/** Why a failure shows nothing of the repository. */
function whyEmpty(
  one: TestResult,
  path: string,
  vacuous: (line: number) => string | undefined,
): string | undefined {
  if (LEAVES.test(one.type ?? "")) return `it left with ${one.type}`;
  if (one.at === undefined) return "its report does not tell on which line it failed";
  // Inside the repository's own code, it is the repository's failure.
  if (one.at.path !== path) return undefined;
  if (MISTAKES.test(one.type ?? ""))
    return `${one.type} comes from line ${one.at.line} of the test itself: a mistake in the test, or a value that should be asserted on`;
  const why = vacuous(one.at.line);
  return why === undefined ? undefined : `${why} (line ${one.at.line})`;
}

function whySpoilt(suite: ReproductionEvidence["suite"], path: string): readonly string[] {
  if (suite === undefined || suite.before.kind === "none") return [];
  if (suite.with.kind === "none" && suite.with.unfinished === true) return [];
  if (suite.with.kind === "none")
    return [`with the test added, the other tests do not run any more: ${suite.with.why}`];
  const worse = worseTests(suite.before, suite.with, new Set([path]), suite.flaky);
  return worse.length === 0
    ? []
    : [
        `with the test added, other tests get worse: ${worse
          .slice(0, 5)
          .map(({ key, how }) => `${key} (${how})`)
          .join(", ")}`,
      ];
}
