import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { openRepository, webUrlOf } from "../../../src/repository/io/open-repository.ts";
import { treeSitterSyntax } from "../../../src/languages/io/tree-sitter-syntax.ts";
import { openCheckout } from "../../../src/repository/io/checkout.ts";
import { openCodebase } from "../../../src/repository/open-codebase.ts";
import { type GitFolder, gitFolder, temporaryFolder } from "../../fakes/git-folder.ts";
import { treeBomb } from "../../fakes/tree-bomb.ts";
import { memoryCache } from "../../fakes/memory-cache.ts";

async function textsOf(folder: string, revision: string): Promise<Record<string, string | undefined>> {
  using repository = await openRepository(folder);
  const tree = await repository.tree(await repository.resolve(revision));
  const texts: Record<string, string | undefined> = {};
  for await (const { entry, bytes } of tree.read(tree.entries))
    texts[entry.path] = bytes && Buffer.from(bytes).toString();
  return texts;
}

test("reads the files of the named commit, not of the working tree", async () => {
  using folder = gitFolder();
  const first = folder.commit({ "a.txt": "one\n", "dir/b.txt": "two\n" });
  folder.commit({ "a.txt": "changed\n" });
  writeFileSync(join(folder.path, "a.txt"), "not committed\n");
  expect(await textsOf(folder.path, first)).toEqual({ "a.txt": "one\n", "dir/b.txt": "two\n" });
});

test("opens a bare clone, a worktree and a folder inside a work tree", async () => {
  using folder = gitFolder();
  folder.commit({ "src/a.txt": "one\n" });
  using place = temporaryFolder();
  folder.git("clone", "-q", "--bare", ".", join(place.path, "bare.git"));
  folder.git("worktree", "add", "-q", "--detach", join(place.path, "tree"));
  for (const path of [join(place.path, "bare.git"), join(place.path, "tree"), join(folder.path, "src")])
    expect(await textsOf(path, "HEAD")).toEqual({ "src/a.txt": "one\n" });
});

test("reads names with spaces, quotes, line feeds and bytes that are not UTF-8", async () => {
  using folder = gitFolder();
  folder.commit({ "with space.txt": "1", 'quo"te.txt': "2", "line\nfeed.txt": "3", "ünï.txt": "4" });
  const blob = folder.git("rev-parse", "HEAD:with space.txt");
  const entry = Buffer.concat([Buffer.from(`100644 ${blob}\t`), Buffer.from([0x66, 0xff, 0x2e, 0x63, 0])]);
  spawnSync("git", ["-C", folder.path, "update-index", "-z", "--index-info"], { input: entry });
  folder.git("commit", "-q", "-m", "Not UTF-8");
  expect(await textsOf(folder.path, "HEAD")).toEqual({
    "with space.txt": "1",
    'quo"te.txt': "2",
    "line\nfeed.txt": "3",
    "ünï.txt": "4",
    "f\\xff.c": "1",
  });
  using repository = await openRepository(folder.path);
  const tree = await repository.tree(await repository.resolve("HEAD"));
  expect(tree.find("f\\xff.c")?.nameIsText).toBe(false);
  expect(tree.find("ünï.txt")?.nameIsText).toBe(true);
});

test("lists links, submodules and files over a megabyte without reading them", async () => {
  using folder = gitFolder();
  symlinkSync("loop", join(folder.path, "loop"));
  folder.commit({ "big.bin": Buffer.alloc(1_000_001, 65), "small.txt": "s" });
  const own = folder.git("rev-parse", "HEAD");
  folder.git("update-index", "--add", "--cacheinfo", `160000,${own},module`);
  folder.git("commit", "-q", "-m", "Submodule");
  expect(await textsOf(folder.path, "HEAD")).toEqual({
    "big.bin": undefined,
    loop: undefined,
    module: undefined,
    "small.txt": "s",
  });
});

describe("reports one clear failure", () => {
  test("a folder without a repository", async () => {
    using place = temporaryFolder();
    await expect(openRepository(place.path)).rejects.toMatchObject({ code: "not-a-repository" });
    await expect(openRepository(join(place.path, "missing"))).rejects.toMatchObject({
      code: "not-a-repository",
    });
  });

  test("a repository without a commit", async () => {
    using folder = gitFolder();
    using repository = await openRepository(folder.path);
    await expect(repository.resolve("HEAD")).rejects.toMatchObject({ code: "empty-repository" });
  });

  test.each(["nowhere", "--all", "HEAD^{tree}", "a\nb", "deadbeef"])("the revision %j", async (revision) => {
    using folder = gitFolder();
    folder.commit({ a: "1" });
    using repository = await openRepository(folder.path);
    await expect(repository.resolve(revision)).rejects.toMatchObject({ code: "unknown-revision" });
  });
});

describe("a file that the repository does not hold costs that file", () => {
  const open = async (folder: string) => {
    const repository = await openRepository(folder);
    const tree = await repository.tree(await repository.resolve("HEAD"));
    const codebase = openCodebase(tree, { cache: memoryCache(), reader: treeSitterSyntax({ workers: 0 }) });
    return { repository, tree, codebase };
  };
  const objectOf = (folder: GitFolder, path: string): string => {
    const oid = folder.git("rev-parse", `HEAD:${path}`);
    return join(folder.path, ".git/objects", oid.slice(0, 2), oid.slice(2));
  };

  test.each([
    ["missing", (object: string) => rmSync(object)],
    [
      "damaged",
      (object: string) => {
        chmodSync(object, 0o644);
        writeFileSync(object, "no object");
      },
    ],
  ])("%s", async (_, spoil) => {
    using folder = gitFolder();
    folder.commit({ "a.py": "def one(): pass\n", "data.csv": "1,2\n", "z.py": "def two(): pass\n" });
    spoil(objectOf(folder, "data.csv"));
    const opened = await open(folder.path);
    using _repository = opened.repository;
    const codebase = await opened.codebase;
    expect(codebase.unreadable).toEqual(["data.csv"]);
    expect((await codebase.text("a.py"))?.text).toBe("def one(): pass\n");
    expect((await codebase.text("z.py"))?.text).toBe("def two(): pass\n");
    expect(await codebase.text("data.csv")).toBeUndefined();
    using place = temporaryFolder();
    using checkout = await openCheckout(opened.tree, place.path);
    expect(checkout.leftOut).toEqual([{ path: "data.csv", why: "missing" }]);
  });

  test("in a partial clone, which git would ask its origin for", async () => {
    using folder = gitFolder();
    folder.commit({ "a.py": "def one(): pass\n", "big.csv": "1,".repeat(600) });
    folder.git("config", "uploadpack.allowFilter", "true");
    using place = temporaryFolder();
    const clone = join(place.path, "partial");
    folder.git("clone", "-q", "--bare", "--filter=blob:limit=1k", `file://${folder.path}`, clone);
    const opened = await open(clone);
    using _repository = opened.repository;
    expect((await opened.codebase).unreadable).toEqual(["big.csv"]);
    expect((await (await opened.codebase).text("a.py"))?.text).toBe("def one(): pass\n");
  });

  test("a clone without any file is reported", async () => {
    using folder = gitFolder();
    folder.commit({ a: "1" });
    folder.git("config", "uploadpack.allowFilter", "true");
    using place = temporaryFolder();
    const clone = join(place.path, "partial");
    folder.git("clone", "-q", "--bare", "--filter=blob:none", `file://${folder.path}`, clone);
    const opened = await open(clone);
    using _repository = opened.repository;
    await expect(opened.codebase).rejects.toMatchObject({ code: "incomplete-repository" });
  });
});

test("starts no program that a hostile configuration names", async () => {
  using folder = gitFolder();
  const marker = join(folder.path, "marker");
  const command = `touch ${marker}`;
  folder.commit({ "a.py": "x = 1\n", ".gitattributes": "*.py filter=evil diff=evil\n" });
  folder.git("config", "core.fsmonitor", command);
  folder.git("config", "filter.evil.smudge", command);
  folder.git("config", "diff.evil.textconv", command);
  folder.git("config", "diff.external", command);
  folder.git("config", "core.pager", command);
  mkdirSync(join(folder.path, ".git/hooks"), { recursive: true });
  writeFileSync(join(folder.path, ".git/hooks/reference-transaction"), `#!/bin/sh\n${command}\n`, {
    mode: 0o755,
  });
  using repository = await openRepository(folder.path);
  const base = await repository.resolve("HEAD");
  const tree = await repository.tree(base);
  for await (const { bytes } of tree.read(tree.entries)) expect(bytes).toBeDefined();
  expect(await repository.history.commits(base, 10)).toHaveLength(1);
  expect(await repository.history.blame(base, "a.py", 1, 1)).toHaveLength(1);
  expect(spawnSync("test", ["-e", marker]).status).toBe(1);
});

describe("history", () => {
  test("lists commits newest first, with their files and their whole message", async () => {
    using folder = gitFolder();
    folder.commit({ a: "1" }, "First\n\nWhy it is so.\n\nMore.");
    const second = folder.commit({ "b c": "2", a: "2" }, "Second");
    folder.commit({ later: "3" }, "Third");
    using repository = await openRepository(folder.path);
    const commits = await repository.history.commits(second, 10);
    expect(commits.map(({ subject, body, files, author }) => ({ subject, body, files, author }))).toEqual([
      { subject: "Second", body: "", files: ["a", "b c"], author: "Ada" },
      { subject: "First", body: "Why it is so.\n\nMore.", files: ["a"], author: "Ada" },
    ]);
    expect(await repository.history.commits(second, 1)).toHaveLength(1);
  });

  test("lists a merge and an empty commit without files", async () => {
    using folder = gitFolder();
    folder.commit({ a: "1" }, "Base");
    folder.git("switch", "-q", "-c", "side");
    folder.commit({ b: "1" }, "Side");
    folder.git("switch", "-q", "main");
    folder.commit({ c: "1" }, "Main");
    folder.git("merge", "-q", "--no-ff", "-m", "Merge", "side");
    const head = folder.commit({}, "Empty");
    using repository = await openRepository(folder.path);
    const commits = await repository.history.commits(head, 10);
    expect(commits.map(({ subject, files }) => [subject, files])).toEqual(
      expect.arrayContaining([
        ["Empty", []],
        ["Merge", []],
        ["Side", ["b"]],
        ["Main", ["c"]],
        ["Base", ["a"]],
      ]),
    );
  });

  test("finds a commit only when the base reaches it", async () => {
    using folder = gitFolder();
    const first = folder.commit({ a: "1" }, "First");
    const second = folder.commit({ a: "2" }, "Second");
    using repository = await openRepository(folder.path);
    expect((await repository.history.commit(second, first))?.subject).toBe("First");
    expect(await repository.history.commit(first, second)).toBeUndefined();
    expect(await repository.history.commit(first, "0".repeat(40))).toBeUndefined();
  });

  test("names the change of lines by the subject that the commit has, also where that has several lines", async () => {
    using folder = gitFolder();
    const oid = folder.commit({ a: "one\n" }, "Free the rows\n* of the cache\n* of the page\n\nThey leak.");
    using repository = await openRepository(folder.path);
    const { subject } = (await repository.history.commit(oid, oid))!;
    expect(subject).toBe("Free the rows * of the cache * of the page");
    expect((await repository.history.blame(oid, "a", 1, 1))?.[0]?.subject).toBe(subject);
  });

  test("names the last author of lines, and none at the edge of a shallow clone", async () => {
    using folder = gitFolder();
    const first = folder.commit({ a: "one\ntwo\n" }, "First");
    const second = folder.commit({ a: "one\nTWO\n" }, "Second");
    using repository = await openRepository(folder.path);
    const lines = await repository.history.blame(second, "a", 1, 2);
    expect(lines?.map(({ line, oid, subject }) => [line, oid, subject])).toEqual([
      [1, first, "First"],
      [2, second, "Second"],
    ]);
    expect(await repository.history.blame(second, "missing", 1, 1)).toBeUndefined();
    using place = temporaryFolder();
    folder.git("clone", "-q", "--depth=1", `file://${folder.path}`, join(place.path, "shallow"));
    using shallow = await openRepository(join(place.path, "shallow"));
    expect(shallow.history.shallow).toBe(true);
    expect(await shallow.history.blame(second, "a", 1, 1)).toBeUndefined();
  });
});

test.each([
  ["https://github.com/o/r.git", "https://github.com/o/r"],
  ["git@github.com:o/r.git", "https://github.com/o/r"],
  ["https://user:secret@github.com/o/r", "https://github.com/o/r"],
  ["ssh://git@gitlab.com/a/b/c.git", "https://gitlab.com/a/b/c"],
  ["https://example.org/o/r", undefined],
  ["https://github.com/o/../../evil", undefined],
  ["../elsewhere", undefined],
])("the page of %s is %s", (remote, url) => {
  expect(webUrlOf(remote)).toBe(url);
});

test("a commit that lists billions of files ends the history with a reason", async () => {
  using origin = treeBomb();
  using repository = await openRepository(origin.path);
  await expect(repository.history.commits(origin.newest, 10)).rejects.toMatchObject({ code: "too-large" });
});
