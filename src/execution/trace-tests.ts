import { runTests, type TestRun } from "../reproduction/run-tests.ts";
import { normaliseFailure } from "../reproduction/compare-reports.ts";
import type { Detected } from "../reproduction/frameworks/test-framework.ts";
import { keyOf, type TestResult } from "../reproduction/test-report.ts";
import type { Sandbox, SandboxLimits } from "../sandbox/sandbox.ts";
import { readTrace, type Trace } from "./trace.ts";
import { TRACE, tracedPlan } from "./traced-plan.ts";
import type { Watched } from "./watched.ts";

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
 * Runs the tests of one file with a tracer, and before it without: a tracer that changes how they end has no say. `known`: that
 * run, where it was made. Returns the two runs and what ran, or why there is nothing; throws only for the signal.
 */
export async function traceTests(
  sandbox: Sandbox,
  detected: Detected,
  request: TraceRequest,
  signal: AbortSignal,
  known?: TestRun,
): Promise<Traced> {
  const plain = known ?? (await runPlain(sandbox, detected, request, signal));
  const ran = await runTraced(sandbox, detected, request, plain, signal);
  if (ran.kind === "none") return ran;
  const trace = readTrace(ran.written);
  return trace.tests.size === 0
    ? { kind: "none", why: "the tracer noted no test", plain }
    : { kind: "traced", run: ran.run, plain, trace };
}

/** The tests of the file, without a tracer. */
async function runPlain(
  sandbox: Sandbox,
  detected: Detected,
  { changes, file, limits }: TraceRequest,
  signal: AbortSignal,
): Promise<TestRun> {
  return (await runTests(sandbox, detected, { changes, file, times: 1, limits }, signal))[0]!;
}

/** The tests of the file with a tracer, and what it wrote. `plain`: how they end without. `watched`: as `tracedPlan` takes it. */
export async function runTraced(
  sandbox: Sandbox,
  { framework, detection }: Detected,
  { changes, file, text, limits }: TraceRequest,
  plain: TestRun,
  signal: AbortSignal,
  watched?: Watched,
): Promise<
  | { readonly kind: "ran"; readonly run: TestRun; readonly written: string }
  | { readonly kind: "none"; readonly why: string; readonly plain: TestRun }
> {
  if (plain.report.kind === "none") return { kind: "none", why: plain.report.why, plain };
  const plan = framework.runFile(file, detection);
  const traced = tracedPlan(
    framework.name,
    plain.without === undefined ? plan : (plan.fallback?.plan ?? plan),
    changes,
    new Map([[file, text]]),
    watched,
  );
  if (traced === undefined)
    return { kind: "none", why: `Casebook has no tracer for ${framework.name}`, plain };
  const withTracer = { ...framework, runFile: () => traced.plan };
  const [run] = await runTests(
    sandbox,
    { framework: withTracer, detection },
    { changes: traced.changes, file, times: 1, limits },
    signal,
  );
  const { report } = run!;
  if (report.kind === "none") return { kind: "none", why: `with the tracer, ${report.why}`, plain };
  const different = differentEnd(plain.report.tests, report.tests);
  return different === undefined
    ? {
        kind: "ran",
        run: { ...run!, command: plain.command },
        written: run!.result.files.get(TRACE) ?? "",
      }
    : { kind: "none", why: `${different} does not end the same way with the tracer`, plain };
}

/** The first test that ends in another way: another outcome or another failure. */
function differentEnd(before: readonly TestResult[], after: readonly TestResult[]): string | undefined {
  const endOf = (test: TestResult): string =>
    `${test.outcome} ${test.outcome === "failed" ? normaliseFailure(test) : ""}`;
  const ends = new Map(after.map((test) => [keyOf(test), endOf(test)]));
  return before.find((test) => ends.get(keyOf(test)) !== endOf(test))?.name;
}
