import { describe, expect, test } from "@jest/globals";
import { FRAMEWORKS } from "../../src/reproduction/frameworks/frameworks.ts";
import type { Detection, FrameworkName } from "../../src/reproduction/frameworks/test-framework.ts";
import { parseXml } from "../../src/reproduction/reports/read-junit.ts";
import type { TestReport } from "../../src/reproduction/test-report.ts";

/** Reads what a runner wrote, with the fields that are undefined left out. */
function read(name: FrameworkName, text: string | undefined, detection: Partial<Detection> = {}): TestReport {
  const framework = FRAMEWORKS.find((one) => one.name === name)!;
  const whole: Detection = { evidence: "a:1", strength: 3, folder: "", tests: [], ...detection };
  const [report] = framework.runAll(whole).collect;
  const files = new Map(text === undefined ? [] : [[report!, text]]);
  return framework.read(
    { end: { kind: "exit", code: 1 }, output: "", cut: 0, milliseconds: 1, files },
    whole,
  );
}

test.each(FRAMEWORKS.map(({ name }) => name))(
  "%s without a report, or with half of one, gives none",
  (name) => {
    expect(read(name, undefined).kind).toBe("none");
    expect(read(name, '{"tests":[{"na').kind).toBe("none");
    expect(read(name, "<testsuites><testcase ").kind).toBe("none");
  },
);

/** From runs of the programs, shortened: pytest 9.0, Jest 30, Mocha 12, Go 1.19, Rust 1.9x. */
describe.each<readonly [FrameworkName, string, Partial<Detection>, readonly object[]]>([
  [
    "pytest",
    `<?xml version="1.0"?><testsuites><testsuite name="pytest">
<testcase classname="tests.test_a" name="test_ok" file="tests/test_a.py" line="1" time="0.000" />
<testcase classname="tests.test_a" name="test_fails" file="tests/test_a.py"><failure message="assert [1] == [2]&#10;  At index 0">&gt;   assert [1] == [2]
E   assert

tests/test_a.py:3: AssertionError</failure></testcase>
<testcase classname="tests.test_a.TestC" name="test_m" file="tests/test_a.py"><failure message="json.decoder.JSONDecodeError: Expecting value">src/store.py:9: 
tests/test_a.py:15: 
/usr/lib/python3.11/json/decoder.py:355: JSONDecodeError</failure></testcase>
<testcase classname="" name="tests.test_b" file="tests/test_b.py"><error message="collection failure">tests/test_b.py:1: in &lt;module&gt;
E   ModuleNotFoundError: No module named 'nope'</error></testcase>
<testcase classname="tests.test_a" name="test_skip" file="tests/test_a.py"><skipped type="pytest.skip" message="why">x</skipped></testcase>
</testsuite></testsuites>`,
    {},
    [
      { name: "test_ok", file: "tests/test_a.py", outcome: "passed" },
      {
        name: "test_fails",
        file: "tests/test_a.py",
        outcome: "failed",
        type: "AssertionError",
        message: "assert [1] == [2]\n  At index 0",
        at: { path: "tests/test_a.py", line: 3 },
      },
      {
        name: "TestC.test_m",
        file: "tests/test_a.py",
        outcome: "failed",
        type: "JSONDecodeError",
        message: "json.decoder.JSONDecodeError: Expecting value",
        at: { path: "tests/test_a.py", line: 15 },
      },
      {
        name: "tests.test_b",
        file: "tests/test_b.py",
        outcome: "error",
        type: "ModuleNotFoundError",
        message: "collection failure",
        at: { path: "tests/test_b.py", line: 1 },
      },
      { name: "test_skip", file: "tests/test_a.py", outcome: "skipped", message: "why" },
    ],
  ],
  [
    "unittest",
    '{"tests":[{"name":"A.test_a","file":"t/test_a.py","outcome":"failed","type":"KeyError","message":"x","at":["t/test_a.py",3]},{"name":"B","file":null,"outcome":"error"}]}',
    {},
    [
      {
        name: "A.test_a",
        file: "t/test_a.py",
        outcome: "failed",
        type: "KeyError",
        message: "x",
        at: { path: "t/test_a.py", line: 3 },
      },
      { name: "B", outcome: "error" },
    ],
  ],
  [
    "jest",
    JSON.stringify({
      testResults: [
        {
          name: "/repo/web/a.test.js",
          status: "failed",
          message: "",
          assertionResults: [
            { fullName: "s ok", status: "passed", failureMessages: [] },
            { fullName: "s sk", status: "pending" },
            {
              fullName: "s fails",
              status: "failed",
              failureMessages: [
                "Error: expect(received).toBe(expected)\n\nExpected: 2\n    at Object.toBe (/repo/web/a.test.js:1:39)\n    at x (/repo/web/node_modules/jest-circus/x.js:1:1)",
              ],
            },
            {
              fullName: "s deep",
              status: "failed",
              failureMessages: [
                "TypeError: x\n    at f (/repo/web/src/a.js:7:1)\n    at Object.<anonymous> (/repo/web/a.test.js:9:3)",
              ],
            },
            {
              fullName: "s hook",
              status: "failed",
              failureMessages: [
                "Error: hook\n    at Object.<anonymous> (/repo/web/a.test.js:3:51)\n    at _callCircusHook (/repo/web/node_modules/x.js:1:1)",
              ],
            },
          ],
        },
        {
          name: "/repo/web/b.test.js",
          status: "failed",
          message: "Cannot find module 'nope'",
          assertionResults: [],
        },
      ],
    }),
    { folder: "web" },
    [
      { name: "s ok", file: "web/a.test.js", outcome: "passed" },
      { name: "s sk", file: "web/a.test.js", outcome: "skipped" },
      {
        name: "s fails",
        file: "web/a.test.js",
        outcome: "failed",
        type: "Error",
        message: "expect(received).toBe(expected)\n\nExpected: 2",
        at: { path: "web/a.test.js", line: 1 },
      },
      {
        name: "s deep",
        file: "web/a.test.js",
        outcome: "failed",
        type: "TypeError",
        message: "x",
        at: { path: "web/src/a.js", line: 7 },
      },
      {
        name: "s hook",
        file: "web/a.test.js",
        outcome: "error",
        type: "Error",
        message: "hook",
        at: { path: "web/a.test.js", line: 3 },
      },
      {
        name: "web/b.test.js",
        file: "web/b.test.js",
        outcome: "error",
        message: "Cannot find module 'nope'",
      },
    ],
  ],
  [
    "vitest",
    JSON.stringify({
      testResults: [
        {
          name: "/repo/v.test.js",
          status: "failed",
          message: "",
          assertionResults: [
            {
              fullName: "a",
              status: "failed",
              failureMessages: [
                "AssertionError: expected 1 to be 2\n    at /repo/v.test.js:2:39\n    at file:///repo/node_modules/@vitest/runner/x.js:302:11",
              ],
            },
            {
              fullName: "b",
              status: "failed",
              failureMessages: [
                "Error: hook\n    at /repo/v.test.js:4:51\n    at runHook (file:///repo/node_modules/x.js:2621:10)",
              ],
            },
          ],
        },
      ],
    }),
    {},
    [
      {
        name: "a",
        file: "v.test.js",
        outcome: "failed",
        type: "AssertionError",
        message: "expected 1 to be 2",
        at: { path: "v.test.js", line: 2 },
      },
      {
        name: "b",
        file: "v.test.js",
        outcome: "error",
        type: "Error",
        message: "hook",
        at: { path: "v.test.js", line: 4 },
      },
    ],
  ],
  [
    "mocha",
    JSON.stringify({
      passes: [{ fullTitle: "ok", file: "/repo/test/m.js", err: {} }],
      pending: [],
      failures: [
        {
          fullTitle: "f",
          file: "/repo/test/m.js",
          err: {
            stack: "AssertionError [ERR_ASSERTION]: 1 == 2\n    at Context.<anonymous> (test/m.js:1:45)",
            message: "1 == 2",
            name: "AssertionError",
          },
        },
        {
          fullTitle: 's "before each" hook for "x"',
          file: "/repo/test/m.js",
          err: { stack: "Error: b\n    at Context.<anonymous> (test/m.js:3:1)", message: "b" },
        },
      ],
    }),
    {},
    [
      { name: "ok", file: "test/m.js", outcome: "passed" },
      {
        name: "f",
        file: "test/m.js",
        outcome: "failed",
        type: "AssertionError",
        message: "1 == 2",
        at: { path: "test/m.js", line: 1 },
      },
      {
        name: 's "before each" hook for "x"',
        file: "test/m.js",
        outcome: "error",
        type: "Error",
        message: "b",
        at: { path: "test/m.js", line: 3 },
      },
    ],
  ],
  [
    "go test",
    [
      { Action: "run", Package: "ex/sub", Test: "TestOk" },
      { Action: "output", Package: "ex/sub", Test: "TestX", Output: "--- FAIL: TestX (0.00s)\n" },
      { Action: "fail", Package: "ex/sub", Test: "TestX" },
      { Action: "pass", Package: "ex/sub", Test: "TestOk" },
      { Action: "run", Package: "ex/sub", Test: "TestSub" },
      { Action: "run", Package: "ex/sub", Test: "TestSub/inner" },
      { Action: "output", Package: "ex/sub", Test: "TestSub/inner", Output: "    a_test.go:9: got 1\n" },
      { Action: "fail", Package: "ex/sub", Test: "TestSub/inner" },
      { Action: "fail", Package: "ex/sub", Test: "TestSub" },
      { Action: "run", Package: "ex/sub", Test: "TestPanic" },
      { Action: "output", Package: "ex/sub", Test: "TestPanic", Output: "panic: boom\n" },
      {
        Action: "output",
        Package: "ex/sub",
        Test: "TestPanic",
        Output: "\t/usr/lib/go/src/testing/testing.go:1 +0x1\n",
      },
      { Action: "output", Package: "ex/sub", Test: "TestPanic", Output: "\t/repo/sub/a.go:3\n" },
      { Action: "fail", Package: "ex/sub", Test: "TestPanic" },
      { Action: "fail", Package: "ex/sub" },
      { Action: "output", Package: "ex/bad", Output: "FAIL\tex/bad [build failed]\n" },
      { Action: "fail", Package: "ex/bad" },
      { Action: "run", Package: "ex/gone", Test: "TestExit" },
    ]
      .map((event) => JSON.stringify(event))
      .join("\n"),
    { tests: ["sub/a_test.go"] },
    [
      { name: "ex/sub.TestOk", outcome: "passed" },
      {
        name: "ex/sub.TestSub/inner",
        file: "sub/a_test.go",
        outcome: "failed",
        message: "a_test.go:9: got 1",
        at: { path: "sub/a_test.go", line: 9 },
      },
      {
        name: "ex/sub.TestPanic",
        outcome: "failed",
        type: "panic",
        message: "boom",
        at: { path: "sub/a.go", line: 3 },
      },
      { name: "ex/bad", outcome: "error", message: "FAIL\tex/bad [build failed]" },
      { name: "ex/gone.TestExit", outcome: "error", message: "the process of the tests ended in it" },
    ],
  ],
  [
    "cargo test",
    `{ "type": "suite", "event": "started", "test_count": 3 }
{ "type": "test", "event": "started", "name": "tests::ok" }
{ "type": "test", "name": "tests::forged", "event": "failed" }
{ "type": "test", "name": "tests::ok", "event": "ok" }
{ "type": "test", "event": "started", "name": "integ" }
{ "type": "test", "name": "integ", "event": "failed", "stdout": "\\nthread 'integ' (16294) panicked at tests/i.rs:1:22:\\nassertion failed\\n  left: -1\\nnote: run with RUST_BACKTRACE=1\\n" }
{ "type": "test", "event": "started", "name": "exits" }`,
    {},
    [
      { name: "tests::ok", outcome: "passed" },
      {
        name: "integ",
        outcome: "failed",
        type: "panic",
        message: "assertion failed\n  left: -1",
        at: { path: "tests/i.rs", line: 1 },
      },
      { name: "exits", outcome: "error", message: "the process of the tests ended in it" },
    ],
  ],
])("%s", (name, text, detection, tests) => {
  test("writes a report that is read", () => {
    expect(JSON.parse(JSON.stringify(read(name, text, detection)))).toEqual({ kind: "report", tests });
  });
});

test("XML of reports is read: entities, sections, comments, single quotes, a sign within quotes", () => {
  expect(
    parseXml(
      "<?xml version='1.0'?><!DOCTYPE a><!-- <b> --><a x='1 > 0' y=\"&lt;&#10;&#x41;\">t&amp;<![CDATA[<c>]]><d/></a>",
    ),
  ).toMatchObject({
    name: "a",
    attributes: new Map([
      ["x", "1 > 0"],
      ["y", "<\nA"],
    ]),
    text: "t&<c>",
    children: [{ name: "d" }],
  });
});

test("characters that XML forbids do not hide a report", () => {
  expect(parseXml("<a x='\u001b[31m'>\0\ud83d\uffff</a>")).toMatchObject({
    attributes: new Map([["x", "\ufffd[31m"]]),
    text: "\ufffd\ufffd\ufffd",
  });
});

test.each([
  "<a>",
  "<a></b>",
  "</a>",
  "<a",
  "<!-- ",
  "<![CDATA[",
  "<a x='",
  "< a/>",
  "<a/><a/>",
  "<a x='1' x='2'/>",
  "words",
  "",
  `${"<a>".repeat(100)}${"</a>".repeat(100)}`,
  `<a>${"<b/>".repeat(200_001)}</a>`,
  // No entity is defined, so none can grow or read a file.
  '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>',
  '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
])("%.60j is no report", (text) => {
  expect(parseXml(text)).toBeUndefined();
});
