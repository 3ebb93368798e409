import { expect, test } from "@jest/globals";
import { folder } from "../../../../src/evidence/ranking/signals/folder.ts";
import { rankedFirst, reportOn, scoresBy, toldBy } from "../../../fakes/report-on-code.ts";

const title = "A flush forgets the journal";
const texts = (...paths: readonly string[]) =>
  Object.fromEntries(paths.map((path) => [path, `${path.replaceAll(/\W/g, "_")} = 1\n`]));

test("a file scores by the mean of the others in its folder, not by itself", async () => {
  const report = await reportOn({ files: texts("a/x.py", "a/y.py", "a/z.py", "b/w.py"), title });
  expect(await scoresBy(folder, report, rankedFirst({ "a/x.py": 4, "a/y.py": 2, "b/w.py": 1 }))).toEqual({
    "a/x.py": 1, // (2 + 0) / 2
    "a/y.py": 2, // (4 + 0) / 2
    "a/z.py": 3, // (4 + 2) / 2
  });
});

test("a large folder has no advantage", async () => {
  const large = Array.from({ length: 11 }, (_, i) => `large/f${i}.py`);
  const report = await reportOn({ files: texts("small/a.py", "small/b.py", ...large), title });
  const scores = await scoresBy(folder, report, rankedFirst({ "large/f0.py": 4, "small/a.py": 4 }));
  expect(scores["small/b.py"]).toBe(4);
  expect(scores["large/f1.py"]).toBe(0.4);
});

test("only the same folder is beside a file: not one above, not one below", async () => {
  const report = await reportOn({ files: texts("top.py", "a/x.py", "a/b/y.py"), title });
  expect(await scoresBy(folder, report, rankedFirst({ "a/x.py": 4 }))).toEqual({});
  const root = await reportOn({ files: texts("top.py", "other.py", "a/x.py"), title });
  expect(await scoresBy(folder, root, rankedFirst({ "top.py": 4 }))).toEqual({ "other.py": 4 });
});

test("tells how many of the ten best lie beside it, and shows three", async () => {
  const paths = ["a/p.py", "a/q.py", "a/r.py", "a/s.py", "a/t.py", "b/u.py"];
  const report = await reportOn({ files: texts(...paths), title });
  const one = rankedFirst({ "b/u.py": 2, "a/q.py": 1 });
  expect(await toldBy(folder, "a/p.py", report, one)).toEqual([
    "one of the 2 files that match best lies beside it",
    "a/q.py:1 a_q_py = 1",
  ]);
  const four = rankedFirst({ "a/t.py": 5, "a/p.py": 4, "a/s.py": 3, "b/u.py": 2, "a/r.py": 1, "a/q.py": 1 });
  expect(await toldBy(folder, "a/p.py", report, four)).toEqual([
    "4 of the 6 files that match best lie beside it",
    "a/t.py:1 a_t_py = 1",
    "a/s.py:1 a_s_py = 1",
    "a/r.py:1 a_r_py = 1",
  ]);
  expect(await toldBy(folder, "b/u.py", report, four)).toEqual([]);
});

test("an empty file beside it has no line to show", async () => {
  const report = await reportOn({ files: { ...texts("a/x.py"), "a/__init__.py": "" }, title });
  expect(await toldBy(folder, "a/x.py", report, rankedFirst({ "a/__init__.py": 1 }))).toEqual([]);
});
