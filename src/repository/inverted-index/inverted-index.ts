import { scanFields } from "./scan-fields.ts";
import { deriveTerms } from "./words.ts";
import { hash32 } from "../../text/hash.ts";

/** The version is part of the cache key: raise it when scanning or the layout changes. */
export const INDEX_KIND = "inverted-index-1";

/**
 * The words of one file: each term's 32-bit hash, ascending, with its count in each field (at most 255).
 * A view on bytes, so that thousands of them cost what they weigh on disk.
 */
export interface InvertedIndex {
  readonly hashes: Uint32Array;
  /** Four counts a term, code, comment, string, definition. */
  readonly counts: Uint8Array;
  /** Words in each field, in the same order. */
  readonly lengths: Uint32Array;
  readonly lines: number;
}

const VOCABULARY_LIMIT = 200_000;
/** A file with more distinct terms is data; the rest of them is left out, which `isFull` reports. */
const MAX_TERMS = 20_000;

/** Makes inverted indexes; keeps the terms of words it has seen, so one instance should serve many files. */
export function indexMaker(): (text: string, ending: string) => InvertedIndex {
  const vocabulary = new Map<string, Uint32Array>();
  return (text, ending) => {
    if (vocabulary.size > VOCABULARY_LIMIT) vocabulary.clear();
    const slots = new Map<number, number>();
    let hashes = new Uint32Array(512);
    let counts = new Uint8Array(2048);
    let used = 0;
    const lengths = new Uint32Array(4);
    scanFields(text, ending, (word, field) => {
      lengths[field]!++;
      let terms = vocabulary.get(word);
      // A word cut from a text keeps the whole text alive; the copy that a sum makes does not.
      if (terms === undefined)
        vocabulary.set(` ${word}`.slice(1), (terms = Uint32Array.from(deriveTerms(word), hash32)));
      for (const hash of terms) {
        let slot = slots.get(hash);
        if (slot === undefined) {
          if (used >= MAX_TERMS) continue;
          if (used === hashes.length) {
            hashes = grow(hashes, new Uint32Array(used * 2));
            counts = grow(counts, new Uint8Array(used * 8));
          }
          slot = used++;
          slots.set(hash, slot);
          hashes[slot] = hash;
        }
        const at = slot * 4 + field;
        if (counts[at]! < 255) counts[at]!++;
      }
    });
    return sorted(hashes, counts, used, lengths, countLines(text));
  };
}

function grow<T extends Uint8Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

function countLines(text: string): number {
  let lines = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < text.length - 1; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}

function sorted(
  hashes: Uint32Array,
  counts: Uint8Array,
  used: number,
  lengths: Uint32Array,
  lines: number,
): InvertedIndex {
  const order = new Float64Array(used);
  // Hash and slot in one double: sorts without a comparison function.
  for (let i = 0; i < used; i++) order[i] = hashes[i]! * 32_768 + i;
  order.sort();
  const outHashes = new Uint32Array(used);
  const outCounts = new Uint8Array(used * 4);
  for (let i = 0; i < used; i++) {
    const hash = Math.floor(order[i]! / 32_768);
    const slot = order[i]! - hash * 32_768;
    outHashes[i] = hash;
    for (let f = 0; f < 4; f++) outCounts[i * 4 + f] = counts[slot * 4 + f]!;
  }
  return { hashes: outHashes, counts: outCounts, lengths, lines };
}

/** True when terms may have been left out, so that a missing one proves nothing. */
export function isFull(invertedIndex: InvertedIndex): boolean {
  return invertedIndex.hashes.length >= MAX_TERMS;
}

/** The place of a term in `hashes`, or -1. */
export function findTerm({ hashes }: InvertedIndex, hash: number): number {
  let low = 0;
  let high = hashes.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const value = hashes[middle]!;
    if (value === hash) return middle;
    if (value < hash) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

const HEAD = 6 * 4;

/** Head (term count, four lengths, lines), hashes, counts; little-endian as the machines we run on are. */
export function encodeInvertedIndex(invertedIndex: InvertedIndex): Uint8Array {
  const n = invertedIndex.hashes.length;
  const out = new Uint8Array(HEAD + n * 8);
  const head = new Uint32Array(out.buffer, 0, 6);
  head[0] = n;
  head.set(invertedIndex.lengths, 1);
  head[5] = invertedIndex.lines;
  new Uint32Array(out.buffer, HEAD, n).set(invertedIndex.hashes);
  out.set(invertedIndex.counts, HEAD + n * 4);
  return out;
}

/** Undefined when the bytes are damaged. */
export function decodeInvertedIndex(bytes: Uint8Array): InvertedIndex | undefined {
  if (bytes.byteLength < HEAD) return undefined;
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const head = new Uint32Array(aligned.buffer, aligned.byteOffset, 6);
  const n = head[0]!;
  if (aligned.byteLength !== HEAD + n * 8) return undefined;
  return {
    hashes: new Uint32Array(aligned.buffer, aligned.byteOffset + HEAD, n),
    counts: new Uint8Array(aligned.buffer, aligned.byteOffset + HEAD + n * 4, n * 4),
    lengths: head.slice(1, 5),
    lines: head[5]!,
  };
}
