import { describe, expect, test } from "@jest/globals";
import { detectFrameworks, runnableIn } from "../../src/reproduction/detect-frameworks.ts";
import type { Detected } from "../../src/reproduction/frameworks/test-framework.ts";

async function detect(files: Readonly<Record<string, string>>): Promise<readonly Detected[]> {
  return detectFrameworks({ paths: Object.keys(files).sort(), text: async (path) => files[path] });
}

describe.each<readonly [string, Readonly<Record<string, string>>, string, string]>([
  [
    "a section of pyproject.toml",
    { "pyproject.toml": '[project]\nname = "x"\n\n[tool.pytest.ini_options]\n', "tests/test_a.py": "" },
    "pytest pyproject.toml:4",
    "tests/test_new_thing.py",
  ],
  [
    "a pytest.ini",
    {
      "pytest.ini": "[pytest]\n",
      "tests/unit/test_a.py": "",
      "tests/unit/test_b.py": "",
      "tests/test_c.py": "",
    },
    "pytest pytest.ini:1",
    "tests/unit/test_new_thing.py",
  ],
  [
    "a requirement",
    { "requirements-dev.txt": "# pytest one day\nrequests\npytest>=8\n" },
    "pytest requirements-dev.txt:3",
    "tests/test_new_thing.py",
  ],
  [
    "an import of pytest",
    { "pkg/store_test.py": "import os\nimport pytest\n" },
    "pytest pkg/store_test.py:2",
    "pkg/new_thing_test.py",
  ],
  [
    "a unittest class",
    { "test/test_a.py": "import unittest\n\nclass ATest(unittest.TestCase):\n" },
    "unittest test/test_a.py:3",
    "test/test_new_thing.py",
  ],
  [
    "a plain test function",
    { "test_a.py": "def test_a():\n    pass\n" },
    "unittest test_a.py:1",
    "test_new_thing.py",
  ],
  [
    "a script that runs vitest",
    { "package.json": '{\n  "scripts": {\n    "test": "vitest run"\n  }\n}', "src/a.spec.ts": "" },
    "vitest package.json:3",
    "src/new-thing.spec.ts",
  ],
  [
    "a script that runs jest",
    {
      "package.json": '{\n  "scripts": {\n    "test": "NODE_OPTIONS=--experimental-vm-modules jest"\n  }\n}',
      "__tests__/a.js": "",
    },
    "jest package.json:3",
    "__tests__/new-thing.js",
  ],
  [
    "settings of jest",
    { "package.json": "{}", "jest.config.mjs": "", "test/a.test.ts": "" },
    "jest jest.config.mjs:1",
    "test/new-thing.test.ts",
  ],
  [
    "a dependency on mocha",
    { "package.json": '{\n  "devDependencies": {\n    "mocha": "^11"\n  }\n}', "test/store.js": "" },
    "mocha package.json:3",
    "test/new-thing.js",
  ],
  [
    "a script that runs node --test",
    { "package.json": '{\n  "scripts": { "test": "node --test" }\n}' },
    "node:test package.json:2",
    "test/new-thing.test.mjs",
  ],
  [
    "an import of node:test",
    { "lib/a.test.mjs": 'import { test } from "node:test";\n' },
    "node:test lib/a.test.mjs:1",
    "lib/new-thing.test.mjs",
  ],
  [
    "a module of Go",
    { "go.mod": "module x\n", "store/store_test.go": "", "store/store.go": "" },
    "go test go.mod:1",
    "store/new_thing_test.go",
  ],
  [
    "a crate",
    { "Cargo.toml": "[package]\n", "src/lib.rs": "#[test]\n" },
    "cargo test Cargo.toml:1",
    "tests/new_thing.rs",
  ],
])("%s", (_, files, shown, hint) => {
  test(`shows ${shown}`, async () => {
    const [best] = await detect(files);
    expect(`${best?.framework.name} ${best?.detection.evidence}`).toBe(shown);
    expect(best?.framework.testFileHint(best.detection, "new-thing").path).toBe(hint);
  });
});

test("a repository without tests shows none", async () => {
  expect(
    await detect({
      "README.md": "pytest",
      "src/main.py": "def test_mode():\n",
      "node_modules/x/package.json": '{"scripts":{"test":"jest"}}',
    }),
  ).toEqual([]);
});

test("what is configured comes before what is depended on, and that before what is guessed", async () => {
  const found = await detect({
    "package.json": '{ "devDependencies": { "jest": "30", "mocha": "11" } }',
    ".mocharc.json": "{}",
    "tools/test_a.py": "def test_a(): pass\n",
  });
  expect(found.map(({ framework }) => framework.name)).toEqual(["mocha", "jest", "unittest"]);
});

test("a package within a repository is started in its folder", async () => {
  const [one] = await detect({
    "web/package.json": '{"scripts":{"test":"node --test"}}',
    "web/test/a.test.js": "",
  });
  expect(one!.framework.runFile("web/test/new.test.js", one!.detection).command).toEqual([
    ..."sh -c".split(" "),
    'cd "$1" && shift && exec "$@"',
    ..."sh web node --test --test-reporter=junit --test-reporter-destination=/out/report.xml test/new.test.js".split(
      " ",
    ),
  ]);
});

test("broken manifests and texts that cannot be read are passed over", async () => {
  expect(await detect({ "package.json": "{", "go.mod": "" })).toMatchObject([
    { framework: { name: "go test" } },
  ]);
  const found = await detectFrameworks({
    paths: ["package.json", "tests/test_a.py", "go.mod"],
    text: async () => undefined,
  });
  expect(found.map(({ framework }) => framework.name)).toEqual(["go test"]);
});

test("without pytest, plain tests run by unittest; what cannot run says why", async () => {
  const detected = await detect({
    "requirements.txt": "pytest\n",
    "tests/test_a.py": "def test_a(): pass\n",
    "go.mod": "module x\n",
  });
  const environment = {
    sandbox: "bubblewrap 0.8.0",
    toolchains: new Map([["python3", "3.11.2"]]),
    dependencies: undefined,
  };
  const { can, cannot } = runnableIn(environment, detected);
  expect(can.map(({ framework }) => framework.name)).toEqual(["unittest"]);
  expect(cannot.map(({ why }) => why)).toEqual([
    "pytest needs pytest, which the sandbox does not have: no dependencies are prepared",
    "go test needs go, which the sandbox does not have",
  ]);
});
