import { afterAll, expect, test } from "@jest/globals";
import nock from "nock";
import type { SafeText } from "../../../src/text/safe-text.ts";
import type { RequestRecord } from "../../../src/github/io/transport.ts";
import { API, endNock, INSTALLATION, NOW, nockedGitHub, REPOSITORY } from "./nocked-github.ts";

const MINUTE = 60_000;
const hello = "Hello" as SafeText;
const tokens = `/app/installations/${INSTALLATION}/access_tokens`;

afterAll(endNock);

test("each token is for one repository and the least that its purpose needs", async () => {
  using github = nockedGitHub();
  nock(API).get("/repos/o/r/issues/comments/1").reply(404, {});
  nock(API).delete("/repos/o/r/issues/comments/1").reply(204);
  const installation = github.app.forInstallation(INSTALLATION);
  expect(await installation.readToken(REPOSITORY)).toBe("ghs_git");
  await installation.comment(REPOSITORY, 1);
  await installation.deleteComment(REPOSITORY, 1);
  expect(github.minted).toEqual([
    { repository_ids: [42], permissions: { contents: "read" } },
    {
      repository_ids: [42],
      permissions: { contents: "read", issues: "read", pull_requests: "read", checks: "read" },
    },
    {
      repository_ids: [42],
      permissions: { contents: "write", issues: "write", pull_requests: "write", checks: "write" },
    },
  ]);
});

test("a token is used until five minutes before its end", async () => {
  using github = nockedGitHub();
  const here = github.app.forInstallation(INSTALLATION);
  await Promise.all([here.readToken(REPOSITORY), here.readToken(REPOSITORY)]);
  github.advance(54 * MINUTE);
  await here.readToken(REPOSITORY);
  expect(github.minted).toHaveLength(1);
  github.advance(2 * MINUTE);
  await Promise.all([here.readToken(REPOSITORY), here.readToken(REPOSITORY)]);
  expect(github.minted).toHaveLength(2);
});

test("repositories and installations do not share tokens", async () => {
  using github = nockedGitHub();
  nock(API)
    .post("/app/installations/8/access_tokens")
    .reply(201, { token: "ghs_other", expires_at: new Date(NOW + 60 * MINUTE).toISOString() });
  await github.app.forInstallation(INSTALLATION).readToken(REPOSITORY);
  await github.app.forInstallation(INSTALLATION).readToken({ ...REPOSITORY, id: 43 });
  expect(github.minted).toHaveLength(2);
  expect(await github.app.forInstallation(8).readToken(REPOSITORY)).toBe("ghs_other");
});

test("a failure to get a token is not kept", async () => {
  using github = nockedGitHub();
  nock.cleanAll();
  const expires_at = new Date(NOW + 60 * MINUTE).toISOString();
  nock(API).post(tokens).reply(502).post(tokens).reply(201, { token: "ghs_late", expires_at });
  const here = github.app.forInstallation(INSTALLATION);
  await expect(here.readToken(REPOSITORY)).rejects.toMatchObject({ code: "unavailable" });
  expect(await here.readToken(REPOSITORY)).toBe("ghs_late");
});

test("a token that GitHub does not take any more is replaced, once", async () => {
  using github = nockedGitHub();
  nock(API)
    .post("/repos/o/r/issues/3/comments")
    .reply(401, { message: "Bad credentials" })
    .post("/repos/o/r/issues/3/comments")
    .reply(201, { id: 1 });
  const here = github.app.forInstallation(INSTALLATION);
  expect(await here.createComment(REPOSITORY, 3, hello)).toBe(1);
  expect(github.minted).toHaveLength(2);

  nock(API).persist().post("/repos/o/r/issues/3/comments").reply(401, { message: "Bad credentials" });
  await expect(here.createComment(REPOSITORY, 3, hello)).rejects.toMatchObject({ code: "unauthorised" });
  expect(github.minted).toHaveLength(3);
});

test("where a permission was not accepted, the others still work", async () => {
  using github = nockedGitHub();
  nock.cleanAll();
  const expires_at = new Date(NOW + 60 * MINUTE).toISOString();
  nock(API)
    .post(tokens, (body: Readonly<Record<string, unknown>>) => body["permissions"] !== undefined)
    .reply(422, { message: "The permissions requested are not granted to this installation." })
    .post(tokens, { repository_ids: [42] })
    .reply(201, { token: "ghs_partly", expires_at });
  nock(API, { reqheaders: { authorization: "token ghs_partly" } })
    .post("/repos/o/r/issues/3/comments")
    .reply(201, { id: 1 });
  const here = github.app.forInstallation(INSTALLATION);
  expect(await here.createComment(REPOSITORY, 3, hello)).toBe(1);
});

test("git gets the right to read or nothing", async () => {
  using github = nockedGitHub();
  nock.cleanAll();
  nock(API)
    .post(tokens)
    .reply(422, { message: "The permissions requested are not granted to this installation." });
  const here = github.app.forInstallation(INSTALLATION);
  await expect(here.readToken(REPOSITORY)).rejects.toMatchObject({ code: "refused" });
});

test("once a permission is missing, the next try asks with a new token", async () => {
  using github = nockedGitHub();
  const path = "/repos/o/r/issues/3/comments";
  nock(API).post(path).reply(403, { message: "Resource not accessible by integration" });
  nock(API).post(path).reply(201, { id: 1 });
  const here = github.app.forInstallation(INSTALLATION);
  await expect(here.createComment(REPOSITORY, 3, hello)).rejects.toMatchObject({ code: "refused" });
  expect(await here.createComment(REPOSITORY, 3, hello)).toBe(1);
  expect(github.minted).toHaveLength(2);
});

test("requests are recorded without texts, names and tokens", async () => {
  const records: RequestRecord[] = [];
  using github = nockedGitHub({ onRequest: (record) => void records.push(record) });
  nock(API).post("/repos/o/r/issues/3/comments").reply(201, { id: 1 }, { "x-ratelimit-remaining": "4999" });
  nock(API).post("/repos/o/r/issues/3/comments").replyWithError("socket hang up");
  const here = github.app.forInstallation(INSTALLATION);
  await here.createComment(REPOSITORY, 3, hello);
  await expect(here.createComment(REPOSITORY, 3, hello)).rejects.toMatchObject({ code: "unavailable" });
  const route = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";
  const milliseconds = expect.any(Number);
  expect(records).toEqual([
    { route: "POST /app/installations/{installation_id}/access_tokens", status: 201, milliseconds },
    { route, status: 201, milliseconds, installation: INSTALLATION, remaining: 4999 },
    { route, status: 0, milliseconds, installation: INSTALLATION },
  ]);
});

test("no failure carries a token, even in what caused it", async () => {
  using github = nockedGitHub();
  nock(API).post("/repos/o/r/issues/3/comments").replyWithError("socket hang up");
  nock(API).post("/repos/o/r/issues/3/comments").reply(422, { message: "Validation Failed" });
  const here = github.app.forInstallation(INSTALLATION);
  for (let time = 0; time < 2; time++) {
    const error: unknown = await here
      .createComment(REPOSITORY, 3, hello)
      .catch((failure: unknown) => failure);
    const all = JSON.stringify(error, Object.getOwnPropertyNames(error)) + String((error as Error).cause);
    expect(all).toContain("POST /repos");
    expect(all).not.toContain("ghs_");
    expect(all).not.toContain("Hello");
  }
});
