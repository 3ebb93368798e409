import { expect, test } from "@jest/globals";
import { coChange } from "../../../../src/evidence/co-change/signals/co-change.ts";
import { codeIn, filesBy } from "../code-in.ts";

const files = {
  "store.py": "def f():\n    pass\n",
  "cache.py": "def f():\n    pass\n",
  "cli.py": "def f():\n    pass\n",
};

test("the file that changed with the seed more often comes first, and its commits are cited", async () => {
  const code = await codeIn({
    files,
    commits: [
      ["store.py", "cache.py"],
      ["store.py", "cache.py"],
      ["store.py", "cli.py"],
      ["store.py"],
      ["cli.py"],
    ],
  });
  expect((await filesBy(coChange, "store.py", code)).map((told) => told.split(" ")[0])).toEqual([
    "cache.py",
    "cli.py",
  ]);
  const [reason] = await coChange.explain("cache.py", "store.py", code);
  expect(reason?.text).toBe("`cache.py` changed in 2 of 4 earlier small commits that changed `store.py`");
  expect(reason?.citations).toMatchObject([
    { kind: "commit", subject: "change 0", path: "cache.py" },
    { kind: "commit", subject: "change 1", path: "cache.py" },
  ]);
});

test("one meeting in one commit is no habit", async () => {
  const once = await codeIn({ files, commits: [["store.py", "cache.py"]] });
  const often = await codeIn({ files, commits: Array.from({ length: 9 }, () => ["store.py", "cache.py"]) });
  expect(await filesBy(coChange, "store.py", once)).toEqual(["cache.py 0.50"]);
  expect(await filesBy(coChange, "store.py", often)).toEqual(["cache.py 0.90"]);
});

test("a commit over half the repository says nothing about a pair", async () => {
  const many = Array.from({ length: 40 }, (_, i) => `f${i}.py`);
  const code = await codeIn({ files, commits: [["store.py", "cache.py", ...many]] });
  expect(await filesBy(coChange, "store.py", code)).toEqual([]);
});
