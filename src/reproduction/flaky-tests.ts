import { worseTests } from "./compare-reports.ts";
import type { TestReport } from "./test-report.ts";

/** Times that tests which got worse are run again, each time with and without the change. */
const TRIES = 3;
/** The same, once one of them turned out to be flaky: of ten tests that fail every second time, one passes for broken in 4 % after three. */
const MORE_TRIES = 6;
/** Of more files all tests are run again. */
const MAX_FILES = 5;

/**
 * Tests that got worse by chance: run again, they are not worse with the change, or as bad without it. By `keyOf`. One run
 * of a suite cannot tell a flaky test from a broken one: a right fix was once taken for a wrong one because other tests failed
 * under load.
 */
export async function flakyTests(
  suite: { readonly before: TestReport; readonly after: TestReport },
  test: string,
  /** Runs the tests of some files again; none are named: all tests. */
  rerun: (withChange: boolean, files: readonly string[]) => Promise<TestReport>,
): Promise<ReadonlySet<string>> {
  const { before, after } = suite;
  const flaky = new Set<string>();
  if (before.kind === "none" || after.kind === "none") return flaky;
  const except = new Set([test]);
  const found = worseTests(before, after, except);
  const worse = new Set(found.map(({ key }) => key));
  const known = new Set(found.map(({ file }) => file));
  const files =
    known.has(undefined) || known.size > MAX_FILES ? [] : [...known].filter((file) => file !== undefined);
  for (let time = 0; time < (flaky.size > 0 ? MORE_TRIES : TRIES) && worse.size > 0; time++)
    for (const withChange of [true, false]) {
      if (worse.size === 0) break;
      const again = await rerun(withChange, files);
      // Nothing can be told of a test by a run that has no report.
      if (again.kind === "none") continue;
      const bad = new Set(worseTests(before, again, except).map(({ key }) => key));
      for (const key of worse)
        if (bad.has(key) !== withChange) {
          worse.delete(key);
          flaky.add(key);
        }
    }
  return flaky;
}
