import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { casebook } from "../fakes/casebook.ts";
import { type GitFolder, gitFolder } from "../fakes/git-folder.ts";

const STORE = `class Store:
    def load(self, key):
        if key not in self.data:
            raise StoreError("the key list of the store has no end")
        return self.data[key]

    def save_all(self, key):
        self.data[key] = 1
`;
const LOST = "StoreError: the key list of the store has no end";
const trace = (folder: string, line = 4) =>
  `Traceback (most recent call last):\n  File "${folder}/store/store.py", line ${line}, in load\n    raise StoreError("the key list of the store has no end")`;
const printed = (...lines: readonly string[]) => `\`\`\`\n${lines.join("\n")}\n\`\`\``;
const entry = (number: number, body: string, more: object = {}) => ({
  number,
  title: `Report ${number}`,
  body,
  state: "OPEN",
  ...more,
});

let folder: GitFolder;
let fix = "";
let later = "";
let api = "";
const world = { asked: [] as string[], entries: [] as object[], limitAfter: Number.POSITIVE_INFINITY };
const server = createServer(({ url = "" }, response) => {
  world.asked.push(url);
  if (world.asked.length > world.limitAfter)
    return void response.writeHead(403, { "x-ratelimit-remaining": "0", "retry-after": "60" }).end("{}");
  const page = Number(new URL(url, "http://a").searchParams.get("page"));
  response.writeHead(200).end(JSON.stringify(world.entries.slice((page - 1) * 100, page * 100)));
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = gitFolder();
  folder.git("remote", "add", "origin", "https://github.com/acme/store.git");
  folder.commit({ "store/store.py": STORE, "store/cli.py": "def command(words):\n    return words\n" });
  fix = folder.commit({ "store/cli.py": "def command(words):\n    print(words)\n" }, "Print\n\nFixes #12");
  folder.git("checkout", "-q", "-b", "next");
  later = folder.commit({ "store/new.py": "x = 1\n" }, "Mend the list (#40)");
  folder.git("checkout", "-q", "main");
});
afterAll(() => {
  server.close();
  folder[Symbol.dispose]();
});
beforeEach(() => {
  Object.assign(world, { asked: [], entries: [], limitAfter: Number.POSITIVE_INFINITY });
});

interface Answer {
  readonly entries: number;
  readonly stopped?: string;
  readonly related: readonly {
    readonly number: number;
    readonly kind: string;
    readonly isDuplicate: boolean;
    readonly ours: string;
    readonly theirs: string;
    readonly fix?: { readonly oid: string; readonly inBase: boolean };
  }[];
}

async function ask(body: string, entries: readonly object[], number = 90): Promise<Answer> {
  const tracker = join(folder.path, ".git", "tracker.json");
  writeFileSync(tracker, JSON.stringify(entries));
  const issue = JSON.stringify({ number, title: "It stops", body });
  const { exit, out, err } = await casebook(
    folder.path,
    ["related", "--issue", "-", "--tracker", tracker, "--json"],
    { input: issue },
  );
  expect([exit, err]).toEqual([0, ""]);
  return JSON.parse(out) as Answer;
}
const kinds = ({ related }: Answer) =>
  related.map(({ number, kind, isDuplicate }) => [number, kind, isDuplicate]);

describe("a check relates two reports", () => {
  test("the message of the program, quoted from both", async () => {
    const found = await ask(printed(LOST), [entry(3, printed(`${LOST}.`)), entry(4, "It stops.")]);
    expect(kinds(found)).toEqual([[3, "message", true]]);
    expect(found.related[0]).toMatchObject({ ours: LOST, theirs: `${LOST}.` });
  });
  test("the failing line, in traces of two machines", async () => {
    const found = await ask(printed(trace("/srv/app")), [entry(3, printed(trace("/home/ann/work")))]);
    expect(kinds(found)).toEqual([[3, "line", true]]);
  });
  test("a link to the same line", async () => {
    const link = "https://github.com/acme/store/blob/main/store/store.py#L8";
    expect(kinds(await ask(`Look at ${link}`, [entry(3, `Here: ${link}`)]))).toEqual([[3, "line", true]]);
  });
  test("the commit that both name", async () => {
    const said = `It broke in commit ${fix.slice(0, 10)}.`;
    expect(kinds(await ask(said, [entry(3, said)]))).toEqual([[3, "commit", false]]);
  });
  test("the option, the function and the exception that they fail with", async () => {
    const of = (message: string) => `I think that \`save_all\` does it.\n\n${printed(message)}`;
    const tracker = join(folder.path, ".git", "options.json");
    const title = { title: "--dry-run fails" };
    const said = async (message: string): Promise<string> => {
      writeFileSync(tracker, JSON.stringify([entry(3, of(message), title)]));
      const args = ["related", "--issue", "-", "--tracker", tracker, "--quiet"];
      return (await casebook(folder.path, args, { input: `# With --dry-run\n\n${of("OSError: disk")}` })).out;
    };
    expect(await said("OSError: no space")).toContain(
      "`#3` (open): both fail with an option and a function, `--dry-run` and `Store.save_all`: `OSError: no space` there, `OSError: disk` here",
    );
    expect(await said("KeyError: 'a'")).toContain("No check relates the issue");
  });
  test("a pull request that names the issue", async () => {
    const url = "https://github.com/acme/store/pull/95";
    expect(kinds(await ask("It stops.", [entry(95, "Closes #90", { url })]))).toEqual([[95, "cited", false]]);
  });
});

describe("nothing relates them", () => {
  test.each([
    ["the same words in another sentence", "The key list has no end.", "The key list of the store is lost."],
    [
      "a message of the runtime",
      printed("TypeError: undefined is not a function"),
      printed("TypeError: undefined is not a function"),
    ],
    ["a message of another class", printed(LOST), printed(LOST.replace("StoreError", "CacheError"))],
    [
      "the same line, other exceptions",
      printed(trace("/srv"), "KeyError: 'a'"),
      printed(trace("/srv"), "OSError: disk full"),
    ],
  ])("%s", async (_, ours, theirs) => expect(kinds(await ask(ours, [entry(3, theirs)]))).toEqual([]));
  test("a message that many entries have", async () => {
    const many = Array.from({ length: 6 }, (_, at) => entry(at + 10, printed(LOST)));
    expect(kinds(await ask(printed(LOST), many))).toEqual([]);
  });
});

describe("a duplicate is older and open, or its fix is known", () => {
  const state = { state: "CLOSED" };
  test("a newer report of the same is related and no duplicate", async () => {
    expect(kinds(await ask(printed(LOST), [entry(91, printed(LOST))]))).toEqual([[91, "message", false]]);
  });
  test("a closed one without a known fix is no duplicate", async () => {
    expect(kinds(await ask(printed(LOST), [entry(3, printed(LOST), state)]))).toEqual([
      [3, "message", false],
    ]);
  });
  test("the fix is in the base commit", async () => {
    const { related } = await ask(printed(LOST), [entry(12, printed(LOST), state)]);
    expect(related).toMatchObject([{ number: 12, isDuplicate: true, fix: { oid: fix, inBase: true } }]);
  });
  test("the merged pull request that fixes it is not in the base commit", async () => {
    const { related } = await ask(printed(LOST), [
      entry(13, printed(LOST), state),
      entry(40, "Fixes #13", {
        url: "https://github.com/acme/store/pull/40",
        state: "MERGED",
        mergedAt: "2026-01-01T00:00:00Z",
        mergeCommit: { oid: later },
      }),
    ]);
    expect(related).toMatchObject([{ number: 13, isDuplicate: true, fix: { oid: later, inBase: false } }]);
  });
});

test("reads every export of a folder, and says when the tracker ends before the issue", async () => {
  const exports = join(folder.path, ".git", "exports");
  mkdirSync(exports, { recursive: true });
  writeFileSync(join(exports, "issues.json"), JSON.stringify([entry(3, printed(LOST)), "spam"]));
  writeFileSync(join(exports, "pulls.json"), JSON.stringify([entry(50, "A change")]));
  const issue = JSON.stringify({ number: 90, title: "It stops", body: printed(LOST) });
  const { exit, out } = await casebook(
    folder.path,
    ["related", "--issue", "-", "--tracker", exports, "--quiet"],
    { input: issue },
  );
  expect(exit).toBe(0);
  expect(out).toContain("1 entry of 2 in the tracker related to the issue");
  expect(out).toContain(
    `Possible duplicate of \`#3\` (open): both report the same message: \`${LOST}\` there`,
  );
  expect(out).toContain("The tracker at hand ends at #50, before this issue.");
  expect(out).toContain("Casebook left out 1 entry of the tracker: no issue.");
});

test("refuses a tracker that is not there and a folder without an export", async () => {
  for (const tracker of ["missing.json", "store"]) {
    const { exit, err } = await casebook(
      folder.path,
      ["related", "--issue", "-", "--tracker", tracker, "--quiet"],
      { input: "# It stops" },
    );
    expect(exit).toBe(4);
    expect(err).toContain("racker");
  }
});

describe("without an export", () => {
  const related = () =>
    casebook(folder.path, ["related", "--issue", "-", "--json"], {
      input: JSON.stringify({ number: 900, title: "It stops", body: printed(LOST) }),
      env: { GITHUB_API_URL: api },
    });
  test("pages of the public API are read without a key", async () => {
    world.entries = Array.from({ length: 120 }, (_, at) => entry(120 - at, at === 110 ? printed(LOST) : "x"));
    const found = JSON.parse((await related()).out) as Answer;
    expect(world.asked).toHaveLength(2);
    expect([found.entries, found.stopped, kinds(found)]).toEqual([120, undefined, [[10, "message", true]]]);
  });
  test("what was read counts where the API refuses, and the reason is told", async () => {
    world.entries = Array.from({ length: 300 }, (_, at) => entry(300 - at, at === 5 ? printed(LOST) : "x"));
    world.limitAfter = 2;
    const found = JSON.parse((await related()).out) as Answer;
    expect([found.entries, kinds(found)]).toEqual([200, [[295, "message", true]]]);
    expect(found.stopped).toContain("limit");
  });
  test("nothing read is a failure", async () => {
    world.limitAfter = 0;
    const { exit, err } = await related();
    expect(exit).toBe(4);
    expect(err).toContain("gh issue list");
  });
});

test("the page of an investigation has one row for the tracker, and `check` repeats it", async () => {
  const tracker = join(folder.path, ".git", "row.json");
  writeFileSync(tracker, JSON.stringify([entry(3, printed(LOST)), entry(7, printed(LOST))]));
  const issue = join(folder.path, ".git", "90.json");
  writeFileSync(issue, JSON.stringify({ number: 90, title: "It stops", body: printed(LOST) }));
  const out = join(folder.path, ".git", "out");
  const common = ["--issue", issue, "--tracker", tracker];
  await casebook(folder.path, ["run", "comprehension", ...common, "--out", out, "--quiet"]);
  const { readFileSync, readdirSync } = await import("node:fs");
  const name = readdirSync(join(out, ".chant", "research"), { recursive: true }).find((one) =>
    String(one).endsWith("comprehension.md"),
  );
  const document = join(out, ".chant", "research", String(name));
  const text = readFileSync(document, "utf8");
  expect(text.match(/^\| Related \|/gm)).toHaveLength(1);
  expect(text).toContain("2 entries of the tracker have it");
  const check = (...args: string[]) => casebook(folder.path, ["check", document, "--issue", issue, ...args]);
  expect((await check("--tracker", tracker)).exit).toBe(0);
  expect((await check()).out).toContain("could not be decided");
  writeFileSync(tracker, JSON.stringify([entry(3, "It stops."), entry(7, "It stops.")]));
  const { exit, out: told } = await check("--tracker", tracker);
  expect(exit).toBe(1);
  expect(told).toContain("the check does not pass for these two");
});
