import { expect, test } from "@jest/globals";
import { entryPoint } from "../../../../src/evidence/ranking/signals/entry-point.ts";
import { rankedFirst, reportOn, scoresBy } from "../../../fakes/report-on-code.ts";

const title = "A flush forgets the journal";

async function scoresOf(files: Readonly<Record<string, string>>): Promise<Readonly<Record<string, number>>> {
  const report = await reportOn({ files, title });
  const first = rankedFirst(Object.fromEntries(Object.keys(files).map((path) => [path, 1])));
  return scoresBy(entryPoint, report, first);
}

test("short files that hand on what others define score below zero", async () => {
  const text = "flush = 1\n";
  const files = ["a/index.ts", "a/__init__.py", "src/lib.rs", "src/mod.rs", "a/types.ts", "a/store.d.ts"];
  expect(await scoresOf(Object.fromEntries(files.map((path) => [path, text])))).toEqual(
    Object.fromEntries(files.map((path) => [path, -1])),
  );
});

test("a long one has code of its own, and other names say nothing", async () => {
  const files = {
    "a/__init__.py": "flush = 1\n".repeat(250),
    "a/indexer.py": "flush = 1\n",
    "a/my_types.py": "flush = 1\n",
  };
  expect(await scoresOf(files)).toEqual({});
});

test("only files that something speaks for are looked at, and it is no reason for any", async () => {
  const report = await reportOn({ files: { "a/index.ts": "flush = 1\n", "b/index.ts": "x = 1\n" }, title });
  const first = rankedFirst({ "a/index.ts": 1 });
  expect(await scoresBy(entryPoint, report, first)).toEqual({ "a/index.ts": -1 });
  expect(await entryPoint.explain("a/index.ts", report.query, report.context, first)).toEqual([]);
});
