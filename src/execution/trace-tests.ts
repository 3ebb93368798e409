import { runTests, type TestRun } from "../reproduction/run-tests.ts";
import { normaliseFailure } from "../reproduction/compare-reports.ts";
import type { Detected } from "../reproduction/frameworks/test-framework.ts";
import { keyOf, type TestResult } from "../reproduction/test-report.ts";
import type { Sandbox, SandboxLimits } from "../sandbox/sandbox.ts";
import { readTrace, type Trace } from "./trace.ts";
import { TRACE, tracedPlan } from "./traced-plan.ts";

export interface TraceRequest {
  /** Laid over the commit: the failing test's file, and what else the caller tries. */
  readonly changes: ReadonlyMap<string, string | undefined>;
  /** The test file that is run, and its text. */
  readonly file: string;
  readonly text: string;
  readonly limits?: Partial<SandboxLimits> | undefined;
}

export type Traced =
  | {
      readonly kind: "traced";
      /** With the tracer. */
      readonly run: TestRun;
      /** Without it. */
      readonly plain: TestRun;
      readonly trace: Trace;
    }
  /** One sentence: why the instrument gives nothing. */
  | { readonly kind: "none"; readonly why: string; readonly plain?: TestRun };

/**
 * Runs the tests of one file with a tracer, and before it without: a tracer that changes how they end has no say. Returns the
 * two runs and what ran, or why there is nothing; throws only for the signal.
 */
export async function traceTests(
  sandbox: Sandbox,
  { framework, detection }: Detected,
  { changes, file, text, limits }: TraceRequest,
  signal: AbortSignal,
): Promise<Traced> {
  const request = { changes, file, times: 1, limits };
  const [plain] = await runTests(sandbox, { framework, detection }, request, signal);
  if (plain === undefined || plain.report.kind === "none")
    return {
      kind: "none",
      why: plain?.report.kind === "none" ? plain.report.why : "nothing was run",
      plain: plain!,
    };
  const traced = tracedPlan(
    framework.name,
    framework.runFile(file, detection),
    changes,
    new Map([[file, text]]),
  );
  if (traced === undefined)
    return { kind: "none", why: `Casebook has no tracer for ${framework.name}`, plain };
  const withTracer = { ...framework, runFile: () => traced.plan };
  const [run] = await runTests(
    sandbox,
    { framework: withTracer, detection },
    { ...request, changes: traced.changes },
    signal,
  );
  const { report } = run!;
  if (report.kind === "none") return { kind: "none", why: `with the tracer, ${report.why}`, plain };
  const different = differentEnd(plain.report.tests, report.tests);
  if (different !== undefined)
    return { kind: "none", why: `${different} does not end the same way with the tracer`, plain };
  const trace = readTrace(run!.result.files.get(TRACE) ?? "");
  return trace.tests.size === 0
    ? { kind: "none", why: "the tracer noted no test", plain }
    : { kind: "traced", run: { ...run!, command: plain.command }, plain, trace };
}

/** The first test that ends in another way: another outcome or another failure. */
function differentEnd(before: readonly TestResult[], after: readonly TestResult[]): string | undefined {
  const endOf = (test: TestResult): string =>
    `${test.outcome} ${test.outcome === "failed" ? normaliseFailure(test) : ""}`;
  const ends = new Map(after.map((test) => [keyOf(test), endOf(test)]));
  return before.find((test) => ends.get(keyOf(test)) !== endOf(test))?.name;
}
