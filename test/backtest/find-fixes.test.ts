import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { findFixes, mainLine } from "../../src/backtest/find-fixes.ts";
import { fixedIssues, pullNumbers } from "../../src/repository/fixed-issues.ts";
import { hindsightIn } from "../../src/backtest/own-fixes.ts";

const OWN = "acme/store";
const fixed = (subject: string, body = ""): readonly string[] => fixedIssues({ subject, body }, OWN);

describe("issues that a message says it fixes", () => {
  test.each([
    ["Fix #12", "", ["12"]],
    ["Keep values", "Fixes #12, #13 and #14.", ["12", "13", "14"]],
    ["Keep values", "closes: GH-7", ["7"]],
    ["Keep values", "Resolved https://github.com/acme/store/issues/31", ["31"]],
    ["Keep values (#40)", "Closes #12.", ["12"]],
    ["Merge pull request #40 from eve/fix", "fixes #12", ["12"]],
  ])("%s / %s", (subject, body, numbers) => expect(fixed(subject, body)).toEqual(numbers));

  test.each([
    ["Keep values (#12)", ""],
    ["See #12", ""],
    ["Prefixes #12", ""],
    ["Fix the parser for #12", ""],
    ['Revert "Fix #12"', "This fixes #12."],
    ["Fix https://github.com/other/store/issues/12", ""],
    ["Fix #0", ""],
    ["Release", "fixes #1\nfixes #2\nfixes #3\nfixes #4"],
  ])("none in: %s / %s", (subject, body) => expect(fixed(subject, body)).toEqual([]));

  test("with a tracker, a number in the subject counts when it is an issue", () => {
    const of = (subject: string) => fixedIssues({ subject, body: "" }, OWN, (number) => number === "12");
    expect(of("Keep values (#12)")).toEqual(["12"]);
    expect(of("Keep values (#13)")).toEqual([]);
    expect(of("Keep values of other/store#12")).toEqual([]);
  });

  test("the numbers of a commit's own pull request", () => {
    expect(pullNumbers({ subject: "Keep values (#40)" })).toEqual(["40"]);
    expect(pullNumbers({ subject: "Merge pull request #41 from eve/x" })).toEqual(["41"]);
    expect(pullNumbers({ subject: "Keep #40" })).toEqual([]);
  });
});

const record = (oid: string, subject: string, time: number) => ({
  oid,
  time,
  author: "Ada",
  subject,
  body: "",
  files: [],
});

test("a fix inside a branch is the merge that brought it, worked at the merge's first parent", () => {
  const lineage = new Map([
    ["m", ["a", "c"]],
    ["c", ["b"]],
    ["b", ["a"]],
    ["a", []],
  ]);
  const commits = [
    record("m", "Merge branch", 4),
    record("c", "Note the change: fixes #12", 3),
    record("b", "Start", 2),
    record("a", "Begin", 1),
  ];
  expect(findFixes(commits, lineage, "m", OWN)).toEqual([{ issue: "12", commit: "m", base: "a", time: 4 }]);
});

test("of several fixes of one issue the first is taken", () => {
  const lineage = new Map([
    ["c", ["b"]],
    ["b", ["a"]],
    ["a", []],
  ]);
  const commits = [record("c", "Really fix #12", 3), record("b", "Fix #12", 2), record("a", "Begin", 1)];
  expect(findFixes(commits, lineage, "c", OWN)).toEqual([{ issue: "12", commit: "b", base: "a", time: 2 }]);
});

test("each commit is brought by the first of the main line that reaches it", () => {
  const history = fc
    .array(fc.array(fc.nat(), { maxLength: 2 }), { minLength: 1, maxLength: 25 })
    .map(
      (rows) =>
        new Map(
          rows.map((parents, at) => [
            String(at),
            at === 0
              ? []
              : [...new Set([at - 1 - ((parents[0] ?? 0) % at), ...parents.map((one) => one % at)])].map(
                  String,
                ),
          ]),
        ),
    );
  const reach = (lineage: ReadonlyMap<string, readonly string[]>, from: string): ReadonlySet<string> => {
    const seen = new Set<string>();
    const open = [from];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      open.push(...(lineage.get(at) ?? []));
    }
    return seen;
  };
  fc.assert(
    fc.property(history, (lineage) => {
      const head = String(lineage.size - 1);
      const broughtBy = mainLine(lineage, head);
      expect(new Set(broughtBy.keys())).toEqual(reach(lineage, head));
      for (const [oid, main] of broughtBy) {
        expect(reach(lineage, main).has(oid)).toBe(true);
        const before = lineage.get(main)![0];
        expect(before !== undefined && reach(lineage, before).has(oid)).toBe(false);
      }
    }),
    { numRuns: 300, seed: 16 },
  );
});

describe("an issue that knows its fix is no case", () => {
  const fix = { issue: "12", commit: `abcdef0${"1".repeat(33)}`, base: "x", time: 100 };
  const why = (body: string, created?: number) =>
    hindsightIn({ title: "Lost", body, created }, fix, { subject: "Keep values (#40)" });
  test.each([
    ["opened after the fix", "x", 101, "younger"],
    ["names its hash", "Fixed in abcdef01", 99, "names-fix"],
    ["names its pull request", "See #40", 99, "names-fix"],
    ["links its pull request", "https://github.com/acme/store/pull/40", undefined, "names-fix"],
  ])("%s", (_, body, created, reason) => expect(why(body, created)).toBe(reason));
  test("another number or hash says nothing", () => {
    expect(why("See #401 and abcdef9", 99)).toBeUndefined();
    expect(why("See #4")).toBeUndefined();
  });
});
