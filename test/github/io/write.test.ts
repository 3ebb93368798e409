import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import nock from "nock";
import type { Call } from "../../../src/github/io/client.ts";
import { createWrite } from "../../../src/github/io/write.ts";
import type { SafeText } from "../../../src/text/safe-text.ts";
import { type CheckRunContent, type GitHub, WRITES } from "../../../src/github/github.ts";
import { API, endNock, INSTALLATION, NOW, nockedGitHub, REPOSITORY } from "./nocked-github.ts";

const folder = join(import.meta.dirname, "../../../src/github/io");
const sources = readdirSync(folder).map((name) => ({
  name,
  // Without comments.
  text: readFileSync(join(folder, name), "utf8").replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, ""),
}));
const namesWhere = (pattern: RegExp): string[] =>
  sources.filter(({ text }) => pattern.test(text)).map(({ name }) => name);

const hello = "Hello" as SafeText;

afterAll(endNock);

describe("there is one way to write", () => {
  test("Octokit is asked in one place, by one call", () => {
    expect(sources.length).toBeGreaterThan(15);
    expect(namesWhere(/from "(?:probot|@octokit\/[\w-]+)"/)).toEqual(["transport.ts"]);
    expect(namesWhere(/\boctokit\b|\bfetch\(/i)).toEqual(["transport.ts"]);
    const transport = sources.find(({ name }) => name === "transport.ts")?.text ?? "";
    expect(transport.match(/octokit\.[\w.]+\(/g)).toEqual([
      "octokit.auth(",
      "octokit.request.endpoint(",
      "octokit.request(",
      "octokit.hook.wrap(",
    ]);
  });

  test("only the client sends requests, only write sends changes", () => {
    expect(namesWhere(/\.send\(/)).toEqual(["client.ts"]);
    expect(namesWhere(/\.authenticate\(/)).toEqual(["tokens.ts"]);
    expect(namesWhere(/\.change\(/)).toEqual(["write.ts"]);
    // The compiler refuses every other request there.
    const client = sources.find(({ name }) => name === "client.ts")?.text ?? "";
    expect(client).toContain("export type ReadRoute = `GET /${string}`;");
    expect(client).toContain("ask(call: ReadCall)");
    expect(client).toContain("readonly query: typeof CLOSER_QUERY;");
    expect(client).toContain("query(call: QueryCall)");
    expect(client).toContain("pages(call: ReadCall,");
  });

  test("every request that changes something is in write's list, but for tokens, which nobody sees", () => {
    const routesIn = (text: string): string[] => text.match(/"(?:POST|PUT|PATCH|DELETE) [^"]*"/g) ?? [];
    const listed = routesIn(sources.find(({ name }) => name === "write.ts")?.text ?? "");
    expect(listed.length).toBeGreaterThanOrEqual(WRITES.length);
    const others = sources.flatMap(({ text }) => routesIn(text)).filter((route) => !listed.includes(route));
    expect(others).toEqual(['"POST /app/installations/{installation_id}/access_tokens"']);
  });
});

describe("write", () => {
  test("sends nothing that does not belong to the effect", async () => {
    const sent: string[] = [];
    const client = {
      ask: async () => ({ status: 200, headers: {}, data: {} }),
      query: async () => ({ status: 200, headers: {}, data: {} }),
      pages: async function* () {},
      tokens: { token: async () => "", forget: () => undefined },
      change: async ({ route }: Call) => {
        sent.push(route);
        return { status: 201, headers: {}, data: {} };
      },
    };
    const write = createWrite(client, { turn: async () => undefined, hold: async () => undefined });
    const wrong = write("createComment", { route: "POST /repos/{owner}/{repo}/pulls", parameters: {} });
    await expect(wrong).rejects.toMatchObject({ code: "invalid" });
    await write("createPull", { route: "POST /repos/{owner}/{repo}/pulls", parameters: {} });
    expect(sent).toEqual(["POST /repos/{owner}/{repo}/pulls"]);
  });

  const TEXTS: readonly (readonly [string, (github: GitHub, text: SafeText) => Promise<unknown>])[] = [
    ["createComment", (github, text) => github.createComment(REPOSITORY, 3, text)],
    ["updateComment", (github, text) => github.updateComment(REPOSITORY, 3, text)],
    ["createIssue", (github, body) => github.createIssue(REPOSITORY, { title: hello, body })],
    ["createIssue, title", (github, title) => github.createIssue(REPOSITORY, { title, body: hello })],
    ["updateIssue", (github, body) => github.updateIssue(REPOSITORY, 3, { body })],
    ["createPull", (github, body) => github.createPull(REPOSITORY, { ...branches, title: hello, body })],
    [
      "createPull, title",
      (github, title) => github.createPull(REPOSITORY, { ...branches, title, body: hello }),
    ],
    ["updatePull", (github, body) => github.updatePull(REPOSITORY, 3, { body })],
    ["updatePull, title", (github, title) => github.updatePull(REPOSITORY, 3, { title })],
    ["createCheckRun", (github, summary) => github.createCheckRun(REPOSITORY, { ...check, summary })],
    ["createCheckRun, title", (github, title) => github.createCheckRun(REPOSITORY, { ...check, title })],
    [
      "createCheckRun, annotation",
      (github, message) =>
        github.createCheckRun(REPOSITORY, {
          ...check,
          annotations: [{ path: "a", line: 1, level: "warning", message }],
        }),
    ],
    ["updateCheckRun", (github, summary) => github.updateCheckRun(REPOSITORY, 3, { ...check, summary })],
    [
      "commit",
      (github, message) =>
        github.commit(REPOSITORY, {
          branch: "b",
          expectedHead: "0".repeat(40),
          files: new Map(),
          message: `a\n\n${message}`,
        }),
    ],
  ];
  const branches = { head: "b", base: "main" };
  const check: CheckRunContent = {
    name: "n",
    head: "0".repeat(40),
    externalId: "1",
    conclusion: "success",
    title: "t",
    summary: hello,
    annotations: [],
  };
  const ACTING = ["thanks @octocat", "this fixes #1", "see https://evil.example/x", "/lgtm"];
  const ON_PAGES = [
    "![x](https://evil.example/x)",
    "[x](https://evil.example)",
    "<img src=x>",
    "```\n/lgtm\n```",
  ];

  test.each(TEXTS)("sends no words that would act: %s", async (name, publish) => {
    using github = nockedGitHub();
    const here = github.app.forInstallation(INSTALLATION);
    const isPage = !/title|annotation|commit/.test(name);
    for (const text of [...ACTING, ...(isPage ? ON_PAGES : [])])
      await expect(publish(here, text as SafeText)).rejects.toMatchObject({ code: "would-act" });
    expect(github.turns).toEqual([]);
  });

  test("sends a link to the repository's own pages, and a fix's title that names its issue", async () => {
    using github = nockedGitHub();
    const here = github.app.forInstallation(INSTALLATION);
    nock(API).post("/repos/o/r/issues/3/comments").reply(201, { id: 1 });
    nock(API).post("/repos/o/r/pulls").reply(201, { number: 2 });
    const own =
      "https://github.com/o/r/blob/main/a.ts#L3\n\n[pull](https://github.com/o/r/pull/1)" as SafeText;
    expect(await here.createComment(REPOSITORY, 3, own)).toBe(1);
    const title = "fix: #42 Lost writes" as SafeText;
    expect(await here.createPull(REPOSITORY, { ...branches, title, body: hello })).toBe(2);
    const elsewhere = { ...REPOSITORY, webUrl: "https://github.com/o/r2" };
    await expect(here.createComment(elsewhere, 3, own)).rejects.toMatchObject({ code: "would-act" });
  });

  test("is one at a time for an installation, in order, and does not wait for other installations", async () => {
    const log: string[] = [];
    const gate = Promise.withResolvers<void>();
    using github = nockedGitHub({
      rateLimiter: {
        async turn(installation) {
          log.push(`turn ${installation}`);
          if (log.length === 1) await gate.promise;
        },
        hold: async () => undefined,
      },
    });
    nock(API)
      .post("/app/installations/8/access_tokens")
      .reply(201, { token: "ghs_other", expires_at: new Date(NOW + 3_600_000).toISOString() });
    for (const number of [3, 4, 5])
      nock(API)
        .post(`/repos/o/r/issues/${number}/comments`)
        .reply(201, () => {
          log.push(`comment ${number}`);
          return { id: number };
        });
    const here = github.app.forInstallation(INSTALLATION);
    const first = here.createComment(REPOSITORY, 3, hello);
    const second = here.createComment(REPOSITORY, 4, hello);
    await github.app.forInstallation(8).createComment(REPOSITORY, 5, hello);
    expect(log).toEqual([`turn ${INSTALLATION}`, "turn 8", "comment 5"]);
    gate.resolve();
    await Promise.all([first, second]);
    expect(log.slice(3)).toEqual(["comment 3", `turn ${INSTALLATION}`, "comment 4"]);
  });

  test("sends nothing when no turn comes, and goes on afterwards", async () => {
    let isHeld = true;
    using github = nockedGitHub({
      rateLimiter: {
        turn: async () => {
          if (isHeld) throw new Error("held");
        },
        hold: async () => undefined,
      },
    });
    const here = github.app.forInstallation(INSTALLATION);
    await expect(here.createComment(REPOSITORY, 3, hello)).rejects.toThrow("held");
    isHeld = false;
    nock(API).post("/repos/o/r/issues/3/comments").reply(201, { id: 1 });
    expect(await here.createComment(REPOSITORY, 3, hello)).toBe(1);
  });
});
