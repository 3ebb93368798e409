import { describe, expect, test } from "@jest/globals";
import { findSince, type SinceQuestion } from "../../src/execution/find-since.ts";
import type { End } from "../../src/execution/first-bad.ts";

const signal = new AbortController().signal;

/** `child: parent other` a line, newest first; runs end as `ends` says, else they pass. */
async function find(
  graph: string,
  ends: Readonly<Record<string, End>>,
  more: Partial<SinceQuestion> & { readonly shallow?: boolean } = {},
) {
  const lineage = new Map(
    graph
      .trim()
      .split("\n")
      .map((line) => {
        const [child, parents = ""] = line.trim().split(":");
        return [child!, parents.trim().split(" ").filter(Boolean)];
      }),
  );
  const ran: string[] = [];
  const { trials: _, ...since } = await findSince(
    {
      base: [...lineage.keys()][0]!,
      history: { shallow: more.shallow ?? false, lineage: async () => lineage },
      suspects: [],
      first: [],
      isLate: () => false,
      async run(commit) {
        ran.push(commit);
        return { end: ends[commit] ?? "passes", command: ["test"], code: 1, report: "" };
      },
      ...more,
    },
    signal,
  );
  return { since, ran };
}

const LINE = "e: d\nd: c\nc: b\nb: a\na:";
const MERGED = "f: e\ne: d z\nd: c\nz: y\ny: x\nx: b\nc: b\nb: a\na:";

describe("the first bad commit", () => {
  test("is one of a line, with its parent", async () => {
    expect((await find(LINE, { e: "same", d: "same" })).since).toEqual({
      kind: "since",
      commit: "d",
      parents: ["c"],
    });
  });

  test("of a merge is in the branch that it merged", async () => {
    const { since } = await find(MERGED, { f: "same", e: "same", z: "same", y: "same" });
    expect(since).toEqual({ kind: "since", commit: "y", parents: ["x"] });
  });

  test("is the merge where it fails and each of its parents passes", async () => {
    const { since, ran } = await find(MERGED, { f: "same", e: "same" });
    expect(since).toEqual({ kind: "since", commit: "e", parents: ["d", "z"] });
    expect(ran.filter((commit) => commit === "z").length).toBeGreaterThan(2);
  });

  test("is not named where the merged branch fails from before its fork", async () => {
    const { since } = await find(MERGED, {
      f: "same",
      e: "same",
      z: "same",
      y: "same",
      x: "same",
      b: "same",
    });
    expect(since).toEqual({ kind: "undecided", why: { kind: "branch", merge: "e" } });
  });

  test("is not named where the merged branch does not start", async () => {
    const { since } = await find(MERGED, { f: "same", e: "same", z: "same", y: "no-start", x: "no-start" });
    expect(since).toEqual({ kind: "undecided", why: { kind: "branch", merge: "e" } });
  });

  test("in a branch of a suspect is tried at its merge first", async () => {
    const ends = { f: "same", e: "same", z: "same", y: "same" } as const;
    const { ran } = await find(MERGED, ends, { suspects: [["y"]] });
    expect([...new Set(ran)].slice(0, 3)).toEqual(["f", "d", "e"]);
  });
});

describe("where no commit passes", () => {
  test("nothing is run where the base commit is the only one", async () => {
    const { since, ran } = await find("a:", { a: "same" });
    expect(since).toEqual({ kind: "back-to", commit: "a", older: "first", parent: undefined });
    expect(ran).toEqual([]);
  });

  test("it fails as far back as the first commit", async () => {
    const all = { a: "same", b: "same", c: "same", d: "same", e: "same" } as const;
    expect((await find(LINE, all)).since).toEqual({
      kind: "back-to",
      commit: "a",
      older: "first",
      parent: undefined,
    });
    expect((await find(LINE, all, { shallow: true })).since).toMatchObject({ older: "cut" });
  });

  test("it fails as far back as the last commit that starts", async () => {
    const ends = { e: "same", d: "same", c: "no-start", b: "no-start", a: "no-start" } as const;
    expect((await find(LINE, ends)).since).toEqual({
      kind: "back-to",
      commit: "d",
      older: "no-start",
      parent: "c",
    });
  });
});

test("what is not decided says why", async () => {
  expect((await find(LINE, { e: "other" })).since).toEqual({ kind: "undecided", why: { kind: "base" } });
  expect((await find(LINE, { e: "same", d: "same", c: "no-start" })).since).toEqual({
    kind: "undecided",
    why: { kind: "between", bad: "d", good: "b" },
  });
  let runs = 0;
  const late = await find(LINE, { e: "same" }, { isLate: () => ++runs > 4 });
  expect(late.since).toEqual({ kind: "undecided", why: { kind: "late" } });
});
