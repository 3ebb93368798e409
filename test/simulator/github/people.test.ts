import webhookExamples from "@octokit/webhooks-examples" with { type: "json" };
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import type {
  Delivery,
  SimulatedGitHub,
  SimulatedRepository,
} from "../../../src/simulator/github/contract.ts";
import { startSimulatedGitHub } from "../../fakes/simulated-github.ts";
import { clientOf, COMMIT, commitInput } from "./client.ts";

let github: SimulatedGitHub;
let shop: SimulatedRepository;
let seen = 0;
let made = 0;

beforeAll(async () => {
  github = await startSimulatedGitHub();
});

beforeEach(async () => {
  shop = await github.createRepository("acme", `shop-${++made}`, {
    files: { "README.md": "A shop.\n" },
    people: { ann: "write", tim: "triage" },
  });
  fired();
});

afterAll(async () => {
  await github[Symbol.asyncDispose]();
});

/** Deliveries since this was asked last. */
function fired(): readonly Delivery[] {
  const deliveries = github.webhooks.log.slice(seen);
  seen = github.webhooks.log.length;
  return deliveries;
}

const nameOf = ({ event, action }: Delivery): string => (action === undefined ? event : `${event}.${action}`);
const payloadOf = ({ body }: Delivery): Record<string, unknown> =>
  JSON.parse(body) as Record<string, unknown>;

/** Names of what was fired, with who did it. */
function told(): readonly string[] {
  return fired().map((delivery) => {
    const { sender } = payloadOf(delivery) as { sender: { login: string } };
    return `${nameOf(delivery)} by ${sender.login}`;
  });
}

async function pullRequest(body = "Refs #1"): Promise<number> {
  const client = await clientOf(github, "acme");
  const target = { owner: shop.owner, repo: shop.name };
  const main = (await shop.state()).branches["main"]!;
  await client.rest.git.createRef({ ...target, ref: "refs/heads/casebook/issue-1", sha: main });
  const input = commitInput(`acme/${shop.name}`, "casebook/issue-1", main, { "docs/cause.md": "# Cause\n" });
  await client.graphql(COMMIT, { input });
  const asked = { ...target, title: "Documents", body, head: "casebook/issue-1", base: "main", draft: true };
  return (await client.rest.pulls.create(asked)).data.number;
}

test("opening an issue with labels fires one event for it and one for each label", async () => {
  const number = await shop.openIssue("bob", "Title", "Body", ["bug", "casebook:investigate"]);
  const deliveries = fired();
  expect(deliveries.map(nameOf)).toEqual(["issues.opened", "issues.labeled", "issues.labeled"]);
  expect(payloadOf(deliveries[2]!)).toMatchObject({
    action: "labeled",
    issue: { number, title: "Title", labels: [{ name: "bug" }, { name: "casebook:investigate" }] },
    label: { name: "casebook:investigate" },
    repository: { id: shop.id, full_name: `acme/${shop.name}`, private: false, default_branch: "main" },
    sender: { login: "bob", type: "User" },
    installation: { id: await github.installation("acme") },
  });
});

test("an issue's life is told act by act", async () => {
  const number = await shop.openIssue("bob", "Title", "Body");
  await shop.editIssue("bob", number, { title: "Better title" });
  await shop.label("tim", number, "bug");
  await shop.label("tim", number, "BUG");
  await shop.unlabel("tim", number, "bug");
  await shop.closeIssue("bob", number);
  await shop.reopenIssue("ann", number);
  await shop.lockIssue("ann", number);
  await shop.unlockIssue("ann", number);
  await shop.deleteIssue("acme", number);
  const deliveries = fired();
  expect(deliveries.map((one) => `${nameOf(one)} by ${loginIn(one)}`)).toEqual([
    "issues.opened by bob",
    "issues.edited by bob",
    "issues.labeled by tim",
    "issues.unlabeled by tim",
    "issues.closed by bob",
    "issues.reopened by ann",
    "issues.locked by ann",
    "issues.unlocked by ann",
    "issues.deleted by acme",
  ]);
  expect(payloadOf(deliveries[1]!)).toMatchObject({
    changes: { title: { from: "Title" } },
    issue: { title: "Better title" },
  });
});

test("comments are told with their issue; an edit tells the text before", async () => {
  const number = await shop.openIssue("bob", "Title", "Body");
  const id = await shop.comment("ann", number, "/casebook investigate");
  await shop.editComment("ann", id, "/casebook status");
  await shop.deleteComment("ann", id);
  const [, created, edited, deleted] = fired().map(payloadOf);
  expect(created).toMatchObject({
    action: "created",
    issue: { number, comments: 1 },
    comment: { id, body: "/casebook investigate", performed_via_github_app: null, user: { login: "ann" } },
  });
  expect(edited).toMatchObject({
    action: "edited",
    comment: { body: "/casebook status" },
    changes: { body: { from: "/casebook investigate" } },
  });
  expect(deleted).toMatchObject({ action: "deleted", comment: { id } });
  expect((await shop.state()).issues[0]?.comments).toEqual([]);
});

test("the App's own writes come back with the bot as sender", async () => {
  const number = await shop.openIssue("bob", "Title", "Body");
  fired();
  const client = await clientOf(github, "acme");
  const target = { owner: shop.owner, repo: shop.name, issue_number: number };
  await client.rest.issues.createComment({ ...target, body: "Hello" });
  await client.rest.issues.addLabels({ ...target, labels: ["casebook/queued"] });
  const deliveries = fired();
  expect(deliveries.map(nameOf)).toEqual(["issue_comment.created", "issues.labeled"]);
  expect(payloadOf(deliveries[0]!)).toMatchObject({
    comment: { performed_via_github_app: { id: github.app.id, slug: "casebook" } },
    sender: { id: github.app.bot.id, login: "casebook[bot]", type: "Bot" },
  });
});

test("a pull request's life is told act by act", async () => {
  const pull = await pullRequest();
  await shop.comment("ann", pull, "On the pull request");
  await shop.push("ann", "casebook/issue-1", { "docs/cause.md": "# My cause\n" });
  await shop.review("ann", pull, "/casebook approve", "approve");
  await shop.closePull("ann", pull);
  await shop.reopenPull("ann", pull);
  await shop.mergePull("ann", pull);
  const deliveries = fired();
  expect(deliveries.map((one) => `${nameOf(one)} by ${loginIn(one)}`)).toEqual([
    "push by casebook[bot]",
    "push by casebook[bot]",
    "pull_request.opened by casebook[bot]",
    "issue_comment.created by ann",
    "push by ann",
    "pull_request.synchronize by ann",
    "pull_request_review.submitted by ann",
    "pull_request.closed by ann",
    "pull_request.reopened by ann",
    "pull_request.ready_for_review by ann",
    "push by ann",
    "pull_request.closed by ann",
  ]);
  expect(payloadOf(deliveries[3]!)).toMatchObject({
    issue: { number: pull, pull_request: { merged_at: null } },
  });
  expect(payloadOf(deliveries[6]!)).toMatchObject({
    review: { state: "approved", body: "/casebook approve" },
  });
  expect(payloadOf(deliveries.at(-1)!)).toMatchObject({
    number: pull,
    pull_request: { merged: true, state: "closed", merged_by: { login: "ann" } },
  });
  const { pulls, branches } = await shop.state();
  expect(pulls).toMatchObject([{ number: pull, state: "merged", comments: [{ author: "ann" }] }]);
  expect(await shop.file("main", "docs/cause.md")).toBe("# My cause\n");
  expect(Object.keys(branches)).toEqual(["casebook/issue-1", "main"]);
});

test("deleting its branch closes a pull request, which then cannot be reopened", async () => {
  const pull = await pullRequest();
  fired();
  await shop.deleteBranch("ann", "casebook/issue-1");
  expect(told()).toEqual(["push by ann", "pull_request.closed by ann"]);
  expect((await shop.state()).pulls).toMatchObject([{ number: pull, state: "closed" }]);
  await expect(shop.reopenPull("ann", pull)).rejects.toThrow("branch was deleted");
});

test("a push tells its commits with the paths they touch", async () => {
  await shop.push("ann", "main", { "README.md": "Better\n", ".github/casebook.yml": "" }, "Set up Casebook");
  const [push] = fired().map(payloadOf);
  const main = (await shop.state()).branches["main"];
  expect(push).toMatchObject({
    ref: "refs/heads/main",
    after: main,
    created: false,
    forced: false,
    commits: [
      {
        id: main,
        message: "Set up Casebook",
        author: { username: "ann" },
        added: [".github/casebook.yml"],
        modified: ["README.md"],
        removed: [],
      },
    ],
    head_commit: { id: main },
    pusher: { name: "ann" },
  });
});

test("closing words in a pull request close the issue when it is merged", async () => {
  const [first, second] = [await shop.openIssue("bob", "A", "a"), await shop.openIssue("bob", "B", "b")];
  const pull = await pullRequest(`Fixes #${first}. Refs #${second}.`);
  await shop.mergePull("ann", pull);
  expect((await shop.state()).issues.map(({ state }) => state)).toEqual(["closed", "open"]);
  expect(told().at(-1)).toBe("issues.closed by ann");
});

test("the re-run button of a check run is told", async () => {
  await pullRequest();
  const client = await clientOf(github, "acme");
  const { pulls } = await shop.state();
  const { data } = await client.rest.checks.create({
    owner: shop.owner,
    repo: shop.name,
    name: "casebook / evidence",
    head_sha: pulls[0]!.head,
    conclusion: "success",
    output: { title: "All met", summary: "2 of 2" },
  });
  await shop.rerequestCheck("ann", data.id);
  expect(told().slice(-3)).toEqual([
    "check_run.created by casebook[bot]",
    "check_run.completed by casebook[bot]",
    "check_run.rerequested by ann",
  ]);
});

test("a transferred issue is told in both repositories", async () => {
  const store = await github.createRepository("acme", `store-${made}`, { files: { a: "a" } });
  const number = await shop.openIssue("bob", "Title", "Body");
  fired();
  const moved = await shop.transferIssue("ann", number, store);
  const [transferred, opened] = fired().map(payloadOf);
  expect(transferred).toMatchObject({
    action: "transferred",
    repository: { id: shop.id },
    issue: { number },
    changes: { new_issue: { number: moved }, new_repository: { id: store.id } },
  });
  expect(opened).toMatchObject({
    action: "opened",
    repository: { id: store.id },
    issue: { number: moved },
    changes: { old_issue: { number }, old_repository: { id: shop.id } },
  });
});

test("renaming and archiving are told", async () => {
  const from = shop.name;
  await shop.rename("acme", `store-${made}`);
  await shop.archive("acme");
  const [renamed, archived] = fired().map(payloadOf);
  expect(renamed).toMatchObject({
    action: "renamed",
    changes: { repository: { name: { from } } },
    repository: { id: shop.id, name: `store-${made}` },
  });
  expect(archived).toMatchObject({ action: "archived", repository: { archived: true } });
  expect(github.repository("acme", `store-${made}`)).toBe(shop);
});

test("the App is installed, suspended and removed; in between nothing is told", async () => {
  await using own = await startSimulatedGitHub({ appName: "detective" });
  const mine = await own.createRepository("zed", "tools", { files: { a: "a" } });
  const first = await own.installation("zed");
  await own.createRepository("zed", "more", { files: { a: "a" } });
  await own.suspend("zed");
  await mine.openIssue("bob", "Unheard", "");
  await own.unsuspend("zed");
  await own.uninstall("zed");
  await mine.openIssue("bob", "Unheard too", "");
  const second = await own.installation("zed");
  expect(second).not.toBe(first);
  expect(own.app).toMatchObject({ slug: "detective", bot: { login: "detective[bot]" } });
  expect(own.webhooks.log.map(nameOf)).toEqual([
    "installation.created",
    "installation_repositories.added",
    "installation.suspend",
    "installation.unsuspend",
    "installation.deleted",
    "installation.created",
  ]);
  expect(payloadOf(own.webhooks.log[0]!)).toMatchObject({
    installation: { id: first, account: { login: "zed" }, permissions: { contents: "write" } },
    repositories: [{ id: mine.id, full_name: "zed/tools" }],
    sender: { login: "zed" },
  });
});

test("people do only what they may", async () => {
  const number = await shop.openIssue("bob", "Title", "Body");
  await expect(shop.label("bob", number, "bug")).rejects.toThrow("403");
  await expect(shop.push("tim", "main", { a: "a" })).rejects.toThrow("write rights");
  await expect(shop.deleteIssue("ann", number)).rejects.toThrow("admin rights");
  await expect(shop.editComment("bob", await shop.comment("ann", number, "x"), "y")).rejects.toThrow("403");
  await expect(shop.rename("ann", "mine")).rejects.toThrow("admin rights");
  const hidden = await github.createRepository("acme", `hidden-${made}`, {
    files: { a: "a" },
    isPrivate: true,
    people: { ann: "read" },
  });
  await expect(hidden.openIssue("bob", "Title", "Body")).rejects.toThrow("404");
  await hidden.openIssue("ann", "Title", "Body");
  await hidden.setPermission("ann", "none");
  await expect(hidden.openIssue("ann", "Title", "Body")).rejects.toThrow("404");
});

test("logins and texts that look like something else stay what they are", async () => {
  const odd = await github.createRepository("x-admin", "admin", {
    files: { a: "a" },
    people: { ghost: "write" },
  });
  const text = 'localhost:4000 "2026-01-01T00:00:00.123Z" <!-- x --> @bob \u{1f600}\0'.replace("\0", "");
  const number = await odd.openIssue("admin", text, text);
  await odd.comment("ghost", number, text);
  expect((await odd.state()).issues).toMatchObject([
    { title: text, comments: [{ author: "ghost", body: text }] },
  ]);
});

test("payloads have every member that real ones of the same event have", async () => {
  const number = await shop.openIssue("bob", "Title", "Body", ["bug"]);
  const id = await shop.comment("ann", number, "Hello");
  await shop.editComment("ann", id, "Hello you");
  await shop.closeIssue("bob", number);
  const pull = await pullRequest();
  await shop.push("ann", "casebook/issue-1", { more: "more\n" });
  await shop.review("ann", pull, "Good", "comment");
  await shop.mergePull("ann", pull);
  const missing = fired().flatMap((delivery) => {
    const real = examplesOf(delivery);
    expect(real.length).toBeGreaterThan(0);
    return missingMembers(payloadOf(delivery), real).map((member) => `${nameOf(delivery)}: ${member}`);
  });
  expect(missing).toEqual([]);
});

function loginIn(delivery: Delivery): string {
  return (payloadOf(delivery) as { sender: { login: string } }).sender.login;
}

function examplesOf({ event, action }: Delivery): readonly Record<string, unknown>[] {
  const groups = webhookExamples as unknown as readonly {
    readonly name: string;
    readonly examples: readonly Record<string, unknown>[];
  }[];
  const { examples } = groups.find(({ name }) => name === event)!;
  const same = examples.filter((example) => example["action"] === action);
  // Some actions have no example: what all of the event have in common has to do.
  return same.length > 0 ? same : examples;
}

/** Members, two levels deep, that all examples have and the payload has not. */
function missingMembers(payload: unknown, examples: readonly unknown[], path = ""): readonly string[] {
  const objects = examples.filter(isObject);
  if (!isObject(payload) || objects.length < examples.length) return [];
  const names = Object.keys(objects[0] ?? {}).filter((name) => objects.every((one) => name in one));
  return names.flatMap((name) => {
    const here = path === "" ? name : `${path}.${name}`;
    if (!(name in payload)) return [here];
    return here.includes(".")
      ? []
      : missingMembers(
          payload[name],
          objects.map((one) => one[name]),
          here,
        );
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
