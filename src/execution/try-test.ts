import type { Detected } from "../reproduction/frameworks/test-framework.ts";
import { runTests, type TestRun } from "../reproduction/run-tests.ts";
import { keyOf, type TestResult } from "../reproduction/test-report.ts";
import type { Sandbox, SandboxLimits } from "../sandbox/sandbox.ts";
import type { End } from "./first-bad.ts";
import { endOf, type Files } from "./intervene.ts";
import { narrowedPlan } from "./narrowed-plan.ts";

/** A failing test as it is run on other commits. */
export interface TriedTest {
  readonly framework: Detected;
  /** Laid over the commit: the file of the test. */
  readonly laid: Files;
  readonly file: string;
  /** The test, as it ended on the base commit. */
  readonly failing: TestResult;
  /** Whether it is run alone; otherwise its file is run. */
  readonly alone: boolean;
  readonly limits: Partial<SandboxLimits>;
}

/** Exceptions of code that was not loaded whole, where the base commit does not fail with them. */
const NOT_LOADED =
  /^(?:ImportError|ModuleNotFoundError|SyntaxError|IndentationError|TabError|Error \[ERR_MODULE_NOT_FOUND\])$/;
const NO_MODULE = /^Cannot find (?:module|package) /;

/**
 * Runs a failing test once in a tree, with a hash seed of its own: two runs with different `nth` have different seeds. Python takes the
 * seed from its environment; Go and Rust choose one for each run, and JavaScript keeps the order of keys.
 */
export async function tryTest(
  sandbox: Sandbox,
  { framework: { framework, detection }, laid, file, failing, alone, limits }: TriedTest,
  nth: number,
  signal: AbortSignal,
): Promise<{ readonly end: End; readonly run: TestRun }> {
  const whole = framework.runFile(file, detection);
  const plan = (alone ? narrowedPlan(framework.name, whole, failing.name) : undefined) ?? whole;
  const seeded = { ...plan, env: { ...plan.env, PYTHONHASHSEED: String(nth + 1) } };
  const own = { framework: { ...framework, runFile: () => seeded }, detection };
  const [run] = await runTests(sandbox, own, { changes: laid, file, times: 1, limits }, signal);
  return { end: endIn(run!, failing), run: run! };
}

/** How the test ended. A file that cannot be loaded was not run, whatever its runner calls it. */
function endIn({ report }: TestRun, failing: TestResult): End {
  if (report.kind === "none") return report.unfinished === true ? "other" : "no-start";
  const end = endOf(report, [failing]);
  if (end !== "other") return end === "gone" ? "passes" : "same";
  const found = report.tests.filter((one) => keyOf(one) === keyOf(failing));
  const isLoaded = found.some(
    ({ outcome, type, message }) =>
      (outcome === "failed" && !NOT_LOADED.test(type ?? "") && !NO_MODULE.test(message ?? "")) ||
      outcome === "skipped",
  );
  return isLoaded ? "other" : "no-start";
}
