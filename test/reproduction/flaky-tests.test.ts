import { describe, expect, test } from "@jest/globals";
import { worseTests } from "../../src/reproduction/compare-reports.ts";
import { flakyTests } from "../../src/reproduction/flaky-tests.ts";
import type { TestReport, TestResult } from "../../src/reproduction/test-report.ts";
import { reportOf } from "./evidence.ts";

const OWN = "tests/test_new.py";
const one = (name: string, outcome: TestResult["outcome"], file = "tests/test_old.py"): TestResult => ({
  name,
  file,
  outcome,
});

/** The flaky ones, with what was run again: `+` with the change, `-` without. */
async function flaky(
  before: readonly TestResult[],
  after: readonly TestResult[],
  again: (withChange: boolean, time: number) => TestReport,
): Promise<{ readonly flaky: readonly string[]; readonly runs: string; readonly files: readonly string[] }> {
  let runs = "";
  let named: readonly string[] = [];
  const found = await flakyTests(
    { before: reportOf(...before), after: reportOf(...after) },
    OWN,
    async (withChange, files) => {
      named = files;
      runs += withChange ? "+" : "-";
      return again(withChange, runs.length);
    },
  );
  return { flaky: [...found], runs, files: named };
}

describe("a test that got worse", () => {
  test("is not run again where none did", async () => {
    expect(await flaky([one("a", "passed")], [one("a", "passed")], () => reportOf())).toMatchObject({
      runs: "",
    });
  });

  test("is worse where it fails with the change every time and never without it", async () => {
    const found = await flaky([one("a", "passed")], [one("a", "failed")], (withChange) =>
      reportOf(one("a", withChange ? "failed" : "passed")),
    );
    expect(found).toEqual({ flaky: [], runs: "+-+-+-", files: ["tests/test_old.py"] });
  });

  test("is flaky where it passes with the change once", async () => {
    const found = await flaky([one("a", "passed")], [one("a", "failed")], (withChange, time) =>
      reportOf(one("a", withChange && time === 1 ? "failed" : "passed")),
    );
    expect(found).toMatchObject({ flaky: ["tests/test_old.py › a"], runs: "+-+" });
  });

  test("is flaky where it fails without the change, too", async () => {
    const found = await flaky([one("a", "passed")], [one("a", "failed")], () => reportOf(one("a", "failed")));
    expect(found).toMatchObject({ flaky: ["tests/test_old.py › a"], runs: "+-" });
  });

  test("is told from one that is flaky beside it", async () => {
    const found = await flaky(
      [one("a", "passed"), one("b", "passed")],
      [one("a", "failed"), one("b", "failed")],
      (withChange) => reportOf(one("a", withChange ? "failed" : "passed"), one("b", "passed")),
    );
    expect(found.flaky).toEqual(["tests/test_old.py › b"]);
  });

  test("is run again more often in a suite that is flaky", async () => {
    const found = await flaky(
      [one("a", "passed"), one("b", "passed")],
      [one("a", "failed"), one("b", "failed")],
      // `a` fails by chance four times with the change and passes each time without.
      (withChange, time) =>
        reportOf(one("a", withChange && time < 9 ? "failed" : "passed"), one("b", "passed")),
    );
    expect([...found.flaky].sort()).toEqual(["tests/test_old.py › a", "tests/test_old.py › b"]);
    expect(found.runs).toBe("+-+-+-+-+");
  });

  test("by chance is taken for broken less than once in a thousand suites of ten such tests", async () => {
    let state = 7;
    const passes = (): boolean => (state = (state * 48_271) % 2_147_483_647) % 2 === 0;
    const suite = () =>
      reportOf(...Array.from({ length: 10 }, (_, n) => one(`t${n}`, passes() ? "passed" : "failed")));
    let broken = 0;
    for (let time = 0; time < 1_000; time++) {
      const [before, after] = [suite(), suite()];
      const found = await flakyTests({ before, after }, OWN, async () => suite());
      if (worseTests(before, after, new Set(), found).length > 0) broken++;
    }
    expect(broken).toBeLessThanOrEqual(1);
  });

  test("is not called flaky by a run that has no report", async () => {
    const found = await flaky([one("a", "passed")], [one("a", "failed")], () => ({
      kind: "none",
      why: "the runner took too long",
      unfinished: true,
    }));
    expect(found).toMatchObject({ flaky: [], runs: "+-+-+-" });
  });

  test("is run again with all others where it is in many files", async () => {
    const names = ["a", "b", "c", "d", "e", "f"];
    const in6 = (outcome: TestResult["outcome"]) =>
      names.map((name) => one(name, outcome, `tests/${name}.py`));
    const found = await flaky(in6("passed"), in6("failed"), () => reportOf(...in6("passed")));
    expect(found).toMatchObject({ files: [], runs: "+" });
    expect(found.flaky).toHaveLength(6);
  });
});
