import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "@jest/globals";
import { detectFrameworks, runnableIn } from "../../src/reproduction/detect-frameworks.ts";
import type { FrameworkName } from "../../src/reproduction/frameworks/test-framework.ts";
import { judgeReproduction } from "../../src/reproduction/judge-reproduction.ts";
import { runTests } from "../../src/reproduction/run-tests.ts";
import { repositoryNames } from "../../src/reproduction/static/repository-names.ts";
import { googleTest, mavenPackages, type Prepared, runnerPackages } from "../fakes/test-runners.ts";
import { answerOf, pytestPackages, readable, testMissing } from "../fakes/toolchain-copies.ts";
import { describeSandboxed, filesFolder, sandboxOver } from "../sandbox/io/sandbox-here.ts";
import { testOf } from "./evidence.ts";

interface Project {
  readonly framework: FrameworkName;
  readonly prepare: () => Prepared | undefined;
  readonly files: Readonly<Record<string, string>>;
  /** Fails on the line that holds `FAILS`. */
  readonly path: string;
  readonly text: string;
  readonly message: string;
}

const CART_JS = "exports.total = (prices) => prices.slice(1).reduce((a, b) => a + b, 0);\n";
const MAVEN = join(import.meta.dirname, "../runners/maven");

function mavenFiles(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    ["pom.xml", "src/main/java/shop/Cart.java", "src/test/java/shop/CartTest.java"].map((path) => [
      path,
      readFileSync(join(MAVEN, path), "utf8"),
    ]),
  );
}

const PROJECTS: readonly Project[] = [
  {
    framework: "pytest",
    prepare: pytestPackages,
    files: {
      "pytest.ini": "[pytest]\n",
      "shop/__init__.py": "",
      "shop/cart.py": "def total(prices):\n    return sum(prices[1:])\n",
      "tests/test_cart.py":
        "from shop.cart import total\n\n\ndef test_nothing_costs_nothing():\n    assert total([]) == 0\n",
    },
    path: "tests/test_first_price.py",
    text: "from shop.cart import total\n\n\ndef test_counts_the_first_price():\n    assert total([2, 3]) == 5  # FAILS\n",
    message: "assert 3 == 5",
  },
  {
    framework: "jest",
    prepare: () => ({
      toolchains: [],
      dependencies: { from: join(import.meta.dirname, "../../node_modules"), at: "node_modules" },
    }),
    files: {
      "package.json": '{ "scripts": { "test": "jest" } }\n',
      "src/cart.js": "exports.total = (prices) => prices.slice(1).reduce((a, b) => a + b, 0);\n",
      "test/cart.test.js":
        'const { total } = require("../src/cart.js");\ntest("nothing costs nothing", () => expect(total([])).toBe(0));\n',
    },
    path: "test/first-price.test.js",
    text: 'const { total } = require("../src/cart.js");\n\ntest("counts the first price", () => {\n  expect(total([2, 3])).toBe(5); // FAILS\n});\n',
    message: "expect(received).toBe(expected)",
  },
  {
    framework: "go test",
    prepare() {
      const root = answerOf("go", "env", "GOROOT");
      return root === undefined ? undefined : { toolchains: [root] };
    },
    files: {
      "go.mod": "module example.com/shop\n\ngo 1.19\n",
      "cart/cart.go":
        "package cart\n\nfunc Total(prices []int) int {\n\tsum := 0\n\tfor i := 1; i < len(prices); i++ {\n\t\tsum += prices[i]\n\t}\n\treturn sum\n}\n",
      "cart/cart_test.go":
        'package cart\n\nimport "testing"\n\nfunc TestNothingCostsNothing(t *testing.T) {\n\tif got := Total(nil); got != 0 {\n\t\tt.Fatalf("got %d", got)\n\t}\n}\n',
    },
    path: "cart/first_price_test.go",
    text: 'package cart\n\nimport "testing"\n\nfunc TestCountsTheFirstPrice(t *testing.T) {\n\tif got := Total([]int{2, 3}); got != 5 {\n\t\tt.Fatalf("got %d, want 5", got) // FAILS\n\t}\n}\n',
    message: "got 3, want 5",
  },
  {
    framework: "cargo test",
    prepare() {
      const root = answerOf("rustc", "--print", "sysroot");
      return root === undefined ? undefined : { toolchains: [readable(root, ["bin", "lib"])] };
    },
    files: {
      "Cargo.toml": '[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2021"\n',
      "Cargo.lock": 'version = 3\n\n[[package]]\nname = "shop"\nversion = "0.1.0"\n',
      "src/lib.rs": "pub fn total(prices: &[u32]) -> u32 {\n    prices.iter().skip(1).sum()\n}\n",
      "tests/cart.rs": "#[test]\nfn nothing_costs_nothing() {\n    assert_eq!(shop::total(&[]), 0);\n}\n",
    },
    path: "tests/first_price.rs",
    text: "#[test]\nfn counts_the_first_price() {\n    assert_eq!(shop::total(&[2, 3]), 5); // FAILS\n}\n",
    message: "left: 3",
  },
  {
    framework: "vitest",
    prepare: () => runnerPackages("vitest"),
    files: {
      "package.json": '{ "type": "module", "scripts": { "test": "vitest" } }\n',
      "src/cart.js": "export const total = (prices) => prices.slice(1).reduce((a, b) => a + b, 0);\n",
      "test/cart.test.js":
        'import { expect, test } from "vitest";\nimport { total } from "../src/cart.js";\ntest("nothing costs nothing", () => expect(total([])).toBe(0));\n',
    },
    path: "test/first-price.test.js",
    text: 'import { expect, test } from "vitest";\nimport { total } from "../src/cart.js";\n\ntest("counts the first price", () => {\n  expect(total([2, 3])).toBe(5); // FAILS\n});\n',
    message: "expected 3 to be 5",
  },
  {
    framework: "mocha",
    prepare: () => runnerPackages("mocha"),
    files: {
      "package.json": '{ "scripts": { "test": "mocha --recursive test" } }\n',
      "src/cart.js": CART_JS,
      "test/cart.js":
        'const assert = require("node:assert");\nconst { total } = require("../src/cart.js");\nit("costs nothing", () => assert.equal(total([]), 0));\n',
    },
    path: "test/first-price.js",
    text: 'const assert = require("node:assert");\nconst { total } = require("../src/cart.js");\n\nit("counts the first price", () => {\n  assert.equal(total([2, 3]), 5); // FAILS\n});\n',
    message: "3 == 5",
  },
  {
    framework: "tap",
    prepare: () => runnerPackages("tap"),
    files: {
      "package.json": '{ "scripts": { "test": "tap" } }\n',
      "src/cart.js": CART_JS,
      "test/cart.test.js":
        'const t = require("tap");\nconst { total } = require("../src/cart.js");\nt.test("costs nothing", async (t) => t.equal(total([]), 0));\n',
    },
    path: "test/first-price.test.js",
    text: 'const t = require("tap");\nconst { total } = require("../src/cart.js");\n\nt.test("counts the first price", async (t) => {\n  t.equal(total([2, 3]), 5); // FAILS\n});\n',
    message: "should be equal",
  },
  {
    framework: "ava",
    prepare: () => runnerPackages("ava"),
    files: {
      "package.json": '{ "scripts": { "test": "ava" } }\n',
      "src/cart.js": CART_JS,
      "test/cart.test.js":
        'const test = require("ava");\nconst { total } = require("../src/cart.js");\ntest("costs nothing", (t) => t.is(total([]), 0));\n',
    },
    path: "test/first-price.test.js",
    text: 'const test = require("ava");\nconst { total } = require("../src/cart.js");\n\ntest("counts the first price", (t) => {\n  t.is(total([2, 3]), 5); // FAILS\n});\n',
    message: "- 3\n+ 5",
  },
  {
    framework: "mvn test",
    prepare: mavenPackages,
    files: mavenFiles(),
    path: "src/test/java/shop/FirstPriceTest.java",
    text: "package shop;\n\nimport static org.junit.jupiter.api.Assertions.assertEquals;\n\nimport org.junit.jupiter.api.Test;\n\nclass FirstPriceTest {\n  @Test\n  void countsTheFirstPrice() {\n    assertEquals(5, Cart.total(2, 3)); // FAILS\n  }\n}\n",
    message: "expected: <5> but was: <3>",
  },
  {
    framework: "ctest",
    prepare: googleTest,
    files: {
      "CMakeLists.txt": `cmake_minimum_required(VERSION 3.16)
project(shop CXX)
enable_testing()
add_library(shop src/cart.cpp)
target_include_directories(shop PUBLIC src)
find_package(GTest REQUIRED)
include(GoogleTest)
file(GLOB tests tests/*_test.cpp)
foreach(test \${tests})
  get_filename_component(name \${test} NAME_WE)
  add_executable(\${name} \${test})
  target_link_libraries(\${name} shop GTest::gtest_main)
  gtest_discover_tests(\${name})
endforeach()
`,
      "src/cart.h": "#pragma once\n#include <vector>\nint total(const std::vector<int>& prices);\n",
      "src/cart.cpp":
        '#include "cart.h"\nint total(const std::vector<int>& prices) {\n  int sum = 0;\n  for (std::size_t i = 1; i < prices.size(); i++) sum += prices[i];\n  return sum;\n}\n',
      "tests/cart_test.cpp":
        '#include "cart.h"\n#include <gtest/gtest.h>\n\nTEST(Cart, NothingCostsNothing) { EXPECT_EQ(total({}), 0); }\n',
    },
    path: "tests/first_price_test.cpp",
    text: '#include "cart.h"\n#include <gtest/gtest.h>\n\nTEST(Cart, CountsTheFirstPrice) {\n  EXPECT_EQ(total({2, 3}), 5); // FAILS\n}\n',
    message: "Which is: 3",
  },
];

describeSandboxed("each framework, really run", () => {
  for (const { framework: name, prepare, files, path, text, message } of PROJECTS) {
    const prepared = prepare();
    if (prepared === undefined) {
      testMissing(name);
      continue;
    }
    test(`${name} finds the suite whole and a failure on its line`, async () => {
      using folder = filesFolder(files);
      const sandbox = await sandboxOver(folder.path, { node: dirname(process.execPath), ...prepared });
      const detected = await detectFrameworks({
        paths: Object.keys(files).sort(),
        text: async (each) => files[each],
      });
      const { can, cannot } = runnableIn(sandbox.environment, detected);
      expect(cannot).toEqual([]);
      expect(can[0]!.framework.name).toBe(name);
      // One run, judged as three: compiling a language's own library takes half a minute each time.
      const [run] = await runTests(
        sandbox,
        can[0]!,
        { changes: new Map([[path, text]]), times: 1, limits: { seconds: 300 } },
        AbortSignal.timeout(350_000),
      );
      const { report } = run!;
      expect(report).toMatchObject({ kind: "report" });
      const tests = report.kind === "report" ? report.tests : [];
      expect(tests.map(({ outcome }) => outcome).sort()).toEqual(["failed", "passed"]);
      const test = { path, text, language: can[0]!.framework.language };
      const verdict = judgeReproduction({
        runs: [run!, run!, run!],
        suite: {
          before: { kind: "report", tests: tests.filter(({ outcome }) => outcome === "passed") },
          with: report,
        },
        test: await testOf(test),
        importsRepository: true,
        repositoryNames: repositoryNames(test, Object.keys(files)),
      });
      const line = text.split("\n").findIndex((each) => each.includes("FAILS")) + 1;
      expect(verdict).toMatchObject({
        kind: "reproduced",
        failure: { at: { path, line }, message: expect.stringContaining(message) },
      });
    }, 400_000);
  }
});
