import { describe, expect, test } from "@jest/globals";
import { isMeant, mention } from "../../../../src/evidence/ranking/signals/mention.ts";
import { reportOn, scoresBy, toldBy } from "../../../fakes/report-on-code.ts";

const files = {
  "src/storage/store.py": "def save():\n    pass\n",
  "src/storage/disk.py": "def write():\n    pass\n",
};

test("a path that the issue writes names its file; a name without a folder says less", async () => {
  const report = await reportOn({ files, title: "Look at storage/store.py", body: "Perhaps disk.py, too." });
  expect(await scoresBy(mention, report)).toEqual({ "src/storage/store.py": 1, "src/storage/disk.py": 0.67 });
});

test("a path that fits ten files names none of them", async () => {
  const ten = Object.fromEntries(
    Array.from({ length: 10 }, (_, i) => [`packages/p${i}/src/index.ts`, "export {};\n"]),
  );
  const report = await reportOn({ files: { ...ten, ...files }, title: "Look at src/index.ts" });
  const scores = await scoresBy(mention, report);
  expect(Object.keys(scores)).toHaveLength(10);
  expect(new Set(Object.values(scores))).toEqual(new Set([0.1]));
});

test("a file that is named twice counts by the better name", async () => {
  const report = await reportOn({ files, title: "store.py loses data", body: "See `src/storage/store.py`." });
  expect(await scoresBy(mention, report)).toEqual({ "src/storage/store.py": 1 });
});

test.each([
  ["storage/store.py", "issue: store.py"],
  ["src\\storage\\store.py", "issue: store.py"],
])("%s in the issue is told with words that stand there", async (written, quoted) => {
  const report = await reportOn({ files, title: "Data is lost", body: `Look at ${written} first.` });
  expect(await toldBy(mention, "src/storage/store.py", report)).toEqual(["the issue names the file", quoted]);
  expect(await toldBy(mention, "src/storage/disk.py", report)).toEqual([]);
});

describe("what is meant by a path", () => {
  test.each([
    ["src/a.py", "src/a.py", true],
    ["src/a.py", "a.py", true],
    ["src/A.py", "SRC/a.PY", true],
    ["src/a.py", "/usr/lib/site-packages/src/a.py", true],
    ["src/a.py", "work\\src\\a.py", true],
    ["src/a.py", "ta.py", false],
    ["src/data.py", "a.py", false],
    ["a.py", "src/a.py", true],
    ["src/a.py", "lib/a.py", false],
  ])("%s by %s: %s", (path, written, meant) => expect(isMeant(path, written)).toBe(meant));
});
