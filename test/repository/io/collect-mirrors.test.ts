import { existsSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { takeLock } from "../../../src/process/take-lock.ts";
import { collectMirrors } from "../../../src/repository/io/collect-mirrors.ts";
import { openMirror } from "../../../src/repository/io/mirror.ts";
import { openRepository } from "../../../src/repository/io/open-repository.ts";
import { type GitFolder, gitFolder, temporaryFolder } from "../../fakes/git-folder.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const now = Date.now();

/** A mirror that was last opened so long ago. */
async function mirrorOf(origin: GitFolder, data: string, name: string, age: number): Promise<string> {
  const folder = await openMirror(`file://${origin.path}`, data, undefined, { name });
  const at = new Date(now - age);
  utimesSync(folder, at, at);
  return folder;
}

describe("the collection of mirrors", () => {
  test("removes what nobody opened for longer than allowed", async () => {
    using origin = gitFolder();
    origin.commit({ a: "1" });
    using data = temporaryFolder();
    await mirrorOf(origin, data.path, "old.git", 31 * DAY);
    await mirrorOf(origin, data.path, "new.git", 29 * DAY);
    const { removed } = await collectMirrors(data.path, { bytes: 1e9, days: 30 }, now);
    expect(removed).toEqual(["old.git"]);
    expect(readdirSync(join(data.path, "mirrors"))).toEqual(["new.git"]);
  });

  test("removes what was not opened for longest when all of them are too large, and nothing that may be in use", async () => {
    using origin = gitFolder();
    origin.commit({ a: "1" });
    using data = temporaryFolder();
    for (const [name, age] of [
      ["a.git", DAY],
      ["b.git", 3 * DAY],
      ["c.git", 2 * DAY],
      ["d.git", HOUR],
    ] as const)
      await mirrorOf(origin, data.path, name, age);
    const one = await collectMirrors(data.path, { bytes: 1e9, days: 30 }, now);
    expect(one.removed).toEqual([]);
    expect((await collectMirrors(data.path, { bytes: 1, days: 30 }, now)).removed).toEqual([
      "b.git",
      "c.git",
      "a.git",
    ]);
    expect(readdirSync(join(data.path, "mirrors"))).toEqual(["d.git"]);
  });

  test("leaves a mirror that another process holds", async () => {
    using origin = gitFolder();
    origin.commit({ a: "1" });
    using data = temporaryFolder();
    const folder = await mirrorOf(origin, data.path, "a.git", DAY);
    using _lock = takeLock(`${folder}.lock`, "the mirror");
    expect((await collectMirrors(data.path, { bytes: 1, days: 30 }, now)).removed).toEqual([]);
    expect(existsSync(folder)).toBe(true);
  });

  test("packs together what many fetches left, and nothing is lost by that", async () => {
    using origin = gitFolder();
    using data = temporaryFolder();
    let folder = "";
    let newest = "";
    for (let i = 0; i < 22; i++) {
      newest = origin.commit({ a: String(i) });
      folder = await mirrorOf(origin, data.path, "a.git", DAY);
    }
    const packs = (): number =>
      readdirSync(join(folder, "objects/pack")).filter((name) => name.endsWith(".pack")).length;
    expect(packs()).toBeGreaterThan(20);
    expect((await collectMirrors(data.path, { bytes: 1e9, days: 30 }, now)).packed).toEqual(["a.git"]);
    expect(packs()).toBe(1);
    using mirror = await openRepository(folder, { mirror: true, isWhole: true });
    expect((await mirror.history.commits(newest, 100)).length).toBe(22);
  });

  test("goes on after a damaged mirror", async () => {
    using origin = gitFolder();
    origin.commit({ a: "1" });
    using data = temporaryFolder();
    const folder = await mirrorOf(origin, data.path, "a.git", 2 * DAY);
    writeFileSync(join(folder, "HEAD"), "");
    for (let i = 0; i < 21; i++) writeFileSync(join(folder, `objects/pack/pack-${i}.pack`), "");
    await mirrorOf(origin, data.path, "b.git", 40 * DAY);
    utimesSync(folder, new Date(now - DAY), new Date(now - DAY));
    expect((await collectMirrors(data.path, { bytes: 1e9, days: 30 }, now)).removed).toEqual(["b.git"]);
  });
});
