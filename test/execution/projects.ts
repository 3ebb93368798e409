import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { detectFrameworks, runnableIn } from "../../src/reproduction/detect-frameworks.ts";
import type { Detected } from "../../src/reproduction/frameworks/test-framework.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { answerOf, pytestPackages, readable } from "../fakes/toolchain-copies.ts";
import { filesFolder, sandboxOver } from "../sandbox/io/sandbox-here.ts";

/** A small project with one failing test, and what its runner needs; undefined: it is not on this machine. */
export interface Project {
  readonly name: string;
  readonly toolchains?: readonly string[];
  readonly dependencies?: { readonly from: string; readonly at: string };
  readonly files: Readonly<Record<string, string>>;
  /** The test file, and its names. */
  readonly file: string;
  readonly passing: string;
  readonly failing: string;
  readonly other: string;
  /** The source file. */
  readonly source: string;
}

const PYTHON = {
  "shop/__init__.py": "",
  "shop/cart.py":
    "RATE = 2\n\n\ndef total(prices):\n    if len(prices) > 1:\n        return sum(prices[1:])\n    return sum(prices)\n\n\ndef label(a):\n    return str(a)\n",
};
const PYTHON_TEST = `import unittest
from shop.cart import label, total


class CartTest(unittest.TestCase):
    def test_one(self):
        self.assertEqual(total([3]), 3)

    def test_two(self):
        self.assertEqual(total([2, 3]), 5)

    def test_label(self):
        self.assertEqual(label(1), "1")
`;
const PYTEST_TEST = `from shop.cart import label, total


class TestCart:
    def test_one(self):
        assert total([3]) == 3


def test_two():
    assert total([2, 3]) == 5


def test_label():
    assert label(1) == "1"
`;
const JAVASCRIPT = `const total = (prices) => {
  if (prices.length > 1) {
    return prices.slice(1).reduce((a, b) => a + b, 0);
  }
  return prices.reduce((a, b) => a + b, 0);
};
function label(a) {
  return String(a);
}
`;

/** A Python with `sys.monitoring`, beside the one that is the default here. */
function newPython(): string | undefined {
  const prefix = answerOf("python3", "-c", "import sys; print(sys.base_prefix)");
  const folder = prefix === undefined ? "" : dirname(prefix);
  const found = existsSync(folder)
    ? readdirSync(folder).find((name) => /^3\.1[2-9]\.\d+$/.test(name))
    : undefined;
  if (found === undefined) return undefined;
  const copy = readable(folder, [found]);
  // Its library is looked for where it was built, which is not in the sandbox.
  const bin = join(copy, "bin");
  mkdirSync(bin);
  writeFileSync(
    join(bin, "python3"),
    `#!/bin/sh\nLD_LIBRARY_PATH=${copy}/${found}/lib exec ${copy}/${found}/bin/python${found.replace(/\.\d+$/, "")} "$@"\n`,
    { mode: 0o755 },
  );
  return copy;
}

const unittest = {
  files: { ...PYTHON, "tests/test_cart.py": PYTHON_TEST },
  file: "tests/test_cart.py",
  passing: "CartTest.test_one",
  failing: "CartTest.test_two",
  other: "CartTest.test_label",
  source: "shop/cart.py",
};

/** Every project whose runner is on this machine, and the names of those that are missing. */
export function projectsHere(): { readonly here: readonly Project[]; readonly missing: readonly string[] } {
  const pytest = pytestPackages()?.dependencies;
  const python = newPython();
  const here: Project[] = [{ name: "unittest", ...unittest }];
  const missing: string[] = [];
  if (python === undefined) missing.push("unittest with sys.monitoring");
  else here.push({ name: "unittest with sys.monitoring", toolchains: [python], ...unittest });
  if (pytest === undefined) missing.push("pytest");
  else
    here.push({
      name: "pytest",
      dependencies: pytest,
      files: {
        "pytest.ini": "[pytest]\nfilterwarnings = error\n",
        ...PYTHON,
        "tests/test_cart.py": PYTEST_TEST,
      },
      file: "tests/test_cart.py",
      passing: "TestCart.test_one",
      failing: "test_two",
      other: "test_label",
      source: "shop/cart.py",
    });
  here.push({
    name: "jest",
    dependencies: { from: join(import.meta.dirname, "../../node_modules"), at: "node_modules" },
    files: {
      "package.json": '{ "scripts": { "test": "jest" } }\n',
      "src/cart.js": `${JAVASCRIPT}module.exports = { total, label };\n`,
      "test/cart.test.js":
        'const { total, label } = require("../src/cart.js");\ndescribe("cart", () => {\n  test("one", () => expect(total([3])).toBe(3));\n  test("two", () => expect(total([2, 3])).toBe(5));\n  test("label", () => expect(label(1)).toBe("1"));\n});\n',
    },
    file: "test/cart.test.js",
    passing: "cart one",
    failing: "cart two",
    other: "cart label",
    source: "src/cart.js",
  });
  here.push({
    name: "node:test",
    files: {
      "package.json": '{ "type": "module", "scripts": { "test": "node --test" } }\n',
      "src/cart.js": `${JAVASCRIPT}export { total, label };\n`,
      "test/cart.test.js":
        'import { describe, test } from "node:test";\nimport assert from "node:assert";\nimport { total, label } from "../src/cart.js";\ndescribe("cart", () => {\n  test("one", () => assert.equal(total([3]), 3));\n  test("two", () => assert.equal(total([2, 3]), 5));\n  test("label", () => assert.equal(label(1), "1"));\n});\n',
    },
    file: "test/cart.test.js",
    passing: "cart › one",
    failing: "cart › two",
    other: "cart › label",
    source: "src/cart.js",
  });
  return { here, missing };
}

/** The project in a sandbox. The folder goes when it is disposed. */
export async function openProject(
  project: Project,
  more: Readonly<Record<string, string>> = {},
): Promise<
  Disposable & {
    readonly sandbox: Sandbox;
    readonly framework: Detected;
    readonly files: Readonly<Record<string, string>>;
  }
> {
  const files: Readonly<Record<string, string>> = { ...project.files, ...more };
  const folder = filesFolder(files);
  const sandbox = await sandboxOver(folder.path, {
    node: dirname(process.execPath),
    toolchains: project.toolchains ?? [],
    ...(project.dependencies === undefined ? {} : { dependencies: project.dependencies }),
  });
  const { can } = runnableIn(
    sandbox.environment,
    await detectFrameworks({ paths: Object.keys(files).sort(), text: async (path) => files[path] }),
  );
  return { sandbox, framework: can[0]!, files, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}
