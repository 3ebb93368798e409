import { expect, test } from "@jest/globals";
import { encodeInvertedIndex, indexMaker } from "../../../src/repository/inverted-index/inverted-index.ts";
import {
  type IndexSource,
  readInvertedIndexes,
} from "../../../src/repository/inverted-index/read-inverted-indexes.ts";
import type { SourceTree, TreeEntry } from "../../../src/repository/source-tree.ts";
import { memoryCache } from "../../fakes/memory-cache.ts";

/** A tree of small files; a file's hash is its text. `readPaths` grows with each file that is read. */
function treeOf(texts: Readonly<Record<string, string>>, readPaths: string[] = []): SourceTree {
  const entries = Object.entries(texts).map(([path, text]): TreeEntry => ({
    path,
    nameIsText: true,
    oid: text,
    size: text.length,
    kind: "file",
  }));
  return {
    commit: "c",
    entries,
    find: (path) => entries.find((entry) => entry.path === path),
    linkTarget: async () => undefined,
    async *read(wanted) {
      for (const entry of wanted) {
        readPaths.push(entry.path);
        yield { entry, bytes: new TextEncoder().encode(entry.oid) };
      }
    },
  };
}

test("reads a file once for all commits and paths", async () => {
  const cache = memoryCache();
  const readPaths: string[] = [];
  await readInvertedIndexes(treeOf({ "a.ts": "const one = 1", "copy.ts": "const one = 1" }, readPaths), {
    cache,
  });
  const next = treeOf({ "a.ts": "const one = 1", "b.ts": "const two = 2" }, readPaths);
  const { invertedIndexes } = await readInvertedIndexes(next, { cache });
  expect(readPaths).toEqual(["copy.ts", "b.ts"]);
  expect([...invertedIndexes.keys()]).toEqual(["a.ts", "b.ts"]);
});

test("remembers that a binary file has no inverted index", async () => {
  const cache = memoryCache();
  const readPaths: string[] = [];
  const tree = treeOf({ "data.bin": "\0\0\0" }, readPaths);
  expect((await readInvertedIndexes(tree, { cache })).invertedIndexes.size).toBe(0);
  expect((await readInvertedIndexes(tree, { cache })).invertedIndexes.size).toBe(0);
  expect(readPaths).toEqual(["data.bin"]);
});

test("rebuilds a damaged inverted index", async () => {
  const cache = memoryCache();
  const tree = treeOf({ "a.ts": "const one = 1" });
  const whole = await readInvertedIndexes(tree, { cache });
  for (const [key, bytes] of cache.kept) cache.kept.set(key, bytes.subarray(0, 30));
  expect(await readInvertedIndexes(tree, { cache })).toEqual(whole);
});

test("stops while files are read, and keeps what was read", async () => {
  const cache = memoryCache();
  const texts = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`f${i}.ts`, `const v${i} = 1`]));
  const stop = new AbortController();
  const told: string[] = [];
  const stopped = readInvertedIndexes(treeOf(texts), {
    cache,
    signal: stop.signal,
    onProgress(done, total) {
      told.push(`${done} of ${total}`);
      if (done >= 400) stop.abort(new Error("stopped by the user"));
    },
  });
  await expect(stopped).rejects.toThrow("stopped by the user");
  expect(told.at(-1)).toBe("400 of 1000");

  const readPaths: string[] = [];
  await readInvertedIndexes(treeOf(texts, readPaths), { cache });
  expect(readPaths).toHaveLength(600);
});

test("threads read large amounts; the main thread reads what they leave out", async () => {
  // Threads that give the first file and then break.
  const broken: IndexSource = async function* (blobs) {
    const [{ key, oid, ending }] = blobs as [(typeof blobs)[number]];
    yield [[key, encodeInvertedIndex(indexMaker()(oid, ending))]];
  };
  const texts = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`f${i}.ts`, `const v${i} = 1`]));
  const readPaths: string[] = [];
  const small = treeOf(texts, readPaths);
  const large = { ...small, entries: small.entries.map((entry) => ({ ...entry, size: 1_000_000 })) };

  const cache = memoryCache();
  const invertedIndexes = await readInvertedIndexes(large, { cache, threads: broken });
  expect(readPaths).toEqual(Object.keys(texts).slice(1));
  expect(invertedIndexes).toEqual(await readInvertedIndexes(treeOf(texts), { cache: memoryCache() }));
  // All of them were kept: nothing is left for a second run.
  await readInvertedIndexes(large, { cache });
  expect(readPaths).toHaveLength(29);
});

test("reads a few files without threads", async () => {
  const unwanted: IndexSource = () => {
    throw new Error("threads were started");
  };
  const tree = treeOf({ "a.ts": "const one = 1" });
  const { invertedIndexes } = await readInvertedIndexes(tree, { cache: memoryCache(), threads: unwanted });
  expect(invertedIndexes.size).toBe(1);
});

test("never reads what its name says is a picture, sound or archive", async () => {
  const readPaths: string[] = [];
  await readInvertedIndexes(treeOf({ "a.png": "x", "b.MP3": "y", "c.csv": "z" }, readPaths), {
    cache: memoryCache(),
  });
  expect(readPaths).toEqual(["c.csv"]);
});
