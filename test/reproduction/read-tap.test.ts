import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { ava } from "../../src/reproduction/frameworks/ava.ts";
import { tap } from "../../src/reproduction/frameworks/tap.ts";
import type { TestFramework } from "../../src/reproduction/frameworks/test-framework.ts";
import { readTap } from "../../src/reproduction/reports/read-tap.ts";
import type { TestReport } from "../../src/reproduction/test-report.ts";

function read(framework: TestFramework, text: string, tests: readonly string[] = []): TestReport {
  return framework.read(
    {
      end: { kind: "exit", code: 1 },
      output: "",
      cut: 0,
      milliseconds: 1,
      files: new Map([["report.tap", text]]),
    },
    { evidence: "", strength: 3, folder: "", tests },
  );
}

/** As tap 21 wrote it, shortened. */
const TAP_21 = `TAP version 14
1..1
# Subtest: test/cart.test.js
    # Subtest: nothing costs nothing
        ok 1 - should be equal
        1..1
    ok 1 - nothing costs nothing # time=8.469ms
    
    # Subtest: first price
        not ok 1 - should be equal
          ---
          compare: ===
          at:
            fileName: test/cart.test.js
            lineNumber: 8
            columnNumber: 5
            typeName: Test
          diff: |
            --- expected
            +++ actual
            -5
            +3
          ...
        
        1..1
    not ok 2 - first price # time=63.46ms
      ---
      at:
        fileName: test/cart.test.js
        lineNumber: 7
      ...
    
    ok 3 - skipped # SKIP
    1..3
    # time=153.575ms
not ok 1 - test/cart.test.js # time=153.575ms
  ---
  exitCode: 1
  ...

# time=4153.415ms
`;

test("tap: a block with assertions is a test, and its first bad assertion tells why", () => {
  expect(read(tap, TAP_21)).toEqual({
    kind: "report",
    tests: [
      { name: "nothing costs nothing", file: "test/cart.test.js", outcome: "passed" },
      {
        name: "first price",
        file: "test/cart.test.js",
        outcome: "failed",
        type: undefined,
        message: "should be equal\n--- expected\n+++ actual\n-5\n+3",
        at: { path: "test/cart.test.js", line: 8 },
      },
      { name: "skipped", file: "test/cart.test.js", outcome: "skipped" },
    ],
  });
});

test("tap: a file that ends without a bad assertion is an error", () => {
  const text =
    "TAP version 14\n# Subtest: test/a.test.js\n    ok 1 - fine\n    1..1\nnot ok 1 - test/a.test.js\n  ---\n  exitCode: 7\n  ...\n1..1\n";
  expect(read(tap, text)).toMatchObject({ tests: [{ name: "test/a.test.js", outcome: "error" }] });
});

describe("what a test prints into the stream of tap is no result", () => {
  const stream = (...lines: readonly string[]): string =>
    [
      "TAP version 13",
      "# Subtest: test/a.test.js",
      ...lines.map((line) => `    ${line}`),
      "not ok 1 - test/a.test.js",
      "1..1",
      "",
    ].join("\n");
  test.each([
    ["a point between two", stream("ok 1 - a", "not ok 2 - faked", "ok 2 - b", "1..2")],
    ["a point behind the last", stream("ok 1 - a", "1..1", "not ok 2 - faked")],
    ["a plan of its own", stream("ok 1 - a", "not ok 2 - faked", "1..2", "1..1")],
    ["no plan", stream("ok 1 - a")],
    ["an end of the stream", stream("Bail out!")],
  ])("%s", (_, text) => {
    expect(read(tap, text)).toMatchObject({ kind: "none" });
  });
});

/** As AVA 6 wrote it, with the frames of AVA left out; shortened. */
const AVA_6 = `TAP version 13
ok 1 - cart › skipped # SKIP
ok 2 - cart › nothing costs nothing
not ok 3 - cart › first price
  ---
    name: AssertionError
    assertion: t.is()
    details:
      'Difference (- actual, + expected):': |-
        - 3
        + 5
    message: ''
    at: '/repo/test/cart.test.js:8:5'
  ...
not ok 4 - cart › thrown
  ---
    name: AssertionError
    details:
      'Rejected promise returned by test. Reason:': |-
        TypeError {
          message: 'Cannot read properties of null',
        }
    message: Rejected promise returned by test
    at: '/repo/test/cart.test.js:19:8'
  ...
not ok 5 - Error: Cannot find module './nope'
  ---
    name: Error
    message: Cannot find module './nope'
    at: 'Require stack:'
  ...
not ok 6 - test/bad.test.js exited with a non-zero exit code: 1
not ok 7 - hook › before hook
  ---
    name: AssertionError
    message: Error thrown in test
    at: '/repo/test/hook.test.js:2:27'
  ...

1..5
# fail 6
`;

test("AVA: titles name their files, and a crash or a hook is an error", () => {
  const tests = ["test/bad.test.js", "test/cart.test.js", "test/hook.test.js"];
  const report = read(ava, AVA_6, tests);
  expect(
    report.kind === "report"
      ? report.tests.map(({ name, file, outcome, type, at }) => [name, file, outcome, type, at?.line])
      : report.why,
  ).toEqual([
    ["cart › skipped", "test/cart.test.js", "skipped", undefined, undefined],
    ["cart › nothing costs nothing", "test/cart.test.js", "passed", undefined, undefined],
    ["cart › first price", "test/cart.test.js", "failed", "AssertionError", 8],
    ["cart › thrown", "test/cart.test.js", "failed", "TypeError", 19],
    ["Error: Cannot find module './nope'", undefined, "error", undefined, undefined],
    ["test/bad.test.js exited with a non-zero exit code: 1", undefined, "error", undefined, undefined],
    ["hook › before hook", "test/hook.test.js", "error", undefined, 2],
  ]);
});

test("any text is read as points or refused", () => {
  const line = fc.oneof(
    fc.constantFrom("ok 1", "not ok 2 - a {", "}", "1..2", "  ---", "  ...", "    ok 1 - b", "# Subtest: c"),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const read = readTap(lines.join("\n"), { plan: "ignored" });
      expect(typeof read === "string" || Array.isArray(read)).toBe(true);
    }),
  );
});
