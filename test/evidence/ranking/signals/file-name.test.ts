import { expect, test } from "@jest/globals";
import { fileName } from "../../../../src/evidence/ranking/signals/file-name.ts";
import { reportOn, scoresBy, toldBy } from "../../../fakes/report-on-code.ts";

test("a file that carries a word of the issue scores by where the word stands", async () => {
  const report = await reportOn({
    files: {
      "src/store.py": "x = 1\n",
      "src/disk.py": "x = 1\n",
      "src/journal.py": "x = 1\n",
      "src/linux.py": "x = 1\n",
      "src/other.py": "x = 1\n",
    },
    title: "The Store forgets",
    body: "Only on one disk, after `journal`.\n\n## Environment\n\nlinux 6.1\n",
  });
  expect(await scoresBy(fileName, report)).toEqual({
    "src/store.py": 1,
    "src/journal.py": 0.75,
    "src/disk.py": 0.5,
  });
});

test("a name that many files share says little of each", async () => {
  const report = await reportOn({
    files: { "a/index.ts": "1\n", "b/index.ts": "1\n", "c/index.ts": "1\n", "d/index.ts": "1\n" },
    title: "The index is stale",
  });
  expect(new Set(Object.values(await scoresBy(fileName, report)))).toEqual(new Set([1 / Math.sqrt(4)]));
});

test("a name of two letters is an accident, and part of a word is not the word", async () => {
  const report = await reportOn({
    files: { "src/go.py": "x = 1\n", "src/restore.py": "x = 1\n", "src/sto.py": "x = 1\n" },
    title: "The store does not go",
  });
  expect(await scoresBy(fileName, report)).toEqual({});
});

test("a name of several parts is met by the word written together", async () => {
  const report = await reportOn({
    files: { "src/key-value_store.py": "x = 1\n" },
    title: "KeyValueStore forgets",
  });
  expect(await scoresBy(fileName, report)).toEqual({ "src/key-value_store.py": 1 });
});

test("tells the name and shows the head of the file", async () => {
  const report = await reportOn({
    files: { "src/Store.py": "class Store:\n    pass\n", "src/disk.py": "x = 1\n" },
    title: "The store forgets",
  });
  expect(await toldBy(fileName, "src/Store.py", report)).toEqual([
    "the file carries the name `store`, which the issue uses",
    "src/Store.py:1 class Store:",
  ]);
  expect(await toldBy(fileName, "src/disk.py", report)).toEqual([]);
});

test("a file without a line has none that could be shown", async () => {
  const report = await reportOn({ files: { "src/store.py": "" }, title: "The store forgets" });
  expect(await scoresBy(fileName, report)).toEqual({ "src/store.py": 1 });
  expect(await toldBy(fileName, "src/store.py", report)).toEqual([]);
});
