import { yielder } from "../../process/clock.ts";
import type { BlobCache } from "../codebase.ts";
import { RunFailure } from "../../failure.ts";
import { isReadable, MAX_BLOB_BYTES, type SourceTree, type TreeEntry } from "../source-tree.ts";
import { decodeText } from "../source-text.ts";
import {
  decodeInvertedIndex,
  encodeInvertedIndex,
  INDEX_KIND,
  type InvertedIndex,
  indexMaker,
} from "./inverted-index.ts";

/**
 * Makes inverted indexes of blobs elsewhere, in threads: encoded, in any order; without any bytes for what is no text. What it
 * leaves out is read here instead, so that a thread that breaks costs time and nothing else.
 */
export type IndexSource = (
  blobs: readonly BlobToRead[],
  signal?: AbortSignal,
) => AsyncIterable<readonly (readonly [key: string, invertedIndex: Uint8Array])[]>;

export interface BlobToRead {
  /** Under which its inverted index is kept. */
  readonly key: string;
  readonly oid: string;
  readonly ending: string;
  readonly size: number;
}

export interface ReadIndexesOptions {
  readonly cache: BlobCache;
  /** Undefined: all are made in this thread. */
  readonly threads?: IndexSource | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Different contents read so far and in all; called after every batch. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Files between two looks at the signal, two reports and two writes to the cache: a kill loses the work on so many. */
const BATCH = 400;
/**
 * Bytes to read from which threads pay: some 17 MB are read a second, and to start two threads costs 0.2 s. With 3 MB
 * here, repositories of 1,000 files (4 to 8 MB) took 0.15 s longer.
 */
const BYTES_FOR_THREADS = 20_000_000;

export interface ReadIndexes {
  /** Path of each text file to its inverted index. */
  readonly invertedIndexes: ReadonlyMap<string, InvertedIndex>;
  /** Paths of files whose content the repository lists but does not hold, in the order of the tree. */
  readonly unreadable: readonly string[];
}

/** Endings of files that are no text, whatever they hold: nobody asks for their words. */
const NO_TEXT = new Set(
  `png jpg jpeg gif webp ico bmp tif tiff psd mp3 mp4 m4a ogg oga ogv wav flac mov avi webm mkv woff woff2 ttf otf eot zip gz
   tgz bz2 xz zst 7z rar jar war class exe dll so dylib a o obj pyc pdf`.split(/\s+/),
);

/**
 * The inverted index of every text file of the tree; only blobs that the cache does not have are read. Throws what the tree
 * throws, `incomplete-repository` when no file at all can be read, and the signal's reason at most a batch after it was given.
 */
export async function readInvertedIndexes(
  tree: SourceTree,
  { cache, threads, signal, onProgress }: ReadIndexesOptions,
): Promise<ReadIndexes> {
  const yieldNow = yielder(signal);
  const entries = tree.entries.filter(
    ({ path, kind }) => (kind === "file" || kind === "executable") && !NO_TEXT.has(endingOf(path)),
  );
  const keys = entries.map(keyOf);
  const wanted = new Map(entries.map((entry, i) => [keys[i]!, entry]));
  const byKey = new Map<string, InvertedIndex | undefined>();
  const missing = new Map<string, TreeEntry>();
  // Undefined means "read, and no text", which is kept as no bytes at all.
  const take = (key: string, bytes: Uint8Array): boolean => {
    const invertedIndex = bytes.byteLength === 0 ? undefined : decodeInvertedIndex(bytes);
    if (invertedIndex === undefined && bytes.byteLength > 0) return false;
    byKey.set(key, invertedIndex);
    return true;
  };
  for (const batch of batches([...wanted.keys()])) {
    await yieldNow();
    const cached = cache.getMany(INDEX_KIND, batch);
    for (const key of batch) {
      const bytes = cached.get(key);
      if (bytes === undefined || !take(key, bytes)) missing.set(key, wanted.get(key)!);
    }
    onProgress?.(byKey.size, wanted.size);
  }

  if (threads !== undefined && sizeOf(missing.values()) >= BYTES_FOR_THREADS) {
    for await (const made of threads([...missing].flatMap(toRead), signal)) {
      cache.putMany(INDEX_KIND, made);
      for (const [key, bytes] of made) if (take(key, bytes)) missing.delete(key);
      onProgress?.(byKey.size, wanted.size);
    }
  }
  const make = indexMaker();
  const lacking = new Set<string>();
  for (const batch of batches([...missing.values()])) {
    const fresh: [string, Uint8Array][] = [];
    for await (const { entry, bytes } of tree.read(batch, signal)) {
      await yieldNow();
      // It is not kept: a later fetch may bring it.
      if (bytes === undefined && isReadable(entry)) {
        lacking.add(keyOf(entry));
        continue;
      }
      const text = bytes === undefined ? undefined : decodeText(bytes);
      const invertedIndex = text === undefined ? undefined : make(text, endingOf(entry.path));
      byKey.set(keyOf(entry), invertedIndex);
      fresh.push([
        keyOf(entry),
        invertedIndex === undefined ? new Uint8Array() : encodeInvertedIndex(invertedIndex),
      ]);
    }
    cache.putMany(INDEX_KIND, fresh);
    onProgress?.(byKey.size, wanted.size);
  }

  const invertedIndexes = new Map<string, InvertedIndex>();
  const unreadable: string[] = [];
  for (const [i, { path }] of entries.entries()) {
    const invertedIndex = byKey.get(keys[i]!);
    if (invertedIndex !== undefined) invertedIndexes.set(path, invertedIndex);
    else if (lacking.has(keys[i]!)) unreadable.push(path);
  }
  if (unreadable.length > 0 && invertedIndexes.size === 0)
    throw new RunFailure(
      "incomplete-repository",
      `The repository does not have the content of ${unreadable[0]} and the other files at ${tree.commit.slice(0, 12)}`,
    );
  return { invertedIndexes, unreadable };
}

/** A file's ending tells how its comments and strings are written, so it is part of the key. */
function keyOf({ oid, path }: TreeEntry): string {
  return `${oid}:${endingOf(path)}`;
}

function toRead([key, entry]: readonly [string, TreeEntry]): readonly BlobToRead[] {
  const { oid, path, size, isMissing } = entry;
  return isMissing === true || !isReadable(entry) ? [] : [{ key, oid, ending: endingOf(path), size }];
}

function sizeOf(entries: Iterable<TreeEntry>): number {
  let bytes = 0;
  for (const { size } of entries) bytes += size > MAX_BLOB_BYTES ? 0 : size;
  return bytes;
}

function endingOf(path: string): string {
  const dot = path.lastIndexOf(".");
  return dot > path.lastIndexOf("/") ? path.slice(dot + 1).toLowerCase() : "";
}

/** Pieces of as many items as are looked up and written at once. */
export function* batches<T>(items: readonly T[]): Iterable<readonly T[]> {
  for (let at = 0; at < items.length; at += BATCH) yield items.slice(at, at + BATCH);
}
