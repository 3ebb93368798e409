import { fileURLToPath } from "node:url";
import Tinypool from "tinypool";
import type { BlobToRead, IndexSource } from "../inverted-index/read-inverted-indexes.ts";
import type { IndexTask } from "./index-worker.ts";

/** The size of one task: small enough for a quick stop and little memory, large enough for its overhead. */
const TASK_FILES = 200;
const TASK_BYTES = 2_000_000;
/** Enough to keep a thread busy while results travel and are written. */
const IN_FLIGHT = 2;

/**
 * Reads blobs and makes their inverted indexes in `workers` threads, each with a `git cat-file` of its own: texts never travel
 * between threads, and git unpacks on as many cores. The threads live as long as one list is read.
 */
export function indexThreads(gitDir: string, { workers }: { readonly workers: number }): IndexSource {
  return async function* (blobs, signal) {
    const pool = new Tinypool({
      // Sources run as they are in a clone; a package holds them built.
      filename: fileURLToPath(
        new URL(import.meta.url.endsWith(".ts") ? "./index-worker.ts" : "./index-worker.js", import.meta.url),
      ),
      name: "makeInvertedIndexes",
      runtime: "worker_threads",
      // Flags of the process are about its own entry: a thread refuses --input-type.
      execArgv: [],
      minThreads: 0,
      maxThreads: workers,
      concurrentTasksPerWorker: 1,
    });
    const run = async (task: readonly BlobToRead[]): Promise<readonly (readonly [string, Uint8Array])[]> => {
      let made: readonly (Uint8Array | undefined)[] = [];
      try {
        const wanted: IndexTask = { gitDir, blobs: task.map(({ oid, ending }) => ({ oid, ending })) };
        made = (await pool.run(wanted, signal === undefined ? {} : { signal })) as typeof made;
      } catch {
        // A thread that failed leaves its files out; the main thread reads them and can report the failure.
        signal?.throwIfAborted();
      }
      return task.flatMap(({ key }, i) => (made[i] === undefined ? [] : [[key, made[i]] as const]));
    };
    const running: ReturnType<typeof run>[] = [];
    try {
      for (const task of tasksOf(blobs)) {
        const result = run(task);
        // When the reading ends early nobody waits for it any more, and its failure must not end the process.
        result.catch(() => undefined);
        running.push(result);
        if (running.length >= workers * IN_FLIGHT) yield await running.shift()!;
      }
      for (const result of running) yield await result;
    } finally {
      await pool.destroy();
    }
  };
}

function* tasksOf(blobs: readonly BlobToRead[]): Iterable<readonly BlobToRead[]> {
  let task: BlobToRead[] = [];
  let bytes = 0;
  for (const blob of blobs) {
    task.push(blob);
    bytes += blob.size;
    if (task.length < TASK_FILES && bytes < TASK_BYTES) continue;
    yield task;
    [task, bytes] = [[], 0];
  }
  if (task.length > 0) yield task;
}
