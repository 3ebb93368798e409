import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { takeLock } from "../../src/process/take-lock.ts";
import { temporaryFolder } from "../fakes/git-folder.ts";

describe("a lock", () => {
  test("has one holder, and is free after its release", () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "lock");
    {
      using _lock = takeLock(file, "the store");
      expect(() => takeLock(file, "the store")).toThrow(
        expect.objectContaining({ code: "busy", message: `the store is used by the process ${process.pid}` }),
      );
    }
    expect(readdirSync(folder.path)).toEqual([]);
    takeLock(file, "the store")[Symbol.dispose]();
  });

  test.each([
    ["a process that ended", () => `${spawnSync("true").pid} 1\n`],
    ["a process whose number another one has now", () => `${process.pid} 1\n`],
    ["nobody, since it is cut short", () => ""],
    ["nobody, since it is no lock", () => "-1 x\n"],
  ])("of %s is taken over", (_, content) => {
    using folder = temporaryFolder();
    const file = join(folder.path, "lock");
    writeFileSync(file, content());
    using _lock = takeLock(file, "the store");
    expect(readFileSync(file, "utf8")).toMatch(new RegExp(`^${process.pid} \\d+\n$`));
    expect(readdirSync(folder.path)).toEqual(["lock"]);
  });

  test("stays with a process that took it over meanwhile", () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "lock");
    const lock = takeLock(file, "the store");
    writeFileSync(file, "1 1\n");
    lock[Symbol.dispose]();
    expect(existsSync(file)).toBe(true);
  });
});
