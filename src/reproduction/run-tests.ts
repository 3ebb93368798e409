import type { Sandbox, SandboxLimits, SandboxResult } from "../sandbox/sandbox.ts";
import type { Detected, RunPlan } from "./frameworks/test-framework.ts";
import type { TestReport } from "./test-report.ts";

export interface TestRun {
  /** Program and arguments, as the document shows them. */
  readonly command: readonly string[];
  readonly result: SandboxResult;
  readonly report: TestReport;
  /** What of the project's own way to run its tests was left out, because it needs what is not here. */
  readonly without?: string | undefined;
}

/**
 * Runs the tests of one file, or all tests, each time in a fresh copy: one after the other, so that one run does not
 * change the timing of another.
 */
export async function runTests(
  sandbox: Sandbox,
  { framework, detection }: Detected,
  {
    changes,
    file,
    times,
    limits,
  }: {
    readonly changes: ReadonlyMap<string, string | undefined>;
    /** Undefined: all tests. */
    readonly file?: string | undefined;
    readonly times: number;
    readonly limits?: Partial<SandboxLimits> | undefined;
  },
  signal: AbortSignal,
): Promise<readonly TestRun[]> {
  const plan = file === undefined ? framework.runAll(detection) : framework.runFile(file, detection);
  const added = [...changes].filter(([, text]) => text !== undefined).map(([path]) => path);
  // Some reports name classes or packages, and are told of a file only by the tests that are there.
  const seen = { ...detection, tests: [...new Set([...detection.tests, ...added])] };
  const runs: TestRun[] = [];
  for (let time = 0; time < times; time++) {
    const run = async ({ command, env, collect }: RunPlan): Promise<TestRun> => {
      const result = await sandbox.run(
        { command, env, collect, changes, ...(limits === undefined ? {} : { limits }) },
        signal,
      );
      return { command, result, report: reportOf(result, (ended) => framework.read(ended, seen)) };
    };
    const first = await run(plan);
    const { fallback } = plan;
    const isMissing =
      (first.report.kind === "none" || first.report.tests.every(({ outcome }) => outcome === "error")) &&
      first.result.end.kind === "exit" &&
      first.result.end.code !== 0 &&
      fallback?.shownBy.test(first.result.output) === true;
    const second = isMissing ? await run(fallback.plan) : undefined;
    // Options that are not to blame stay, and with them what the runner said.
    runs.push(
      second === undefined || second.report.kind === "none"
        ? first
        : { ...second, without: fallback!.leavesOut, result: noted(second.result, fallback!.leavesOut) },
    );
  }
  return runs;
}

/** The output says it too: a document keeps it. */
function noted(result: SandboxResult, leavesOut: string): SandboxResult {
  return {
    ...result,
    output: `[run again without ${leavesOut}, which need what is not here]\n${result.output}`,
  };
}

function reportOf(result: SandboxResult, read: (result: SandboxResult) => TestReport): TestReport {
  return result.end.kind === "exit"
    ? read(result)
    : {
        kind: "none",
        why: describeEnd(result.end),
        ...(result.end.kind === "signal" ? {} : { unfinished: true as const }),
      };
}

function describeEnd(end: Exclude<SandboxResult["end"], { kind: "exit" }>): string {
  switch (end.kind) {
    case "signal":
      return `the runner was ended by ${end.signal}`;
    case "limit":
      return end.limit === "seconds" ? "the runner took too long" : "the runner printed too much";
    case "not-started":
      return end.why;
  }
}
