import { expect, test } from "@jest/globals";
import { history } from "../../../../src/evidence/ranking/signals/history.ts";
import { reportOn, scoresBy, toldBy } from "../../../fakes/report-on-code.ts";

const files = { "src/store.py": "x = 1\n", "src/disk.py": "x = 1\n", "src/user.py": "x = 1\n" };
const title = "A flush forgets the journal";
const others = [
  { subject: "Greet users", files: ["src/user.py"] },
  { subject: "Begin", files: Object.keys(files) },
];

test("earlier commits whose message speaks of the same thing point at what they changed", async () => {
  const report = await reportOn({
    files,
    title,
    commits: [{ subject: "Write the journal before a flush", files: ["src/store.py"] }, ...others],
  });
  expect(Object.keys(await scoresBy(history, report))).toEqual(["src/store.py"]);
  expect(await toldBy(history, "src/store.py", report)).toEqual([
    "one earlier commit about `journal`, `flush` changed this file",
    "commit: Write the journal before a flush",
  ]);
  expect(await toldBy(history, "src/user.py", report)).toEqual([]);
});

test("what a commit says is shared by the files that it changed", async () => {
  const report = await reportOn({
    files,
    title,
    commits: [
      { subject: "Keep the flush", files: ["src/store.py"] },
      { subject: "Keep the flush", files: ["src/disk.py", "README.md", "src/gone.py", "docs/a.md"] },
      ...others,
    ],
  });
  const scores = await scoresBy(history, report);
  expect(scores["src/store.py"]! / scores["src/disk.py"]!).toBeCloseTo(Math.sqrt(4));
  // Files that are no candidates today get nothing.
  expect(Object.keys(scores).sort()).toEqual(["src/disk.py", "src/store.py"]);
});

test("a commit over more than 30 files says nothing of any", async () => {
  const over = (n: number): readonly string[] => [
    "src/store.py",
    ...Array.from({ length: n - 1 }, (_, i) => `a${i}`),
  ];
  const scores = async (n: number) =>
    scoresBy(
      history,
      await reportOn({
        files,
        title,
        commits: [
          { subject: "Flush the journal", files: over(n) },
          ...others,
          { subject: "Help", files: ["a"] },
        ],
      }),
    );
  expect(Object.keys(await scores(30))).toEqual(["src/store.py"]);
  expect(await scores(31)).toEqual({});
});

test("in a history of fewer than three commits every word is rare: nothing is told", async () => {
  const report = await reportOn({
    files,
    title,
    commits: [
      { subject: "Flush the journal", files: ["src/store.py"] },
      { subject: "Begin", files: Object.keys(files) },
    ],
  });
  expect(await scoresBy(history, report)).toEqual({});
  expect(await toldBy(history, "src/store.py", report)).toEqual([]);
});

test("the message is read whole, and of many commits the three nearest are shown", async () => {
  const report = await reportOn({
    files,
    title,
    commits: [
      { subject: "One", body: "The flush.", files: ["src/store.py"] },
      { subject: "Two", body: "The flush, the journal.", files: ["src/store.py"] },
      { subject: "Three", body: "The journal forgets a flush.", files: ["src/store.py"] },
      { subject: "Four", body: "A flush that is far away from a paragraph.", files: ["src/store.py"] },
      ...others,
    ],
  });
  const [text, ...commits] = await toldBy(history, "src/store.py", report);
  expect(text).toMatch(/^4 earlier commits with words of the issue, among them `.*`, changed this file$/);
  expect(commits).toHaveLength(3);
  expect(commits[0]).toBe("commit: Three");
});
