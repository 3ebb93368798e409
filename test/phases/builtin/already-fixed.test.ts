import { afterAll, expect, test } from "@jest/globals";
import { alreadyFixed } from "../../../src/phases/builtin/already-fixed.ts";
import { evidenceOnCommits } from "../../fakes/evidence-on-commits.ts";

const { on, close } = evidenceOnCommits();
afterAll(close);

const PARSE = (result: string) => `def parse_amount(text):\n    total = 0\n    return ${result}\n`;
const BEGIN = {
  "src/parse.py": PARSE("text"),
  "src/print.py": "def print_page(page):\n    return page\n",
  "tests/test_parse.py": "def test_parse():\n    assert True\n",
};
const MENDED = { "src/parse.py": PARSE("total") };
const ISSUE = {
  title: "`parse_amount` gives the text back",
  body: 'It says "the amount is no number at all" and `parse_amount` fails.',
};
const TEST = {
  "tests/test_parse.py":
    "def test_parse():\n    assert True\n\n\n# see #7\ndef test_gh7():\n    assert True\n",
};

function named(...commits: Parameters<typeof on>[0]): Promise<readonly string[]> {
  return namedFor(ISSUE, commits);
}

async function namedFor(
  issue: Parameters<typeof on>[1],
  commits: Parameters<typeof on>[0],
  tracker?: readonly object[],
): Promise<readonly string[]> {
  const blocks = await alreadyFixed(
    await on(commits, issue, tracker === undefined ? undefined : JSON.stringify(tracker)),
  );
  return blocks.flatMap((block) =>
    block.kind === "claims"
      ? block.items.map(
          ({ text, citations }) =>
            `${text} [${citations.map((one) => ("subject" in one ? one.subject : one.kind)).join()}]`,
        )
      : [],
  );
}

test("names a commit that says that it fixes the issue, with the first tag that holds it", async () => {
  expect(
    await named(
      ["Begin", BEGIN, "v1.0.0"],
      ["Sum up\n\nFixes #7", MENDED],
      ["Explain", { "README.md": "# Amounts\n" }, "v1.1.0"],
      ["More", { "README.md": "# More\n" }, "v1.2.0"],
    ),
  ).toEqual(["A commit says that it fixes `#7`; `v1.1.0` is the first tag that holds it [Sum up]"]);
});

test("names none that the reported version holds: it fixed something else", async () => {
  const commits = [
    ["Begin", BEGIN, "v1.0.0"],
    ["Sum up\n\nFixes #7", MENDED, "v1.1.0"],
    ["More", { "README.md": "# More\n" }, "v1.2.0"],
  ] as const;
  const reported = (version: string) =>
    namedFor(
      {
        ...ISSUE,
        url: "https://github.com/acme/amounts/issues/7",
        body: `${ISSUE.body}\n\namounts version: ${version}`,
      },
      commits,
    );
  expect(await reported("1.2.0")).toEqual([]);
  expect(await reported("1.1.0")).toEqual([]);
  expect(await reported("1.0.0")).toHaveLength(1);
});

test("says that no tag holds the fix yet", async () => {
  expect(await named(["Begin", BEGIN, "v1.0.0"], ["Close #7", MENDED])).toEqual([
    "A commit says that it fixes `#7`; no tag holds it yet [Close #7]",
  ]);
});

test("names the commit of a merged pull request that says that it fixes the issue", async () => {
  const squashed = [
    ["Begin", BEGIN, "v1.0.0"],
    ["Sum up (#12)", MENDED, "v1.1.0"],
  ] as const;
  const pull = (more: object = {}): object => ({
    number: 12,
    title: "Sum up",
    body: "Fixes #7.",
    url: "https://github.com/acme/store/pull/12",
    state: "MERGED",
    mergedAt: "2026-01-01T00:00:00Z",
    ...more,
  });
  const found = (one: object, commits: Parameters<typeof on>[0] = squashed) =>
    namedFor(ISSUE, commits, [one]);
  expect(await found(pull())).toEqual([
    "Pull request `#12` says that it fixes `#7`, and this commit brought it; `v1.1.0` is the first tag that holds it [Sum up (#12)]",
  ]);
  // Not merged, about another issue or another repository's, a revert, or not in the history.
  expect(await found(pull({ state: "CLOSED", mergedAt: null }))).toEqual([]);
  expect(await found(pull({ body: "See #7." }))).toEqual([]);
  expect(await found(pull({ body: "Fixes #71." }))).toEqual([]);
  expect(await found(pull({ body: "Fixes https://github.com/acme/other/issues/7" }))).toEqual([]);
  expect(await found(pull({ url: "https://github.com/acme/other/pull/12" }))).toEqual([]);
  expect(await found(pull({ title: 'Revert "Sum up"' }))).toEqual([]);
  expect(await found(pull({ number: 13, url: "https://github.com/acme/store/pull/13" }))).toEqual([]);
  expect(await found(pull(), [["Begin", BEGIN]])).toEqual([]);
});

test("names a commit whose test names the issue and that changed a file that the report leads to", async () => {
  expect(await named(["Begin", BEGIN], ["Sum up", { ...MENDED, ...TEST }])).toEqual([
    "A commit wrote a line of a test that names issue `7` and changed `src/parse.py`; no tag holds it yet [Sum up,lines]",
  ]);
});

test("names a commit whose line of a changelog names the issue", async () => {
  const changelog = { "CHANGELOG.md": "- Amounts are summed up (#7)\n" };
  expect(await named(["Begin", BEGIN], ["Sum up", { ...MENDED, ...changelog }])).toEqual([
    "A commit wrote a line of a changelog that names issue `7` and changed `src/parse.py`; no tag holds it yet [Sum up,lines]",
  ]);
  expect(await named(["Begin", BEGIN], ["Sum up", MENDED], ["Release", changelog])).toEqual([]);
});

test("names a commit that quotes the reported message and changed a file that the report leads to", async () => {
  const message = "Sum up\n\nUsers saw: the amount is no number at all";
  expect(await named(["Begin", BEGIN], [message, MENDED])).toEqual([
    "A commit quotes the reported message `the amount is no number at all` and changed `src/parse.py`; no tag holds it yet [Sum up]",
  ]);
});

test.each([
  ["before the fix", [["Begin", BEGIN]]],
  [
    "only mentioned",
    [
      ["Begin", BEGIN],
      ["Note what #7 reports", MENDED],
    ],
  ],
  [
    "another number",
    [
      ["Begin", BEGIN],
      ["Fixes #71", MENDED],
    ],
  ],
  [
    "its own pull request",
    [
      ["Begin", BEGIN],
      ["Sum up (#7)", MENDED],
    ],
  ],
  [
    "a test alone",
    [
      ["Begin", BEGIN],
      ["Skip a test", TEST],
    ],
  ],
  [
    "the message with an unrelated file",
    [
      ["Begin", { "src/parse.py": PARSE("text") }],
      ["Note: the amount is no number at all", { "docs/a.md": "x\n" }],
    ],
  ],
] as [string, Parameters<typeof on>[0]][])("names nothing: %s", async (_, commits) => {
  expect(await named(...commits)).toEqual([]);
});

test("does not name a fix that was reverted", async () => {
  const context = await on(
    [
      ["Begin", BEGIN],
      ["Sum up\n\nFixes #7", MENDED],
    ],
    ISSUE,
  );
  const oid = (await context.commits())[0]!.oid;
  const reverted = {
    ...context,
    commits: async () => [
      {
        oid: "0".repeat(40),
        time: 1,
        author: "Ada",
        subject: 'Revert "Sum up"',
        body: `This reverts commit ${oid}.`,
        files: [],
      },
      ...(await context.commits()),
    ],
  };
  expect(await alreadyFixed(reverted)).toEqual([]);
  expect(await alreadyFixed(context)).not.toEqual([]);
});
