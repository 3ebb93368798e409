import type { Sandbox, SandboxLimits, SandboxResult } from "../sandbox/sandbox.ts";
import type { Detected } from "./frameworks/test-framework.ts";
import type { TestReport } from "./test-report.ts";

export interface TestRun {
  /** Program and arguments, as the document shows them. */
  readonly command: readonly string[];
  readonly result: SandboxResult;
  readonly report: TestReport;
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
    const result = await sandbox.run(
      { ...plan, changes, ...(limits === undefined ? {} : { limits }) },
      signal,
    );
    const report: TestReport =
      result.end.kind === "exit"
        ? framework.read(result, seen)
        : {
            kind: "none",
            why: describeEnd(result.end),
            ...(result.end.kind === "signal" ? {} : { unfinished: true as const }),
          };
    runs.push({ command: plan.command, result, report });
  }
  return runs;
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
