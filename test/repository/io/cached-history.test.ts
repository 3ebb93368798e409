import { expect, test } from "@jest/globals";
import { cachedHistory, HISTORY_KIND } from "../../../src/repository/io/cached-history.ts";
import type { CommitRecord, History } from "../../../src/repository/history.ts";
import { memoryCache } from "../../fakes/memory-cache.ts";

const commit: CommitRecord = {
  oid: "a".repeat(40),
  time: 1,
  author: "Ada",
  subject: "Mend \u{1f527}",
  body: "",
  files: ["src/a.ts"],
};

/** A history of one commit that counts how often git was asked. */
function historyOf(shallow = false): Pick<History, "commits" | "shallow"> & { asked: number } {
  return {
    asked: 0,
    shallow,
    async commits() {
      this.asked++;
      return [commit];
    },
  };
}

test("asks git once for the same commits and the same limit", async () => {
  const [git, cache] = [historyOf(), memoryCache()];
  const ask = async (limit: number): Promise<readonly CommitRecord[]> =>
    // A new one each time, as in a new process.
    cachedHistory(git, cache).commits("base", limit);
  expect(await ask(10)).toEqual([commit]);
  expect(await ask(10)).toEqual([commit]);
  expect(git.asked).toBe(1);
  await ask(20);
  expect(git.asked).toBe(2);
  expect(HISTORY_KIND).toMatch(/-\d+$/);
});

test("asks git again when the cached list is damaged", async () => {
  const [git, cache] = [historyOf(), memoryCache()];
  await cachedHistory(git, cache).commits("base", 10);
  for (const key of cache.kept.keys()) cache.kept.set(key, new Uint8Array([1, 2, 3]));
  expect(await cachedHistory(git, cache).commits("base", 10)).toEqual([commit]);
  expect(git.asked).toBe(2);
});

test("does not cache the history of a shallow clone", async () => {
  const [git, cache] = [historyOf(true), memoryCache()];
  await cachedHistory(git, cache).commits("base", 10);
  expect(cache.kept.size).toBe(0);
});
