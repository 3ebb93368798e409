import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { MAX_HOLDERS, shortlist as shortlistOf } from "../../../src/evidence/related/shortlist.ts";
import {
  citedNumbers,
  classOf,
  messageKey,
  namesIn,
  optionsIn,
  type ReadEntry,
  readEntry,
  soughtFor,
} from "../../../src/evidence/related/signs.ts";
import { parseTracker, type Tracker } from "../../../src/issue/parse-tracker.ts";

const shortlist = (asked: ReadEntry, tracker: Tracker, repository: string | undefined) =>
  shortlistOf(soughtFor(asked, repository), tracker, repository);

const printed = (text: string): string => `It stops.\n\n\`\`\`\n${text}\n\`\`\`\n`;
const LOST = "StoreError: the key list of the store has no end";
const asked = (body: string, key = "90") => readEntry({ key, title: "It stops", body, comments: [] });
const entry = (number: number, body: string, more: object = {}) => ({
  number,
  title: `Report ${number}`,
  body,
  ...more,
});
const tracker = (...entries: readonly object[]) => parseTracker(JSON.stringify(entries));
const numbers = (list: ReturnType<typeof shortlist>) => list.entries.map(({ key }) => key);

describe("a message is the same on another machine", () => {
  test.each([
    ["Error: cannot open /home/ann/a.db, line 12", "Error: cannot open C:\\work\\x\\a.db, line 7"],
    ["TypeError: x is not iterable", "Uncaught (in promise) TypeError: x is not iterable"],
    ["bad address 0x7f11aa at step 3.", "bad address 0x22 at step 4"],
  ])("%s", (one, other) => expect(messageKey(one)).toBe(messageKey(other)));
  test.each([
    ["cannot open the file", "cannot close the file"],
    ["KeyError: 'left'", "KeyError: 'right'"],
    ["cannot open a.db", "cannot open b.db"],
  ])("%s is not %s", (one, other) => expect(messageKey(one)).not.toBe(messageKey(other)));
});

test("reads the class of an exception, names of several parts, and options", () => {
  expect(classOf("java.io.IOException: closed")).toBe("IOException");
  expect(classOf("closed: IOException")).toBeUndefined();
  expect(namesIn("a.StoreError: parentNode of job_addresses is null")).toEqual([
    "parentNode",
    "job_addresses",
  ]);
  expect(optionsIn("`--max-size 3 --max-size` and a--b, ---x, --dry-run")).toEqual([
    "--max-size",
    "--dry-run",
  ]);
});

test("takes entries that hold a rare sign, and counts the holders of each", () => {
  const list = shortlist(
    asked(printed(LOST)),
    tracker(entry(1, printed(LOST)), entry(2, "It stops."), entry(90, printed(LOST))),
    undefined,
  );
  expect(numbers(list)).toEqual(["1"]);
  expect([...list.holders.values()]).toEqual([1]);
  expect([list.size, list.last]).toEqual([2, 90]);
});

test("takes no entry for a sign that many entries hold", () => {
  const many = Array.from({ length: MAX_HOLDERS + 1 }, (_, at) => entry(at + 1, printed(LOST)));
  const list = shortlist(asked(printed(LOST)), tracker(...many), undefined);
  expect(list.entries).toEqual([]);
  expect([...list.holders.values()]).toEqual([MAX_HOLDERS + 1]);
});

test("leaves out entries whose address is of another repository", () => {
  const url = (name: string) => ({ html_url: `https://github.com/${name}/issues/1` });
  const all = tracker(
    entry(1, printed(LOST), url("acme/private")),
    entry(2, printed(LOST), url("Acme/Store")),
    entry(3, printed(LOST), { url: "https://api.github.com/repos/acme/other/issues/3" }),
    entry(4, printed(LOST)),
  );
  expect(numbers(shortlist(asked(printed(LOST)), all, "acme/store"))).toEqual(["2", "4"]);
});

test("takes what the issue cites and what cites it, in a comment too, and no other repository's number", () => {
  const all = tracker(
    entry(20, "nothing"),
    entry(21, "Closes #90"),
    entry(22, "nothing", { comments: [{ body: "the same as #90", author: { login: "ann" } }] }),
    entry(23, "see #900"),
    entry(24, "nothing"),
  );
  const list = shortlist(asked("Like #20, and acme/other#24."), all, "acme/store");
  expect(numbers(list)).toEqual(["20", "21", "22"]);
});

test("a number of a list is no citation; a link to the issue is one", () => {
  const of = (body: string) => [...citedNumbers(asked(body), "acme/store").keys()];
  expect(of("Problem #1: it stops. #2: it is slow. Like #31.")).toEqual([31]);
  expect(of("https://github.com/acme/store/issues/2 and https://github.com/acme/other/issues/44")).toEqual([
    2,
  ]);
});

test("names the merged pull request that says that it fixes a closed entry", () => {
  const merge = "a".repeat(40);
  const pull = { url: "https://github.com/acme/store/pull/7", mergeCommit: { oid: merge } };
  const all = tracker(
    entry(1, printed(LOST), { state: "CLOSED" }),
    entry(7, "Fixes #1", { ...pull, state: "MERGED", mergedAt: "2026-01-01T00:00:00Z" }),
    entry(8, "Fixes #1", { state: "closed", pull_request: {}, merge_commit_sha: "b".repeat(40) }),
  );
  expect([...shortlist(asked(printed(LOST)), all, "acme/store").fixes]).toEqual([
    ["1", { pull: "7", commit: merge }],
  ]);
});

test("names it also where a list of issues does not say the commit", () => {
  const all = tracker(
    entry(1, printed(LOST), { state: "closed" }),
    entry(7, "Fixes #1", { state: "closed", pull_request: { merged_at: "2026-01-01T00:00:00Z" } }),
    entry(8, "Fixes #1", { state: "closed", pull_request: { merged_at: null } }),
  );
  expect([...shortlist(asked(printed(LOST)), all, "acme/store").fixes]).toEqual([
    ["1", { pull: "7", commit: undefined }],
  ]);
});

test("a tracker that has the issue itself does not end before it", () => {
  const both = tracker(entry(1, printed(LOST)), entry(90, printed(LOST)));
  expect(shortlist(asked(printed(LOST)), both, undefined)).toMatchObject({ size: 1, last: 90 });
});

test("an entry is on the list whatever the other entries say", () => {
  const noise = fc.array(fc.string({ maxLength: 60 }), { maxLength: 12 });
  fc.assert(
    fc.property(noise, (others) => {
      const all = tracker(entry(1, printed(LOST)), ...others.map((text, at) => entry(at + 100, text)));
      expect(numbers(shortlist(asked(printed(LOST)), all, undefined))).toContain("1");
    }),
  );
});
