import { expect, test } from "@jest/globals";
import { importedBy } from "../../../../src/evidence/ranking/signals/imported-by.ts";
import { rankedFirst, reportOn, scoresBy, toldBy } from "../../../fakes/report-on-code.ts";

const title = "A flush forgets the journal";

test("what the best files import scores, more when a better file imports it", async () => {
  const report = await reportOn({
    files: {
      "src/app.ts": 'import { write } from "./disk.ts";\nwrite();\n',
      "src/cli.ts": '// The door.\nimport { log } from "./log.ts";\nlog();\n',
      "src/disk.ts": "export const write = () => 1;\n",
      "src/log.ts": "export const log = () => 1;\n",
      "src/alone.ts": "export const alone = 1;\n",
    },
    title,
  });
  const first = rankedFirst({ "src/app.ts": 4, "src/cli.ts": 1 });
  expect(await scoresBy(importedBy, report, first)).toEqual({ "src/disk.ts": 1, "src/log.ts": 0.25 });
  expect(await toldBy(importedBy, "src/log.ts", report, first)).toEqual([
    "`src/cli.ts`, of the files that match best, imports it",
    'src/cli.ts:2 import { log } from "./log.ts";',
  ]);
  expect(await toldBy(importedBy, "src/alone.ts", report, first)).toEqual([]);
});

test("an importer shares its worth among all that it imports, and a file imported twice counts once", async () => {
  const report = await reportOn({
    files: {
      "src/app.ts": [
        'import { a } from "./a.ts";',
        'import type { A } from "./a.ts";',
        'import "./b.ts";',
        'import "./c.ts";',
        'import "./d.ts";',
        "",
      ].join("\n"),
      ...Object.fromEntries(["a", "b", "c", "d"].map((name) => [`src/${name}.ts`, "export {};\n"])),
    },
    title,
  });
  const scores = await scoresBy(importedBy, report, rankedFirst({ "src/app.ts": 1 }));
  expect(scores).toEqual({ "src/a.ts": 0.5, "src/b.ts": 0.5, "src/c.ts": 0.5, "src/d.ts": 0.5 });
});

test("packages, tests and the file itself are nothing that could be ranked", async () => {
  const report = await reportOn({
    files: {
      "src/app.ts": 'import React from "react";\nimport "./app.ts";\nimport "../test/help.ts";\n',
      "test/help.ts": "export {};\n",
    },
    title,
  });
  expect(await scoresBy(importedBy, report, rankedFirst({ "src/app.ts": 1 }))).toEqual({});
});

test("several importers add, and the three best are shown", async () => {
  const files: Record<string, string> = { "src/log.ts": "export {};\n" };
  for (const name of ["a", "b", "c", "d"]) files[`src/${name}.ts`] = 'import "./log.ts";\n';
  const report = await reportOn({ files, title });
  const first = rankedFirst({ "src/d.ts": 4, "src/b.ts": 2, "src/c.ts": 1, "src/a.ts": 1 });
  expect(await scoresBy(importedBy, report, first)).toEqual({ "src/log.ts": 2 });
  expect(await toldBy(importedBy, "src/log.ts", report, first)).toEqual([
    "`src/d.ts`, `src/b.ts`, `src/c.ts`, of the files that match best, import it",
    'src/d.ts:1 import "./log.ts";',
    'src/b.ts:1 import "./log.ts";',
    'src/c.ts:1 import "./log.ts";',
  ]);
});

test("the imports of the twenty-first file are not followed", async () => {
  const files: Record<string, string> = { "src/log.ts": "export {};\n" };
  for (let i = 0; i < 21; i++) files[`src/f${i}.ts`] = i === 20 ? 'import "./log.ts";\n' : "export {};\n";
  const ranking = Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`src/f${i}.ts`, 30 - i]));
  expect(await scoresBy(importedBy, await reportOn({ files, title }), rankedFirst(ranking))).toEqual({});
});
