import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { openMirror, protocolOf } from "../../../src/repository/io/mirror.ts";
import { openRepository } from "../../../src/repository/io/open-repository.ts";
import { takeLock } from "../../../src/process/take-lock.ts";
import { openScratch, sweepScratch } from "../../../src/repository/io/scratch-folder.ts";
import { gitFolder, temporaryFolder } from "../../fakes/git-folder.ts";

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
