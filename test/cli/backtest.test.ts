import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { casebook } from "../fakes/casebook.ts";
import { type GitFolder, gitFolder } from "../fakes/git-folder.ts";

const world = { limitAfter: Number.POSITIVE_INFINITY, asked: [] as string[] };
const ISSUES: Readonly<Record<string, object>> = {
  "7": {
    number: 7,
    title: "Values disappear from the store",
    body: "`Store.put` loses a value.",
    html_url: "https://github.com/acme/store/issues/7",
    created_at: "2020-01-01T00:00:00Z",
    state: "closed",
  },
  "8": {
    number: 8,
    title: "The command prints nothing",
    body: "Run the command: nothing is printed.",
    html_url: "https://github.com/acme/store/issues/8",
    created_at: "2020-01-01T00:00:00Z",
    state: "closed",
  },
  "9": {
    number: 9,
    title: "A change",
    body: "",
    html_url: "https://github.com/acme/store/pull/9",
    pull_request: {},
  },
};

const server = createServer(({ url = "" }, response) => {
  world.asked.push(url);
  if (world.asked.length > world.limitAfter)
    return void response
      .writeHead(403, { "x-ratelimit-remaining": "0", "retry-after": "60" })
      .end(JSON.stringify({ message: "limit" }));
  const issue = ISSUES[/\/repos\/acme\/store\/issues\/(\d+)$/.exec(url)?.[1] ?? ""];
  response.writeHead(issue === undefined ? 404 : 200).end(JSON.stringify(issue ?? { message: "Not Found" }));
});
let folder: GitFolder;
let api = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = gitFolder();
  folder.git("remote", "add", "origin", "https://github.com/acme/store.git");
  const store = (body: string) => `class Store:\n    def put(self, key, value):\n        ${body}\n`;
  const cli = (body: string) => `def command(words):\n    ${body}\n`;
  folder.commit({ "store.py": store("pass"), "cli.py": cli("return words"), "other.py": "x = 1\n" }, "Begin");
  folder.commit({ "store.py": store("self.data[key] = value") }, "Keep values (#20)\n\nFixes #7");
  folder.commit({ "cli.py": cli("print(words)") }, "Print\n\nCloses #8");
  folder.commit({ "README.md": "# Store\n" }, "Explain\n\nFixes #9");
});
afterAll(() => {
  server.close();
  folder[Symbol.dispose]();
});
beforeEach(() => {
  world.limitAfter = Number.POSITIVE_INFINITY;
  world.asked = [];
});
const backtest = (...args: string[]) =>
  casebook(folder.path, ["backtest", "--quiet", ...args], { env: { GITHUB_API_URL: api } });

test("works the fixed issues of a tracker's export and prints a table, JSON and a picture", async () => {
  const tracker = join(folder.path, ".git", "tracker.json");
  writeFileSync(tracker, JSON.stringify([{ number: 1, title: "x" }, "spam", ...Object.values(ISSUES)]));
  const svg = join(folder.path, ".git", "result.svg");
  const { exit, out } = await backtest("--tracker", tracker, "--svg", svg, "--last", "5");
  expect(exit).toBe(0);
  expect(out).toContain("acme/store at ");
  expect(out).toMatch(/right file first +2 of 2, 100 %/);
  expect(out).toMatch(/right function first +2 of 2, 100 %/);
  expect(out).toMatch(/changed lines in the first suspect +2 of 2, 100 %/);
  expect(out).toContain("Left out 1 fix: Casebook has no text of the issue.");
  expect(readFileSync(svg, "utf8")).toContain("2 of 2, 100 %");
  const { cases, score, leftOut } = JSON.parse((await backtest("--tracker", tracker, "--json")).out) as {
    cases: { issue: string; base: string; files: string[] }[];
    score: { cases: number };
    leftOut: object;
  };
  expect(cases.map(({ issue, files }) => [issue, files])).toEqual([
    ["8", ["cli.py"]],
    ["7", ["store.py"]],
  ]);
  expect(cases.map(({ base }) => base)).toEqual([
    folder.git("rev-parse", "HEAD~2"),
    folder.git("rev-parse", "HEAD~3"),
  ]);
  expect([score.cases, leftOut]).toEqual([2, { "no-text": 1 }]);
  expect(world.asked).toEqual([]);
}, 60_000);

test("asks GitHub's public API without a key, for the newest fixes only", async () => {
  const { exit, out } = await backtest("--last", "1");
  expect(exit).toBe(0);
  expect(out).toContain("1 fixed issue, ");
  expect(world.asked).toEqual(["/repos/acme/store/issues/9", "/repos/acme/store/issues/8"]);
}, 60_000);

test("says where GitHub stopped answering, and works what it has", async () => {
  world.limitAfter = 2;
  const { exit, out } = await backtest();
  expect(exit).toBe(0);
  expect(out).toContain("No more issues were read: GitHub's limit for requests without a key is used up");
}, 60_000);

test("works nothing without the text of an issue, and says how to get it", async () => {
  world.limitAfter = 0;
  const { exit, out, err } = await backtest();
  expect([exit, out]).toEqual([4, ""]);
  expect(err).toContain(
    "Casebook found 3 fixed issues and worked none. 3: Casebook has no text of the issue",
  );
  expect(err).toContain("gh issue list");
});

test.each([
  [["--last", "0"], 2, "--last must be a whole number"],
  [["--tracker", "none.json"], 4, "cannot read the tracker none.json (ENOENT)"],
])("refuses %j", async (args, code, why) => {
  const { exit, err } = await backtest(...args);
  expect(exit).toBe(code);
  expect(err).toContain(why);
});

test("a history that names no issue is told", async () => {
  const first = folder.git("rev-list", "--max-parents=0", "HEAD");
  const { exit, err } = await backtest("--commit", first);
  expect(exit).toBe(2);
  expect(err).toContain("None of the newest 1 commit says that it fixes an issue");
});
