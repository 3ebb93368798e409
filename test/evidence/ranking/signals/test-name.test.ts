import { expect, test } from "@jest/globals";
import { testName } from "../../../../src/evidence/ranking/signals/test-name.ts";
import { reportOn, scoresBy, toldBy } from "../../../fakes/report-on-code.ts";

const title = "A flush forgets the journal";
const about = "flush(); journal();\n";

test.each([
  ["src/rewrite.py", "tests/test_rewrite.py"],
  ["src/rewrite.go", "src/rewrite_test.go"],
  ["src/rewrite.ts", "test/rewrite.test.ts"],
  ["src/rewrite.rb", "spec/rewrite_spec.rb"],
  ["src/main/Rewrite.java", "src/test/RewriteTest.java"],
  ["src/key_value.ts", "test/key-value.spec.ts"],
])("%s is tested by %s", async (path, test) => {
  const report = await reportOn({ files: { [path]: "x\n", "src/other.py": "x\n", [test]: about }, title });
  expect(await scoresBy(testName, report)).toEqual({ [path]: 1 });
});

test("the test that speaks most of the issue gives its file 1, the others less; a test of something else gives nothing", async () => {
  const report = await reportOn({
    files: {
      "src/disk.py": "x = 1\n",
      "src/store.py": "x = 1\n",
      "src/user.py": "x = 1\n",
      "tests/test_disk.py": "def test_it():\n    flush()\n",
      "tests/test_store.py": "def test_it():\n    flush()\n    journal()\n",
      "tests/test_user.py": "def test_it():\n    login()\n",
    },
    title,
  });
  const scores = await scoresBy(testName, report);
  expect(Object.keys(scores).sort()).toEqual(["src/disk.py", "src/store.py"]);
  expect(scores["src/store.py"]).toBe(1);
  expect(scores["src/disk.py"]).toBeGreaterThan(0);
  expect(scores["src/disk.py"]).toBeLessThan(1);
  expect(await toldBy(testName, "src/store.py", report)).toEqual([
    "`tests/test_store.py`, the test nearest to the issue, carries its name",
    "tests/test_store.py:1 def test_it():",
  ]);
  expect(await toldBy(testName, "src/disk.py", report)).toEqual([
    "`tests/test_disk.py`, one of the tests nearest to the issue, carries its name",
    "tests/test_disk.py:1 def test_it():",
  ]);
  expect(await toldBy(testName, "src/user.py", report)).toEqual([]);
});

test("files that carry the same name share what their test says", async () => {
  const report = await reportOn({
    files: { "a/store.py": "x = 1\n", "b/store.py": "x = 1\n", "tests/test_store.py": about },
    title,
  });
  expect(await scoresBy(testName, report)).toEqual({ "a/store.py": 0.5, "b/store.py": 0.5 });
});

test("the thirteenth best test is not looked at", async () => {
  const files: Record<string, string> = {};
  for (let i = 1; i <= 13; i++) {
    const name = String.fromCharCode(96 + i).repeat(3);
    files[`src/${name}.py`] = "x = 1\n";
    // Each says it once more than the one before.
    files[`tests/test_${name}.py`] = "flush()\n".repeat(i);
  }
  const scores = await scoresBy(testName, await reportOn({ files, title }));
  expect(Object.keys(scores)).toHaveLength(12);
  expect(scores["src/aaa.py"]).toBeUndefined();
});

test("an empty test has nothing to say, whatever its name", async () => {
  const report = await reportOn({
    files: { "src/flush.py": "x = 1\n", "tests/test_flush.py": "", "tests/__init__.py": "" },
    title,
  });
  expect(await scoresBy(testName, report)).toEqual({});
});
