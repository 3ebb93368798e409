import { normaliseFailure, worseTests } from "../reproduction/compare-reports.ts";
import type { Detected } from "../reproduction/frameworks/test-framework.ts";
import { runTests, type TestRun } from "../reproduction/run-tests.ts";
import { keyOf, type TestReport, type TestResult } from "../reproduction/test-report.ts";
import { narrowedPlan } from "./narrowed-plan.ts";
import type { Sandbox, SandboxLimits } from "../sandbox/sandbox.ts";

export type Files = ReadonlyMap<string, string | undefined>;
type Report = Extract<TestReport, { kind: "report" }>;

/** A failing test as it was run, and the tests that must not get worse. */
export interface Situation {
  readonly sandbox: Sandbox;
  readonly framework: Detected;
  /** Laid over the commit in every run: the failing test. */
  readonly laid: Files;
  /** The file of the failing test. */
  readonly file: string;
  /** All tests of that file, as they ended on the commit. */
  readonly before: Report;
  /** The ones that show the failure. */
  readonly failing: readonly TestResult[];
  readonly guard: Guard;
  readonly limits?: Partial<SandboxLimits> | undefined;
}

/** What a change of the code does to the failing test and to the others. */
export type Intervened =
  | {
      /** The failure is gone with it, no other test is worse, and it is back, the same, when it is taken away. */
      readonly kind: "gone";
      readonly with: readonly TestRun[];
      readonly without: TestRun;
      /** Which tests were looked at for harm, for people. */
      readonly guarded: string;
    }
  | {
      /** `same`: fails as before. `other`: fails in another way, or gives no result. `worse`: another test is worse. */
      readonly kind: "same" | "other" | "worse" | "unclear";
      /** One sentence. */
      readonly why: string;
    };

/** Runs tests with a change and tells what got worse; undefined when nothing did. */
export interface Guard {
  readonly worse: (changes: Files, signal: AbortSignal) => Promise<string | undefined>;
  /** E.g. `87 tests of 3 files`; known after the first call. */
  readonly words: () => string;
}

/**
 * Watches test files beside the failing test's own, and all tests of the project where they can be run. Each is run once
 * without a change. A file or a suite that gives no report on the commit itself guards nothing, and is not named.
 */
export function openGuard(
  { sandbox, framework, laid, limits }: Pick<Situation, "sandbox" | "framework" | "laid" | "limits">,
  files: readonly (string | undefined)[],
): Guard {
  const baselines = new Map<string | undefined, Report | undefined>();
  const report = async (file: string | undefined, changes: Files, signal: AbortSignal): Promise<TestReport> =>
    (await runTests(sandbox, framework, { changes, file, times: 1, limits }, signal))[0]!.report;
  return {
    async worse(changes, signal) {
      for (const file of files) {
        if (!baselines.has(file)) {
          const first = await report(file, new Map(), signal);
          baselines.set(file, first.kind === "report" && first.tests.length > 0 ? first : undefined);
        }
        const before = baselines.get(file);
        if (before === undefined) continue;
        const after = await report(file, changes, signal);
        if (after.kind === "none") return `${file ?? "the suite"} does not run any more: ${after.why}`;
        const [worse] = worseTests(before, after, new Set(laid.keys()));
        if (worse !== undefined) return `${worse.key} (${worse.how})`;
      }
      return undefined;
    },
    words: () => {
      const seen = [...baselines].flatMap(([file, found]) => (found === undefined ? [] : [{ file, found }]));
      if (seen.length === 0) return "";
      const count = Math.max(...seen.map(({ found }) => found.tests.length));
      return seen.some(({ file }) => file === undefined)
        ? `all ${count} tests`
        : `${seen.reduce((sum, { found }) => sum + found.tests.length, 0)} tests of ${seen.length} files`;
    },
  };
}

/**
 * Runs the failing test with a change: the failure must be gone, no other test of its file or of the guard worse, the failure still
 * gone when it is run again, and back in the same way without the change. In: the situation, and the files of the change.
 */
export async function intervene(
  situation: Situation,
  files: Files,
  signal: AbortSignal,
): Promise<Intervened> {
  const { laid, before, failing, guard } = situation;
  const changes = new Map([...files, ...laid]);
  const glance = await lookAtOne(situation, changes, signal);
  if (glance !== undefined && glance !== "gone") return { kind: glance, why: SAYS[glance] };
  const first = await runFile(situation, changes, signal);
  const ended = endOf(first.report, failing);
  if (ended !== "gone") return { kind: ended, why: SAYS[ended] };
  const own = worseTests(rest(before, failing), first.report as Report, new Set());
  if (own.length > 0) return { kind: "worse", why: `${own[0]!.key} (${own[0]!.how})` };
  const spoilt = await guard.worse(changes, signal);
  if (spoilt !== undefined) return { kind: "worse", why: spoilt };
  const again = await runFile(situation, changes, signal);
  const without = await runFile(situation, laid, signal);
  if (endOf(again.report, failing) !== "gone" || endOf(without.report, failing) !== "same")
    return { kind: "unclear", why: "a second run ended in another way" };
  const others = before.tests.filter(({ outcome }) => outcome === "passed").length;
  return {
    kind: "gone",
    with: [first, again],
    without,
    guarded: [`${others} other tests of the file`, guard.words()].filter(Boolean).join(", "),
  };
}

const SAYS = {
  same: "the test fails as before",
  other: "the test fails in another way, or does not run",
} as const;

/** How the first failing test ends when it is run alone; undefined where it cannot be run alone. */
async function lookAtOne(
  { sandbox, framework: { framework, detection }, file, failing: [test], limits }: Situation,
  changes: Files,
  signal: AbortSignal,
): Promise<ReturnType<typeof endOf> | undefined> {
  const plan = narrowedPlan(framework.name, framework.runFile(file, detection), test!.name);
  if (plan === undefined) return undefined;
  const alone = { framework: { ...framework, runFile: () => plan }, detection };
  const [run] = await runTests(sandbox, alone, { changes, file, times: 1, limits }, signal);
  const { report } = run!;
  return report.kind === "report" && report.tests.some((one) => keyOf(one) === keyOf(test!))
    ? endOf(report, [test!])
    : undefined;
}

export async function runFile(
  { sandbox, framework, file, limits }: Pick<Situation, "sandbox" | "framework" | "file" | "limits">,
  changes: Files,
  signal: AbortSignal,
): Promise<TestRun> {
  return (await runTests(sandbox, framework, { changes, file, times: 1, limits }, signal))[0]!;
}

/** How the failing tests end in a report: all passed, all as before, or anything else. */
export function endOf(report: TestReport, failing: readonly TestResult[]): "gone" | "same" | "other" {
  if (report.kind === "none") return "other";
  const ends = failing.map((test) => {
    const found = report.tests.filter((one) => keyOf(one) === keyOf(test));
    if (found.length > 0 && found.every(({ outcome }) => outcome === "passed")) return "gone";
    return found.some(
      (one) => one.outcome === test.outcome && normaliseFailure(one) === normaliseFailure(test),
    )
      ? "same"
      : "other";
  });
  const [end] = new Set(ends);
  return end !== undefined && ends.every((one) => one === end) ? end : "other";
}

function rest(report: Report, failing: readonly TestResult[]): Report {
  const names = new Set(failing.map(keyOf));
  return { kind: "report", tests: report.tests.filter((test) => !names.has(keyOf(test))) };
}
