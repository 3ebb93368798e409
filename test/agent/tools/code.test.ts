import { describe, expect, test } from "@jest/globals";
import { exampleRepository } from "../../fakes/casebook.ts";
import { gitFolder } from "../../fakes/git-folder.ts";
import { researchIn } from "../research-in.ts";

const TWO_STORES = {
  "a/store.py":
    "class Store:\n    def set(self, key):\n        self.check(key)\n\n    def check(self, key):\n        pass\n",
  "b/cache.py": "class Cache:\n    def set(self, key):\n        pass\n",
  "app.py":
    "from a.store import Store\n\ndef run():\n    store = Store()\n    store.set(1)\n\ndef main():\n    run()\n",
};

describe("symbols", () => {
  test("of a file: what it defines, with lines and heads", async () => {
    using folder = exampleRepository("issue-42");
    await using research = await researchIn(folder.path);
    const answer = await research.ask("symbols", { path: "src/storage/store.py" });
    expect(answer).toMatch(/^The file has 9 definitions\./);
    expect(answer).toContain("\n  31-35  method set  def set(self, key, value)\n");
    expect(await research.ask("symbols", { path: "README.md" })).toMatch(/^No grammar reads this file/);
    expect(await research.ask("symbols", {})).toMatch(/^Give "path"/);
  });

  test("of a name: every definition; of a wrong one the nearest", async () => {
    using folder = gitFolder();
    folder.commit(TWO_STORES);
    await using research = await researchIn(folder.path);
    expect(await research.ask("symbols", { name: "set" })).toMatch(
      /^The name has 2 definitions\.[^]*\na\/store\.py:2-3 {2}method Store\.set .*\nb\/cache\.py:2-3 {2}method Cache\.set /,
    );
    expect(await research.ask("symbols", { name: "Cache::set" })).toMatch(/^The name has 1 definition\./);
    expect(await research.ask("symbols", { name: "set", path: "b/cache.py" })).toMatch(
      /^The name has 1 definition\./,
    );
    expect(await research.ask("symbols", { name: "chek" })).toMatch(/Nearest:[^]*\nStore\.check\n/);
    expect(await research.ask("symbols", { name: "Ledger.set" })).toMatch(
      /Nearest:[^]*\nStore\.set\nCache\.set\n/,
    );
    expect(await research.ask("symbols", { name: "somethingElseEntirely" })).toMatch(
      /^No definition has this name/,
    );
  });
});

describe("references", () => {
  test("are ordered by how sure they are, each with its line", async () => {
    using folder = gitFolder();
    folder.commit(TWO_STORES);
    await using research = await researchIn(folder.path);
    const answer = await research.ask("references", { name: "Store.set" });
    expect(answer).toMatch(/its file is imported by 1 file\./);
    expect(answer).toMatch(
      /\nuses of a\/store\.py:2-3 {2}method Store\.set\napp\.py:5 {2}call in run \(resolved\): store\.set\(1\)\n/,
    );
  });

  test("a name that several things have is asked about, with the places", async () => {
    using folder = gitFolder();
    folder.commit(TWO_STORES);
    await using research = await researchIn(folder.path);
    for (const tool of ["references", "callers", "similar_code"])
      expect(await research.ask(tool, { name: "set" })).toMatch(
        /^The name is defined in 2 places; call again with "path" and "line"[^]*\na\/store\.py:2-3 .*\nb\/cache\.py:2-3 /,
      );
    expect(await research.ask("references", { name: "set", path: "./b/cache.py" })).toMatch(
      /uses of b\/cache\.py:2-3/,
    );
    expect(await research.ask("references", { name: "set", path: "c.py" })).toMatch(
      /^The name is defined in 2 places/,
    );
  });
});

test("callers come by distance, as far as asked", async () => {
  using folder = gitFolder();
  folder.commit(TWO_STORES);
  await using research = await researchIn(folder.path);
  const near = await research.ask("callers", { name: "check", depth: 1 });
  expect(near).toMatch(
    /^1 caller up to 1 call away, 1 of them direct; 2 further away\.[^]*\n1 {2}Store\.set calls Store\.check at a\/store\.py:3\n/,
  );
  const far = await research.ask("callers", { name: "check", depth: 3 });
  expect(far).toMatch(/\n2 {2}run calls Store\.set at app\.py:5\n3 {2}main calls run at app\.py:8\n/);
  expect(await research.ask("callers", { name: "main" })).toMatch(
    /^0 callers .* What shares the name is listed by references\./,
  );
});

test("similar code: copies with other names, most similar first", async () => {
  const body = (a: string, b: string): string =>
    `def ${a}(${b}, limit):\n    total = 0\n    for item in ${b}:\n        if item.size > limit:\n            total += item.size\n        else:\n            total -= 1\n    return total\n`;
  using folder = gitFolder();
  folder.commit({
    "a.py": body("first", "rows"),
    "b.py": body("second", "lines"),
    "c.py": "def third():\n    return 1\n",
  });
  await using research = await researchIn(folder.path);
  expect(await research.ask("similar_code", { name: "first" })).toMatch(
    /^1 function of similar structure in 3 files\.[^]*\nlike a\.py:1-8 {2}function first\n100 % {2}b\.py:1-8 {2}function second\n/,
  );
  expect(await research.ask("similar_code", { name: "third" })).toMatch(
    /^Its body has \d+ tokens; bodies under 24/,
  );
});
