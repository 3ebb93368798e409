import { describe, expect, test } from "@jest/globals";
import type { CommentInfo, GitHub } from "../../src/github/github.ts";
import { GitHubFailure } from "../../src/github/github-failure.ts";
import { type Ask, type Investigation, newInvestigation } from "../../src/investigation/investigation.ts";
import { handleDelivery } from "../../src/service/handle-delivery.ts";
import { ada, commented, eve, issue, memoryStore, momentOf, say, serviceOf } from "./one-issue.ts";

const BASE = "c".repeat(40);
const OLD = "b".repeat(40);
const lines = (...texts: readonly string[]): string => `${texts.join("\n")}\n`;
/** Commits by branch or hash, each with its files. */
const COMMITS: Readonly<
  Record<string, { readonly oid: string; readonly files: Readonly<Record<string, string>> }>
> = {
  main: { oid: BASE, files: { "src/a.py": lines("new", "one", "two", "three"), "logo.png": "PNG\0" } },
  "feature/x": { oid: OLD, files: { "src/a.py": lines("one", "two", "thre") } },
};
const byHash = (oid: string): (typeof COMMITS)[string] | undefined =>
  Object.values(COMMITS).find((commit) => commit.oid === oid);

const repository: Partial<GitHub> = {
  commitOf: async (_, revision) => (COMMITS[revision] ?? byHash(revision))?.oid,
  file: async (_, path, revision) => {
    if (revision === undefined) return undefined;
    if (path === "huge.sql") throw new GitHubFailure("refused", "larger than GitHub gives");
    return byHash(revision)?.files[path];
  },
};

/** A finished investigation, so that a command that cannot be done has something to spoil. */
const done: Investigation = {
  ...newInvestigation(7, 42),
  stage: "done",
  base: BASE,
  runs: 1,
  startedBy: { id: ada.id, login: ada.login },
  phases: [
    { type: "comprehension", status: "completed", criteria: [], dropped: 0, files: ["a.md"] },
    { type: "root-cause", status: "completed", criteria: [], dropped: 0, files: ["b.md"] },
  ],
};

async function after(start: Investigation, ...comments: readonly CommentInfo[]): Promise<Investigation> {
  const store = memoryStore();
  await store.change({ repository: 7, issue: 42, installation: 5 }, () => ({
    investigation: start,
    effects: [],
  }));
  const service = serviceOf(momentOf({ ...issue, labels: [] }, comments, repository), store);
  for (const [i, comment] of comments.entries()) {
    const key = `d${i}`;
    const payload = commented(comment);
    store.deliveries.set(key, {
      key,
      guid: key,
      event: "issue_comment",
      payload,
      wanted: true,
      receivedAt: 0,
    });
    await handleDelivery(service, { key });
  }
  return store.present()!;
}

const answersOf = ({
  asks,
}: Investigation): readonly (readonly [string, Ask["answer"], string | undefined])[] =>
  asks.map(({ text, answer, note }) => [text, answer, note]);

describe("a command that names what is not there", () => {
  test.each([
    ["at src/nowhere.py:3", "There is no file `src/nowhere.py` at `cccccccccccc`."],
    ["at src:1", "There is no file `src` at `cccccccccccc`."],
    ["at src/a.py:5", "`src/a.py` has 4 lines at `cccccccccccc`, and line 5 is not one of them."],
    ["at src/a.py:2-9", "`src/a.py` has 4 lines at `cccccccccccc`, and line 9 is not one of them."],
    ["at logo.png:1", "`logo.png` is not a text file."],
    ["at huge.sql:1", "`huge.sql` is larger than 1 MB, and Casebook does not read such files."],
    [
      "at https://github.com/other/place/blob/main/src/a.py#L1",
      "The link leads to another repository than `https://github.com/o/r`.",
    ],
    [
      "at https://github.com/o/r/blob/gone/src/a.py#L1",
      "The branch or commit of the link is not in this repository.",
    ],
    [
      "at https://github.com/o/r/blob/feature/x/src/a.py#L3",
      "The lines of the place changed between `bbbbbbbbbbbb` and `cccccccccccc`; name lines of `src/a.py` at `cccccccccccc`.",
    ],
    ["investigate --from nowhere", "There is no branch, tag or commit `nowhere` in this repository."],
  ])("%s is answered and changes nothing", async (command, note) => {
    const now = await after(done, say(10, ada, `/casebook ${command}`));
    expect(answersOf(now)).toEqual([[`/casebook ${command}`, "confused", note]]);
    expect({ ...now, asks: [] }).toEqual(done);
  });

  test("stops no run that is under way", async () => {
    const queued = await after(newInvestigation(7, 42), say(9, ada, "/casebook investigate"));
    expect(queued.stage).toBe("queued");
    const now = await after(queued, say(10, ada, "/casebook at src/a.py:99"));
    expect({ ...now, asks: [], lastCommand: 9 }).toEqual({ ...queued, asks: [], lastCommand: 9 });
    expect(answersOf(now).map(([, answer]) => answer)).toEqual(["accepted", "confused"]);
  });
});

describe("a place that is there", () => {
  const place = (start: number, end = start): object => ({ path: "src/a.py", start, end });
  test.each([
    ["src/a.py:2-3", place(2, 3)],
    ["src/a.py:3:7", place(3)],
    [`https://github.com/o/r/blob/${BASE}/src/a.py#L2-L3`, place(2, 3)],
    ["https://github.com/o/r/blob/main/src/a.py?plain=1#L4", place(4)],
    // The line of the branch is one further down at the commit that is read.
    ["https://github.com/O/R/blob/feature/x/src/a.py#L1-L2", place(2, 3)],
    [`https://github.com/o/r/blob/${OLD}/src/a.py#L2`, place(3)],
  ])("at %s starts the research there", async (text, at) => {
    const now = await after(done, say(10, ada, `/casebook at ${text}`));
    expect(now).toMatchObject({ stage: "queued", at, wanted: ["root-cause", "impact-map"] });
  });

  test("counts at the commit that --from names in the same comment", async () => {
    const text = "/casebook investigate --from feature/x\n\n/casebook at src/a.py:4";
    const now = await after(newInvestigation(7, 42), say(10, ada, text));
    expect(answersOf(now)).toEqual([
      ["/casebook investigate --from feature/x", "accepted", undefined],
      [
        "/casebook at src/a.py:4",
        "confused",
        "`src/a.py` has 3 lines at `bbbbbbbbbbbb`, and line 4 is not one of them.",
      ],
    ]);
  });
});

describe("refresh after a person named the place", () => {
  const named = (start: number): Investigation => ({
    ...done,
    base: OLD,
    at: { path: "src/a.py", start, end: start },
  });

  test("follows the lines to where they are now", async () => {
    const now = await after(named(1), say(10, ada, "/casebook refresh"));
    expect(now).toMatchObject({ stage: "queued", at: { path: "src/a.py", start: 2, end: 2 } });
  });

  test("is answered and changes nothing when the lines are gone", async () => {
    const now = await after(named(3), say(10, ada, "/casebook refresh"));
    expect(answersOf(now)).toMatchObject([
      ["/casebook refresh", "confused", expect.stringContaining("The lines of the place changed between")],
    ]);
    expect({ ...now, asks: [] }).toEqual(named(3));
  });
});

describe("each command gets its own answer", () => {
  const wrong = "There is no file `b.py` at `cccccccccccc`.";
  const expected = [
    ["/casebook at b.py:1", "confused", wrong],
    ["/casebook status", "finished", undefined],
    ["/casebook dance", "confused", "There is no such command; `/casebook help` lists them."],
  ];

  test("in one comment", async () => {
    const now = await after(done, say(10, ada, "/casebook at b.py:1\n/casebook status\n\n/casebook dance"));
    expect(answersOf(now)).toEqual(expected);
  });

  test("in comments that come at once", async () => {
    const [a, b, c] = [
      say(10, ada, "/casebook at b.py:1"),
      say(11, ada, "/casebook status"),
      say(12, ada, "/casebook dance"),
    ];
    expect(answersOf(await after(done, c, a, b))).toEqual(expected);
  });
});

describe("a person without rights", () => {
  test.each(["/casebook at b.py:1", "/casebook investigate", "/casebook dance"])(
    "gets a reaction for %s and no words of ours",
    async (text) => {
      const now = await after(newInvestigation(7, 42), say(10, eve, text));
      expect(now.asks).toMatchObject([{ text, isReactionOnly: true }]);
      expect(now.stage).toBe("idle");
    },
  );

  test("is not looked up and counts as no start", async () => {
    const asked: string[] = [];
    const store = memoryStore(100);
    const github: Partial<GitHub> = { commitOf: async (_, revision) => void asked.push(revision) };
    const comment = say(10, eve, "/casebook at src/a.py:1");
    const payload = commented(comment);
    store.deliveries.set("a", {
      key: "a",
      guid: "a",
      event: "issue_comment",
      payload,
      wanted: true,
      receivedAt: 0,
    });
    await handleDelivery(serviceOf(momentOf({ ...issue, labels: [] }, [comment], github), store), {
      key: "a",
    });
    expect(asked).toEqual([]);
    expect(store.present()?.asks[0]?.note).toContain("needs write");
  });
});
