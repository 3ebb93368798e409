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

const RANK: Readonly<Record<TestResult["outcome"], number>> = { passed: 3, skipped: 2, failed: 1, error: 0 };

/**
 * Tests that end worse than before, or are gone; those of some files, and some tests by `keyOf`, aside. A test that was bad before
 * may stay so.
 */
export function worseTests(
  before: Extract<TestReport, { kind: "report" }>,
  after: Extract<TestReport, { kind: "report" }>,
  except: ReadonlySet<string>,
  flaky: ReadonlySet<string> = new Set(),
): readonly { readonly key: string; readonly file: string | undefined; readonly how: string }[] {
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
  const worse: { key: string; file: string | undefined; how: string }[] = [];
  const add = (key: string, file: string | undefined, how: string): void => {
    if (!flaky.has(key)) worse.push({ key, file, how });
  };
  for (const [key, { outcome, file }] of worst(before)) {
    const then = now.get(key)?.outcome;
    if (then === undefined) {
      if (outcome !== "error") add(key, file, "gone");
    } else if (RANK[then] < RANK[outcome]) add(key, file, then);
  }
  // A file that can no longer be loaded is reported under its own name.
  for (const [key, { outcome, file }] of now)
    if (outcome === "error" && !before.tests.some((test) => keyOf(test) === key)) add(key, file, "error");
  return worse;
}

/**
 * What a failure is, without what differs from run to run: addresses, times, durations, process and thread numbers,
 * temporary paths, ids. Other numbers stay: a count that differs is another failure.
 */
export function normaliseFailure({ type, message }: Pick<TestResult, "type" | "message">): string {
  const text = (message ?? "")
    .slice(0, 4_000)
    .replaceAll(/\b0x[0-9a-f]+\b/gi, "<address>")
    .replaceAll(/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, "<id>")
    .replaceAll(/\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?/g, "<time>")
    .replaceAll(/\b\d\d:\d\d:\d\d(?:[.,]\d+)?\b/g, "<time>")
    .replaceAll(/\b1[6-9]\d{8}(?:\.\d+|\d{3})?\b/g, "<time>")
    .replaceAll(/(?:\/(?:var\/)?tmp|\/dev\/shm)\/[^\s'"`,;:)\]}]+/g, "<temporary path>")
    .replaceAll(/\b\d+(?:\.\d+)?\s?(?:ns|µs|us|ms|s|sec|seconds|milliseconds|minutes)\b/g, "<duration>")
    .replaceAll(/\b((?:process|pid|thread|worker|goroutine|port)[ :=#-]{1,3})\d+\b/gi, "$1<number>")
    .replaceAll(/\b(?:Thread|Process|MainThread|Worker)-\d+\b/g, "<thread>")
    .replaceAll(/\b(localhost|127\.0\.0\.1|\[::1\]):\d+/g, "$1:<port>")
    .replaceAll(/\s+/g, " ")
    .trim();
  return `${type ?? ""}: ${text}`;
}
