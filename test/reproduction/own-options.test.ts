import { dirname, join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { detectFrameworks, runnableIn } from "../../src/reproduction/detect-frameworks.ts";
import { scriptWords } from "../../src/reproduction/frameworks/script-words.ts";
import { runTests } from "../../src/reproduction/run-tests.ts";
import { type Prepared, runnerPackages } from "../fakes/test-runners.ts";
import { pytestPackages, testMissing } from "../fakes/toolchain-copies.ts";
import { describeSandboxed, filesFolder, sandboxOver } from "../sandbox/io/sandbox-here.ts";

const NPM = {
  toolchains: [],
  dependencies: { from: join(import.meta.dirname, "../../node_modules"), at: "node_modules" },
};
const suite = (load: string, by: (name: string) => string): string => `${load}${by("one")}${by("label")}`;
const it = (name: string): string => `it("${name}", () => undefined);\n`;
const SCRIPT = (command: string): string => JSON.stringify({ scripts: { test: command } });

/** A project whose own settings select one of two tests, and one whose settings name what is not here. */
const PROJECTS: readonly {
  readonly name: string;
  readonly prepared: Prepared | undefined;
  readonly files: Readonly<Record<string, string>>;
  readonly selects: Readonly<Record<string, string>>;
  readonly misses: Readonly<Record<string, string>>;
  readonly without: string;
}[] = [
  {
    name: "pytest",
    prepared: pytestPackages(),
    files: { "test_a.py": "def test_one(): pass\ndef test_label(): pass\n" },
    selects: { "pytest.ini": "[pytest]\naddopts = -k label\n" },
    misses: { "pytest.ini": "[pytest]\naddopts = -n auto --cov=shop\nrequired_plugins = pytest-xdist\n" },
    without: "the project's own options of pytest",
  },
  {
    name: "jest",
    prepared: NPM,
    files: { "package.json": SCRIPT("jest"), "a.test.js": it("one"), "b.test.js": it("label") },
    selects: { "jest.config.json": '{ "testMatch": ["**/b.test.js"] }' },
    misses: { "jest.config.json": '{ "preset": "ts-jest" }' },
    without: "the project's own settings of Jest",
  },
  {
    name: "vitest",
    prepared: runnerPackages("vitest"),
    files: {
      "package.json": SCRIPT("vitest run"),
      "a.test.js": `import { it } from "vitest";\n${it("one")}`,
      "b.test.js": `import { it } from "vitest";\n${it("label")}`,
    },
    selects: { "vitest.config.mjs": 'export default { test: { include: ["b.test.js"] } };\n' },
    misses: {
      "vitest.config.mjs":
        'import plugin from "a-plugin-of-vite";\nexport default { plugins: [plugin()] };\n',
    },
    without: "the project's own settings of Vitest",
  },
  {
    name: "mocha",
    prepared: runnerPackages("mocha"),
    files: { "package.json": SCRIPT("mocha"), "test/a.js": suite("", it) },
    selects: { "package.json": SCRIPT("FORCE=1 mocha --grep label --reporter dot && echo done") },
    misses: { ".mocharc.json": '{ "require": ["ts-node/register"] }' },
    without: "the project's own options of mocha",
  },
  {
    name: "node:test",
    prepared: { toolchains: [] },
    files: {
      "package.json": SCRIPT("node --test"),
      "test/a.test.js": suite('const { it } = require("node:test");\n', it),
    },
    selects: { "package.json": SCRIPT('node --test --test-name-pattern "label"') },
    misses: { "package.json": SCRIPT("node --import a-loader --test") },
    without: "the project's own options of Node",
  },
];

describeSandboxed("the project's own selection of tests", () => {
  for (const { name, prepared, files, selects, misses, without } of PROJECTS) {
    if (prepared === undefined) {
      testMissing(name);
      continue;
    }
    const run = async (more: Readonly<Record<string, string>>) => {
      const all: Readonly<Record<string, string>> = { ...files, ...more };
      using folder = filesFolder(all);
      const sandbox = await sandboxOver(folder.path, { node: dirname(process.execPath), ...prepared });
      const detected = await detectFrameworks({
        paths: Object.keys(all).sort(),
        text: async (path) => all[path],
      });
      const framework = runnableIn(sandbox.environment, detected).can.find(
        (one) => one.framework.name === name,
      )!;
      const [one] = await runTests(
        sandbox,
        framework,
        { changes: new Map(), times: 1 },
        AbortSignal.timeout(200_000),
      );
      const { report, result, without: leftOut } = one!;
      const names =
        report.kind === "report"
          ? report.tests
              .filter(({ outcome }) => outcome === "passed")
              .map((each) => /one|label/.exec(each.name)?.[0] ?? each.name)
              .sort()
          : report.why;
      return { names, leftOut, output: result.output };
    };

    test(`${name} keeps it`, async () => {
      expect(await run(selects)).toMatchObject({ names: ["label"], leftOut: undefined });
    }, 250_000);

    test(`${name} runs without it where it needs what is not here, and says so`, async () => {
      const { names, leftOut, output } = await run(misses);
      expect({ names, leftOut }).toEqual({ names: ["label", "one"], leftOut: without });
      expect(output).toContain(`[run again without ${without}, which need what is not here]`);
    }, 250_000);
  }
});

describe("what a script gives its runner", () => {
  const mocha = /(^|[\s/&;])_?mocha(\s|$)/;
  test.each([
    ["mocha", {}, [], []],
    ["mocha --recursive test/unit 'test/more/*.js'", {}, ["--recursive"], ["test/unit", "test/more/*.js"]],
    ["npm run lint && mocha -r esm --timeout 5000 test", {}, ["-r", "esm", "--timeout", "5000"], ["test"]],
    ["nyc mocha --bail --watch -R dot --timeout=5000 test | cat", {}, ["--timeout=5000"], ["test"]],
    ["cross-env NODE_ENV=test PATH=/x LD_PRELOAD=y mocha", { NODE_ENV: "test" }, [], []],
    ["mocha $(find test) --exit", {}, [], []],
    ["mocha test > out.txt", {}, [], ["test"]],
    ["eslint . && node x.js", {}, [], []],
  ] as const)("%s", (script, env, options, selection) => {
    expect(scriptWords(script, mocha)).toEqual({ env, options, selection });
  });
});
