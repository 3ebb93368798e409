import { describe, expect, test } from "@jest/globals";
import type { TextBlock } from "../../../src/issue/issue-reading.ts";
import { understandIssue } from "../../../src/issue/understand-issue.ts";
import { buildQuery, MAX_NAME_WEIGHT, type Query, saysEnough } from "../../../src/evidence/ranking/query.ts";
import { wordsOf } from "../../../src/text/words-of.ts";
import { visibleIssue } from "../../../src/issue/visible-issue.ts";

const query = (...textBlocks: readonly TextBlock[]): Query =>
  buildQuery(textBlocks, { paths: [], frames: [], messages: [], identifiers: [] });
const weight = ({ terms }: Query, term: string): number | undefined => terms.get(term)?.weight;

describe("a word weighs by where it stands", () => {
  test("most in inline code and in the title, least in what a form or an environment says", () => {
    const kinds = ["inline-code", "title", "prose", "trace", "code", "environment", "boilerplate"] as const;
    const weights = kinds.map((kind) => weight(query({ kind, text: "journal" }), "journal")!);
    expect(weights).toEqual([...weights].sort((a, b) => b - a));
    expect(new Set(weights).size).toBe(kinds.length);
  });

  test("places add up, and repeating it in one place adds less each time", () => {
    const times = (n: number) => weight(query({ kind: "prose", text: "journal ".repeat(n) }), "journal")!;
    expect(times(2) - times(1)).toBeGreaterThan(times(3) - times(2));
    expect(times(100)).toBeLessThan(5 * times(1));
    const both = query({ kind: "title", text: "journal" }, { kind: "prose", text: "journal" });
    expect(weight(both, "journal")).toBe(
      weight(query({ kind: "title", text: "journal" }), "journal")! + times(1),
    );
  });
});

describe("a name of several parts", () => {
  const names = query({ kind: "prose", text: "readConfigFile is slow" });

  test("is looked for whole and by its parts; whole it weighs more", () => {
    expect([...names.terms.keys()]).toEqual(["readconfigfil", "read", "config", "file", "slow"]);
    expect(weight(names, "readconfigfil")).toBeGreaterThan(weight(names, "read")!);
    expect(weight(names, "read")).toBe(weight(names, "slow"));
  });

  test("is told whole for itself, and its parts as parts, unless the issue writes them, too", () => {
    expect(names.terms.get("readconfigfil")?.word).toBe("readConfigFile");
    expect(names.terms.get("file")?.word).toBe("file");
    const both = query({ kind: "prose", text: "readConfigFile reads Files" });
    expect(both.terms.get("file")?.word).toBe("Files");
  });
});

test("stop words, single letters and endings are no terms", () => {
  expect([...query({ kind: "title", text: "The x is assigned when I have caches" }).terms.keys()]).toEqual([
    "assign",
    "cach",
  ]);
});

test("for the names of files whole words count, each by the best place it stands in", () => {
  const { words } = query(
    { kind: "title", text: "Store forgets" },
    { kind: "prose", text: "The store, on a disk" },
    { kind: "environment", text: "linux" },
  );
  expect(Object.fromEntries(words)).toEqual({
    store: MAX_NAME_WEIGHT,
    forgets: MAX_NAME_WEIGHT,
    disk: 1,
  });
});

test("a word is letters, digits, _ and $ that do not begin with a digit", () => {
  expect([...wordsOf("a-b x_1 $el 2nd éclair 日本 f()")]).toEqual([
    "a",
    "b",
    "x_1",
    "$el",
    "nd",
    "éclair",
    "日本",
    "f",
  ]);
});

test("what a title names in pointed brackets is a word of the query", () => {
  const reading = understandIssue(
    visibleIssue({ key: "1", title: "Error with <teleport> in a slot", body: "", comments: [] }),
  );
  const { terms, words } = buildQuery(reading.textBlocks, reading);
  expect(terms.has("teleport")).toBe(true);
  expect(words.get("teleport")).toBe(MAX_NAME_WEIGHT);
});

test.each([
  ["It does not work", "Please help.", false],
  ["x", "### Steps\n\nN/A\n\n### Expected behavior\n\n_No response_\n", false],
  ["Deep", `${"> ".repeat(50)}a`, false],
  ["Lost values", "", true],
  ["Segfault on startup", "It crashes at once.", true],
  ["It fails", "`Store.save` does.", true],
  ["It fails", "See src/store.py", true],
])("%j with %j says enough to rank files by: %s", (title, body, isEnough) => {
  const reading = understandIssue(visibleIssue({ key: "1", title, body, comments: [] }));
  expect(saysEnough(buildQuery(reading.textBlocks, reading))).toBe(isEnough);
});
