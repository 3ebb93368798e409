import { describe, expect, test } from "@jest/globals";
import { judgeFix } from "../../src/reproduction/judge-fix.ts";
import type { TestResult } from "../../src/reproduction/test-report.ts";
import { reportOf, runOf, three } from "./evidence.ts";

const path = "tests/test_new.py";
const failed: TestResult = { name: "test_total", file: path, outcome: "failed", message: "4 != 2\nmore" };
const passed: TestResult = { name: "test_total", file: path, outcome: "passed" };
const old: TestResult = { name: "test_old", file: "tests/test_old.py", outcome: "passed" };
const before = three(runOf(reportOf(failed)));
const after = three(runOf(reportOf(passed)));
const suite = { before: reportOf(old), after: reportOf(old, passed) };

test("a test that failed and passes every time is fixed", () => {
  expect(judgeFix({ reproduction: { before, after }, suite, test: path })).toEqual({
    kind: "fixed",
    reasons: ["the failing test passes in all 3 runs, and no other test gets worse"],
    caveats: [],
    worse: [],
  });
});

describe.each([
  ["still fails", { after: before }, "tests/test_new.py › test_total still fails after the change: 4 != 2"],
  [
    "fails once in three",
    { after: [...after.slice(1), before[0]!] },
    "tests/test_new.py › test_total still fails after the change: 4 != 2",
  ],
  [
    "is skipped",
    { after: three(runOf(reportOf({ ...passed, outcome: "skipped" }))) },
    "tests/test_new.py › test_total is skipped after the change",
  ],
  [
    "cannot be run",
    { after: three(runOf(reportOf({ ...passed, outcome: "error" }))) },
    "tests/test_new.py › test_total cannot be run after the change",
  ],
  [
    "is gone",
    { after: three(runOf(reportOf(old))) },
    "tests/test_new.py › test_total is gone after the change",
  ],
  [
    "passes, but its runner does not",
    { after: three(runOf(reportOf(passed), 1)) },
    "the test runner exited with 1 although its report names no failure",
  ],
  [
    "hangs",
    {
      after: three(
        runOf({ kind: "none", why: "the runner took too long" }, { kind: "limit", limit: "seconds" }),
      ),
    },
    "a run after the change gave no result: the runner took too long",
  ],
  ["was run twice", { after: after.slice(1) }, "the test was run 2 of 3 times after the change"],
  [
    "did not always fail before",
    { before: [...before.slice(1), after[0]!] },
    "the test did not fail every time before the change, so nothing can be told",
  ],
])("a test that %s", (_, runs, reason) => {
  test("is not fixed", () => {
    expect(judgeFix({ reproduction: { before, after, ...runs }, suite, test: path })).toMatchObject({
      kind: "not-fixed",
      reasons: [reason],
    });
  });
});

describe.each([
  ["fails", reportOf({ ...old, outcome: "failed" }, passed), "tests/test_old.py › test_old (failed)"],
  ["is skipped", reportOf({ ...old, outcome: "skipped" }, passed), "tests/test_old.py › test_old (skipped)"],
  ["is gone", reportOf(passed), "tests/test_old.py › test_old (gone)"],
] as const)("another test that %s", (_, now, named) => {
  test("is worse, though the failing test passes", () => {
    expect(
      judgeFix({ reproduction: { before, after }, suite: { ...suite, after: now }, test: path }),
    ).toMatchObject({
      kind: "worse",
      reasons: [`a test gets worse: ${named}`],
      worse: [named],
    });
  });
});

test("a file that cannot be loaded any more is worse", () => {
  const broken: TestResult = { name: "tests/test_other.py", file: "tests/test_other.py", outcome: "error" };
  const after_ = reportOf(old, passed, broken);
  expect(
    judgeFix({ reproduction: { before, after }, suite: { ...suite, after: after_ }, test: path }).kind,
  ).toBe("worse");
  const none = { kind: "none", why: "no report" } as const;
  expect(
    judgeFix({ reproduction: { before, after }, suite: { ...suite, after: none }, test: path }).reasons,
  ).toEqual(["the tests do not run any more: no report"]);
});

test("a change of the test itself fixes nothing, one of the runner's settings is told", () => {
  expect(judgeFix({ reproduction: { before, after }, suite, test: path, changed: [path] })).toMatchObject({
    kind: "not-fixed",
    reasons: ["the change touches the failing test itself"],
  });
  expect(
    judgeFix({
      reproduction: { before, after },
      suite: undefined,
      test: path,
      changed: ["tests/conftest.py", "a.py"],
    }),
  ).toMatchObject({
    kind: "fixed",
    caveats: [
      "the change touches files that decide how tests are run: tests/conftest.py",
      "the other tests were not run",
    ],
  });
});

test("tests that were bad before do not have to pass, and better ones do no harm", () => {
  const bad: TestResult = { ...old, outcome: "failed" };
  const suites = {
    before: reportOf(bad, { ...old, name: "test_b", outcome: "failed" }),
    after: reportOf(bad, { ...old, name: "test_b" }, passed),
  };
  expect(judgeFix({ reproduction: { before, after }, suite: suites, test: path }).kind).toBe("fixed");
});

test("what only chance made worse is a caveat and no verdict", () => {
  const bad: TestResult = { ...old, outcome: "failed" };
  const given = { before: reportOf(old), after: reportOf(bad, passed) };
  expect(judgeFix({ reproduction: { before, after }, suite: given, test: path })).toMatchObject({
    kind: "worse",
  });
  const verdict = judgeFix({
    reproduction: { before, after },
    suite: { ...given, flaky: new Set(["tests/test_old.py › test_old"]) },
    test: path,
  });
  expect(verdict).toMatchObject({ kind: "fixed", worse: [] });
  expect(verdict.caveats.join()).toContain("tests/test_old.py › test_old");
});

test("a suite that did not finish shows nothing, and nothing is said of it", () => {
  const verdict = judgeFix({
    reproduction: { before, after },
    suite: {
      before: reportOf(old),
      after: { kind: "none", why: "the runner took too long", unfinished: true },
    },
    test: path,
  });
  expect(verdict).toMatchObject({
    kind: "fixed",
    reasons: ["the failing test passes in all 3 runs"],
    caveats: ["the other tests did not finish with the change: the runner took too long"],
  });
});
