import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "@jest/globals";
import { detectFrameworks, runnableIn } from "../../src/reproduction/detect-frameworks.ts";
import type { Detected } from "../../src/reproduction/frameworks/test-framework.ts";
import { judgeFix } from "../../src/reproduction/judge-fix.ts";
import { judgeReproduction } from "../../src/reproduction/judge-reproduction.ts";
import { runTests } from "../../src/reproduction/run-tests.ts";
import { repositoryNames } from "../../src/reproduction/static/repository-names.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { testOf } from "./evidence.ts";
import { describeSandboxed, filesFolder, sandboxOver } from "../sandbox/io/sandbox-here.ts";

const EXAMPLE = join(import.meta.dirname, "../../examples/issue-42");
const NODE = dirname(process.execPath);
const { signal } = new AbortController();

/** Two writers read before either writes. The barrier lets go after half a second, so that a lock does not hang the test. */
const MEETING = `
import os
import tempfile
import threading
from src.storage.store import Store

barrier = threading.Barrier(2)


class MeetingStore(Store):
    def _read_data(self):
        data = super()._read_data()
        try:
            barrier.wait(timeout=0.5)
        except threading.BrokenBarrierError:
            pass
        return data


def write_both(path):
    barrier.reset()
    stores = [MeetingStore(path) for _ in range(2)]
    writers = [threading.Thread(target=store.set, args=(key, 1)) for store, key in zip(stores, "ab")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    return len(Store(path).keys())
`;
const CLASS = `import unittest
${MEETING}

class LostUpdateTest(unittest.TestCase):
    def test_two_writers_keep_both_values(self):
        with tempfile.TemporaryDirectory() as folder:
            count = write_both(os.path.join(folder, "data.json"))
        self.assertEqual(count, 2)
`;
const FUNCTION = `${MEETING}

def test_two_writers_keep_both_values(tmp_path):
    assert write_both(str(tmp_path / "data.json")) == 2
`;

function fixed(store: string): string {
  return store
    .replace("import json\n", "import fcntl\nimport json\n")
    .replace(
      "    def get(self",
      `    def _locked(self):
        lock = open(self.path + ".lock", "w")
        fcntl.flock(lock, fcntl.LOCK_EX)
        return lock

    def get(self`,
    )
    .replace(
      `        data = self._read_data()
        data[key] = value
        self._write_data(data)`,
      `        with self._locked():
            data = self._read_data()
            data[key] = value
            self._write_data(data)`,
    );
}

async function frameworkOf(folder: string, sandbox: Sandbox): Promise<Detected> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort((a, b) => (a < b ? -1 : 1));
  const detected = await detectFrameworks({
    paths,
    text: async (path) => readFileSync(join(folder, path), "utf8"),
  });
  const { can } = runnableIn(sandbox.environment, detected);
  expect(can).not.toEqual([]);
  return can[0]!;
}

/** Everything that Casebook does with a test and a fix, on real programs. */
async function investigate(
  folder: string,
  { path, text }: { readonly path: string; readonly text: string },
  fix: ReadonlyMap<string, string>,
) {
  const sandbox = await sandboxOver(folder, { node: NODE });
  const framework = await frameworkOf(folder, sandbox);
  const run = async (changes: ReadonlyMap<string, string>, file: string | undefined, times: number) =>
    await runTests(sandbox, framework, { changes, file, times }, signal);
  const withTest = new Map([[path, text]]);
  const withFix = new Map([...fix, ...withTest]);
  const runs = await run(withTest, path, 3);
  const [before] = await run(new Map(), undefined, 1);
  const [added] = await run(withTest, undefined, 1);
  const [after] = await run(withFix, undefined, 1);
  const language = framework.framework.language;
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return {
    framework,
    suite: before!.report,
    reproduction: judgeReproduction({
      runs,
      suite: { before: before!.report, with: added!.report },
      test: await testOf({ path, text, language }),
      importsRepository: true,
      repositoryNames: repositoryNames({ path, text, language }, paths),
    }),
    fix: judgeFix({
      reproduction: { before: runs, after: await run(withFix, path, 3) },
      suite: { before: before!.report, after: after!.report },
      test: path,
      changed: [...fix.keys()],
    }),
  };
}

describeSandboxed("the lost update of the example", () => {
  const store = readFileSync(join(EXAMPLE, "src/storage/store.py"), "utf8");
  const fix = new Map([["src/storage/store.py", fixed(store)]]);

  test.each([
    ["a unittest class", CLASS, "LostUpdateTest.test_two_writers_keep_both_values", "1 != 2"],
    [
      "a plain function",
      FUNCTION,
      "test_two_writers_keep_both_values",
      'assert write_both(str(tmp_path / "data.json")) == 2',
    ],
  ])("is reproduced by %s, and mended by a lock", async (_, text, name, message) => {
    const path = "tests/test_lost_update.py";
    const { framework, suite, reproduction, fix: mended } = await investigate(EXAMPLE, { path, text }, fix);
    expect(framework.framework.name).toBe("unittest");
    expect(framework.detection.evidence).toBe("tests/test_store.py:8");
    expect(framework.framework.testFileHint(framework.detection, "lost-update")).toEqual({
      path,
      like: "tests/test_store.py",
    });
    expect(suite).toMatchObject({
      tests: [{ outcome: "passed" }, { outcome: "passed" }, { outcome: "passed" }],
    });
    expect(reproduction).toEqual({
      kind: "reproduced",
      reasons: [`${name} fails in all 3 runs, in the same way`],
      caveats: [],
      failure: {
        tests: [name],
        type: "AssertionError",
        message,
        at: {
          path,
          line: text.split("\n").findIndex((line) => /assertEqual\(count|assert write_both/.test(line)) + 1,
        },
      },
    });
    expect(mended).toEqual({
      kind: "fixed",
      reasons: ["the failing test passes in all 3 runs, and no other test gets worse"],
      caveats: [],
      worse: [],
    });
  });

  test("is not mended by a change that breaks the rest", async () => {
    const worse = new Map([
      ["src/storage/store.py", fixed(store).replace("current.update(changes)", "current = changes")],
    ]);
    const { fix: mended } = await investigate(
      EXAMPLE,
      { path: "tests/test_lost_update.py", text: CLASS },
      worse,
    );
    expect(mended).toMatchObject({
      kind: "worse",
      worse: ["tests/test_store.py › StoreTest.test_update_merges (failed)"],
    });
  });
});

describeSandboxed("a small project with node:test", () => {
  test("is handled in the same way", async () => {
    const counter = `export class Counter {
  #counts = {};
  add(name) {
    this.#counts[name] = (this.#counts[name] || 0) + 1;
    return this.#counts[name];
  }
}
`;
    using folder = filesFolder({
      "package.json": '{\n  "type": "module",\n  "scripts": { "test": "node --test" }\n}\n',
      "src/counter.js": counter,
      "test/counter.test.js": `import { test } from "node:test";
import assert from "node:assert/strict";
import { Counter } from "../src/counter.js";

test("counts", () => {
  const counter = new Counter();
  counter.add("a");
  assert.equal(counter.add("a"), 2);
});
`,
    });
    const path = "test/counts-any-name.test.js";
    const text = `import { test } from "node:test";
import assert from "node:assert/strict";
import { Counter } from "../src/counter.js";

test("a name that every object has is counted from one", () => {
  const counter = new Counter();
  assert.equal(counter.add("constructor"), 1);
});
`;
    const fix = new Map([["src/counter.js", counter.replace("= {}", "= Object.create(null)")]]);
    const { framework, reproduction, fix: mended } = await investigate(folder.path, { path, text }, fix);
    expect(framework.framework.name).toBe("node:test");
    expect(framework.detection.evidence).toBe("package.json:3");
    expect(reproduction).toMatchObject({
      kind: "reproduced",
      failure: { type: "AssertionError", at: { path, line: 7 } },
    });
    expect(mended.kind).toBe("fixed");
  });
});
