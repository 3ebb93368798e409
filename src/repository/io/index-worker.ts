import { decodeText } from "../source-text.ts";
import { encodeInvertedIndex, indexMaker } from "../inverted-index/inverted-index.ts";
import { type ObjectReader, objectReader } from "./object-reader.ts";

const make = indexMaker();
let reader: { readonly gitDir: string; readonly objects: ObjectReader } | undefined;

export interface IndexTask {
  readonly gitDir: string;
  readonly blobs: readonly { readonly oid: string; readonly ending: string }[];
}

/**
 * One task of a thread: the encoded inverted index of each blob, empty for a binary file, undefined for a blob that the
 * repository does not have. The thread keeps its git process for the tasks to come; it ends with the thread.
 */
export async function makeInvertedIndexes({
  gitDir,
  blobs,
}: IndexTask): Promise<readonly (Uint8Array | undefined)[]> {
  if (reader?.gitDir !== gitDir) {
    reader?.objects.close();
    reader = { gitDir, objects: objectReader(gitDir) };
  }
  const { objects } = reader;
  // All are asked for before the first is read, so that git works ahead.
  const answers = blobs.map(({ oid }) => objects.read(oid));
  const invertedIndexes: (Uint8Array | undefined)[] = [];
  for (const [i, bytes] of (await Promise.all(answers)).entries()) {
    const text = bytes === undefined ? undefined : decodeText(bytes);
    invertedIndexes.push(
      text === undefined ? bytes && new Uint8Array() : encodeInvertedIndex(make(text, blobs[i]!.ending)),
    );
  }
  return invertedIndexes;
}
