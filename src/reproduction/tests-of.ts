import { keyOf, type TestReport, type TestResult } from "./test-report.ts";

/**
 * The tests of a report that a file adds. `known`: those that were there before it. One that was bad before shows nothing
 * new; of a runner that tells no file, only tests that were not there before are the file's.
 */
export function testsOf(
  report: TestReport,
  path: string,
  known: readonly TestResult[],
): readonly TestResult[] {
  if (report.kind === "none") return [];
  const names = new Set(known.map(keyOf));
  const bad = new Set(known.filter(({ outcome }) => outcome === "failed" || outcome === "error").map(keyOf));
  return report.tests.filter((test) =>
    test.file === undefined ? !names.has(keyOf(test)) : test.file === path && !bad.has(keyOf(test)),
  );
}
