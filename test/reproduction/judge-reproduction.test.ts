import { describe, expect, test } from "@jest/globals";
import { judgeReproduction } from "../../src/reproduction/judge-reproduction.ts";
import type { TestResult } from "../../src/reproduction/test-report.ts";
import { honest, reportOf, runOf, three } from "./evidence.ts";

const path = "tests/test_new.py";
const failed: TestResult = {
  name: "test_total",
  file: path,
  outcome: "failed",
  type: "AssertionError",
  message: "assert 4 == 2",
  at: { path, line: 7 },
};
const passed: TestResult = { name: "test_total", file: path, outcome: "passed" };
const old: TestResult = { name: "test_old", file: "tests/test_old.py", outcome: "passed" };

test("the same failure in every run is a reproduction", () => {
  expect(judgeReproduction(honest())).toEqual({
    kind: "reproduced",
    reasons: ["test_total fails in all 3 runs, in the same way"],
    caveats: [],
    failure: {
      tests: ["test_total"],
      type: "AssertionError",
      message: "assert 4 == 2",
      at: { path, line: 7 },
    },
  });
});

describe.each([
  ["no run", [], "not-run", "the test was not run"],
  ["too few runs", [runOf(reportOf(failed))], "not-run", "the test was run 1 of 3 times"],
  [
    "a copy that did not fit",
    three(runOf({ kind: "none", why: "it did not fit" }, { kind: "not-started", why: "it did not fit" })),
    "not-run",
    "it did not fit",
  ],
  ["three passes", three(runOf(reportOf(passed))), "not-reproduced", "the test passed in all 3 runs"],
  [
    "one pass",
    [...three(runOf(reportOf(failed))), runOf(reportOf(passed))],
    "flaky",
    "the test failed in 3 of 4 runs",
  ],
  [
    "another test each time",
    [0, 1, 2].map((n) => runOf(reportOf({ ...failed, name: `test_${n}` }))),
    "flaky",
    "it failed every time, but not always in the same tests",
  ],
  [
    "another count each time",
    [0, 1, 2].map((n) => runOf(reportOf({ ...failed, message: `assert ${n} == 4` }))),
    "flaky",
    "test_total failed every time, but not always with the same message; assert on something that does not vary",
  ],
  [
    "another exception each time",
    ["KeyError", "ValueError", "KeyError"].map((type) => runOf(reportOf({ ...failed, type }))),
    "flaky",
    "test_total failed every time, but not always with the same message; assert on something that does not vary",
  ],
  [
    "a time limit",
    three(runOf({ kind: "none", why: "" }, { kind: "limit", limit: "seconds" })),
    "invalid",
    "the test did not end in time; one for code that hangs must give up by itself",
  ],
  [
    "a killed runner",
    three(runOf({ kind: "none", why: "" }, { kind: "signal", signal: "SIGSEGV" })),
    "invalid",
    "the test runner was ended by SIGSEGV",
  ],
  [
    "no report",
    three(runOf({ kind: "none", why: "the runner left no report" }, 3)),
    "invalid",
    "the test runner exited with 3 without a report that can be read: the runner left no report",
  ],
  [
    "a failure and exit 0",
    three(runOf(reportOf(failed), 0)),
    "invalid",
    "the test runner exited with 0, but its report says that a test failed",
  ],
  [
    "no failure and exit 1",
    three(runOf(reportOf(passed), 1)),
    "invalid",
    "the test runner exited with 1, but its report says that none failed",
  ],
  ["no test", three(runOf(reportOf(), 5)), "invalid", `no test of ${path} was run`],
  [
    "only skipped tests",
    three(runOf(reportOf({ ...passed, outcome: "skipped" }))),
    "invalid",
    `no test of ${path} was run`,
  ],
  [
    "a failure in another file",
    three(runOf(reportOf({ ...failed, file: "tests/test_old.py" }))),
    "invalid",
    `no test of ${path} was run`,
  ],
  [
    "an import that fails",
    three(
      runOf(
        reportOf({
          name: path,
          file: path,
          outcome: "error",
          type: "ModuleNotFoundError",
          message: "No module named 'x'",
        }),
      ),
    ),
    "invalid",
    `the test could not be run as it is (${path}: ModuleNotFoundError: No module named 'x')`,
  ],
  [
    "a fixture that fails beside a real failure",
    three(runOf(reportOf(failed, { name: "test_b", file: path, outcome: "error", message: "fixture" }))),
    "invalid",
    "the test could not be run as it is (test_b: fixture)",
  ],
  [
    "a test that ends twice",
    three(runOf(reportOf(failed, passed))),
    "invalid",
    "tests/test_new.py › test_total is reported twice, with different ends",
  ],
  [
    "an exit within the test",
    three(runOf(reportOf({ ...failed, type: "SystemExit", message: "1" }))),
    "invalid",
    "test_total: it left with SystemExit",
  ],
  [
    "a failure without a place",
    three(runOf(reportOf({ ...failed, at: undefined }))),
    "invalid",
    "test_total: its report does not tell on which line it failed",
  ],
  [
    "a mistake in the test",
    three(
      runOf(reportOf({ ...failed, type: "AttributeError", message: "'Cart' object has no attribute 'sum'" })),
    ),
    "invalid",
    "test_total: AttributeError comes from line 7 of the test itself: a mistake in the test, or a value that should be asserted on",
  ],
] as const)("%s", (_, runs, kind, reason) => {
  test(`is ${kind}`, () => {
    const verdict = judgeReproduction(honest({ runs }));
    expect({ kind: verdict.kind, reasons: verdict.reasons }).toEqual({ kind, reasons: [reason] });
  });
});

test.each([
  ["addresses", "<Cart object at 0x7f97d88cec50>", "<Cart object at 0x7f0000000000>"],
  ["temporary paths", "not in /tmp/tmpab12/data.json", "not in /tmp/tmpzz99/data.json"],
  ["times", "at 2026-11-24 10:11:12.123 after 0.35 s", "at 2026-11-25 10:11:13.456 after 1.2 s"],
  [
    "ids and processes",
    "pid 123: 0af1c9d2-0000-4000-8000-000000000001",
    "pid 9: 1af1c9d2-0000-4000-8000-000000000002",
  ],
  ["ports and threads", "Thread-3 got 127.0.0.1:40123", "Thread-7 got 127.0.0.1:51234"],
])("%s may differ between runs", (_, ...messages) => {
  const runs = [...messages, messages[0]].map((message) => runOf(reportOf({ ...failed, message })));
  expect(judgeReproduction(honest({ runs })).kind).toBe("reproduced");
});

test("an exception from the repository's own line is its failure, whatever its class", () => {
  const at = { path: "shop/cart.py", line: 3 };
  const runs = three(runOf(reportOf({ ...failed, type: "TypeError", message: "x", at })));
  expect(judgeReproduction(honest({ runs }))).toMatchObject({
    kind: "reproduced",
    caveats: ["test_total fails with TypeError inside shop/cart.py: wrong arguments would do that too"],
    failure: { at },
  });
});

test("a test that failed before it was touched shows nothing new", () => {
  const suite = { before: reportOf(old, failed), with: reportOf(old, failed) };
  expect(judgeReproduction(honest({ suite })).kind).toBe("invalid");
  const nameless: TestResult = { ...failed, file: undefined };
  const runs = three(runOf(reportOf(nameless, { ...passed, name: "new", file: undefined })));
  expect(
    judgeReproduction(honest({ runs, suite: { before: reportOf(nameless), with: reportOf(nameless) } })).kind,
  ).toBe("not-reproduced");
});

describe("the rest of the suite", () => {
  test.each([
    ["fails", { ...old, outcome: "failed" }, "tests/test_old.py › test_old (failed)"],
    ["is skipped", { ...old, outcome: "skipped" }, "tests/test_old.py › test_old (skipped)"],
  ] as const)("that %s with the test added makes it invalid", (_, now, named) => {
    const suite = { before: reportOf(old), with: reportOf(now, failed) };
    expect(judgeReproduction(honest({ suite })).reasons).toEqual([
      `with the test added, other tests get worse: ${named}`,
    ]);
  });

  test("that disappears or no longer runs makes it invalid", () => {
    expect(
      judgeReproduction(honest({ suite: { before: reportOf(old), with: reportOf(failed) } })),
    ).toMatchObject({
      kind: "invalid",
      reasons: ["with the test added, other tests get worse: tests/test_old.py › test_old (gone)"],
    });
    expect(
      judgeReproduction(
        honest({ suite: { before: reportOf(old), with: { kind: "none", why: "it hangs" } } }),
      ),
    ).toMatchObject({
      kind: "invalid",
      reasons: ["with the test added, the other tests do not run any more: it hangs"],
    });
  });

  test("that was bad before may stay so, and one that was not run is told", () => {
    const bad: TestResult = { ...old, outcome: "failed" };
    expect(
      judgeReproduction(honest({ suite: { before: reportOf(bad), with: reportOf(bad, failed) } })).kind,
    ).toBe("reproduced");
    expect(judgeReproduction(honest({ suite: undefined })).caveats).toEqual(["the other tests were not run"]);
    const none = {
      before: { kind: "none", why: "no report" },
      with: { kind: "none", why: "no report" },
    } as const;
    expect(judgeReproduction(honest({ suite: none })).caveats).toEqual([
      "the other tests do not run on the base commit: no report",
    ]);
  });
});

test("a run that changed more than the test does not count, nor a test without the repository", () => {
  expect(judgeReproduction(honest({ changed: [path, "shop/cart.py"] })).reasons).toEqual([
    "the runs changed more than the test: shop/cart.py",
  ]);
  expect(judgeReproduction(honest({ importsRepository: false })).reasons).toEqual([
    "the test does not use code of the repository",
  ]);
});
