import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { CommandIo } from "../../src/cli/io.ts";
import { readIssue } from "../../src/cli/read-issue.ts";
import { runCli } from "../../src/cli/run-cli.ts";

const PAGE = "https://github.com/acme/store/issues";
const person = (login: string): object => ({ login, type: "User" });
const said = (login: string, body: string, more: object = {}): object => ({
  body,
  user: person(login),
  author_association: "NONE",
  created_at: "2026-01-02T00:00:00Z",
  ...more,
});

/** A GitHub of one public repository that answers without a key, with GitHub's own statuses. */
const world = {
  issues: new Map<string, object>(),
  comments: new Map<string, readonly object[]>(),
  limited: false,
  asked: [] as { readonly path: string; readonly key: string | undefined }[],
};

function answer({ url = "", headers }: IncomingMessage): readonly [number, unknown, Record<string, string>?] {
  const { pathname, searchParams } = new URL(url, "http://a");
  world.asked.push({ path: pathname, key: headers.authorization });
  if (world.limited)
    return [
      403,
      { message: "API rate limit exceeded" },
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1767229200" },
    ];
  if (pathname === "/repos/acme/store") return [200, { full_name: "acme/store" }];
  const [, number = "", list] = /^\/repos\/acme\/store\/issues\/(\d+)(\/comments)?$/.exec(pathname) ?? [];
  const issue = world.issues.get(number);
  if (number === "13") return [410, { message: "This issue was deleted" }];
  if (number === "14") return [301, undefined, { location: "/repos/acme/store/issues/42" }];
  if (number === "15") return [502, "<html>"];
  if (number === "16") return [200, "<html>"];
  if (issue === undefined) return [404, { message: "Not Found" }];
  if (list === undefined) return [200, issue];
  const page = Number(searchParams.get("page"));
  const size = Number(searchParams.get("per_page"));
  return [200, (world.comments.get(number) ?? []).slice((page - 1) * size, page * size)];
}

const server = createServer((request, response) => {
  const [status, body, headers = {}] = answer(request);
  response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body ?? ""));
});
let api = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

const issueOf = (number: number, more: object = {}): object => ({
  number,
  title: "Values disappear",
  body: "Four workers write.\r\nTwo percent are lost.",
  html_url: `${PAGE}/${number}`,
  user: person("eve"),
  comments: 3,
  ...more,
});

beforeEach(() => {
  world.limited = false;
  world.asked = [];
  world.issues = new Map([
    ["42", issueOf(42)],
    ["7", issueOf(7, { pull_request: { url: "x" } })],
  ]);
  world.comments = new Map([
    [
      "42",
      [
        said("bob", "I see it, too.", { author_association: "MEMBER" }),
        said("stale", "Stale.", { user: { login: "stale[bot]", type: "Bot" } }),
        said("mallory", "Buy this", { minimized: { reason: "spam" } }),
        said("bob", "/casebook investigate"),
      ],
    ],
  ]);
});

const ioWith = (env: Readonly<Record<string, string>>, err: string[] = []): CommandIo => ({
  cwd: "/",
  env,
  signal: new AbortController().signal,
  out: () => undefined,
  err: (text) => void err.push(text),
  isTerminal: false,
  stdin: () => Promise.resolve(""),
});
const read = (address: string, number?: string): ReturnType<typeof readIssue> =>
  readIssue(address, number, ioWith({ GITHUB_API_URL: api }));

describe("the address of a public issue", () => {
  test("is read without a key, people's comments included", async () => {
    expect(await read(`${PAGE}/42`)).toEqual({
      key: "42",
      title: "Values disappear",
      body: "Four workers write.\nTwo percent are lost.",
      author: "eve",
      url: `${PAGE}/42`,
      comments: [
        { author: "bob", maintainer: true, body: "I see it, too.", createdAt: "2026-01-02T00:00:00Z" },
      ],
    });
    expect(world.asked.map(({ key }) => key)).toEqual([undefined, undefined]);
  });

  test.each([
    `${PAGE}/42#issuecomment-17`,
    `${PAGE}/42/`,
    `${PAGE}/42?x=1`,
    "http://www.github.com/acme/store/issues/42",
  ])("%s names the issue", async (address) => expect((await read(address)).key).toBe("42"));

  test("is followed where the issue was moved", async () => {
    expect(await read(`${PAGE}/14`)).toMatchObject({ key: "42", comments: [{ author: "bob" }] });
  });

  test("gives every comment of a long thread", async () => {
    world.comments.set(
      "42",
      Array.from({ length: 250 }, (_, i) => said("bob", `Word ${i}`)),
    );
    expect((await read(`${PAGE}/42`)).comments.map(({ body }) => body)).toEqual(
      Array.from({ length: 250 }, (_, i) => `Word ${i}`),
    );
  });

  test("gives way to a number that the user names", async () => {
    expect((await read(`${PAGE}/42`, "9")).key).toBe("9");
  });
});

describe("an address that gives no issue", () => {
  test.each([
    [`${PAGE}/99`, "issue-unreachable", "The repository acme/store has no issue #99"],
    [
      "https://github.com/acme/secret/issues/1",
      "issue-unreachable",
      "There is no public repository acme/secret: it is private, or it does not exist",
    ],
    [`${PAGE}/13`, "issue-unreachable", "The issue acme/store#13 was deleted, or issues are off there"],
    [`${PAGE}/15`, "issue-unreachable", "GitHub answered 502 for the issue acme/store#15"],
    [`${PAGE}/16`, "issue-unreachable", /^127\.0\.0\.1:\d+ did not answer with JSON$/],
    [`${PAGE}/7`, "usage", "acme/store#7 is a pull request, not an issue"],
    [
      "https://github.com/acme/store/pull/7",
      "usage",
      "The address is not an issue's; expected https://github.com/OWNER/NAME/issues/NUMBER",
    ],
  ])("%s", async (address, code, message) => {
    await expect(read(address)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test("says when the limit of requests ends", async () => {
    world.limited = true;
    await expect(read(`${PAGE}/42`)).rejects.toMatchObject({
      code: "issue-unreachable",
      message: "GitHub's limit for requests without a key is used up on this network; it ends at 01:00 UTC",
    });
  });

  test("says that there is no network, and how to do without", async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const err: string[] = [];
    const io = ioWith({ GITHUB_API_URL: `http://127.0.0.1:${port}` }, err);
    expect(await runCli(["read", "--issue", `${PAGE}/42`], io)).toBe(4);
    expect(err.join("\n")).toContain(`Casebook cannot reach 127.0.0.1:${port} (ECONNREFUSED)`);
    expect(err.join("\n")).toContain("gh issue view URL --json");
  });

  test("of another host needs the address of its API", async () => {
    const message = expect.stringContaining("set GITHUB_API_URL to https://git.acme.example/api/v3");
    await expect(
      readIssue("https://git.acme.example/a/b/issues/1", undefined, ioWith({})),
    ).rejects.toMatchObject({ code: "usage", message });
  });
});
