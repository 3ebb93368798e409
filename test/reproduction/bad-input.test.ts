import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "@jest/globals";
import { detectFrameworks, runnableIn } from "../../src/reproduction/detect-frameworks.ts";
import { judgeReproduction } from "../../src/reproduction/judge-reproduction.ts";
import { repositoryNames } from "../../src/reproduction/static/repository-names.ts";
import { runTests } from "../../src/reproduction/run-tests.ts";
import { googleTest, mavenPackages, type Prepared, runnerPackages } from "../fakes/test-runners.ts";
import { testMissing } from "../fakes/toolchain-copies.ts";
import { describeSandboxed, filesFolder, processesWith, sandboxOver } from "../sandbox/io/sandbox-here.ts";
import { testOf } from "./evidence.ts";

type Files = Readonly<Record<string, string>>;

/** The verdict on a test that is added to a project, and why. */
async function verdictOn(
  files: Files,
  { path, text }: { readonly path: string; readonly text: string },
  { times = 1, seconds = 100, ...prepared }: Partial<Prepared> & { times?: number; seconds?: number } = {},
): Promise<string> {
  using folder = filesFolder(files);
  const sandbox = await sandboxOver(folder.path, { node: dirname(process.execPath), ...prepared });
  const detected = await detectFrameworks({
    paths: Object.keys(files).sort(),
    text: async (each) => files[each],
  });
  const [framework] = runnableIn(sandbox.environment, detected).can;
  const runs = await runTests(
    sandbox,
    framework!,
    { changes: new Map([[path, text]]), file: path, times, limits: { seconds } },
    AbortSignal.timeout(300_000),
  );
  const test = { path, text, language: framework!.framework.language };
  const { kind, reasons } = judgeReproduction({
    // One run stands for three where each must end the same way.
    runs: times === 1 ? [runs[0]!, runs[0]!, runs[0]!] : runs,
    suite: undefined,
    test: await testOf(test),
    importsRepository: true,
    repositoryNames: repositoryNames(test, Object.keys(files)),
  });
  return `${kind}: ${reasons.join("; ")}`;
}

const PYTHON: Files = {
  "shop/__init__.py": "",
  "shop/cart.py": "def total(prices):\n    return sum(prices[1:])\n",
  "tests/test_cart.py":
    "import unittest\nfrom shop.cart import total\n\n\nclass CartTest(unittest.TestCase):\n    def test_nothing(self):\n        self.assertEqual(total([]), 0)\n",
};
const MARK = `casebook-bad-input-${process.pid}`;
const python = (body: string): { readonly path: string; readonly text: string } => ({
  path: "tests/test_new.py",
  text: `import os, subprocess, sys, time, unittest\nfrom shop.cart import total\n\n\nclass NewTest(unittest.TestCase):\n    def test_new(self):\n${body.replaceAll(/^/gm, "        ")}\n`,
});

describeSandboxed("a test that is not what it should be ends in a named verdict", () => {
  test.each([
    ["sleeps", "total([1])\ntime.sleep(1000)", /^invalid: the test did not end in time/],
    [
      "starts processes that stay",
      `for _ in range(20):\n    subprocess.Popen(["sh", "-c", "sleep 1000 # ${MARK}"], start_new_session=True)\nself.assertEqual(total([2, 3]), 5)`,
      /^reproduced: /,
    ],
    [
      "writes everywhere",
      `for place in ("/", "/usr", "/etc", "/home", "/var/tmp", "/tmp", "/repo"):\n    try: open(os.path.join(place, "${MARK}"), "w").write("x")\n    except OSError: pass\nself.assertEqual(total([2, 3]), 5)`,
      /^reproduced: /,
    ],
    [
      "prints reports",
      'total([1])\nprint("FAILED (failures=1)")\nprint(\'{"tests": [{"name": "NewTest.test_new", "outcome": "failed"}]}\')',
      /^(?:invalid|not-reproduced): /,
    ],
    [
      "edits its runner",
      'total([1])\nfor name, module in list(sys.modules.items()):\n    if name.startswith("unittest"):\n        module.TestResult = None',
      /^invalid: line \d+ of the test reaches for the test runner/,
    ],
    [
      "depends on the network",
      'total([1])\nimport urllib.request\nurllib.request.urlopen("http://203.0.113.1/", timeout=5)',
      /^invalid: .*nothing of the repository's code/,
    ],
    [
      "depends on the locale",
      'total([1])\nimport locale\nself.assertEqual(locale.setlocale(locale.LC_ALL), "de_DE.UTF-8")',
      /^invalid: .*the assertion looks at nothing/,
    ],
    [
      "depends on another that was not run",
      "total([1])\nimport tests.test_cart as other\nself.assertTrue(other.was_run)",
      /^invalid: .*AttributeError comes from line \d+ of the test itself/,
    ],
  ] as const)(
    "%s",
    async (_, body, verdict) => {
      expect(await verdictOn(PYTHON, python(body), { seconds: 15 })).toMatch(verdict);
      expect(processesWith(MARK)).toEqual([]);
      for (const place of ["/", "/usr", "/etc", "/home", "/var/tmp", "/tmp"])
        expect(existsSync(`${place}/${MARK}`)).toBe(false);
    },
    120_000,
  );

  test("depends on time", async () => {
    const body = "self.assertEqual(total([0, time.monotonic_ns()]), 5)";
    expect(await verdictOn(PYTHON, python(body), { times: 3 })).toMatch(
      /^flaky: .* failed every time, but not always with the same message/,
    );
  }, 120_000);
});

const CMAKE = `cmake_minimum_required(VERSION 3.16)
project(shop CXX)
enable_testing()
find_package(GTest REQUIRED)
file(GLOB tests tests/*_test.cpp)
add_executable(cart_tests \${tests})
target_link_libraries(cart_tests GTest::gtest_main)
add_test(NAME all COMMAND cart_tests)
`;
const GOOGLE: Files = {
  "CMakeLists.txt": CMAKE,
  "src/cart.h": "#pragma once\ninline int total(int price) { return price - 1; }\n",
  "tests/cart_test.cpp":
    '#include "../src/cart.h"\n#include <gtest/gtest.h>\n\nTEST(Cart, One) { EXPECT_EQ(total(1), 0); }\n',
};
const cpp = (body: string): { readonly path: string; readonly text: string } => ({
  path: "tests/new_test.cpp",
  text: `#include "../src/cart.h"\n#include <cstdio>\n#include <cstdlib>\n#include <unistd.h>\n#include <gtest/gtest.h>\n\nTEST(Cart, New) {\n${body}\n}\n`,
});
const TAP: Files = {
  "package.json": '{ "scripts": { "test": "tap" } }\n',
  "src/cart.js": "exports.total = (prices) => prices.slice(1).reduce((a, b) => a + b, 0);\n",
  "test/cart.test.js": 'const t = require("tap");\nt.pass("there");\n',
};
const tapTest = (body: string): { readonly path: string; readonly text: string } => ({
  path: "test/new.test.js",
  text: `const t = require("tap");\nconst { total } = require("../src/cart.js");\n\nt.test("new", async (t) => {\n${body}\n});\n`,
});
const MAVEN: Files = {
  "pom.xml": "<project>",
  "src/test/java/shop/CartTest.java": "package shop;\n\nclass CartTest {}\n",
};

describeSandboxed("with the other runners", () => {
  const cases: readonly (readonly [
    name: string,
    runner: string,
    prepared: Prepared | undefined,
    files: Files,
    test: { readonly path: string; readonly text: string },
    verdict: RegExp,
  ])[] = [
    [
      "a test prints points into the stream of tap",
      "tap",
      runnerPackages("tap"),
      TAP,
      tapTest(
        '  t.equal(total([]), 0);\n  console.log("n" + "ot ok 2 - new\\n");\n  t.equal(total([7]), 0);',
      ),
      /^invalid: .*(?:out of turn|something else wrote into it|two plans)/,
    ],
    [
      "a test of tap ends its process",
      "tap",
      runnerPackages("tap"),
      TAP,
      tapTest("  total([]);\n  require('node:child_process').execSync(`kill -9 ${process.pid}`);"),
      /^invalid: /,
    ],
    [
      "a test of AVA that does not load",
      "ava",
      runnerPackages("ava"),
      {
        ...TAP,
        "package.json": '{ "scripts": { "test": "ava" } }\n',
        "test/cart.test.js": 'require("ava")("a", (t) => t.pass());\n',
      },
      {
        path: "test/new.test.js",
        text: 'const test = require("ava");\nconst { total } = require("../src/none.js");\ntest("a", (t) => t.is(total([1]), 1));\n',
      },
      /^invalid: the test could not be run as it is/,
    ],
    [
      "a test writes a report of GoogleTest",
      "ctest",
      googleTest(),
      GOOGLE,
      cpp(
        '  total(1);\n  std::string place = std::string(getenv("GTEST" "_OUTPUT")).substr(4);\n  FILE* file = fopen((place + "fake.xml").c_str(), "w");\n  fputs("<test" "suites/>", file);\n  fclose(file);',
      ),
      /^(?:invalid|not-reproduced): /,
    ],
    [
      "a test of GoogleTest is one of a program",
      "ctest",
      googleTest(),
      GOOGLE,
      cpp("  EXPECT_EQ(\n      total(1),\n      1);"),
      /^reproduced: Cart.New fails/,
    ],
    [
      "a test of GoogleTest crashes",
      "ctest",
      googleTest(),
      GOOGLE,
      cpp("  int* nowhere = nullptr;\n  *nowhere = total(1);"),
      /^invalid: /,
    ],
    [
      "a project in C++ that does not build",
      "ctest",
      googleTest(),
      GOOGLE,
      cpp("  EXPECT_EQ(nothing(1), 1);"),
      /^invalid: the test runner exited with 1 without a report/,
    ],
    [
      "a project in Java that does not build",
      "mvn test",
      mavenPackages(),
      MAVEN,
      {
        path: "src/test/java/shop/NewTest.java",
        text: "package shop;\n\nclass NewTest {\n  void counts() {\n    Cart.total();\n  }\n}\n",
      },
      /^invalid: the test runner exited with 1 without a report/,
    ],
  ];
  for (const [name, runner, prepared, files, added, verdict] of cases) {
    if (prepared === undefined) testMissing(`${runner} (${name})`);
    else
      test(`${name}: a named verdict`, async () => {
        expect(await verdictOn(files, added, prepared)).toMatch(verdict);
      }, 250_000);
  }
});
