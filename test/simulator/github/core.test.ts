import { createSign } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { SimulatedGitHub, SimulatedRepository } from "../../../src/simulator/github/contract.ts";
import { CutConnection } from "../../../src/simulator/github/faults.ts";
import { startSimulatedGitHub } from "../../fakes/simulated-github.ts";
import { appClient, ask, clientOf, COMMIT, commitInput, tokenOf } from "./client.ts";

let github: SimulatedGitHub;
let made = 0;

beforeAll(async () => {
  github = await startSimulatedGitHub();
});

afterAll(async () => {
  await github[Symbol.asyncDispose]();
});

/** A repository of its own for each test. */
async function repository(
  options: { readonly isPrivate?: boolean; readonly files?: Record<string, string> } = {},
): Promise<SimulatedRepository> {
  return github.createRepository("acme", `shop-${++made}`, {
    files: { "README.md": "A shop.\n", "src/cart.ts": "export const total = 1;\n", ...options.files },
    people: { ann: "write", tim: "triage" },
    ...(options.isPrivate === undefined ? {} : { isPrivate: options.isPrivate }),
  });
}

const at = (shop: SimulatedRepository, path = ""): string => `/repos/${shop.owner}/${shop.name}${path}`;
const place = (shop: SimulatedRepository): { owner: string; repo: string } => ({
  owner: shop.owner,
  repo: shop.name,
});

/** A branch with one document, made as Casebook makes it. */
async function branchWithDocument(shop: SimulatedRepository, branch: string): Promise<string> {
  const client = await clientOf(github, shop.owner);
  const main = (await shop.state()).branches["main"]!;
  await client.rest.git.createRef({ ...place(shop), ref: `refs/heads/${branch}`, sha: main });
  const input = commitInput(`${shop.owner}/${shop.name}`, branch, main, { "docs/cause.md": "# Cause\n" });
  const { createCommitOnBranch } = await client.graphql<{
    createCommitOnBranch: { commit: { oid: string } };
  }>(COMMIT, { input });
  return createCommitOnBranch.commit.oid;
}

describe("who asks", () => {
  test("the App's own token tells the App and where it is installed", async () => {
    await repository();
    const client = appClient(github);
    expect((await client.rest.apps.getAuthenticated()).data).toMatchObject({
      id: github.app.id,
      slug: "casebook",
    });
    const { data } = await client.rest.apps.listInstallations();
    expect(data.map(({ id, account }) => [id, account?.id])).toEqual([
      [await github.installation("acme"), (await user("acme")).id],
    ]);
  });

  test.each([
    ["a lifetime of more than ten minutes", { exp: 900 }, "too far in the future"],
    ["the past", { exp: -10 }, "must be a numeric value representing the future time"],
    ["an issue time in the future", { iat: 300 }, "'Issued at' claim"],
    ["another App", { iss: 1 }, "'Issuer' claim"],
  ])("an App's token with %s is refused", async (_, claims, words) => {
    const answer = await ask(github, jwt(claims), "GET", "/app");
    expect(answer).toMatchObject({ status: 401, body: { message: expect.stringContaining(words) } });
  });

  test("an App's token with a wrong signature is refused", async () => {
    const answer = await ask(github, `${jwt({})}AAAA`, "GET", "/app");
    expect(answer.body).toMatchObject({ message: "A JSON web token could not be decoded" });
  });

  test("nobody reads public things and writes nothing", async () => {
    const [open, closed] = [await repository(), await repository({ isPrivate: true })];
    expect((await ask(github, undefined, "GET", at(open))).status).toBe(200);
    expect((await ask(github, undefined, "GET", at(closed))).status).toBe(404);
    expect((await ask(github, undefined, "POST", at(open, "/issues"), { title: "x" })).status).toBe(401);
  });

  test("an installation's token lives an hour", async () => {
    await using own = await startSimulatedGitHub();
    const shop = await own.createRepository("acme", "shop", { files: { a: "a" }, isPrivate: true });
    const token = await tokenOf(own, "acme");
    expect((await ask(own, token, "GET", at(shop))).status).toBe(200);
    own.advance(3_599);
    expect((await ask(own, token, "GET", at(shop))).status).toBe(200);
    own.advance(2);
    expect(await ask(own, token, "GET", at(shop))).toMatchObject({
      status: 401,
      body: { message: "Bad credentials" },
    });
    // The client learns the time from the refusal of its App's token.
    expect((await appClient(own).rest.apps.getAuthenticated()).status).toBe(200);
  });

  test("a token narrowed to one repository and to reading does no more than that", async () => {
    const [mine, other] = [await repository({ isPrivate: true }), await repository({ isPrivate: true })];
    const token = await tokenOf(github, "acme", {
      repository_ids: [mine.id],
      permissions: { contents: "read" },
    });
    expect((await ask(github, token, "GET", at(mine, "/contents/README.md"))).status).toBe(200);
    expect((await ask(github, token, "GET", at(other, "/contents/README.md"))).status).toBe(404);
    const refused = await ask(github, token, "POST", at(mine, "/issues"), { title: "x" });
    expect(refused).toMatchObject({
      status: 403,
      body: { message: "Resource not accessible by integration" },
    });
    expect(refused.headers.get("x-accepted-github-permissions")).toBe("issues=write; pull_requests=write");
    const { body } = await ask(github, token, "GET", "/installation/repositories");
    expect(body).toMatchObject({ total_count: 1, repositories: [{ id: mine.id }] });
  });

  test("a token cannot be made wider than the installation", async () => {
    await repository();
    await expect(tokenOf(github, "acme", { permissions: { workflows: "write" } })).rejects.toMatchObject({
      status: 422,
    });
  });

  test("a suspended installation gets no token, and its tokens work no more", async () => {
    await using own = await startSimulatedGitHub();
    const shop = await own.createRepository("acme", "shop", { files: { a: "a" } });
    const token = await tokenOf(own, "acme");
    await own.suspend("acme");
    const words = { status: 403, body: { message: "This installation has been suspended" } };
    expect(await ask(own, token, "GET", at(shop))).toMatchObject(words);
    await expect(tokenOf(own, "acme")).rejects.toMatchObject({ status: 403 });
    await own.unsuspend("acme");
    expect((await ask(own, token, "GET", at(shop))).status).toBe(200);
    await own.uninstall("acme");
    expect((await ask(own, token, "GET", at(shop))).status).toBe(401);
  });

  test("the permission endpoint tells people's roles, and knows no bots", async () => {
    const shop = await repository();
    const client = await clientOf(github, "acme");
    const ofLogin = async (username: string): Promise<unknown> => {
      const { data } = await client.rest.repos.getCollaboratorPermissionLevel({ ...place(shop), username });
      return [data.permission, data.role_name];
    };
    await shop.setPermission("max", "maintain");
    await shop.setPermission("eve", "none");
    expect(await ofLogin("acme")).toEqual(["admin", "admin"]);
    expect(await ofLogin("Ann")).toEqual(["write", "write"]);
    expect(await ofLogin("tim")).toEqual(["read", "triage"]);
    expect(await ofLogin("max")).toEqual(["write", "maintain"]);
    expect(await ofLogin("eve")).toEqual(["none", "none"]);
    await expect(ofLogin(github.app.bot.login)).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining("is not a user"),
    });
  });
});

describe("issues, comments and labels", () => {
  test("the bot's comment is its own and tells the App", async () => {
    const shop = await repository();
    const issue = await shop.openIssue("bob", "The total is wrong", "It says 2.");
    const client = await clientOf(github, "acme");
    const { data } = await client.rest.issues.createComment({
      ...place(shop),
      issue_number: issue,
      body: "Looking.",
    });
    expect(data.user).toMatchObject({ ...github.app.bot, type: "Bot" });
    expect(data.performed_via_github_app).toMatchObject({ id: github.app.id });
    await client.rest.issues.updateComment({ ...place(shop), comment_id: data.id, body: "Found." });
    expect((await shop.state()).issues[0]?.comments).toEqual([
      { id: data.id, author: "casebook[bot]", body: "Found.", reactions: [] },
    ]);
  });

  test("comments are listed from a time on, by pages", async () => {
    const shop = await repository();
    const issue = await shop.openIssue("bob", "Title", "Body");
    for (let i = 0; i < 5; i++) await shop.comment("bob", issue, `Comment ${i}`);
    const client = await clientOf(github, "acme");
    const query = { ...place(shop), issue_number: issue, per_page: 2 };
    const all = await client.paginate(client.rest.issues.listComments, query);
    expect(all.map(({ body }) => body)).toEqual([0, 1, 2, 3, 4].map((i) => `Comment ${i}`));
    const later = new Date(Date.now() + 60_000).toISOString();
    expect((await client.rest.issues.listComments({ ...query, since: later })).data).toEqual([]);
    expect(
      (await client.rest.issues.listComments({ ...query, since: all[0]!.created_at })).data,
    ).toHaveLength(2);
  });

  test("a pull request is an issue too, and is listed with them", async () => {
    const shop = await repository();
    const issue = await shop.openIssue("bob", "Title", "Body", ["casebook:investigate"]);
    await branchWithDocument(shop, "casebook/issue-1");
    const client = await clientOf(github, "acme");
    const pull = await client.rest.pulls.create({
      ...place(shop),
      title: "Documents",
      head: "casebook/issue-1",
      base: "main",
    });
    const one = await client.rest.issues.get({ ...place(shop), issue_number: pull.data.number });
    expect(one.data).toMatchObject({ title: "Documents", pull_request: { merged_at: null } });
    const listed = await client.rest.issues.listForRepo(place(shop));
    expect(listed.data.map(({ number }) => number)).toEqual([pull.data.number, issue]);
    const labelled = await client.rest.issues.listForRepo({
      ...place(shop),
      labels: "CASEBOOK:investigate",
    });
    expect(labelled.data.map(({ number }) => number)).toEqual([issue]);
  });

  test("labels are compared without case", async () => {
    const shop = await repository();
    const issue = await shop.openIssue("bob", "Title", "Body");
    const client = await clientOf(github, "acme");
    await client.rest.issues.createLabel({ ...place(shop), name: "Casebook/Done", color: "0e8a16" });
    await expect(
      client.rest.issues.createLabel({ ...place(shop), name: "casebook/done", color: "0e8a16" }),
    ).rejects.toMatchObject({
      status: 422,
      response: { data: { errors: [{ resource: "Label", code: "already_exists", field: "name" }] } },
    });
    const target = { ...place(shop), issue_number: issue };
    await client.rest.issues.addLabels({ ...target, labels: ["casebook/done"] });
    expect((await shop.state()).labels).toEqual(["Casebook/Done"]);
    await client.rest.issues.removeLabel({ ...target, name: "CASEBOOK/done" });
    expect((await shop.state()).issues[0]?.labels).toEqual([]);
    await expect(client.rest.issues.removeLabel({ ...target, name: "casebook/done" })).rejects.toMatchObject({
      status: 404,
    });
  });

  test("the same reaction twice is one reaction", async () => {
    const shop = await repository();
    const issue = await shop.openIssue("bob", "Title", "Body");
    const comment = await shop.comment("bob", issue, "Hello");
    const client = await clientOf(github, "acme");
    const target = { ...place(shop), comment_id: comment };
    const first = await client.rest.reactions.createForIssueComment({ ...target, content: "eyes" });
    const second = await client.rest.reactions.createForIssueComment({ ...target, content: "eyes" });
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.data.id).toBe(first.data.id);
    await client.rest.reactions.createForIssue({ ...place(shop), issue_number: issue, content: "rocket" });
    expect((await shop.state()).issues[0]).toMatchObject({
      reactions: [{ by: "casebook[bot]", content: "rocket" }],
      comments: [{ reactions: [{ by: "casebook[bot]", content: "eyes" }] }],
    });
    expect((await client.rest.reactions.listForIssueComment(target)).data).toMatchObject([
      { id: first.data.id, user: { id: github.app.bot.id }, content: "eyes" },
    ]);
    await client.rest.reactions.deleteForIssueComment({ ...target, reaction_id: first.data.id });
    expect((await client.rest.reactions.listForIssueComment(target)).data).toEqual([]);
  });

  test("in a locked conversation writers comment, the App and readers do not, and nobody reacts", async () => {
    const shop = await repository();
    const issue = await shop.openIssue("bob", "Title", "Body");
    const comment = await shop.comment("bob", issue, "Before");
    await shop.lockIssue("ann", issue);
    const token = await tokenOf(github, "acme");
    const path = at(shop, `/issues/${issue}`);
    expect(await ask(github, token, "POST", `${path}/comments`, { body: "x" })).toMatchObject({
      status: 403,
      body: { message: "Unable to create comment because issue is locked." },
    });
    const reaction = at(shop, `/issues/comments/${comment}/reactions`);
    expect((await ask(github, token, "POST", reaction, { content: "eyes" })).status).toBe(403);
    await expect(shop.comment("bob", issue, "x")).rejects.toThrow("locked");
    await shop.comment("ann", issue, "I may");
    await shop.unlockIssue("ann", issue);
    expect((await ask(github, token, "POST", `${path}/comments`, { body: "x" })).status).toBe(201);
  });

  test("a deleted issue is gone, a transferred one is elsewhere", async () => {
    const [shop, store] = [await repository(), await repository()];
    const [first, second] = [await shop.openIssue("bob", "A", "a"), await shop.openIssue("bob", "B", "b")];
    await shop.comment("ann", second, "Kept");
    const client = await clientOf(github, "acme");
    await client.rest.issues.createComment({ ...place(shop), issue_number: second, body: "Mine" });
    await shop.deleteIssue("acme", first);
    const number = await shop.transferIssue("ann", second, store);

    const token = await tokenOf(github, "acme");
    expect(await ask(github, token, "GET", at(shop, `/issues/${first}`))).toMatchObject({
      status: 410,
      body: { message: "This issue was deleted" },
    });
    const moved = await ask(github, token, "GET", at(shop, `/issues/${second}/comments`));
    expect(moved.status).toBe(301);
    expect(moved.headers.get("location")).toBe(
      `${github.url}/repositories/${store.id}/issues/${number}/comments`,
    );
    const { data } = await client.rest.issues.get({ ...place(shop), issue_number: second });
    expect(data).toMatchObject({ number, title: "B", repository_url: `${github.url}${at(store)}` });
    expect((await shop.state()).issues).toEqual([]);
    expect((await store.state()).issues[0]?.comments).toMatchObject([
      { author: "ann", body: "Kept" },
      { author: "casebook[bot]", body: "Mine" },
    ]);
  });
});

describe("repositories", () => {
  test("a renamed repository is found by its number and by its old name", async () => {
    const shop = await repository();
    const old = at(shop);
    const issue = await shop.openIssue("bob", "Title", "Body");
    await shop.rename("acme", `store-${made}`);
    const token = await tokenOf(github, "acme");
    const moved = await ask(github, token, "GET", `${old}/issues/${issue}`);
    expect(moved.status).toBe(301);
    expect(moved.headers.get("location")).toBe(`${github.url}/repositories/${shop.id}/issues/${issue}`);
    expect((await ask(github, token, "GET", `/repositories/${shop.id}`)).body).toMatchObject({
      full_name: `acme/store-${made}`,
      clone_url: `${github.url}/acme/store-${made}.git`,
    });
    const client = await clientOf(github, "acme");
    const [, , owner = "", repo = ""] = old.split("/");
    const comment = await client.rest.issues.createComment({
      owner,
      repo,
      issue_number: issue,
      body: "Here",
    });
    expect(comment.status).toBe(201);
  });

  test("an archived repository is only read", async () => {
    const shop = await repository();
    await shop.archive("acme");
    const token = await tokenOf(github, "acme");
    expect((await ask(github, token, "GET", at(shop))).body).toMatchObject({ archived: true });
    expect(await ask(github, token, "POST", at(shop, "/issues"), { title: "x" })).toMatchObject({
      status: 403,
      body: { message: "Repository was archived so is read-only." },
    });
  });

  test("files, commits and comparisons come from the same history as git's", async () => {
    const shop = await repository();
    const head = await shop.push("ann", "feature", { "src/new.ts": "export const x = 1;\n" }, "Add x");
    const client = await clientOf(github, "acme");
    const file = await client.rest.repos.getContent({ ...place(shop), path: "src/new.ts", ref: "feature" });
    expect(file.data).toMatchObject({ content: expect.stringContaining("ZXhwb3J0") });
    await expect(client.rest.repos.getContent({ ...place(shop), path: "src/new.ts" })).rejects.toMatchObject({
      status: 404,
    });
    const { data } = await client.rest.repos.compareCommitsWithBasehead({
      ...place(shop),
      basehead: "main...feature",
    });
    expect(data).toMatchObject({ status: "ahead", total_commits: 1, files: [{ filename: "src/new.ts" }] });
    expect(data.commits).toMatchObject([
      { sha: head, author: { login: "ann", id: (await user("ann")).id }, commit: { message: "Add x" } },
    ]);
    const branches = await client.rest.git.listMatchingRefs({ ...place(shop), ref: "heads/fea" });
    expect(branches.data.map(({ ref, object }) => [ref, object.sha])).toEqual([["refs/heads/feature", head]]);
  });

  test("an unknown route is not there, and is told as a violation", async () => {
    await using own = await startSimulatedGitHub();
    expect((await ask(own, undefined, "GET", "/emojis")).status).toBe(404);
    expect(own.violations).toEqual(["GET /emojis: the simulated GitHub has no such route"]);
  });
});

describe("branches, commits and pull requests", () => {
  test("a commit through GraphQL is the bot's, signed by GitHub, on the head that was expected", async () => {
    const shop = await repository();
    const oid = await branchWithDocument(shop, "casebook/issue-1");
    const client = await clientOf(github, "acme");
    const { data } = await client.rest.repos.compareCommitsWithBasehead({
      ...place(shop),
      basehead: `main...${oid}`,
    });
    expect(data).toMatchObject({
      commits: [
        {
          author: github.app.bot,
          committer: { login: "web-flow" },
          commit: { message: "Add the documents", verification: { verified: true, reason: "valid" } },
        },
      ],
      files: [{ filename: "docs/cause.md", status: "added" }],
    });
    expect(await shop.file("casebook/issue-1", "docs/cause.md")).toBe("# Cause\n");
  });

  test("a commit on another head than the branch's writes nothing", async () => {
    const shop = await repository();
    const oid = await branchWithDocument(shop, "casebook/issue-1");
    const theirs = await shop.push("ann", "casebook/issue-1", { "docs/cause.md": "Mine\n" });
    const client = await clientOf(github, "acme");
    const input = commitInput(`acme/${shop.name}`, "casebook/issue-1", oid, { "docs/cause.md": "Late\n" });
    await expect(client.graphql(COMMIT, { input })).rejects.toMatchObject({
      errors: [{ type: "STALE_DATA", message: expect.stringContaining(theirs) }],
    });
    expect((await shop.state()).branches["casebook/issue-1"]).toBe(theirs);
    expect(await shop.file("casebook/issue-1", "docs/cause.md")).toBe("Mine\n");
  });

  test.each([
    ["a branch that is not there", "none", {}, "NOT_FOUND"],
    ["a path that leads out", "main", { "../x": "x" }, "UNPROCESSABLE"],
    ["a path into git's own folder", "main", { ".git/config": "x" }, "UNPROCESSABLE"],
    ["a workflow", "main", { ".github/workflows/x.yml": "x" }, "FORBIDDEN"],
  ])("a commit on %s is refused", async (_, branch, files, type) => {
    const shop = await repository();
    const main = (await shop.state()).branches["main"]!;
    const client = await clientOf(github, "acme");
    const input = commitInput(`acme/${shop.name}`, branch, main, files);
    await expect(client.graphql(COMMIT, { input })).rejects.toMatchObject({ errors: [{ type }] });
    expect((await shop.state()).branches).toEqual({ main });
  });

  test("a branch is made once, and goes when it is deleted", async () => {
    const shop = await repository();
    const client = await clientOf(github, "acme");
    const main = (await shop.state()).branches["main"]!;
    const target = { ...place(shop), ref: "refs/heads/casebook/issue-1" };
    await client.rest.git.createRef({ ...target, sha: main });
    await expect(client.rest.git.createRef({ ...target, sha: main })).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining("Reference already exists"),
    });
    await expect(
      client.rest.git.createRef({ ...place(shop), ref: "refs/heads/casebook", sha: main }),
    ).rejects.toMatchObject({ status: 422 });
    await expect(
      client.rest.git.createRef({ ...place(shop), ref: "refs/heads/x", sha: "1".repeat(40) }),
    ).rejects.toMatchObject({ status: 422, message: expect.stringContaining("Object does not exist") });
    await client.rest.git.deleteRef({ ...place(shop), ref: "heads/casebook/issue-1" });
    expect((await shop.state()).branches).toEqual({ main });
  });

  test("a pull request shows the branch's counts and head as they are now", async () => {
    const shop = await repository();
    await branchWithDocument(shop, "casebook/issue-1");
    const client = await clientOf(github, "acme");
    const { data: pull } = await client.rest.pulls.create({
      ...place(shop),
      title: "Documents",
      body: "Refs #1",
      head: "casebook/issue-1",
      base: "main",
      draft: true,
    });
    const head = await shop.push("ann", "casebook/issue-1", { "docs/more.md": "More\n" });
    const target = { ...place(shop), pull_number: pull.number };
    const { data } = await client.rest.pulls.get(target);
    expect(data).toMatchObject({
      draft: true,
      user: github.app.bot,
      head: { sha: head, ref: "casebook/issue-1", repo: { id: shop.id } },
      commits: 2,
      changed_files: 2,
      additions: 2,
    });
    const listed = await client.rest.pulls.list({ ...place(shop), head: "acme:casebook/issue-1" });
    expect(listed.data.map(({ number }) => number)).toEqual([pull.number]);
    expect((await client.rest.pulls.list({ ...place(shop), head: "acme:other" })).data).toEqual([]);
  });

  test("there is one open pull request for a branch, and none without commits", async () => {
    const shop = await repository();
    await branchWithDocument(shop, "casebook/issue-1");
    const client = await clientOf(github, "acme");
    const asked = { ...place(shop), title: "Documents", head: "casebook/issue-1", base: "main" };
    const { data } = await client.rest.pulls.create(asked);
    await expect(client.rest.pulls.create(asked)).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining("A pull request already exists for acme:casebook/issue-1."),
    });
    await client.rest.git.createRef({ ...place(shop), ref: "refs/heads/empty", sha: data.base.sha });
    await expect(client.rest.pulls.create({ ...asked, head: "empty" })).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining("No commits between main and empty"),
    });
    await client.rest.pulls.update({ ...place(shop), pull_number: data.number, state: "closed" });
    expect((await client.rest.pulls.create(asked)).status).toBe(201);
  });

  test("a ruleset forbids creating and updating branches that match", async () => {
    const shop = await repository();
    await branchWithDocument(shop, "casebook/issue-1");
    shop.protect("casebook/**");
    const client = await clientOf(github, "acme");
    const { main, "casebook/issue-1": head } = (await shop.state()).branches;
    await expect(
      client.rest.git.createRef({ ...place(shop), ref: "refs/heads/casebook/issue-2", sha: main! }),
    ).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining("Repository rule violations found"),
    });
    const input = commitInput(`acme/${shop.name}`, "casebook/issue-1", head!, { a: "a" });
    await expect(client.graphql(COMMIT, { input })).rejects.toMatchObject({
      errors: [{ message: expect.stringContaining("Repository rule violations found") }],
    });
    shop.protect(undefined);
    await client.graphql(COMMIT, { input });
  });

  test("annotations of a check run add up, and the run is found by its name", async () => {
    const shop = await repository();
    const head = await branchWithDocument(shop, "casebook/issue-1");
    const client = await clientOf(github, "acme");
    const annotation = {
      path: "docs/cause.md",
      start_line: 1,
      end_line: 1,
      annotation_level: "warning" as const,
      message: "The line is not there",
    };
    const output = { title: "1 of 2", summary: "One is missing", annotations: [annotation] };
    const run = await client.rest.checks.create({
      ...place(shop),
      name: "casebook / evidence",
      head_sha: head,
      external_id: "7",
      conclusion: "neutral",
      output,
    });
    const target = { ...place(shop), check_run_id: run.data.id };
    await client.rest.checks.update({ ...target, output });
    expect((await client.rest.checks.listAnnotations(target)).data).toHaveLength(2);
    const found = await client.rest.checks.listForRef({
      ...place(shop),
      ref: head,
      check_name: "casebook / evidence",
      app_id: github.app.id,
    });
    expect(found.data.check_runs).toMatchObject([
      { id: run.data.id, external_id: "7", conclusion: "neutral", app: { id: github.app.id } },
    ]);
    const other = { ...place(shop), ref: head, check_name: "other" };
    expect((await client.rest.checks.listForRef(other)).data.check_runs).toEqual([]);
    expect((await shop.state()).checks).toMatchObject([
      { name: "casebook / evidence", head, status: "completed", annotations: [{ line: 1 }, { line: 1 }] },
    ]);
  });
});

describe("the delivery log", () => {
  test("a lost delivery is on the log, and is sent again on demand with its GUID", async () => {
    await using own = await startSimulatedGitHub();
    await using receiver = await startReceiver();
    const { arrived } = receiver;
    own.deliverTo(receiver.url);
    const shop = await own.createRepository("acme", "shop", { files: { a: "a" } });
    own.webhooks.lose(true);
    await shop.openIssue("bob", "Unheard", "");
    own.webhooks.lose(false);
    await own.webhooks.settled();
    const client = appClient(own);
    const { data } = await client.rest.apps.listWebhookDeliveries();
    expect(data.map(({ event, action, status_code: status }) => [event, action, status])).toEqual([
      ["issues", "opened", 502],
      ["installation", "created", 202],
    ]);
    await client.rest.apps.redeliverWebhookDelivery({ delivery_id: data[0]!.id });
    await own.webhooks.settled();
    expect(arrived.at(-1)).toEqual(["issues", data[0]!.guid]);
    await expect(client.rest.apps.redeliverWebhookDelivery({ delivery_id: 1 })).rejects.toMatchObject({
      status: 404,
    });
    expect(own.violations).toEqual([]);
  });
});

describe("limits and faults", () => {
  test("a body that is too long is refused, whoever wrote it", async () => {
    const shop = await repository();
    const issue = await shop.openIssue("bob", "Title", "Body");
    const token = await tokenOf(github, "acme");
    const path = at(shop, `/issues/${issue}/comments`);
    expect((await ask(github, token, "POST", path, { body: "x".repeat(65_537) })).status).toBe(422);
    const answer = await ask(github, token, "POST", path, { body: "x".repeat(65_536) });
    expect(answer.status).toBe(201);
    expect(answer.headers.get("x-ratelimit-limit")).toBe("5000");
  });

  test("with pacing on, a write right after another one is too fast", async () => {
    // Ten minutes, so that a slow machine does not keep the pause by itself.
    const limits = { spacingMilliseconds: 600_000 };
    await using own = await startSimulatedGitHub({ enforcePacing: true, limits });
    const shop = await own.createRepository("acme", "shop", { files: { a: "a" } });
    const token = await tokenOf(own, "acme");
    const write = (): Promise<{ status: number; headers: Headers }> =>
      ask(own, token, "POST", at(shop, "/issues"), { title: "x" });
    expect((await write()).status).toBe(201);
    const fast = await write();
    expect(fast.status).toBe(403);
    expect(Number(fast.headers.get("retry-after"))).toBeGreaterThan(0);
    own.advance(600);
    expect((await write()).status).toBe(201);
  });

  test("a cut before the effect leaves nothing, a cut after it leaves the effect and no answer", async () => {
    const shop = await repository();
    const issue = await shop.openIssue("bob", "Title", "Body");
    const token = await tokenOf(github, "acme");
    const route = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";
    const say = (body: string): Promise<unknown> =>
      ask(github, token, "POST", at(shop, `/issues/${issue}/comments`), { body });
    github.faults.add({ at: route, kind: { kind: "cut", when: "before" } });
    await expect(say("before")).rejects.toThrow("fetch failed");
    github.faults.add({ at: route, kind: { kind: "cut", when: "after" } });
    await expect(say("after")).rejects.toThrow("fetch failed");
    github.faults.add({ at: route, kind: { kind: "status", status: 502 } });
    expect(await say("refused")).toMatchObject({ status: 502 });
    const { comments } = (await shop.state()).issues[0]!;
    expect(comments.map(({ body }) => body)).toEqual(["after"]);
    expect(github.faults.left).toEqual([]);
  });

  test("writes tell their three moments, and may be cut at each", async () => {
    const shop = await repository();
    const token = await tokenOf(github, "acme");
    const moments: string[] = [];
    // The answer is there before its last moment is told.
    const told = Promise.withResolvers<void>();
    github.faults.onWrite = async (moment, { route, status }) => {
      const issues = (await shop.state()).issues.length;
      moments.push(`${moment} ${route.split(" ")[0]} ${status} ${issues}`);
      if (moment === "after") told.resolve();
    };
    await ask(github, token, "POST", at(shop, "/issues"), { title: "x" });
    await told.promise;
    await ask(github, token, "GET", at(shop, "/issues"));
    github.faults.onWrite = (moment) => {
      if (moment === "during") throw new CutConnection();
    };
    await expect(ask(github, token, "POST", at(shop, "/issues"), { title: "y" })).rejects.toThrow(
      "fetch failed",
    );
    github.faults.onWrite = undefined;
    expect(moments).toEqual(["before POST 0 0", "during POST 0 1", "after POST 201 1"]);
    expect((await shop.state()).issues).toHaveLength(2);
  });

  test("requests are logged by their routes, with who asked", async () => {
    const shop = await repository();
    const from = github.requests.length;
    await ask(github, await tokenOf(github, "acme"), "GET", at(shop, "/issues"));
    expect(github.requests.slice(from)).toMatchObject([
      {
        route: "POST /app/installations/{installation_id}/access_tokens",
        as: "app",
        isWrite: false,
        status: 201,
      },
      { route: "GET /repos/{owner}/{repo}/issues", as: "casebook[bot]", isWrite: false, status: 200 },
    ]);
  });

  test("what clients asked and what we answered keeps to GitHub's description", () => {
    expect(github.violations).toEqual([]);
  });
});

/** Takes webhooks and notes their event and GUID. */
async function startReceiver(): Promise<
  AsyncDisposable & { readonly url: string; readonly arrived: readonly (readonly unknown[])[] }
> {
  const arrived: unknown[][] = [];
  const server = createServer((request, response) => {
    arrived.push([request.headers["x-github-event"], request.headers["x-github-delivery"]]);
    request.resume().on("end", () => response.writeHead(202).end());
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    arrived,
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}

async function user(login: string): Promise<{ readonly id: number }> {
  const { body } = await ask(github, undefined, "GET", `/users/${login}`);
  return body as { id: number };
}

/** The App's own token with other claims; times in seconds from now. */
function jwt(claims: { readonly exp?: number; readonly iat?: number; readonly iss?: number }): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const payload = {
    iat: now + (claims.iat ?? -60),
    exp: now + (claims.exp ?? 300),
    iss: claims.iss ?? github.app.id,
  };
  const signed = `${part({ alg: "RS256", typ: "JWT" })}.${part(payload)}`;
  return `${signed}.${createSign("sha256").update(signed).sign(github.app.privateKey, "base64url")}`;
}
