import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { openGitHubApp } from "../../src/github/io/open-github-app.ts";
import type { SimulatedGitHub } from "../../src/simulator/github/contract.ts";
import { memoryGitHub, type MemoryRepository } from "../fakes/memory-github.ts";
import { startSimulatedGitHub } from "../fakes/simulated-github.ts";
import { LIMITS } from "../../src/text/github-limits.ts";
import { type SafeText, safeText } from "../../src/text/safe-text.ts";
import type {
  CheckRunContent,
  GitHub,
  GitHubApp,
  RepositoryInfo,
  RepositoryPage,
} from "../../src/github/github.ts";

/** A GitHub with people, and our view of it. */
interface Place extends AsyncDisposable {
  readonly world: Pick<
    SimulatedGitHub,
    "installation" | "suspend" | "unsuspend" | "uninstall" | "violations"
  > & {
    readonly webhooks: Pick<SimulatedGitHub["webhooks"], "settled">;
    createRepository(...args: Parameters<SimulatedGitHub["createRepository"]>): Promise<MemoryRepository>;
  };
  readonly app: GitHubApp;
}

/** The one of the simulation of the service: each call is one step. */
async function openMemory(): Promise<Place> {
  const github = memoryGitHub();
  return {
    app: github.app,
    world: { ...github, violations: [], webhooks: { settled: async () => undefined } },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

async function openPlace(): Promise<Place> {
  const world = await startSimulatedGitHub();
  const { id: appId, privateKey } = world.app;
  const app = openGitHubApp({
    baseUrl: world.url,
    appId,
    privateKey,
    userAgent: "casebook/test",
    rateLimiter: { turn: async () => undefined, hold: async () => undefined },
  });
  return { world, app, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

const safe = (text: string): SafeText => safeText(text);
const BRANCH = "casebook/issue-1";

describe.each([
  ["simulated, through the client", openPlace],
  ["in memory", openMemory],
] as const)("GitHub, %s", (_, open) => {
  let place: Place;
  let made = 0;
  /** A repository of its own for each test, as people see it and as we do. */
  let people: MemoryRepository;
  let repository: RepositoryInfo;
  let installation: number;
  let github: GitHub;

  beforeAll(async () => {
    place = await open();
  });

  afterAll(async () => {
    await place[Symbol.asyncDispose]();
    if (place.world.violations.length > 0) throw new Error(place.world.violations.join("\n"));
  });

  beforeEach(async () => {
    const files = {
      "README.md": "A shop.\n",
      ".github/casebook.yml": "phases: [comprehension]\n",
      ".github/ISSUE_TEMPLATE/bug.yml": "name: Bug\n",
      ".github/ISSUE_TEMPLATE/old/a.yml": "name: Old\n",
    };
    people = await place.world.createRepository("acme", `shop-${++made}`, {
      files,
      people: { ann: "write", tim: "triage", max: "maintain", ada: "admin" },
    });
    installation = await place.world.installation("acme");
    github = place.app.forInstallation(installation);
    repository = await github.repository(people.id);
  });

  const main = async (): Promise<string> => (await github.branchHead(repository, "main"))!;

  /** Our branch with one document on it; gives its head. */
  async function document(branch = BRANCH): Promise<string> {
    const base = await main();
    await github.createBranch(repository, branch, base);
    const files = new Map([["docs/cause.md", "# Cause ä\n"]]);
    return github.commit(repository, {
      branch,
      expectedHead: base,
      files,
      message: "Add the cause\n\nSpec: x",
    });
  }

  const pullRequest = (head = BRANCH): Promise<number> =>
    github.createPull(repository, { head, base: "main", title: safe("Research"), body: safe("Text") });

  describe("the App", () => {
    test("knows itself and its bot", async () => {
      const { slug, bot } = await place.app.identity();
      expect(bot.login).toBe(`${slug}[bot]`);
      const number = await github.createIssue(repository, { title: safe("T"), body: safe("B") });
      const answer = await github.issue(repository, number);
      expect(answer).toMatchObject({ issue: { author: { ...bot, type: "Bot" } } });
    });

    test("sees installations and their repositories", async () => {
      const other = await place.world.createRepository("beta", `tool-${made}`, { files: { a: "b" } });
      const betas = await place.world.installation("beta");
      expect(await place.app.installations()).toEqual(
        expect.arrayContaining([
          { id: installation, account: "acme", suspended: false },
          { id: betas, account: "beta", suspended: false },
        ]),
      );
      const ours = (await place.app.repositoriesOf(installation)).map(({ id }) => id);
      expect(ours).toContain(people.id);
      expect(ours).not.toContain(other.id);
      expect((await place.app.repositoriesOf(betas)).map(({ name }) => name)).toContain(other.name);
    });

    test("reads nothing and writes nothing in a repository of another installation", async () => {
      const other = await place.world.createRepository("beta", `secret-${made}`, {
        files: { a: "b" },
        isPrivate: true,
      });
      const number = await other.openIssue("beta", "T", "B");
      const name: RepositoryPage = {
        id: other.id,
        owner: "beta",
        name: other.name,
        webUrl: "https://github.com/beta/x",
      };
      await expect(github.repository(other.id)).rejects.toMatchObject({ code: "gone" });
      await expect(github.issue(name, number)).rejects.toMatchObject({ code: "gone" });
      await expect(github.createComment(name, number, safe("x"))).rejects.toMatchObject({ code: "gone" });
      await expect(github.deleteBranch(name, "main")).rejects.toMatchObject({ code: "gone" });
    });

    test("is refused while it is suspended, and works again afterwards", async () => {
      await place.world.createRepository("gamma", `tool-${made}`, { files: { a: "b" } });
      const id = await place.world.installation("gamma");
      const view = place.app.forInstallation(id);
      const [info] = await place.app.repositoriesOf(id);
      await place.world.suspend("gamma");
      await expect(view.repository(info!.id)).rejects.toMatchObject({ code: "suspended" });
      expect(await place.app.installations()).toContainEqual({ id, account: "gamma", suspended: true });
      await place.world.unsuspend("gamma");
      expect(await view.repository(info!.id)).toEqual(info);
    });

    test("is gone where it was uninstalled", async () => {
      const tool = await place.world.createRepository("delta", `tool-${made}`, { files: { a: "b" } });
      const id = await place.world.installation("delta");
      await place.world.uninstall("delta");
      const view = place.app.forInstallation(id);
      await expect(view.repository(tool.id)).rejects.toMatchObject({ code: "gone" });
      expect((await place.app.installations()).map((one) => one.id)).not.toContain(id);
    });

    test("lists its deliveries newest first, back to a time, and has them sent again with the same GUID", async () => {
      const since = new Date(Date.now() - 60_000).toISOString();
      await people.openIssue("ann", "T", "B");
      await place.world.webhooks.settled();
      const before = await place.app.deliveries(since);
      expect(before[0]).toMatchObject({ event: "issues", ok: false });
      const times = before.map(({ deliveredAt }) => Date.parse(deliveredAt));
      expect(times).toEqual(times.toSorted((one, other) => other - one));
      await place.app.redeliver(before[0]!.id);
      await place.world.webhooks.settled();
      const after = await place.app.deliveries(since);
      expect(after).toHaveLength(before.length + 1);
      expect(after[0]).toMatchObject({ guid: before[0]!.guid, event: "issues" });
      expect(await place.app.deliveries(new Date(Date.now() + 60_000).toISOString())).toEqual([]);
    });

    test("cannot have a delivery sent again that is not in the log", async () => {
      await expect(place.app.redeliver("1")).rejects.toMatchObject({ code: "gone" });
    });
  });

  describe("a repository", () => {
    test("is known by its number", () => {
      expect(repository).toMatchObject({
        id: people.id,
        owner: "acme",
        name: people.name,
        isPrivate: false,
        archived: false,
        hasIssues: true,
        defaultBranch: "main",
      });
      expect(repository.cloneUrl).toBe(`${repository.webUrl}.git`);
    });

    test("that was renamed is found by its number, and the old name still leads there", async () => {
      const number = await people.openIssue("ann", "T", "B");
      await people.rename("ada", `renamed-${made}`);
      expect((await github.repository(people.id)).name).toBe(`renamed-${made}`);
      expect(await github.issue(repository, number)).toMatchObject({ kind: "issue", issue: { number } });
      const comment = await github.createComment(repository, number, safe("Still here."));
      expect(await github.comments(repository, number)).toMatchObject([{ id: comment }]);
    });

    test("that is archived can be read and not be written", async () => {
      const number = await people.openIssue("ann", "T", "B");
      await people.archive("ada");
      expect((await github.repository(people.id)).archived).toBe(true);
      expect(await github.issue(repository, number)).toMatchObject({ kind: "issue" });
      await expect(github.createComment(repository, number, safe("x"))).rejects.toMatchObject({
        code: "refused",
      });
      await expect(github.createBranch(repository, BRANCH, await main())).rejects.toMatchObject({
        code: "refused",
      });
    });

    test("has people with rights", async () => {
      const rights = async (login: string): Promise<string> => github.permission(repository, login);
      expect(await Promise.all(["acme", "ada", "max", "ann", "tim"].map(rights))).toEqual([
        "admin",
        "admin",
        "maintain",
        "write",
        "triage",
      ]);
      await people.setPermission("ann", "read");
      expect(await rights("ann")).toBe("read");
      expect(await rights("ANN")).toBe("read");
    });

    test("knows no rights of bots and of those who do not exist", async () => {
      const { bot } = await place.app.identity();
      expect(await github.permission(repository, bot.login)).toBe("none");
      expect(await github.permission(repository, "nobody-of-that-name")).toBe("none");
    });

    test("gives files of the default branch", async () => {
      expect(await github.file(repository, ".github/casebook.yml")).toBe("phases: [comprehension]\n");
      expect(await github.file(repository, ".github/other.yml")).toBeUndefined();
      expect(await github.file(repository, ".github")).toBeUndefined();
      expect(await github.filesIn(repository, ".github/ISSUE_TEMPLATE")).toEqual(["bug.yml"]);
      expect(await github.filesIn(repository, "nowhere")).toEqual([]);
      expect(await github.filesIn(repository, "README.md")).toEqual([]);
      await people.push("ann", "main", { ".github/casebook.yml": "phases: []\n" });
      expect(await github.file(repository, ".github/casebook.yml")).toBe("phases: []\n");
    });

    test("gives files at a branch or commit, and the commit of either", async () => {
      const main = await github.commitOf(repository, "main");
      expect(main).toMatch(/^[0-9a-f]{40}$/);
      expect(await github.commitOf(repository, main!)).toBe(main);
      expect(await github.commitOf(repository, "no/such/branch")).toBeUndefined();
      expect(await github.commitOf(repository, "f".repeat(40))).toBeUndefined();
      expect(await github.file(repository, "README.md", main)).toBe(
        await github.file(repository, "README.md"),
      );
      expect(await github.file(repository, "nowhere.md", main)).toBeUndefined();
    });

    test("gives a token for git", async () => {
      expect(await github.readToken(repository)).toMatch(/^\S{10,}$/);
    });
  });

  describe("an issue", () => {
    test("is read as it is now", async () => {
      const number = await people.openIssue("ann", "Crash", "It crashes.", ["bug"]);
      expect(await github.issue(repository, number)).toMatchObject({
        kind: "issue",
        issue: {
          number,
          title: "Crash",
          body: "It crashes.",
          author: { login: "ann", type: "User" },
          state: "open",
          locked: false,
          labels: ["bug"],
          isPullRequest: false,
          webUrl: `${repository.webUrl}/issues/${number}`,
        },
      });
      await people.editIssue("ann", number, { title: "Crash at start", body: "" });
      await people.closeIssue("ann", number);
      await people.lockIssue("ada", number);
      expect(await github.issue(repository, number)).toMatchObject({
        issue: { title: "Crash at start", body: "", state: "closed", locked: true },
      });
      await people.reopenIssue("ann", number);
      await people.unlockIssue("ada", number);
      expect(await github.issue(repository, number)).toMatchObject({
        issue: { state: "open", locked: false },
      });
    });

    test("that was deleted or never was is deleted", async () => {
      const number = await people.openIssue("ann", "T", "B");
      await people.deleteIssue("ada", number);
      expect(await github.issue(repository, number)).toEqual({ kind: "deleted" });
      expect(await github.issue(repository, 9_999)).toEqual({ kind: "deleted" });
      await expect(github.createComment(repository, number, safe("x"))).rejects.toMatchObject({
        code: "gone",
      });
    });

    test("is closed by a commit, by a pull request, or by a person", async () => {
      const [byCommit, byPull, byPerson] = [
        await people.openIssue("ann", "One", "B"),
        await people.openIssue("ann", "Two", "B"),
        await people.openIssue("ann", "Three", "B"),
      ];
      expect(await github.closedBy(repository, byCommit)).toBeUndefined();
      const commit = await people.push(
        "ann",
        "main",
        { "README.md": "Mended.\n" },
        `Mend it, fixes #${byCommit}`,
      );
      await people.push("ann", "topic", { "shop.py": "open = True\n" });
      const pull = await people.openPull("ann", "topic", "Open the shop", `Fixes #${byPull}`);
      await people.mergePull("ann", pull);
      await people.closeIssue("ann", byPerson);
      expect(await github.closedBy(repository, byCommit)).toEqual({ commit });
      expect(await github.closedBy(repository, byPull)).toEqual({ commit: await main(), pull });
      expect(await github.closedBy(repository, byPerson)).toBeUndefined();
      await people.reopenIssue("ann", byPull);
      expect(await github.closedBy(repository, byPull)).toBeUndefined();
      await people.closeIssue("ann", byPull);
      expect(await github.closedBy(repository, byPull)).toBeUndefined();
    });

    test("that was transferred is somewhere else, and nothing of ours goes there", async () => {
      const target = await place.world.createRepository("acme", `target-${made}`, { files: { a: "b" } });
      const number = await people.openIssue("ann", "T", "B");
      const there = await people.transferIssue("ada", number, target);
      const { webUrl } = await github.repository(target.id);
      expect(await github.issue(repository, number)).toEqual({
        kind: "transferred",
        to: `${webUrl}/issues/${there}`,
      });
      await expect(github.comments(repository, number)).rejects.toMatchObject({ code: "gone" });
      await expect(github.createComment(repository, number, safe("x"))).rejects.toMatchObject({
        code: "gone",
      });
      await expect(github.addLabels(repository, number, ["x"])).rejects.toMatchObject({ code: "gone" });
      expect((await target.state()).issues).toMatchObject([{ number: there, comments: [], labels: [] }]);
    });

    test("of ours can be opened, changed, closed and found again, oldest first", async () => {
      await people.openIssue("ann", "Theirs", "B");
      const first = await github.createIssue(repository, { title: safe("Ours"), body: safe("One") });
      const second = await github.createIssue(repository, { title: safe("Ours too"), body: safe("Two") });
      await document();
      await pullRequest();
      await github.updateIssue(repository, first, { body: safe("Changed"), state: "closed" });
      expect(await github.ownIssues(repository)).toEqual([
        { number: first, state: "closed", body: "Changed" },
        { number: second, state: "open", body: "Two" },
      ]);
      await github.updateIssue(repository, first, { state: "open" });
      expect(await github.ownIssues(repository)).toMatchObject([{ state: "open", body: "Changed" }, {}]);
    });

    test("that is not there cannot be changed", async () => {
      const changed = github.updateIssue(repository, 9_999, { state: "closed" });
      await expect(changed).rejects.toMatchObject({ code: "gone" });
    });

    test("needs a title", async () => {
      const created = github.createIssue(repository, { title: safe(""), body: safe("B") });
      await expect(created).rejects.toMatchObject({ code: "invalid" });
    });
  });

  describe("comments", () => {
    test("are there in the order in which they were written", async () => {
      const number = await people.openIssue("ann", "T", "B");
      const theirs = await people.comment("ann", number, "/casebook investigate");
      const ours = await github.createComment(repository, number, safe("On it."));
      const { appId, bot } = await place.app.identity();
      const comments = await github.comments(repository, number);
      expect(comments).toMatchObject([
        { id: theirs, body: "/casebook investigate", author: { login: "ann", type: "User" } },
        { id: ours, body: "On it.", author: { ...bot, type: "Bot" }, appId },
      ]);
      expect(comments[0]).not.toHaveProperty("appId");
      expect(await github.comment(repository, ours)).toEqual(comments[1]);
    });

    test("are left out when they are older than what is asked for", async () => {
      const number = await people.openIssue("ann", "T", "B");
      await people.comment("ann", number, "One");
      const later = new Date(Date.now() + 60_000).toISOString();
      const earlier = new Date(Date.now() - 60_000).toISOString();
      expect(await github.comments(repository, number, later)).toEqual([]);
      expect(await github.comments(repository, number, earlier)).toHaveLength(1);
    });

    test("come from every page", async () => {
      const number = await people.openIssue("ann", "T", "B");
      const ids = [];
      for (let count = 0; count < LIMITS.pageItems + 2; count++)
        ids.push(await people.comment("ann", number, `Comment ${count}`));
      expect((await github.comments(repository, number)).map(({ id }) => id)).toEqual(ids);
    });

    test("of ours can be changed and removed; removing twice is no failure", async () => {
      const number = await people.openIssue("ann", "T", "B");
      const id = await github.createComment(repository, number, safe("One"));
      await github.updateComment(repository, id, safe("Two"));
      expect(await github.comment(repository, id)).toMatchObject({ id, body: "Two" });
      await github.deleteComment(repository, id);
      await github.deleteComment(repository, id);
      expect(await github.comment(repository, id)).toBeUndefined();
      expect(await github.comments(repository, number)).toEqual([]);
      await expect(github.updateComment(repository, id, safe("x"))).rejects.toMatchObject({ code: "gone" });
    });

    test("cannot be written where the conversation is locked", async () => {
      const number = await people.openIssue("ann", "T", "B");
      const id = await github.createComment(repository, number, safe("One"));
      await people.lockIssue("ada", number);
      await expect(github.createComment(repository, number, safe("Two"))).rejects.toMatchObject({
        code: "refused",
      });
      await github.updateComment(repository, id, safe("Three"));
      expect(await github.comments(repository, number)).toMatchObject([{ body: "Three" }]);
    });

    test("have a text, and one that is not too long", async () => {
      const number = await people.openIssue("ann", "T", "B");
      await expect(github.createComment(repository, number, safe(" "))).rejects.toMatchObject({
        code: "invalid",
      });
      const long = safe("x".repeat(LIMITS.bodyCharacters + 1));
      await expect(github.createComment(repository, number, long)).rejects.toMatchObject({
        code: "invalid",
      });
      expect(await github.comments(repository, number)).toEqual([]);
    });
  });

  describe("labels", () => {
    const label = { name: "casebook: done", color: "00ff00", description: "Done" };

    test("are created once, whatever the case of their letters", async () => {
      await github.createLabel(repository, label);
      await github.createLabel(repository, { ...label, name: "Casebook: Done" });
      const { labels } = await people.state();
      expect(labels.filter((name) => name.toLowerCase() === label.name)).toEqual([label.name]);
    });

    test("are put on an issue and taken off; twice is no failure", async () => {
      const number = await people.openIssue("ann", "T", "B", ["bug"]);
      const labels = async (): Promise<unknown> => (await people.state()).issues[0]?.labels;
      await github.addLabels(repository, number, [label.name, "other"]);
      await github.addLabels(repository, number, [label.name]);
      expect(await labels()).toEqual(["bug", label.name, "other"]);
      await github.removeLabel(repository, number, label.name.toUpperCase());
      await github.removeLabel(repository, number, label.name);
      expect(await labels()).toEqual(["bug", "other"]);
    });

    test("lead to the open issues that have them", async () => {
      const first = await people.openIssue("ann", "One", "B");
      const closed = await people.openIssue("ann", "Two", "B");
      await people.openIssue("ann", "Three", "B");
      for (const number of [first, closed]) await people.label("ann", number, "casebook:go");
      await people.closeIssue("ann", closed);
      expect(await github.issuesLabelled(repository, "casebook:go")).toEqual([first]);
      expect(await github.issuesChangedSince(repository, "2000-01-01T00:00:00Z")).toContainEqual({
        number: first,
        labels: ["casebook:go"],
      });
      expect(await github.issuesChangedSince(repository, "2100-01-01T00:00:00Z")).toEqual([]);
      await people.unlabel("ann", first, "casebook:go");
      expect(await github.issuesLabelled(repository, "casebook:go")).toEqual([]);
    });

    test("and pull requests are listed in any state in the order of their changes, with all comments", async () => {
      const first = await people.openIssue("ann", "First", "one");
      const second = await people.openIssue("tim", "Second", "two");
      const gone = await people.openIssue("tim", "Gone", "three");
      await people.closeIssue("ann", second);
      const words = await people.comment("ann", first, "It is version 3.");
      const command = await people.comment("ann", first, "/casebook help");
      await people.comment("tim", gone, "never mind");
      await people.deleteIssue("ada", gone);
      await github.createIssue(repository, { title: safe("Ours"), body: safe("B") });
      await people.push("ann", "topic", { "b.txt": "b\n" });
      const pull = await people.openPull("ann", "topic", "Mend it");

      const issues = await github.trackerIssues(repository, { page: 1 });
      expect(issues.isLast).toBe(true);
      const found = new Map(issues.items.map((issue) => [Number(issue.key), issue]));
      expect([...found.keys()].toSorted((a, b) => a - b)).toEqual([first, second, pull]);
      expect(found.get(first)).toMatchObject({ title: "First", body: "one", author: "ann", isOpen: true });
      expect(found.get(second)).toMatchObject({ isOpen: false, isPull: false });
      expect(found.get(pull)).toMatchObject({ isPull: true, isMerged: false });
      expect(found.get(pull)).not.toHaveProperty("url");

      const comments = await github.trackerComments(repository, { page: 1 });
      expect(comments.items.map(({ id, issue, comment }) => [id, issue, comment?.body])).toEqual([
        [words, first, "It is version 3."],
        [command, first, undefined],
      ]);
      expect(Date.parse(comments.changedAt!)).toBeGreaterThan(0);

      const later = { since: "2100-01-01T00:00:00Z", page: 1 };
      const none = { items: [], changedAt: undefined, isLast: true };
      expect(await github.trackerIssues(repository, later)).toEqual(none);
      expect(await github.trackerComments(repository, later)).toEqual(none);
    });

    test("were put on by somebody: the last who did it", async () => {
      const number = await people.openIssue("ann", "T", "B");
      await people.label("ann", number, "casebook:go");
      await people.unlabel("ann", number, "casebook:go");
      await people.label("tim", number, "casebook:go");
      expect(await github.labelledBy(repository, number, "Casebook:go")).toMatchObject({ login: "tim" });
      expect(await github.labelledBy(repository, number, "casebook:other")).toBeUndefined();
      await github.addLabels(repository, number, ["casebook:done"]);
      const { bot } = await place.app.identity();
      expect(await github.labelledBy(repository, number, "casebook:done")).toMatchObject(bot);
    });

    test("have bounds", async () => {
      const number = await people.openIssue("ann", "T", "B");
      const long = "x".repeat(LIMITS.labelNameCharacters + 1);
      await expect(github.addLabels(repository, number, [long])).rejects.toMatchObject({ code: "invalid" });
      const many = Array.from({ length: LIMITS.labelsPerIssue + 1 }, (_, at) => `label-${at}`);
      await expect(github.addLabels(repository, number, many)).rejects.toMatchObject({ code: "invalid" });
      await expect(github.createLabel(repository, { ...label, name: long })).rejects.toMatchObject({
        code: "invalid",
      });
    });
  });

  describe("reactions", () => {
    test.each(["comment", "issue"] as const)(
      "to a %s are there once, and can be removed twice",
      async (kind) => {
        const number = await people.openIssue("ann", "T", "B");
        const id = await people.comment("ann", number, "/casebook help");
        const target = kind === "comment" ? ({ kind, id } as const) : ({ kind, number } as const);
        const reaction = await github.addReaction(repository, target, "eyes");
        expect(await github.addReaction(repository, target, "eyes")).toBe(reaction);
        const rocket = await github.addReaction(repository, target, "rocket");
        expect(await github.ownReactions(repository, target)).toEqual([
          { id: reaction, content: "eyes" },
          { id: rocket, content: "rocket" },
        ]);
        await github.removeReaction(repository, target, reaction);
        await github.removeReaction(repository, target, reaction);
        expect(await github.ownReactions(repository, target)).toEqual([{ id: rocket, content: "rocket" }]);
      },
    );

    test("are refused where the conversation is locked", async () => {
      const number = await people.openIssue("ann", "T", "B");
      await people.lockIssue("ada", number);
      const added = github.addReaction(repository, { kind: "issue", number }, "eyes");
      await expect(added).rejects.toMatchObject({ code: "refused" });
    });

    test("need something to stand at", async () => {
      const added = github.addReaction(repository, { kind: "comment", id: 999_999_999 }, "eyes");
      await expect(added).rejects.toMatchObject({ code: "gone" });
    });
  });

  describe("a branch", () => {
    test("is created at a commit; the same again is no failure, another commit is", async () => {
      const base = await main();
      await github.createBranch(repository, BRANCH, base);
      await github.createBranch(repository, BRANCH, base);
      expect(await github.branchHead(repository, BRANCH)).toBe(base);
      const head = await people.push("ann", "main", { "a.md": "a" });
      await expect(github.createBranch(repository, BRANCH, head)).rejects.toMatchObject({ code: "exists" });
      expect(await github.branchHead(repository, BRANCH)).toBe(base);
    });

    test("needs a commit that is there", async () => {
      const created = github.createBranch(repository, BRANCH, "f".repeat(40));
      await expect(created).rejects.toMatchObject({ code: "gone" });
    });

    test("is found by the beginning of its name", async () => {
      const base = await main();
      for (const branch of [BRANCH, "casebook/issue-10", "case"])
        await github.createBranch(repository, branch, base);
      expect((await github.branches(repository, "casebook/")).toSorted()).toEqual([
        BRANCH,
        "casebook/issue-10",
      ]);
      expect(await github.branches(repository, "nothing/")).toEqual([]);
      expect(await github.branchHead(repository, "casebook")).toBeUndefined();
    });

    test("is deleted; twice is no failure", async () => {
      await github.createBranch(repository, BRANCH, await main());
      await github.deleteBranch(repository, BRANCH);
      await github.deleteBranch(repository, BRANCH);
      expect(await github.branchHead(repository, BRANCH)).toBeUndefined();
    });

    test("that a rule protects is left alone", async () => {
      const base = await main();
      people.protect("casebook/**");
      await expect(github.createBranch(repository, BRANCH, base)).rejects.toMatchObject({
        code: "rule-violated",
      });
      people.protect(undefined);
      await github.createBranch(repository, BRANCH, base);
      people.protect("casebook/**");
      const files = new Map([["a.md", "a"]]);
      const change = { branch: BRANCH, expectedHead: base, files, message: "M" };
      await expect(github.commit(repository, change)).rejects.toMatchObject({ code: "rule-violated" });
      await expect(github.deleteBranch(repository, BRANCH)).rejects.toMatchObject({ code: "rule-violated" });
      expect(await github.branchHead(repository, BRANCH)).toBe(base);
    });
  });

  describe("a commit", () => {
    test("writes files as our bot, on top of what is there", async () => {
      const head = await document();
      const { bot } = await place.app.identity();
      expect(await github.branchHead(repository, BRANCH)).toBe(head);
      expect(await people.file(BRANCH, "docs/cause.md")).toBe("# Cause ä\n");
      expect(await people.file(BRANCH, "README.md")).toBe("A shop.\n");
      expect(await github.commitsBetween(repository, "main", BRANCH)).toEqual([
        { oid: head, authorId: bot.id, author: bot.login, message: "Add the cause\n\nSpec: x" },
      ]);
    });

    test("is not made when the head is another one", async () => {
      const head = await document();
      const theirs = await people.push("ann", BRANCH, { "docs/note.md": "Mine." });
      const files = new Map([["docs/cause.md", "ours"]]);
      const late = github.commit(repository, { branch: BRANCH, expectedHead: head, files, message: "M" });
      await expect(late).rejects.toMatchObject({ code: "head-moved" });
      expect(await github.branchHead(repository, BRANCH)).toBe(theirs);
      expect(await people.file(BRANCH, "docs/cause.md")).toBe("# Cause ä\n");
    });

    test("needs its branch", async () => {
      const files = new Map([["a.md", "a"]]);
      const change = { branch: "nowhere", expectedHead: await main(), files, message: "M" };
      await expect(github.commit(repository, change)).rejects.toMatchObject({ code: "gone" });
    });

    test("never touches workflows", async () => {
      const base = await main();
      await github.createBranch(repository, BRANCH, base);
      const files = new Map([[".github/workflows/x.yml", "on: push"]]);
      const change = { branch: BRANCH, expectedHead: base, files, message: "M" };
      await expect(github.commit(repository, change)).rejects.toMatchObject({ code: "refused" });
      expect(await github.branchHead(repository, BRANCH)).toBe(base);
    });

    test("is told from people's, oldest first", async () => {
      const ours = await document();
      const theirs = await people.push("ann", BRANCH, { "docs/note.md": "Mine." }, "Note it");
      await people.push("ada", "main", { "b.md": "b" });
      const commits = await github.commitsBetween(repository, "main", BRANCH);
      expect(commits.map(({ oid, author }) => [oid, author])).toEqual([
        [ours, (await place.app.identity()).bot.login],
        [theirs, "ann"],
      ]);
      expect(await github.commitsBetween(repository, ours, BRANCH)).toMatchObject([
        { oid: theirs, message: expect.stringContaining("Note it") },
      ]);
      expect(await github.commitsBetween(repository, BRANCH, BRANCH)).toEqual([]);
    });

    test("of a branch that is not there: gone", async () => {
      await expect(github.commitsBetween(repository, "main", "nowhere")).rejects.toMatchObject({
        code: "gone",
      });
    });
  });

  describe("a pull request", () => {
    test("is a draft by our bot, found by its number and its branch", async () => {
      const head = await document();
      const number = await pullRequest();
      const { bot } = await place.app.identity();
      const pull = {
        number,
        state: "open",
        draft: true,
        title: "Research",
        body: "Text",
        head,
        headBranch: BRANCH,
        isOwnBranch: true,
        base: "main",
        author: { ...bot, type: "Bot" },
        webUrl: `${repository.webUrl}/pull/${number}`,
      };
      expect(await github.pull(repository, number)).toEqual({ ...pull, files: 1, commits: 1 });
      expect(await github.pullsFrom(repository, BRANCH)).toEqual([pull]);
      expect(await github.pullsFrom(repository, "casebook/issue-2")).toEqual([]);
      expect(await github.pull(repository, 9_999)).toBeUndefined();
      expect(await github.issue(repository, number)).toMatchObject({ issue: { isPullRequest: true } });
    });

    test("is there once for a branch while it is open", async () => {
      await document();
      const first = await pullRequest();
      await expect(pullRequest()).rejects.toMatchObject({ code: "exists" });
      await people.closePull("ann", first);
      const second = await pullRequest();
      expect(
        (await github.pullsFrom(repository, BRANCH)).map(({ number, state }) => [number, state]),
      ).toEqual([
        [second, "open"],
        [first, "closed"],
      ]);
    });

    test("needs a difference", async () => {
      await github.createBranch(repository, BRANCH, await main());
      await expect(pullRequest()).rejects.toMatchObject({ code: "nothing-to-publish" });
      await expect(pullRequest("nowhere")).rejects.toMatchObject({ code: "invalid" });
    });

    test("is changed in what is named, and closed", async () => {
      await document();
      const number = await pullRequest();
      await github.updatePull(repository, number, { body: safe("Changed") });
      expect(await github.pull(repository, number)).toMatchObject({ title: "Research", body: "Changed" });
      await github.updatePull(repository, number, { title: safe("Done"), state: "closed" });
      await github.updatePull(repository, number, { state: "closed" });
      expect(await github.pull(repository, number)).toMatchObject({ title: "Done", state: "closed" });
      await people.reopenPull("ann", number);
      expect(await github.pull(repository, number)).toMatchObject({ state: "open" });
      await expect(github.updatePull(repository, 9_999, { state: "closed" })).rejects.toMatchObject({
        code: "gone",
      });
    });

    test("follows its branch, and is closed with it", async () => {
      await document();
      const number = await pullRequest();
      const head = await people.push("ann", BRANCH, { "docs/note.md": "Mine." });
      expect(await github.pull(repository, number)).toMatchObject({ head, state: "open" });
      await people.deleteBranch("ann", BRANCH);
      expect(await github.pull(repository, number)).toMatchObject({ head, state: "closed" });
    });

    test("that people merged is merged, and its files are in the default branch", async () => {
      await document();
      const number = await pullRequest();
      await people.mergePull("ann", number);
      expect(await github.pull(repository, number)).toMatchObject({ state: "merged" });
      expect(await github.file(repository, "docs/cause.md")).toBe("# Cause ä\n");
      expect(await github.commitsBetween(repository, "main", BRANCH)).toEqual([]);
    });

    test("has a conversation like an issue's", async () => {
      await document();
      const number = await pullRequest();
      const id = await people.comment("ann", number, "/casebook approve");
      expect(await github.comments(repository, number)).toMatchObject([{ id, body: "/casebook approve" }]);
      await github.addReaction(repository, { kind: "comment", id }, "rocket");
      await github.addLabels(repository, number, ["casebook"]);
      expect(await github.issuesLabelled(repository, "casebook")).toEqual([]);
    });
  });

  describe("a check run", () => {
    const content = (head: string, count: number): CheckRunContent => ({
      name: "Casebook",
      head,
      externalId: "issue-1:1",
      conclusion: "neutral",
      title: "2 criteria are open",
      summary: safe("Summary"),
      annotations: Array.from({ length: count }, (_, at) => ({
        path: "docs/cause.md",
        line: at + 1,
        level: "warning" as const,
        message: safe(`Line ${at + 1}`),
      })),
    });

    test("is found again by its commit, its name and what we call it", async () => {
      const head = await document();
      const id = await github.createCheckRun(repository, content(head, 1));
      expect(await github.ownCheckRuns(repository, head, "Casebook")).toEqual([
        { id, name: "Casebook", externalId: "issue-1:1" },
      ]);
      expect(await github.ownCheckRuns(repository, head, "Other")).toEqual([]);
      expect(await github.ownCheckRuns(repository, await main(), "Casebook")).toEqual([]);
    });

    test("shows every annotation once, however many and however often it is sent", async () => {
      const head = await document();
      const id = await github.createCheckRun(repository, content(head, 60));
      const more = { ...content(head, 130), conclusion: "failure" as const, title: "3 criteria are open" };
      await github.updateCheckRun(repository, id, more);
      await github.updateCheckRun(repository, id, more);
      const { checks } = await people.state();
      expect(checks).toMatchObject([
        { id, name: "Casebook", head, status: "completed", conclusion: "failure", title: more.title },
      ]);
      expect(checks[0]?.annotations).toEqual(
        Array.from({ length: 130 }, (_, at) => ({
          path: "docs/cause.md",
          line: at + 1,
          level: "warning",
          message: `Line ${at + 1}`,
        })),
      );
    });

    test("needs a commit that is there, and to be there itself", async () => {
      const created = github.createCheckRun(repository, content("f".repeat(40), 0));
      await expect(created).rejects.toMatchObject({ code: "gone" });
      const updated = github.updateCheckRun(repository, 999_999, content(await main(), 0));
      await expect(updated).rejects.toMatchObject({ code: "gone" });
    });
  });
});
