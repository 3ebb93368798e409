import { keyOf, type TestReport, type TestResult } from "./test-report.ts";

const RANK: Readonly<Record<TestResult["outcome"], number>> = { passed: 3, skipped: 2, failed: 1, error: 0 };

/** Tests that end worse than before, or are gone; those of some files aside. A test that was bad before may stay so. */
export function worseTests(
  before: Extract<TestReport, { kind: "report" }>,
  after: Extract<TestReport, { kind: "report" }>,
  except: ReadonlySet<string>,
): readonly string[] {
  const worst = ({ tests }: typeof before): ReadonlyMap<string, TestResult> => {
    const found = new Map<string, TestResult>();
    for (const test of tests) {
      if (test.file !== undefined && except.has(test.file)) continue;
      const known = found.get(keyOf(test));
      if (known === undefined || RANK[test.outcome] < RANK[known.outcome]) found.set(keyOf(test), test);
    }
    return found;
  };
  const now = worst(after);
  const worse: string[] = [];
  for (const [key, { outcome }] of worst(before)) {
    const then = now.get(key)?.outcome;
    if (then === undefined) {
      if (outcome !== "error") worse.push(`${key} (gone)`);
    } else if (RANK[then] < RANK[outcome]) worse.push(`${key} (${then})`);
  }
  // A file that can no longer be loaded is reported under its own name.
  for (const [key, { outcome }] of now)
    if (outcome === "error" && !before.tests.some((test) => keyOf(test) === key))
      worse.push(`${key} (error)`);
  return worse;
}
