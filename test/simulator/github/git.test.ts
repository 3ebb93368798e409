import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { SimulatedGitHub, SimulatedRepository } from "../../../src/simulator/github/contract.ts";
import { startSimulatedGitHub } from "../../fakes/simulated-github.ts";
import { temporaryFolder } from "../../fakes/git-folder.ts";
import { clientOf, COMMIT, commitInput, tokenOf } from "./client.ts";

let github: SimulatedGitHub;
let made = 0;

beforeAll(async () => {
  github = await startSimulatedGitHub();
});

afterAll(async () => {
  await github[Symbol.asyncDispose]();
});

const run = promisify(execFile);

/** Git as a client runs it: the token in a header that stands in no file and in no argument. Throws with what git says. */
async function git(folder: string, token: string | undefined, ...args: string[]): Promise<string> {
  const header =
    token === undefined
      ? {}
      : {
          GIT_CONFIG_COUNT: "1",
          GIT_CONFIG_KEY_0: `http.${github.url}/.extraHeader`,
          GIT_CONFIG_VALUE_0: `Authorization: Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`,
        };
  const { stdout } = await run("git", args, {
    cwd: folder,
    env: { ...process.env, ...header, GIT_TERMINAL_PROMPT: "0", GIT_ASKPASS: "/bin/false" },
  });
  return stdout.trim();
}

async function repository(options: { readonly isPrivate?: boolean } = {}): Promise<SimulatedRepository> {
  return github.createRepository("acme", `shop-${++made}`, {
    files: { "README.md": "A shop.\n", "src/deep/cart.ts": "export const total = 1;\n" },
    people: { ann: "write" },
    ...options,
  });
}

const cloneUrl = (shop: SimulatedRepository): string => `${github.url}/${shop.owner}/${shop.name}.git`;

async function clone(shop: SimulatedRepository, folder: string, token?: string): Promise<string> {
  const place = join(folder, "clone");
  await git(folder, token, "clone", "--quiet", cloneUrl(shop), place);
  await git(place, token, "config", "user.name", "Ada");
  await git(place, token, "config", "user.email", "ada@example.org");
  return place;
}

/** A commit with hard names and contents, pushed to a branch. Gives its hash. */
async function pushFiles(place: string, token: string, branch: string): Promise<string> {
  await git(place, undefined, "switch", "--quiet", "-c", branch);
  writeFileSync(join(place, "ünï code.txt"), "Grüße\n");
  writeFileSync(join(place, "bytes.bin"), Buffer.from([0, 255, 10, 13, 128]));
  writeFileSync(join(place, "run.sh"), "#!/bin/sh\n", { mode: 0o755 });
  writeFileSync(join(place, "empty"), "");
  await git(place, undefined, "rm", "--quiet", "README.md");
  await git(place, undefined, "add", "--all");
  await git(
    place,
    undefined,
    "commit",
    "--quiet",
    "-m",
    "Hard names\n\nWith a body.\n",
    "--date",
    "1234567890 +0530",
  );
  await git(place, token, "push", "--quiet", "origin", branch);
  return git(place, undefined, "rev-parse", "HEAD");
}

test("anybody clones a public repository", async () => {
  const shop = await repository();
  using folder = temporaryFolder();
  const place = await clone(shop, folder.path);
  expect(readFileSync(join(place, "src/deep/cart.ts"), "utf8")).toBe("export const total = 1;\n");
  expect(await git(place, undefined, "rev-parse", "HEAD")).toBe((await shop.state()).branches["main"]);
});

test("a private repository is cloned with a token that reads it, and with no other", async () => {
  const [shop, other] = [await repository({ isPrivate: true }), await repository({ isPrivate: true })];
  using folder = temporaryFolder();
  const reading = { repository_ids: [shop.id], permissions: { contents: "read" } };
  const token = await tokenOf(github, "acme", reading);
  await expect(clone(shop, folder.path)).rejects.toThrow("could not read Username");
  await expect(clone(other, folder.path, token)).rejects.toThrow("not found");
  await expect(clone(shop, folder.path, "ghs_wrong")).rejects.toThrow("could not read Username");
  const issues = await tokenOf(github, "acme", { permissions: { issues: "write" } });
  await expect(clone(shop, folder.path, issues)).rejects.toThrow("not found");
  expect(existsSync(join(await clone(shop, folder.path, token), "README.md"))).toBe(true);
});

test("a mirror without blobs fetches one when it is asked for", async () => {
  const shop = await repository();
  using folder = temporaryFolder();
  const place = join(folder.path, "mirror");
  await git(
    folder.path,
    undefined,
    "clone",
    "--quiet",
    "--mirror",
    "--filter=blob:none",
    cloneUrl(shop),
    place,
  );
  expect(await git(place, undefined, "show", "main:src/deep/cart.ts")).toBe("export const total = 1;");
});

test("a push needs the right to write", async () => {
  const shop = await repository();
  using folder = temporaryFolder();
  const place = await clone(shop, folder.path);
  const reading = await tokenOf(github, "acme", { permissions: { contents: "read" } });
  await expect(pushFiles(place, reading, "feature")).rejects.toThrow("403");
  await expect(git(place, undefined, "push", "origin", "feature")).rejects.toThrow("could not read Username");
  expect(Object.keys((await shop.state()).branches)).toEqual(["main"]);
});

test("what is pushed has the same hashes in the API, and a pull request shows it", async () => {
  const shop = await repository();
  using folder = temporaryFolder();
  const token = await tokenOf(github, "acme");
  const place = await clone(shop, folder.path, token);
  const head = await pushFiles(place, token, "feature/hard");
  expect((await shop.state()).branches["feature/hard"]).toBe(head);

  const client = await clientOf(github, "acme");
  const target = { owner: shop.owner, repo: shop.name };
  const compared = await client.rest.repos.compareCommitsWithBasehead({
    ...target,
    basehead: `main...${head}`,
  });
  expect(compared.data.commits).toMatchObject([
    {
      sha: head,
      commit: {
        message: expect.stringMatching(/^Hard names\n\nWith a body\./),
        tree: { sha: await git(place, undefined, "rev-parse", "HEAD^{tree}") },
      },
    },
  ]);
  const file = await client.rest.repos.getContent({ ...target, path: "bytes.bin", ref: "feature/hard" });
  expect(file.data).toMatchObject({ sha: await git(place, undefined, "rev-parse", "HEAD:bytes.bin") });
  const pull = await client.rest.pulls.create({
    ...target,
    title: "Hard",
    head: "feature/hard",
    base: "main",
  });
  expect(pull.data).toMatchObject({ head: { sha: head }, commits: 1, changed_files: 5 });
  expect(compared.data.files?.map(({ filename, status }) => [filename, status]).toSorted()).toEqual([
    ["README.md", "removed"],
    ["bytes.bin", "added"],
    ["empty", "added"],
    ["run.sh", "added"],
    ["ünï code.txt", "added"],
  ]);
});

test("a push to a pull request's branch moves its head, tells so, and a rewritten one too", async () => {
  const shop = await repository();
  using folder = temporaryFolder();
  const token = await tokenOf(github, "acme");
  const place = await clone(shop, folder.path, token);
  const first = await pushFiles(place, token, "feature");
  const client = await clientOf(github, "acme");
  const target = { owner: shop.owner, repo: shop.name };
  const { data: pull } = await client.rest.pulls.create({
    ...target,
    title: "x",
    head: "feature",
    base: "main",
  });
  const from = github.webhooks.log.length;
  await git(place, undefined, "commit", "--quiet", "--amend", "-m", "Rewritten");
  await git(place, token, "push", "--quiet", "--force", "origin", "feature");
  const second = await git(place, undefined, "rev-parse", "HEAD");
  expect((await client.rest.pulls.get({ ...target, pull_number: pull.number })).data.head.sha).toBe(second);
  expect(JSON.parse(github.webhooks.log[from - 1]!.body)).toMatchObject({ action: "opened" });
  const told = github.webhooks.log.slice(from).map(({ event, action, body }) => {
    const { before, after, forced } = JSON.parse(body) as Record<string, unknown>;
    return { event, action, before, after, forced };
  });
  expect(told).toEqual([
    { event: "push", action: undefined, before: first, after: second, forced: true },
    { event: "pull_request", action: "synchronize", before: first, after: second, forced: undefined },
  ]);
});

test("a ruleset refuses a push, and git shows why", async () => {
  const shop = await repository();
  using folder = temporaryFolder();
  const token = await tokenOf(github, "acme");
  const place = await clone(shop, folder.path, token);
  shop.protect("feature/*");
  await expect(pushFiles(place, token, "feature/x")).rejects.toThrow(
    /GH013: Repository rule violations found[\s\S]*push declined due to repository rule violations/,
  );
  expect(Object.keys((await shop.state()).branches)).toEqual(["main"]);
  shop.protect(undefined);
  await git(place, token, "push", "--quiet", "origin", "feature/x");
  expect(Object.keys((await shop.state()).branches)).toEqual(["feature/x", "main"]);
});

test("what the API commits, merges and deletes is there for git", async () => {
  const shop = await repository();
  using folder = temporaryFolder();
  const token = await tokenOf(github, "acme");
  const place = await clone(shop, folder.path, token);
  const client = await clientOf(github, "acme");
  const target = { owner: shop.owner, repo: shop.name };
  const main = (await shop.state()).branches["main"]!;
  await client.rest.git.createRef({ ...target, ref: "refs/heads/feature", sha: main });
  const { createCommitOnBranch } = await client.graphql<{
    readonly createCommitOnBranch: { readonly commit: { readonly oid: string } };
  }>(COMMIT, { input: commitInput(`acme/${shop.name}`, "feature", main, { "docs/new.md": "New\n" }) });
  await git(place, token, "fetch", "--quiet", "--prune");
  expect(await git(place, undefined, "rev-parse", "origin/feature")).toBe(createCommitOnBranch.commit.oid);
  expect(await git(place, undefined, "show", "origin/feature:docs/new.md")).toBe("New");

  await shop.push("ann", "main", { "CHANGES.md": "On main meanwhile\n" });
  const { data: pull } = await client.rest.pulls.create({
    ...target,
    title: "x",
    head: "feature",
    base: "main",
  });
  await client.rest.pulls.merge({ ...target, pull_number: pull.number });
  await client.rest.git.deleteRef({ ...target, ref: "heads/feature" });
  await git(place, token, "fetch", "--quiet", "--prune");
  expect(await git(place, undefined, "branch", "--remotes", "--format=%(refname:short)")).not.toContain(
    "feature",
  );
  const parents = await git(place, undefined, "show", "--no-patch", "--format=%P", "origin/main");
  expect(parents.split(" ")).toHaveLength(2);
  expect(await git(place, undefined, "ls-tree", "--name-only", "origin/main")).toBe(
    ["CHANGES.md", "README.md", "docs", "src"].join("\n"),
  );
  expect((await client.rest.repos.getContent({ ...target, path: "docs/new.md" })).status).toBe(200);
});

test("a renamed repository is still cloned by its old address; an archived one takes no push", async () => {
  const shop = await repository();
  using folder = temporaryFolder();
  const old = cloneUrl(shop);
  await shop.rename("acme", `renamed-${made}`);
  await git(folder.path, undefined, "clone", "--quiet", old, join(folder.path, "old"));
  const place = await clone(shop, folder.path);
  await shop.archive("acme");
  await expect(pushFiles(place, await tokenOf(github, "acme"), "feature")).rejects.toThrow("403");
});

test("any files have the same hashes in real git and in the API", async () => {
  const shop = await repository();
  const client = await clientOf(github, "acme");
  const target = { owner: shop.owner, repo: shop.name };
  const name = fc.stringMatching(/^[a-zäß .~(){}$'"\\\n-]{1,12}$/).filter((part) => part.trim() === part);
  const path = fc
    .array(name, { minLength: 1, maxLength: 3 })
    .map((parts) => parts.map((part) => `x${part}x`).join("/"));
  const files = fc.uniqueArray(fc.tuple(path, fc.string({ unit: "binary", maxLength: 40 })), {
    minLength: 1,
    maxLength: 6,
    selector: ([one]) => one.split("/")[0],
  });
  let branch = 0;
  await fc.assert(
    fc.asyncProperty(files, async (list) => {
      const head = await shop.push("ann", `any-${++branch}`, Object.fromEntries(list));
      const { data } = await client.rest.repos.compareCommitsWithBasehead({
        ...target,
        basehead: `main...${head}`,
      });
      expect(data.files?.map(({ filename }) => filename).toSorted()).toEqual(
        list.map(([one]) => one).toSorted(),
      );
      for (const [one, text] of list)
        expect(await shop.file(`any-${branch}`, one)).toBe(Buffer.from(text).toString());
    }),
    { numRuns: 20 },
  );
});

test("concurrent pushes and API commits end in one history", async () => {
  const shop = await repository();
  const client = await clientOf(github, "acme");
  const target = { owner: shop.owner, repo: shop.name };
  const main = (await shop.state()).branches["main"]!;
  await Promise.all(
    [1, 2, 3, 4].map((n) =>
      n % 2 === 0
        ? shop.push("ann", `b${n}`, { [`f${n}`]: "x" })
        : client.rest.git.createRef({ ...target, ref: `refs/heads/b${n}`, sha: main }),
    ),
  );
  const { branches } = await shop.state();
  const listed = await client.rest.git.listMatchingRefs({ ...target, ref: "heads/" });
  expect(
    Object.fromEntries(listed.data.map(({ ref, object }) => [ref.slice("refs/heads/".length), object.sha])),
  ).toEqual(branches);
  expect(Object.keys(branches)).toEqual(["b1", "b2", "b3", "b4", "main"]);
});
