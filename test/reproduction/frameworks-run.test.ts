import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "@jest/globals";
import { detectFrameworks, runnableIn } from "../../src/reproduction/detect-frameworks.ts";
import type { FrameworkName } from "../../src/reproduction/frameworks/test-framework.ts";
import { judgeReproduction } from "../../src/reproduction/judge-reproduction.ts";
import { runTests } from "../../src/reproduction/run-tests.ts";
import { repositoryNames } from "../../src/reproduction/static/repository-names.ts";
import { answerOf, readable, testMissing } from "../fakes/toolchain-copies.ts";
import { describeSandboxed, filesFolder, sandboxOver } from "../sandbox/io/sandbox-here.ts";

/** What a framework needs besides the machine's programs; undefined: it is not here. */
interface Prepared {
  readonly toolchains: readonly string[];
  readonly dependencies?: { readonly from: string; readonly at: string };
}

interface Project {
  readonly framework: FrameworkName;
  readonly prepare: () => Prepared | undefined;
  readonly files: Readonly<Record<string, string>>;
  /** Fails on the line that holds `FAILS`. */
  readonly path: string;
  readonly text: string;
  readonly message: string;
}

function pytestPackages(): Prepared | undefined {
  const file = answerOf("python3", "-c", "import pytest; print(pytest.__file__)");
  if (file === undefined) return undefined;
  const packages = dirname(dirname(file));
  const names = ["pytest", "_pytest", "py.py", "pluggy", "iniconfig", "packaging", "pygments"].filter(
    (name) => existsSync(join(packages, name)),
  );
  return { toolchains: [], dependencies: { from: readable(packages, names), at: ".deps/site-packages" } };
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
        test,
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
