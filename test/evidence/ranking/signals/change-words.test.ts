import { expect, test } from "@jest/globals";
import { changeWords } from "../../../../src/evidence/ranking/signals/change-words.ts";
import { reportOn, scoresBy, toldBy } from "../../../fakes/report-on-code.ts";

const files = { "src/store.py": "x = 1\n", "src/disk.py": "x = 1\n", "src/user.py": "x = 1\n" };
const title = "A flush forgets the journal";

test("words that only the messages of a file's commits hold speak for the file", async () => {
  const report = await reportOn({
    files,
    title,
    commits: [
      { subject: "Write the journal before a flush", files: ["src/store.py"] },
      { subject: "Greet users", files: ["src/user.py"] },
    ],
  });
  expect(Object.keys(await scoresBy(changeWords, report))).toEqual(["src/store.py"]);
  const [text, ...commits] = await toldBy(changeWords, "src/store.py", report);
  expect(text).toMatch(
    /^the message of a commit that changed it speaks of `(flush|journal)`, `(flush|journal)`$/,
  );
  expect(commits).toEqual(["commit: Write the journal before a flush"]);
  expect(await toldBy(changeWords, "src/user.py", report)).toEqual([]);
});

test("the messages count together: two commits with a word each are as good as one with both", async () => {
  const report = await reportOn({
    files,
    title,
    commits: [
      { subject: "flush", files: ["src/store.py"] },
      { subject: "journal", files: ["src/store.py"] },
      { subject: "flush journal", files: ["src/disk.py"] },
      { subject: "journal", files: ["src/user.py"] },
    ],
  });
  const scores = await scoresBy(changeWords, report);
  expect(scores["src/store.py"]).toBeCloseTo(scores["src/disk.py"]!);
  expect(scores["src/user.py"]).toBeLessThan(scores["src/store.py"]!);
  const [text] = await toldBy(changeWords, "src/store.py", report);
  expect(text).toMatch(
    /^the messages of 2 commits that changed it each hold words of the issue, among them `/,
  );
});

test("a commit over more than 15 files says little of each: it is left out", async () => {
  const withFiles = (n: number) =>
    reportOn({
      files,
      title,
      commits: [
        {
          subject: "Flush the journal",
          files: ["src/store.py", ...Array.from({ length: n - 1 }, (_, i) => `a${i}`)],
        },
      ],
    });
  expect(Object.keys(await scoresBy(changeWords, await withFiles(15)))).toEqual(["src/store.py"]);
  const over = await withFiles(16);
  expect(await scoresBy(changeWords, over)).toEqual({});
  expect(await toldBy(changeWords, "src/store.py", over)).toEqual([]);
});

test("of a long message the first 1,000 characters are read", async () => {
  const report = await reportOn({
    files,
    title,
    commits: [
      { subject: "One", body: `${"x ".repeat(490)} flush`, files: ["src/store.py"] },
      { subject: "Two", body: `${"x ".repeat(510)} flush`, files: ["src/disk.py"] },
    ],
  });
  expect(Object.keys(await scoresBy(changeWords, report))).toEqual(["src/store.py"]);
});

test("three commits are shown at most, those that say most of the issue first", async () => {
  const report = await reportOn({
    files,
    title,
    commits: ["flush", "no word of it", "journal", "flush journal", "a flush"].map((subject) => ({
      subject,
      files: ["src/store.py"],
    })),
  });
  const [text, first, ...others] = await toldBy(changeWords, "src/store.py", report);
  expect(text).toMatch(/^the messages of 4 commits /);
  expect(first).toBe("commit: flush journal");
  expect(others).toHaveLength(2);
});
