import { afterAll, describe, expect, test } from "@jest/globals";
import type { Premise } from "../../../src/evidence/premises/premise.ts";
import { evidenceOnCommits } from "../../fakes/evidence-on-commits.ts";

const { on, close } = evidenceOnCommits();
afterAll(close);

const FILES = {
  "src/core/store.py": `class Store:
    def put_value(self, key):
        raise KeyError("there is no stored key below the file")


class Shelf(Missing):
    pass
`,
  "src/core/values.py": "def read_values(path):\n    return path\n",
  "src/main.py": 'parser.add_argument("--max_workers")\n',
  "pyproject.toml": 'version = "2.0.0"\n',
};
const COMMITS: Parameters<typeof on>[0] = [
  [
    "Begin",
    { ...FILES, "src/core/old.py": "def gone_helper():\n    return 1\n", "src/core/lost.py": "a = 1\n" },
    "v1.0.0",
  ],
  [
    "Move",
    { "src/core/old.py": undefined, "src/core/new.py": "def gone_helper():\n    return 1\n" },
    "v1.0.1",
  ],
  ["Remove", { "src/core/new.py": "def other():\n    return 2\n", "src/core/lost.py": undefined }, "v1.1.0"],
  ["More", { "README.md": "# More\n" }, "v1.2.0"],
  ["End", { "README.md": "# End\n" }, "v1.3.0"],
];
const URL = "https://github.com/acme/store/issues/7";

async function premises(body: string, url: string | undefined = URL): Promise<readonly Premise[]> {
  const context = await on(COMMITS, { title: "It fails", body, ...(url === "" ? {} : { url }) });
  return context.premises();
}

describe("what a report takes for granted and the repository does not have", () => {
  test("a file that a commit moved or removed", async () => {
    expect(await premises("See src/core/old.py and src/core/lost.py.")).toMatchObject([
      { kind: "path", written: "src/core/old.py", removed: { subject: "Move", to: "src/core/new.py" } },
      { kind: "path", written: "src/core/lost.py", removed: { subject: "Remove" } },
    ]);
  });

  test("a file that never was, in a folder of the repository, with the one of nearly its name", async () => {
    expect(await premises("Look at src/core/stoer.py and src/core/anything.py.")).toEqual([
      { kind: "path", written: "src/core/stoer.py", near: "src/core/store.py" },
      { kind: "path", written: "src/core/anything.py" },
    ]);
  });

  test("a line behind the end of the file", async () => {
    expect(await premises("It is at src/core/values.py:40 always.")).toEqual([
      { kind: "line", path: "src/core/values.py", line: 40, ref: "", lines: 2 },
    ]);
  });

  test("a frame behind the end of a file of the repository, and of no other's", async () => {
    const trace = (path: string) =>
      `\`\`\`\nTraceback (most recent call last):\n  File "${path}", line 90, in read_values\n    return path\nKeyError: 'a'\n\`\`\``;
    expect(await premises(trace("/srv/site-packages/store/src/core/values.py"))).toEqual([
      { kind: "line", path: "src/core/values.py", line: 90, ref: "", lines: 2 },
    ]);
    for (const other of ["/home/me/main.py", "values.py", "/opt/bundle/values.py", "/opt/core/values.py"])
      expect(await premises(trace(other))).toEqual([]);
  });

  test("a version without a tag", async () => {
    expect(await premises("I use store 1.7.0.")).toEqual([
      { kind: "version", written: "1.7.0", newest: "v1.3.0" },
    ]);
  });

  test("a name that is nearly another, one that a tag still has, one that a whole type lacks", async () => {
    expect(await premises("`read_valeus` fails.")).toEqual([
      { kind: "name", written: "read_valeus", near: "read_values" },
    ]);
    expect(await premises("`gone_helper` fails in store 1.0.1.")).toEqual([
      { kind: "name", written: "gone_helper", in: "v1.0.1" },
    ]);
    expect(await premises("`Store.fetch` fails.")).toEqual([{ kind: "name", written: "Store.fetch" }]);
  });

  test("an option of the program", async () => {
    expect(await premises("```\n$ store run --max-worker=3 | grep --colour\n```")).toEqual([
      { kind: "option", written: "--max-worker" },
    ]);
  });

  test("a message that differs in one word", async () => {
    expect(await premises('It says "there is no stored value below the file".')).toMatchObject([
      { kind: "message", words: "no stored value below the", there: "no stored key below the", line: 3 },
    ]);
  });
});

test.each([
  [
    "what is there",
    "src/core/store.py:2, `Store.put_value`, `read_values`, store 1.3.0, `store --max-workers 3`",
  ],
  ["a version that the project states before its tag", "store 2.0.0"],
  ["a series", "store 1.2"],
  ["a file of any program", "My src/index.py and app/views.py and main.rs"],
  [
    "another project's link",
    "https://github.com/other/store/blob/0123456789012345678901234567890123456789/src/core/x.py#L4",
  ],
  ["a link with a branch", "https://github.com/acme/store/blob/dev/src/core/x.py#L4"],
  ["a member of a type that may inherit it", "`Shelf.fetch` fails"],
  ["a name of the report's own code", "`read_valeus` fails\n\n```python\nread_valeus = 3\n```"],
  [
    "a function of the report's own code",
    "`read_valeus` fails\n\n```python\ndef read_valeus():\n    pass\n```",
  ],
  ["words that every message has", 'It says "he was not found in the house".'],
  ["what the report says is missing", "`Store.fetch` is missing"],
  ["a fourth number of a tagged version", "store 1.3.0.1"],
  ["a plural", "`read_valuess`"],
  ["a short name", "`reed`"],
  ["another program's option", "```\n$ grep --max-worker 3\n```"],
  ["the whole message", 'It says "there is no stored key below the file".'],
  ["a message of another program", 'It says "could not connect to the server at all".'],
])("says nothing of %s", async (_, body) => expect(await premises(body)).toEqual([]));

test("a request names what it wishes for", async () => {
  const title = "Feature request: add `Store.fetch_values`";
  const context = await on(COMMITS, { title, body: "Please add `Store.fetch_values`.", url: URL });
  expect(context.reading.kind).toBe("feature");
  expect(await context.premises()).toEqual([]);
});

test("without the repository's name no version and no option is looked up", async () => {
  expect(await premises("store 1.7.0\n\n```\n$ store --max-worker 3\n```", "")).toEqual([]);
});
