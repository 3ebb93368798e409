import { expect, test } from "@jest/globals";
import { unittest } from "../../src/reproduction/frameworks/unittest.ts";
import { runTests } from "../../src/reproduction/run-tests.ts";
import type { TestReport } from "../../src/reproduction/test-report.ts";
import { describeSandboxed, filesFolder, sandboxOver } from "../sandbox/io/sandbox-here.ts";

/** One line for each test: outcome, name, class of the exception, place. */
async function run(
  files: Readonly<Record<string, string>>,
  file?: string,
): Promise<{ lines: readonly string[]; code: number | undefined }> {
  using folder = filesFolder(files);
  const sandbox = await sandboxOver(folder.path);
  const detection = { evidence: "", strength: 1, folder: "", tests: Object.keys(files) } as const;
  const [one] = await runTests(
    sandbox,
    { framework: unittest, detection },
    { changes: new Map(), file, times: 1 },
    new AbortController().signal,
  );
  const { end } = one!.result;
  return { lines: describeReport(one!.report), code: end.kind === "exit" ? end.code : undefined };
}

function describeReport(report: TestReport): readonly string[] {
  if (report.kind === "none") return [report.why];
  return report.tests.map(({ name, outcome, type, message, at }) =>
    [outcome, name, type, message?.split("\n")[0], at && `${at.path}:${at.line}`]
      .filter((part) => part !== undefined)
      .join(" | "),
  );
}

describeSandboxed("the runner for Python without pytest", () => {
  test("tells failures in a test from trouble around it", async () => {
    const { lines, code } = await run({
      "test_a.py": `import unittest
class A(unittest.TestCase):
    def test_passes(self): pass
    def test_fails(self): self.assertEqual(1, 2)
    def test_raises(self): {}["k"]
    def test_leaves(self): raise SystemExit(0)
    def test_parts(self):
        for i in range(3):
            with self.subTest(i=i): self.assertEqual(i, 0)
    @unittest.skip("why")
    def test_skipped(self): pass
    @unittest.expectedFailure
    def test_expected(self): self.fail()
class B(unittest.TestCase):
    def setUp(self): raise ValueError("setup")
    def test_b(self): pass
class C(unittest.TestCase):
    @classmethod
    def setUpClass(cls): raise ValueError("class")
    def test_c(self): pass
class D(unittest.IsolatedAsyncioTestCase):
    async def test_d(self): assert 0
`,
      "test_broken.py": "def x(:\n",
      "test_import.py": "import nope\n",
    });
    expect(code).toBe(1);
    expect(lines).toEqual(
      [
        "failed | A.test_fails | AssertionError | 1 != 2 | test_a.py:4",
        "failed | A.test_leaves | SystemExit | 0 | test_a.py:6",
        "failed | A.test_parts | AssertionError | 1 != 0 | test_a.py:9",
        "passed | A.test_passes",
        "failed | A.test_raises | KeyError | 'k' | test_a.py:5",
        "skipped | A.test_skipped | why",
        "passed | A.test_expected",
        "error | B.test_b | ValueError | setup | test_a.py:15",
        "error | setUpClass (test_a.C) | ValueError | class | test_a.py:19",
        "failed | D.test_d | AssertionError | async def test_d(self): assert 0 | test_a.py:22",
        "error | test_broken.py | SyntaxError | invalid syntax (test_broken.py, line 1) | test_broken.py:1",
        "error | test_import.py | ModuleNotFoundError | No module named 'nope' | test_import.py:1",
      ].sort((a, b) => lines.indexOf(a) - lines.indexOf(b)),
    );
  });

  test("runs plain functions and classes, and says what only pytest gives", async () => {
    const { lines } = await run({
      "pkg/__init__.py": "",
      "pkg/code.py": "def f(x):\n    return x['a']\n",
      "tests/__init__.py": "",
      "tests/test_plain.py": `from pkg.code import f
state = []
def setup_function(function): state.append(function.__name__)
def test_passes(): assert state == ["test_passes"]
def test_in_code(): f({})
def test_folder(tmp_path):
    (tmp_path / "a").write_text("x")
    assert (tmp_path / "a").read_text() == "y"
def test_fixture(capsys): pass
async def test_async(): raise KeyError("async")
class TestThing:
    def setup_method(self, method): self.value = 3
    def test_value(self): assert self.value == 3
class TestTeardown:
    def teardown_method(self): raise ValueError("teardown")
    def test_ok(self): pass
def helper_test(): raise RuntimeError
`,
    });
    expect(lines).toEqual([
      "passed | test_passes",
      "failed | test_in_code | KeyError | 'a' | pkg/code.py:2",
      'failed | test_folder | AssertionError | assert (tmp_path / "a").read_text() == "y" | tests/test_plain.py:8',
      "error | test_fixture | it needs capsys, which only pytest gives",
      "failed | test_async | KeyError | 'async' | tests/test_plain.py:10",
      "passed | TestThing.test_value",
      "error | TestTeardown.test_ok | ValueError | teardown | tests/test_plain.py:15",
    ]);
  });

  test("is not misled by what tests print, nor by how they end", async () => {
    const files = {
      "test_a.py": `import os, sys, threading, time
def test_one(): print('{"tests":[]}')
def test_stays(): threading.Thread(target=time.sleep, args=(60,)).start()
def test_two(): sys.stdout.close()
def test_three(): os._exit(0)
def test_four(): pass
`,
    };
    expect(await run(files, "test_a.py")).toEqual({
      code: 1,
      lines: [
        "passed | test_one",
        "passed | test_stays",
        "passed | test_two",
        "error | test_three | ProcessEnded | the process of the tests ended in it (exit code 0)",
      ],
    });
  });

  test("runs the file that it is given, finds all others, and says when there are none", async () => {
    const files = {
      "a/test_x.py": "def test_a(): pass\n",
      "b/test_x.py": "def test_b(): pass\n",
      "node_modules/test_y.py": "def test_y(): pass\n",
      ".hidden/test_z.py": "",
    };
    expect((await run(files)).lines).toEqual(["passed | test_a", "passed | test_b"]);
    expect((await run(files, "b/test_x.py")).lines).toEqual(["passed | test_b"]);
    expect(await run({ "a.py": "" })).toEqual({ code: 5, lines: [] });
  });
});
