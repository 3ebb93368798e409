import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import nock from "nock";
import { failureOf } from "../../../src/github/io/failure-of.ts";
import type { SafeText } from "../../../src/text/safe-text.ts";
import { GITHUB_FAILURES, type GitHubFailureCode } from "../../../src/github/github-failure.ts";
import type { GitHub } from "../../../src/github/github.ts";
import { API, endNock, INSTALLATION, NOW, nockedGitHub, REPOSITORY } from "./nocked-github.ts";

interface Row {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly answer: unknown;
  readonly code: GitHubFailureCode;
  /** What the operator must be able to read. */
  readonly says?: string;
  readonly retryAt?: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const validation = (message: string): object => ({
  message: "Validation Failed",
  errors: [{ resource: "X", code: "custom", message }],
});

const ROWS: Readonly<Record<string, Row>> = {
  "a key or an App that is wrong": {
    status: 401,
    answer: { message: "Bad credentials" },
    code: "unauthorised",
    says: "Bad credentials",
  },
  "a limit with the time to wait": {
    status: 403,
    headers: { "retry-after": "30" },
    answer: { message: "You have exceeded a secondary rate limit." },
    code: "limited",
    retryAt: NOW + 30 * SECOND,
  },
  "a limit by 429 without more": {
    status: 429,
    answer: { message: "Slow down" },
    code: "limited",
    retryAt: NOW + MINUTE,
  },
  "a limit by its words only": {
    status: 403,
    answer: { message: "You have triggered an abuse detection mechanism." },
    code: "limited",
    retryAt: NOW + MINUTE,
  },
  "a limit until the hour is over": {
    status: 403,
    headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String((NOW + 10 * MINUTE) / SECOND) },
    answer: { message: "API rate limit exceeded for installation." },
    code: "limited",
    retryAt: NOW + 10 * MINUTE,
  },
  "a limit whose end has passed by our clock: never at once": {
    status: 429,
    headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String((NOW - MINUTE) / SECOND) },
    answer: { message: "API rate limit exceeded for installation." },
    code: "limited",
    retryAt: NOW + SECOND,
  },
  "a time to wait that nobody means": {
    status: 429,
    headers: { "retry-after": "99999999" },
    answer: {},
    code: "limited",
    retryAt: NOW + 60 * MINUTE + SECOND,
  },
  "the time to wait counts more than the hour": {
    status: 403,
    headers: {
      "retry-after": "5",
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": String((NOW + 10 * MINUTE) / SECOND),
    },
    answer: {},
    code: "limited",
    retryAt: NOW + 5 * SECOND,
  },
  "a suspended installation": {
    status: 403,
    answer: { message: "This installation has been suspended" },
    code: "suspended",
  },
  "a missing permission": {
    status: 403,
    headers: { "x-accepted-github-permissions": "issues=write; pull_requests=write" },
    answer: { message: "Resource not accessible by integration" },
    code: "refused",
    says: "needs the permission issues=write; pull_requests=write",
  },
  "a locked conversation": {
    status: 403,
    answer: { message: "Unable to create comment because issue is locked." },
    code: "refused",
    says: "issue is locked",
  },
  "an archived repository": {
    status: 403,
    answer: { message: "Repository was archived so is read-only." },
    code: "refused",
    says: "archived",
  },
  "a full thread": {
    status: 403,
    answer: { message: "Commenting is disabled on issues with more than 2500 comments" },
    code: "thread-full",
  },
  "something that is not there": { status: 404, answer: { message: "Not Found" }, code: "gone" },
  "a deleted issue": { status: 410, answer: { message: "This issue was deleted" }, code: "gone" },
  "a repository without commits": {
    status: 409,
    answer: { message: "Git Repository is empty." },
    code: "gone",
  },
  "a commit that is not there": {
    status: 422,
    answer: { message: `No commit found for SHA: ${"a".repeat(40)}` },
    code: "gone",
  },
  "a label that is there": {
    status: 422,
    answer: {
      message: "Validation Failed",
      errors: [{ resource: "Label", code: "already_exists", field: "name" }],
    },
    code: "exists",
  },
  "a pull request that is there": {
    status: 422,
    answer: validation("A pull request already exists for o:casebook/issue-3."),
    code: "exists",
  },
  "a branch that is there": {
    status: 422,
    answer: { message: "Reference already exists" },
    code: "exists",
  },
  "a pull request without a difference": {
    status: 422,
    answer: validation("No commits between main and casebook/issue-3"),
    code: "nothing-to-publish",
  },
  "a rule of the repository": {
    status: 422,
    answer: {
      message: "Repository rule violations found\n\nCannot create ref due to creations being restricted.\n\n",
    },
    code: "rule-violated",
    says: "Cannot create ref due to creations being restricted.",
  },
  "a rule of the repository, told by 409": {
    status: 409,
    answer: { message: "Repository rule violations found" },
    code: "rule-violated",
  },
  "a text that is too long": {
    status: 422,
    answer: {
      message: "Validation Failed",
      errors: [
        {
          resource: "IssueComment",
          code: "unprocessable",
          field: "data",
          message: "Body is too long (maximum is 65536 characters)",
        },
      ],
    },
    code: "invalid",
    says: "Body is too long",
  },
  "errors that are sentences": {
    status: 422,
    answer: { message: "Unprocessable Entity", errors: ["Could not approve"] },
    code: "invalid",
    says: "Could not approve",
  },
  "a repository that lawyers closed": {
    status: 451,
    answer: { message: "Repository access blocked" },
    code: "refused",
  },
  "a proxy that waited too long": { status: 408, answer: "", code: "unavailable" },
  "an unknown version of the API": { status: 400, answer: { message: "No such version" }, code: "invalid" },
  "an answer without words": { status: 422, answer: [], code: "invalid" },
  "trouble at GitHub": { status: 502, answer: { message: "Server Error" }, code: "unavailable" },
  "a page for people instead of JSON": { status: 503, answer: "<html>Unicorn!</html>", code: "unavailable" },
};

const hello = "Hello" as SafeText;
const comment = (github: GitHub): Promise<number> => github.createComment(REPOSITORY, 3, hello);

afterAll(endNock);

describe("GitHub answers with", () => {
  test.each(Object.entries(ROWS))("%s", async (_, { status, headers, answer, code, says, retryAt }) => {
    using github = nockedGitHub();
    nock(API)
      .persist()
      .post("/repos/o/r/issues/3/comments")
      .reply(status, answer as nock.Body, headers);
    const failed = comment(github.app.forInstallation(INSTALLATION));
    await expect(failed).rejects.toMatchObject({
      name: "GitHubFailure",
      code,
      retryAt,
      message: expect.stringContaining(says ?? "POST /repos/{owner}/{repo}/issues/{issue_number}/comments"),
    });
    // Who waits must be known before the failure goes on.
    expect(github.holds).toEqual(
      retryAt === undefined ? [] : [{ installation: INSTALLATION, until: retryAt }],
    );
  });

  test("a limit for a read: writes wait too", async () => {
    using github = nockedGitHub();
    nock(API).get("/repos/o/r/issues/comments/1").reply(429, {}, { "retry-after": "7" });
    const read = github.app.forInstallation(INSTALLATION).comment(REPOSITORY, 1);
    await expect(read).rejects.toMatchObject({ code: "limited" });
    expect(github.holds).toEqual([{ installation: INSTALLATION, until: NOW + 7 * SECOND }]);
  });

  test("a limit for a token", async () => {
    using github = nockedGitHub();
    nock.cleanAll();
    nock(API).post(`/app/installations/${INSTALLATION}/access_tokens`).reply(403, {}, { "retry-after": "7" });
    await expect(comment(github.app.forInstallation(INSTALLATION))).rejects.toMatchObject({
      code: "limited",
    });
    expect(github.holds).toEqual([{ installation: INSTALLATION, until: NOW + 7 * SECOND }]);
  });

  test("an answer of another shape: a bug, said by its place", async () => {
    using github = nockedGitHub();
    nock(API).post("/repos/o/r/issues/3/comments").reply(201, { id: "one" });
    await expect(comment(github.app.forInstallation(INSTALLATION))).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringContaining('"id"'),
    });
  });

  test("a message longer than anybody reads: its beginning", async () => {
    using github = nockedGitHub();
    nock(API)
      .post("/repos/o/r/issues/3/comments")
      .reply(422, { message: "long ".repeat(10_000) });
    const failed: unknown = await comment(github.app.forInstallation(INSTALLATION)).catch(
      (error: unknown) => error,
    );
    expect((failed as Error).message.length).toBeLessThan(600);
  });
});

test("whatever is answered is a failure of the list, short, in one line, with a time to wait that is near", () => {
  const headers = fc.record(
    { "retry-after": fc.string(), "x-ratelimit-reset": fc.string(), "x-ratelimit-remaining": fc.string() },
    { requiredKeys: [] },
  );
  const words = fc.record({ message: fc.anything(), errors: fc.anything() }, { requiredKeys: [] });
  const data = fc.oneof(words, fc.string(), fc.anything());
  fc.assert(
    fc.property(fc.integer({ min: 400, max: 599 }), headers, data, (status, headers, data) => {
      const failure = failureOf("GET /x", { status, headers, data }, NOW);
      expect(Object.keys(GITHUB_FAILURES)).toContain(failure?.code);
      expect(failure?.message.length).toBeLessThan(700);
      expect(failure?.message).not.toMatch(/[\r\n]/);
      const wait = (failure?.retryAt ?? NOW + SECOND) - NOW;
      expect(wait).toBeGreaterThanOrEqual(SECOND);
      expect(wait).toBeLessThanOrEqual(61 * MINUTE);
      expect(failure?.retryAt === undefined).toBe(failure?.code !== "limited");
    }),
  );
});

describe("a commit is refused by GraphQL with", () => {
  const rows: readonly (readonly [string, object, GitHubFailureCode])[] = [
    ["a head that moved", { type: "STALE_DATA", message: "Pull and try again." }, "head-moved"],
    [
      "a head that moved, in an older server's words",
      { message: `Expected branch to point to "${"b".repeat(40)}" but it did not.` },
      "head-moved",
    ],
    ["no such branch", { type: "NOT_FOUND", message: "Could not resolve to a Ref" }, "gone"],
    ["no permission", { type: "FORBIDDEN", message: "Resource not accessible by integration" }, "refused"],
    [
      "a rule of the repository",
      {
        type: "UNPROCESSABLE",
        message: "Repository rule violations found\n\nCannot update this protected ref.",
      },
      "rule-violated",
    ],
    ["a limit", { type: "RATE_LIMITED", message: "API rate limit exceeded" }, "limited"],
    [
      "its own trouble",
      { message: "Something went wrong while executing your query. This may be the result of a timeout" },
      "unavailable",
    ],
    [
      "a wrong request",
      { extensions: { code: "undefinedField" }, message: "Field 'x' doesn't exist" },
      "invalid",
    ],
  ];

  test.each(rows)("%s", async (_, error, code) => {
    using github = nockedGitHub();
    nock(API)
      .post("/graphql")
      .reply(200, { data: { createCommitOnBranch: null }, errors: [error] });
    const change = {
      branch: "b",
      expectedHead: "a".repeat(40),
      files: new Map([["a.md", "x"]]),
      message: "M",
    };
    const committed = github.app.forInstallation(INSTALLATION).commit(REPOSITORY, change);
    await expect(committed).rejects.toMatchObject({ code });
    expect(github.holds).toHaveLength(code === "limited" ? 1 : 0);
  });
});

test("no token for the repository: that says nothing of what is in it", async () => {
  using github = nockedGitHub();
  nock.cleanAll();
  nock(API).persist().post(`/app/installations/${INSTALLATION}/access_tokens`).reply(422, {
    message:
      "There is at least one repository that does not exist or is not accessible to the parent installation.",
  });
  const here = github.app.forInstallation(INSTALLATION);
  await expect(here.repository(42)).rejects.toMatchObject({ code: "gone" });
  await expect(here.issue(REPOSITORY, 3)).rejects.toMatchObject({ code: "gone" });
  await expect(here.permission(REPOSITORY, "ann")).rejects.toMatchObject({ code: "gone" });
  await expect(here.deleteBranch(REPOSITORY, "b")).rejects.toMatchObject({ code: "gone" });
});

test("a branch that is there at another commit is not ours", async () => {
  using github = nockedGitHub();
  nock(API).post("/repos/o/r/git/refs").reply(422, { message: "Reference already exists" });
  nock(API)
    .get("/repos/o/r/git/ref/heads%2Fb")
    .reply(200, { ref: "refs/heads/b", object: { sha: "b".repeat(40) } });
  const created = github.app.forInstallation(INSTALLATION).createBranch(REPOSITORY, "b", "a".repeat(40));
  await expect(created).rejects.toMatchObject({ code: "exists" });
});

test("a name that would climb to another resource is never sent", async () => {
  using github = nockedGitHub();
  const here = github.app.forInstallation(INSTALLATION);
  await expect(here.permission(REPOSITORY, "..")).rejects.toMatchObject({ code: "invalid" });
  await expect(here.removeLabel(REPOSITORY, 3, "..")).rejects.toMatchObject({ code: "invalid" });
});

describe("no usable answer", () => {
  const read = (github: GitHub): Promise<unknown> => github.repository(42);

  /** A server on this machine that gives out tokens and does `answer` with everything else. */
  async function serving(answer: RequestListener): Promise<AsyncDisposable & { readonly url: string }> {
    const server = createServer((request, response) => {
      if (!(request.url ?? "").endsWith("/access_tokens")) return answer(request, response);
      const body = { token: "ghs_any", expires_at: new Date(NOW + 60 * MINUTE).toISOString() };
      response.writeHead(201, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    nock.enableNetConnect("127.0.0.1");
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      async [Symbol.asyncDispose]() {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  }

  const rows: readonly (readonly [string, RequestListener])[] = [
    ["that is cut before it begins", (request) => void request.socket.destroy()],
    [
      "that is cut in the middle",
      (request, response) => {
        response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
        response.write('{"id":', () => request.socket.destroy());
      },
    ],
    [
      "that ends too early",
      (_, response) =>
        void response.writeHead(200, { "content-type": "application/json" }).end('{"id":1,"body":"He'),
    ],
    [
      "that is a proxy's page",
      (_, response) => void response.writeHead(200, { "content-type": "text/html" }).end("<html></html>"),
    ],
    ["that never comes", () => undefined],
  ];

  test.each(rows)("%s", async (_, answer) => {
    await using server = await serving(answer);
    using github = nockedGitHub({ baseUrl: server.url, timeoutMilliseconds: 200 });
    nock.cleanAll();
    nock.enableNetConnect("127.0.0.1");
    await expect(read(github.app.forInstallation(INSTALLATION))).rejects.toMatchObject({
      name: "GitHubFailure",
      code: "unavailable",
    });
  });

  test("because nobody listens", async () => {
    const server = await serving(() => undefined);
    await server[Symbol.asyncDispose]();
    using github = nockedGitHub({ baseUrl: server.url });
    nock.cleanAll();
    nock.enableNetConnect("127.0.0.1");
    await expect(read(github.app.forInstallation(INSTALLATION))).rejects.toMatchObject({
      code: "unavailable",
    });
  });

  test.each([
    ["another host", "http://localhost:1/repositories/42/issues/comments/1"],
    ["another scheme", "https://127.0.0.1/repositories/42/issues/comments/1"],
    ["nowhere", undefined],
  ])("because it redirects to %s: our token stays here", async (_, location) => {
    const asked: string[] = [];
    await using server = await serving((request, response) => {
      asked.push(request.url ?? "");
      response.writeHead(301, location === undefined ? {} : { location }).end();
    });
    using github = nockedGitHub({ baseUrl: server.url });
    nock.cleanAll();
    nock.enableNetConnect("127.0.0.1");
    await expect(read(github.app.forInstallation(INSTALLATION))).rejects.toMatchObject({ code: "gone" });
    expect(asked).toHaveLength(1);
  });

  test("because it redirects in a circle", async () => {
    await using server = await serving((_, response) => {
      response.writeHead(302, { location: "/repositories/42/x" }).end();
    });
    using github = nockedGitHub({ baseUrl: server.url });
    nock.cleanAll();
    nock.enableNetConnect("127.0.0.1");
    await expect(read(github.app.forInstallation(INSTALLATION))).rejects.toMatchObject({ code: "gone" });
  });

  test("a write is sent once more where a renamed repository is now", async () => {
    const asked: string[] = [];
    await using server = await serving(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      asked.push(`${request.method} ${request.url} ${Buffer.concat(chunks).toString()}`);
      if (asked.length === 1)
        response.writeHead(307, { location: "/repositories/42/issues/3/comments" }).end();
      else response.writeHead(201, { "content-type": "application/json" }).end('{"id":1}');
    });
    using github = nockedGitHub({ baseUrl: server.url });
    nock.cleanAll();
    nock.enableNetConnect("127.0.0.1");
    expect(await comment(github.app.forInstallation(INSTALLATION))).toBe(1);
    expect(asked).toEqual([
      'POST /repos/o/r/issues/3/comments {"body":"Hello"}',
      'POST /repositories/42/issues/3/comments {"body":"Hello"}',
    ]);
    expect(github.turns).toHaveLength(1);
  });
});
