import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { casebook } from "../fakes/casebook.ts";
import { exampleFiles } from "../fakes/app.ts";
import { sandboxesHere } from "../../src/research/sandbox-door.ts";
import { testChange } from "../../src/research/test-change.ts";
import { type GitFolder, gitFolder } from "../fakes/git-folder.ts";
import { describeSandboxed } from "../sandbox/io/sandbox-here.ts";

const STORE = "src/storage/store.py";
const TEST = `import os
import tempfile
import unittest

from src.storage.store import Store


class MissingTest(unittest.TestCase):
    def test_a_missing_key_of_an_update_is_an_error(self):
        with tempfile.TemporaryDirectory() as folder:
            store = Store(os.path.join(folder, "data.json"))
            with self.assertRaises(KeyError):
                store.update("missing", {"x": 1})
`;

/** The example with an investigation that published a failing test for the commit `main` is at. */
function investigated(): GitFolder & { readonly base: string } {
  const repository = gitFolder();
  const base = repository.commit(exampleFiles(), "Start");
  repository.git("switch", "-q", "-c", "casebook/issue-42");
  repository.commit({
    ".chant/specs/issue-42-002-reproduction.md":
      "---\ntype: task\nstatus: completed\nlabels:\n  - test:tests/test_missing.py\n---\n\n# Reproduction\n",
    ".chant/research/issue-42-reproduction-test.py": TEST,
    ".chant/research/issue-42-reproduction.md": `# Reproduction\n\nBase commit: \`${base}\`\n`,
  });
  repository.git("switch", "-q", "main");
  return Object.assign(repository, { base });
}

const source = exampleFiles()[STORE]!;
const right = source.replace("data.get(key, {})", "data[key]");

/** The patch that makes this text of the file. */
function patchFor(repository: GitFolder, text: string): string {
  writeFileSync(join(repository.path, STORE), text);
  const patch = `${repository.git("diff")}\n`;
  repository.git("checkout", "-q", "--", ".");
  return patch;
}

const against = ["test", "--ref", "casebook/issue-42", "--quiet"];

describeSandboxed("casebook test", () => {
  test("says of a right patch that the failing test passes, and of a wrong one that it does not", async () => {
    using repository = investigated();
    const wrong = patchFor(repository, source.replace("{})\n        current", "dict())\n        current"));
    const before = repository.git("status", "--porcelain", "--ignored");

    const good = await casebook(repository.path, [...against, "--patch", "-"], {
      input: patchFor(repository, right),
    });
    expect(good).toMatchObject({ exit: 0 });
    expect(good.out).toContain("The failing test passes with the patch, and no other test gets worse.");
    expect(good.out).toContain(
      `| without the change, at \`${repository.base.slice(0, 7)}\` | \`tests/test_missing.py\` fails in 3 of 3 runs |`,
    );
    expect(good.out).toContain("| with the change | `tests/test_missing.py` passes in 3 of 3 runs |");
    expect(good.out).toContain("| other tests | as before: 3 of 3 tests pass, no test is worse |");

    writeFileSync(join(repository.path, ".git/wrong.patch"), wrong);
    const bad = await casebook(repository.path, [...against, "--patch", ".git/wrong.patch", "--json"]);
    expect(bad.exit).toBe(1);
    expect(JSON.parse(bad.out)).toMatchObject({
      kind: "fails",
      base: repository.base,
      before: { failed: 3, runs: 3 },
      after: { passed: 0, runs: 3 },
      suite: { state: "as-before" },
    });
    expect(repository.git("status", "--porcelain", "--ignored")).toBe(before);
  });

  test("compares a branch with where it left, not with where the other branch is now", async () => {
    using repository = investigated();
    repository.git("switch", "-q", "-c", "fix");
    const head = repository.commit({ [STORE]: right });
    repository.git("switch", "-q", "main");
    repository.commit({ "tests/test_store.py": undefined });
    const { exit, out } = await casebook(repository.path, [...against, "fix", "--json"]);
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ kind: "passes", base: repository.base, head });
  });

  test("takes a pull request by its number from a URL", async () => {
    using repository = investigated();
    repository.git("switch", "-q", "-c", "fix");
    repository.git("update-ref", "refs/pull/7/head", repository.commit({ [STORE]: right }));
    repository.git("switch", "-q", "main");
    repository.git("branch", "-q", "-D", "fix");
    const url = `file://${repository.path}`;
    const from = [...against, "--repo", url];
    const { exit, out } = await casebook(repository.path, [...from, "#7"]);
    expect({ exit, out }).toEqual({ exit: 0, out: expect.stringMatching(/passes with `#7`, and no other/) });
    const missing = await casebook(repository.path, [...from, "#8"]);
    expect(missing).toMatchObject({ exit: 3, err: expect.stringContaining("has no pull request 8") });
  });

  test("runs the test files that use what changed before all others", async () => {
    using repository = investigated();
    const data = join(repository.path, ".git/data");
    const gitDir = join(repository.path, ".git");
    await using sandboxes = sandboxesHere({ gitDir, data, settings: { toolchains: [] } });
    const steps: string[] = [];
    const change = { kind: "patch" as const, base: repository.base, text: patchFor(repository, right) };
    const { kind } = await testChange(
      { mirror: gitDir, change, test: { path: "tests/test_missing.py", text: TEST } },
      { sandboxes, signal: new AbortController().signal, onStep: (step) => steps.push(step) },
    );
    expect(kind).toBe("passes");
    expect(steps.slice(-3)).toEqual([
      "running the 1 test file nearest to the change",
      expect.stringMatching(/^running all tests without the change/),
      expect.stringMatching(/^running all tests with the change/),
    ]);
  });

  test("gives no verdict where the test does not fail without the change", async () => {
    using repository = investigated();
    repository.commit({ [STORE]: right });
    repository.git("switch", "-q", "-c", "more");
    repository.commit({ "README.md": "More.\n" });
    const { exit, out } = await casebook(repository.path, [...against, "more", "--onto", "main"]);
    expect({ exit, out }).toMatchObject({
      exit: 1,
      out: expect.stringContaining("No verdict on `more`: the test does not fail without the change."),
    });
  });

  test.each([
    ["a patch of another file than is there", `--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a\n+b\n`],
    ["a patch that leads outside", `--- /dev/null\n+++ b/../../outside\n@@ -0,0 +1 @@\n+a\n`],
    ["no patch", "hello\n"],
  ])("refuses %s", async (_, patch) => {
    using repository = investigated();
    const { exit, err } = await casebook(repository.path, [...against, "--patch", "-"], { input: patch });
    expect({ exit, err }).toMatchObject({ exit: 2, err: expect.stringContaining("The patch does not fit") });
  });

  test.each([
    [["test", "main", "--ref", "main"], 2, "main is no branch of an investigation"],
    [[...against], 2, "Name a branch, a commit or a pull request (#12), or give `--patch FILE`"],
    [[...against, "#7"], 2, "#7 is a pull request on GitHub; name the repository by `--repo URL`"],
    [[...against, "nowhere"], 3, "The repository has no commit, branch or tag nowhere"],
  ])("answers %j", async (args, exit, words) => {
    using repository = investigated();
    expect(await casebook(repository.path, args)).toMatchObject({
      exit,
      err: expect.stringContaining(words),
    });
  });

  test("says that a change which changes nothing, or has another history, has no verdict", async () => {
    using repository = investigated();
    const same = await casebook(repository.path, [...against, "main"]);
    expect(same).toMatchObject({ exit: 1, out: expect.stringContaining("it changes nothing") });
    repository.git("switch", "-q", "--orphan", "apart");
    repository.commit({ "README.md": readFileSync(import.meta.filename) });
    const apart = await casebook(repository.path, [...against, "apart", "--onto", "main"]);
    expect(apart).toMatchObject({ exit: 1, out: expect.stringContaining("no history in common") });
  });
});
