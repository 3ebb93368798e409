import { baseOf } from "./read-result.ts";
import { documentFileOf } from "./names.ts";

/** Parts of a path of a test that is published beside the document of a reproduction. */
const TEST = /^\.chant\/research\/issue-([a-z0-9-]{1,60})-reproduction-test\.[A-Za-z0-9]{1,10}$/;

/**
 * Whether a file that lies at a path of an investigation's documents was written by somebody else: every document of ours names its base
 * commit, and the test of a reproduction lies beside such a document. A spec may be a person's: it is edited and not replaced.
 * `files`: all files of the investigation, by path.
 */
export function isForeign(path: string, files: ReadonlyMap<string, string>): boolean {
  const text = files.get(path);
  if (text === undefined || !path.startsWith(".chant/research/")) return false;
  const key = TEST.exec(path)?.[1];
  const document = key === undefined ? text : files.get(documentFileOf(key, { type: "reproduction" }));
  return document === undefined || baseOf(document) === undefined;
}
