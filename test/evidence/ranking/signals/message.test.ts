import { expect, test } from "@jest/globals";
import { message } from "../../../../src/evidence/ranking/signals/message.ts";
import { reportOn, scoresBy, toldBy } from "../../../fakes/report-on-code.ts";

const LONG = "the journal of this store was written by another version";

test("a message that the issue quotes is looked for word by word; the line that makes it is cited", async () => {
  const report = await reportOn({
    files: {
      "src/journal.py": `def check():\n    raise IOError("${LONG}")\n`,
      "src/store.py": "# another version of this store was written by the journal\n",
    },
    title: "Upgrade fails",
    body: `It says "${LONG}".`,
  });
  expect(await scoresBy(message, report)).toEqual({ "src/journal.py": 1 });
  expect(await toldBy(message, "src/journal.py", report)).toEqual([
    "the message quoted in the issue is written here",
    `src/journal.py:2 raise IOError("${LONG}")`,
    `issue: ${LONG}`,
  ]);
  expect(await toldBy(message, "src/store.py", report)).toEqual([]);
});

test("values that were filled in do not hide it: the pieces between them are looked for", async () => {
  const report = await reportOn({
    files: { "src/open.py": 'raise IOError(f"cannot open the database {path} after {n} tries")\n' },
    title: "Upgrade fails",
    body: `It says "cannot open the database 'main' after 12 tries".`,
  });
  // 24 of the 40 letters that make it certain; "tries" and "after" are too short to look for.
  expect(await scoresBy(message, report)).toEqual({ "src/open.py": 24 / 40 });
  expect(await toldBy(message, "src/open.py", report)).toEqual([
    "the message quoted in the issue is written here",
    'src/open.py:1 raise IOError(f"cannot open the database {path} after {n} tries")',
    "issue: cannot open the database",
  ]);
});

test("files that all hold the message share its worth, and however many messages a file holds, it has 1 at most", async () => {
  const other = "no space is left on the device for the journal";
  const report = await reportOn({
    files: {
      "src/a.py": `A = "${LONG}"\n`,
      "src/b.py": `B = "${LONG}"\nC = "${other}"\n`,
    },
    title: "Upgrade fails",
    body: `It says "${LONG}", then "${other}".`,
  });
  expect(await scoresBy(message, report)).toEqual({ "src/a.py": 0.5, "src/b.py": 1 });
});

test("words that stand together in more than 30 files are no message", async () => {
  const body = `It says "${LONG}".`;
  const copies = (n: number): Record<string, string> =>
    Object.fromEntries(Array.from({ length: n }, (_, i) => [`src/copy${i}.py`, `A = "${LONG}"\n`]));
  const scores = await scoresBy(message, await reportOn({ files: copies(30), title: "Fails", body }));
  expect(Object.values(scores)).toEqual(Array.from({ length: 30 }, () => 1 / 30));
  expect(await scoresBy(message, await reportOn({ files: copies(31), title: "Fails", body }))).toEqual({});
});

test.each([
  ["of less than 12 letters", "disk full"],
  ["of one word", "DatabaseConnectionError"],
])("a text %s stands anywhere by chance", async (_, text) => {
  const report = await reportOn({
    files: { "src/a.py": `A = "${text}"\n` },
    title: "Upgrade stops",
    body: `It says "${text}".`,
  });
  expect(await scoresBy(message, report)).toEqual({});
});
