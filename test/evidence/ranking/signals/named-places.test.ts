import { expect, test } from "@jest/globals";
import { rankFunctions } from "../../../../src/evidence/ranking/rank-functions.ts";
import { namedChange } from "../../../../src/evidence/ranking/signals/named-change.ts";
import { namedLine } from "../../../../src/evidence/ranking/signals/named-line.ts";
import type { Reported } from "../../../../src/evidence/reported-places/reported-place.ts";
import { NOTHING_REPORTED } from "../../../../src/evidence/reported-places/reported-place.ts";
import { rankedFirst, type Report, reportOn, scoresBy, toldBy } from "../../../fakes/report-on-code.ts";

const LINK = "https://github.com/ada/store/blob/1234567/src/store.py#L2";
const files = {
  "src/store.py": "def save():\n    pass\n\ndef load():\n    pass\n",
  "src/disk.py": "def write():\n    pass\n",
};

async function withReported(
  reported: Partial<Reported>,
  commits: Parameters<typeof reportOn>[0]["commits"] = [],
): Promise<Report> {
  const report = await reportOn({
    files,
    title: "It fails",
    body: `See ${LINK}, broken since #12.`,
    commits,
  });
  return { ...report, query: { ...report.query, reported: { ...NOTHING_REPORTED, ...reported } } };
}

const place = {
  named: LINK,
  ref: "1234567",
  commit: "1234567",
  path: "src/store.py",
  lines: { start: 2, end: 2 },
  text: "    pass",
  basePath: "src/store.py",
} as const;

test("lines that the report points to speak for their file and stand as its reason", async () => {
  const report = await withReported({
    places: [{ ...place, atBase: { path: "src/store.py", start: 2, end: 2 } }],
  });
  expect(await scoresBy(namedLine, report)).toEqual({ "src/store.py": 1 });
  expect(await toldBy(namedLine, "src/store.py", report)).toEqual([
    "the report points to lines of this file",
    "src/store.py:2 pass",
    `issue: ${LINK}`,
  ]);
  expect(await toldBy(namedLine, "src/disk.py", report)).toEqual([]);
});

test("lines that changed since are told as such; a removed file and a file without lines have no score", async () => {
  const { lines: _, ...whole } = place;
  const report = await withReported({
    places: [
      { ...place, atBase: "gone" },
      { ...whole, path: "src/disk.py", basePath: "src/disk.py" },
      { ...place, basePath: undefined },
    ],
  });
  expect(await scoresBy(namedLine, report)).toEqual({ "src/store.py": 1 });
  expect((await toldBy(namedLine, "src/store.py", report))[0]).toBe(
    "the report points to lines of this file, which have changed since",
  );
});

test("a change that the report names speaks for its files, which share its worth", async () => {
  const report = await withReported({}, [{ subject: "Flush (#12)", files: ["src/store.py", "src/disk.py"] }]);
  const [commit] = report.commits;
  const reported: Reported = {
    ...NOTHING_REPORTED,
    changes: [
      {
        named: "#12",
        by: "subject",
        commit: commit!.oid,
        subject: commit!.subject,
        files: commit!.files,
        left: [],
        written: [],
      },
    ],
  };
  const named = { ...report, query: { ...report.query, reported } };
  expect(await scoresBy(namedChange, named)).toEqual({
    "src/store.py": 1 / Math.sqrt(2),
    "src/disk.py": 1 / Math.sqrt(2),
  });
  expect(await toldBy(namedChange, "src/disk.py", named)).toEqual([
    "a change that the report names touched this file and 1 other",
    "commit: Flush (#12)",
    "issue: #12",
  ]);
});

test("ranks the function around the named lines before the others of the file", async () => {
  const report = await withReported({});
  const symbol = (await report.codebase.syntax("src/store.py"))!.symbols.find(({ name }) => name === "load")!;
  const reported: Reported = {
    ...NOTHING_REPORTED,
    places: [{ ...place, atBase: "gone", function: symbol }],
  };
  const ranked = await rankFunctions(
    rankedFirst({ "src/store.py": 2, "src/disk.py": 1 }),
    { ...report.query, reported },
    report.context,
  );
  expect(ranked[0]).toMatchObject({ symbol: { name: "load" }, pointedTo: LINK });
});
