import { decodeText } from "../../engine/evidence/decode-text.ts";
import { encodeLexicon, lexiconMaker } from "../../engine/evidence/lexicon/lexicon.ts";
import { type ObjectReader, objectReader } from "./object-reader.ts";

const make = lexiconMaker();
let reader: { readonly gitDir: string; readonly objects: ObjectReader } | undefined;

export interface LexiconTask {
  readonly gitDir: string;
  readonly blobs: readonly { readonly oid: string; readonly ending: string }[];
}

/**
 * One task of a thread: the encoded lexicon of each blob, without any bytes for what is no text, undefined for what the
 * repository does not have. The thread keeps its git process for the tasks to come; it ends with the thread.
 */
export async function makeLexicons({
  gitDir,
  blobs,
}: LexiconTask): Promise<readonly (Uint8Array | undefined)[]> {
  if (reader?.gitDir !== gitDir) {
    reader?.objects.close();
    reader = { gitDir, objects: objectReader(gitDir) };
  }
  const { objects } = reader;
  // All are asked for before the first is read, so that git works ahead.
  const answers = blobs.map(({ oid }) => objects.read(oid));
  const lexicons: (Uint8Array | undefined)[] = [];
  for (const [i, bytes] of (await Promise.all(answers)).entries()) {
    const text = bytes === undefined ? undefined : decodeText(bytes);
    lexicons.push(
      text === undefined ? bytes && new Uint8Array() : encodeLexicon(make(text, blobs[i]!.ending)),
    );
  }
  return lexicons;
}
