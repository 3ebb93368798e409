import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { discardMirror, openMirror, protocolOf } from "../../../src/repository/io/mirror.ts";
import { openRepository } from "../../../src/repository/io/open-repository.ts";
import { takeLock } from "../../../src/process/take-lock.ts";
import { openScratch, sweepScratch } from "../../../src/repository/io/scratch-folder.ts";
import { type GitFolder, gitFolder, temporaryFolder } from "../../fakes/git-folder.ts";

test("fetches a URL once and refreshes it; branches keep their names, ours survive", async () => {
  using origin = gitFolder();
  const first = origin.commit({ a: "1" });
  using data = temporaryFolder();
  const url = `file://${origin.path}`;
  const folder = await openMirror(url, data.path);
  {
    using mirror = await openRepository(folder, { name: url, mirror: true });
    expect(await mirror.resolve("HEAD")).toBe(first);
    expect(await mirror.resolve("main")).toBe(first);
  }
  origin.git("--git-dir", folder, "update-ref", "refs/heads/casebook/issue-1", first);
  const second = origin.commit({ a: "2" });
  origin.git("branch", "-m", "main", "trunk");
  expect(await openMirror(url, data.path)).toBe(folder);
  using mirror = await openRepository(folder, { name: url, mirror: true });
  expect(await mirror.resolve("HEAD")).toBe(second);
  expect(await mirror.resolve("trunk")).toBe(second);
  await expect(mirror.resolve("main")).rejects.toMatchObject({ code: "unknown-revision" });
  expect(await mirror.resolve("refs/heads/casebook/issue-1")).toBe(first);
});

test("reports a missing origin, leaves no half mirror and keeps an older one", async () => {
  using data = temporaryFolder();
  await expect(openMirror("file:///nowhere/at-all", data.path)).rejects.toMatchObject({
    code: "repository-unreachable",
  });
  expect(readdirSync(join(data.path, "mirrors"))).toEqual([]);
  expect(readdirSync(join(data.path, "scratch"))).toEqual([]);
});

test("is busy while a living process has the mirror's lock and takes over a dead one's", async () => {
  using origin = gitFolder();
  origin.commit({ a: "1" });
  using data = temporaryFolder();
  const url = `file://${origin.path}`;
  const folder = await openMirror(url, data.path);
  {
    using _lock = takeLock(`${folder}.lock`, "the mirror");
    await expect(openMirror(url, data.path)).rejects.toMatchObject({
      code: "busy",
      message: `the mirror of ${url} is used by the process ${process.pid}`,
    });
  }
  // A process that ended, and one whose number another process has by now.
  for (const holder of ["999999999 1\n", `${process.pid} 1\n`]) {
    writeFileSync(`${folder}.lock`, holder);
    expect(await openMirror(url, data.path)).toBe(folder);
  }
  expect(await openMirror(url, data.path)).toBe(folder);
  expect(existsSync(`${folder}.lock`)).toBe(false);
});

test.each([
  ["https://github.com/o/r", "https"],
  ["git@github.com:o/r.git", "ssh"],
  ["ext::sh -c touch% x", undefined],
  ["ext::https://x", undefined],
  ["../folder", undefined],
  ["C:\\folder", undefined],
])("the protocol of %s is %s", (place, protocol) => {
  expect(protocolOf(place)).toBe(protocol);
});

test("refuses a helper program in a URL", async () => {
  using data = temporaryFolder();
  await expect(openMirror("fd://17/foo", data.path)).rejects.toMatchObject({ code: "usage" });
});

test("removes the folders of killed processes and keeps those of living ones", () => {
  using data = temporaryFolder();
  mkdirSync(join(data.path, "scratch/999999999-1-abc/deep"), { recursive: true });
  // The number of this process, which another one had before.
  mkdirSync(join(data.path, `scratch/${process.pid}-1-abc`));
  using own = openScratch(data.path);
  expect(sweepScratch(data.path)).toBe(2);
  expect(existsSync(own.path)).toBe(true);
  expect(existsSync(join(data.path, "scratch/999999999-1-abc"))).toBe(false);
});

/** A folder below which nothing is left, and which is there. */
function emptied(folder: string): void {
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
}

describe("a damaged mirror is thrown away and fetched anew:", () => {
  test.each<[string, (folder: string) => void]>([
    ["its objects are gone", (folder) => rmSync(join(folder, "objects"), { recursive: true })],
    ["its objects' folder is empty", (folder) => emptied(join(folder, "objects"))],
    ["its packs are gone", (folder) => emptied(join(folder, "objects/pack"))],
    [
      "a pack is cut",
      (folder) => {
        const packs = join(folder, "objects/pack");
        for (const name of readdirSync(packs).filter((file) => file.endsWith(".pack"))) {
          chmodSync(join(packs, name), 0o600);
          writeFileSync(join(packs, name), readFileSync(join(packs, name)).subarray(0, 40));
        }
      },
    ],
    ["its HEAD is gone", (folder) => rmSync(join(folder, "HEAD"))],
    ["its HEAD is cut", (folder) => writeFileSync(join(folder, "HEAD"), "ref: ref")],
    ["its refs are gone", (folder) => rmSync(join(folder, "refs"), { recursive: true })],
    ["its settings are cut", (folder) => writeFileSync(join(folder, "config"), "[remote")],
    ["everything is gone", emptied],
  ])("%s", async (_, damage) => {
    using origin = gitFolder();
    const commit = origin.commit({ a: "1", "b/c": "2" });
    using data = temporaryFolder();
    const url = `file://${origin.path}`;
    const folder = await openMirror(url, data.path);
    damage(folder);
    expect(await openMirror(url, data.path)).toBe(folder);
    using mirror = await openRepository(folder, { name: url, mirror: true });
    expect(await mirror.resolve("HEAD")).toBe(commit);
    const tree = await mirror.tree(commit);
    const texts: string[] = [];
    for await (const { bytes } of tree.read(tree.entries)) texts.push(Buffer.from(bytes!).toString());
    expect(texts).toEqual(["1", "2"]);
    expect(readdirSync(join(data.path, "scratch"))).toEqual([]);
  });

  test("an origin that is gone too leaves the damaged one as it is", async () => {
    using data = temporaryFolder();
    let url = "";
    let folder = "";
    {
      using origin = gitFolder();
      origin.commit({ a: "1" });
      url = `file://${origin.path}`;
      folder = await openMirror(url, data.path);
    }
    rmSync(join(folder, "HEAD"));
    await expect(openMirror(url, data.path)).rejects.toMatchObject({ code: "repository-unreachable" });
    expect(existsSync(join(folder, "objects"))).toBe(true);
  });
});

test("a mirror that lacks a file says so, where another repository goes without it", async () => {
  using origin = gitFolder();
  const commit = origin.commit({ a: "1", b: "2" });
  using data = temporaryFolder();
  const folder = await openMirror(`file://${origin.path}`, data.path, undefined, { name: "m.git" });
  const blob = origin.git("rev-parse", "HEAD:b");
  const packs = join(folder, "objects/pack");
  const pack = readdirSync(packs).find((name) => name.endsWith(".pack"))!;
  const kept = join(data.path, pack);
  writeFileSync(kept, readFileSync(join(packs, pack)));
  emptied(packs);
  spawnSync("git", ["--git-dir", folder, "unpack-objects", "-q"], { input: readFileSync(kept) });
  rmSync(join(folder, "objects", blob.slice(0, 2), blob.slice(2)), { force: true });
  using mirror = await openRepository(folder, { mirror: true, isWhole: true });
  await expect(mirror.tree(commit)).rejects.toMatchObject({ code: "damaged-mirror" });
  using other = await openRepository(folder);
  expect((await other.tree(commit)).find("b")?.isMissing).toBe(true);
  discardMirror(data.path, "m.git");
  expect(existsSync(folder)).toBe(false);
});

test("locks that a killed git left do not stop a refresh", async () => {
  using origin = gitFolder();
  origin.commit({ a: "1" });
  using data = temporaryFolder();
  const url = `file://${origin.path}`;
  const folder = await openMirror(url, data.path);
  for (const name of ["packed-refs.lock", "shallow.lock", "config.lock", "refs/remotes/origin/main.lock"])
    writeFileSync(join(folder, name), "");
  const second = origin.commit({ a: "2" });
  await openMirror(url, data.path);
  using mirror = await openRepository(folder, { name: url, mirror: true });
  expect(await mirror.resolve("main")).toBe(second);
});

test("a mirror follows the new address of its repository", async () => {
  using origin = gitFolder();
  origin.commit({ a: "1" });
  using data = temporaryFolder();
  const folder = await openMirror(`file://${origin.path}`, data.path, undefined, { name: "m.git" });
  const moved = `file://${origin.path}/.git`;
  expect(await openMirror(moved, data.path, undefined, { name: "m.git" })).toBe(folder);
  expect(origin.git("--git-dir", folder, "config", "remote.origin.url")).toBe(moved);
});

/** A commit as old tools wrote it. */
function oddCommit(origin: GitFolder, author: string): void {
  origin.commit({ a: "1" });
  const tree = origin.git("rev-parse", "HEAD^{tree}");
  const object = join(origin.path, "odd");
  writeFileSync(object, `tree ${tree}\nauthor ${author}\ncommitter A <a@b.c> 1300000000 +0000\n\nOdd\n`);
  const commit = origin.git("hash-object", "-t", "commit", "-w", "--literally", object);
  origin.git("update-ref", "refs/heads/main", commit);
}

test.each([
  ["badTimezone", "A <a@b.c> 1300000000 +051800"],
  ["missingSpaceBeforeDate", "A <a@b.c>1300000000 +0000"],
  ["missingSpaceBeforeEmail", "A<a@b.c> 1300000000 +0000"],
  ["missingEmail", "A 1300000000 +0000"],
  ["zeroPaddedDate", "A <a@b.c> 01300000000 +0000"],
])("takes a commit with %s", async (_, author) => {
  using origin = gitFolder();
  oddCommit(origin, author);
  using data = temporaryFolder();
  using mirror = await openRepository(await openMirror(`file://${origin.path}`, data.path), { mirror: true });
  const [newest] = await mirror.history.commits(await mirror.resolve("main"), 10);
  expect(newest?.subject).toBe("Odd");
});

test("says what it refuses, by git's own name for it", async () => {
  using origin = gitFolder();
  const tree = origin.commit({ a: "1" });
  const blob = origin.git("rev-parse", `${tree}:a`);
  const object = join(origin.path, "odd");
  const entry = Buffer.concat([Buffer.from("100644 .git\0"), Buffer.from(blob, "hex")]);
  writeFileSync(object, entry);
  const bad = origin.git("hash-object", "-t", "tree", "-w", "--literally", object);
  origin.git("update-ref", "refs/heads/main", origin.git("commit-tree", "-m", "x", bad));
  using data = temporaryFolder();
  await expect(openMirror(`file://${origin.path}`, data.path)).rejects.toMatchObject({
    code: "refused-repository",
    message: `Git refuses an object of the repository as malformed: \`hasDotgit\` in ${bad.slice(0, 12)}`,
  });
});

test("a fetch that brings more than it may is refused and leaves nothing", async () => {
  using origin = gitFolder();
  origin.commit({ a: randomBytes(300_000) });
  using data = temporaryFolder();
  const url = `file://${origin.path}`;
  await expect(openMirror(url, data.path, undefined, { maxBytes: 100_000 })).rejects.toMatchObject({
    code: "too-large",
  });
  expect(readdirSync(join(data.path, "mirrors"))).toEqual([]);
  expect(readdirSync(join(data.path, "scratch"))).toEqual([]);
  expect(existsSync(await openMirror(url, data.path, undefined, { maxBytes: 500_000 }))).toBe(true);
});
