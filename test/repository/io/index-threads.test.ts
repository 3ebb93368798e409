import { expect, test } from "@jest/globals";
import { indexThreads } from "../../../src/repository/io/index-threads.ts";
import { openRepository } from "../../../src/repository/io/open-repository.ts";
import { encodeInvertedIndex, indexMaker } from "../../../src/repository/inverted-index/inverted-index.ts";
import type { BlobToRead } from "../../../src/repository/inverted-index/read-inverted-indexes.ts";
import { gitFolder } from "../../fakes/git-folder.ts";

const textOf = (i: number): string => `export function read${i}(queue: string) { return queue; }\n`;

/** A repository of 500 files, so more than one task, and what threads are asked for. */
async function manyFiles() {
  const folder = gitFolder();
  const head = folder.commit({
    ...Object.fromEntries(Array.from({ length: 499 }, (_, i) => [`f${i}.ts`, textOf(i)])),
    "picture.png": new Uint8Array([0, 1, 2, 0]),
  });
  using repository = await openRepository(folder.path);
  const { entries } = await repository.tree(head);
  const blobs: readonly BlobToRead[] = entries.map(({ path, oid, size }) => ({
    key: path,
    oid,
    ending: path.slice(path.indexOf(".") + 1),
    size,
  }));
  return { folder, blobs, threads: indexThreads(repository.gitDir, { workers: 2 }) };
}

test("threads make the same inverted indexes, and none for binary files", async () => {
  const { folder, blobs, threads } = await manyFiles();
  using _ = folder;
  const found = new Map<string, Uint8Array>();
  for await (const made of threads(blobs)) for (const [key, bytes] of made) found.set(key, bytes);
  expect(found.size).toBe(500);
  expect(found.get("picture.png")).toHaveLength(0);
  const make = indexMaker();
  for (const i of [0, 250, 498])
    expect(Buffer.from(found.get(`f${i}.ts`)!)).toEqual(
      Buffer.from(encodeInvertedIndex(make(textOf(i), "ts"))),
    );
});

test("leaves out a blob that the repository does not have", async () => {
  const { folder, blobs, threads } = await manyFiles();
  using _ = folder;
  const missing = { ...blobs[0]!, key: "missing", oid: "0".repeat(40) };
  const found: string[] = [];
  for await (const made of threads([missing, blobs[1]!])) found.push(...made.map(([key]) => key));
  expect(found).toEqual([blobs[1]!.key]);
});

test("stops the threads before they read everything", async () => {
  const { folder, blobs, threads } = await manyFiles();
  using _ = folder;
  const stop = new AbortController();
  const many = Array.from({ length: 200 }, () => blobs).flat();
  let read = 0;
  const reading = (async () => {
    for await (const made of threads(many, stop.signal)) {
      read += made.length;
      if (made.length > 0) stop.abort(new Error("stopped"));
    }
  })();
  await expect(reading).rejects.toThrow("stopped");
  expect(read).toBeLessThan(many.length);
});
