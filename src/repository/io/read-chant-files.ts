import { RunFailure } from "../../failure.ts";
import { git } from "./git.ts";

/** Bytes of one file of an investigation, and of all of them; the largest seen has 0.1 MB. */
export const MAX_FILE_BYTES = 1_000_000;
const MAX_BYTES = 10_000_000;
const MAX_FILES = 200;
/** Bytes of the list of the two folders: about 50,000 files. */
const MAX_LIST_BYTES = 5_000_000;

/**
 * Specs and documents of a commit that are `ours`, as text by path. The process that reads them may hold keys, so their sizes are
 * looked at before their content. Throws RunFailure `too-large`, and `branch-changed` for a link at such a place.
 */
export async function readChantFiles(
  gitDir: string,
  commit: string,
  isOurs: (path: string) => boolean,
): Promise<ReadonlyMap<string, string>> {
  const folders = [".chant/specs/", ".chant/research/"];
  const listed = await git(["ls-tree", "-l", "-z", "--full-tree", commit, "--", ...folders], {
    gitDir,
    maxOutput: MAX_LIST_BYTES,
  });
  const found = listed
    .toString()
    .split("\0")
    .flatMap((entry) => {
      const [head, path] = [entry.slice(0, entry.indexOf("\t")), entry.slice(entry.indexOf("\t") + 1)];
      const [mode, , oid, size] = head.split(/ +/);
      // Writing over a link or a submodule would be writing over somebody's.
      if ((mode === "120000" || mode === "160000") && isOurs(path))
        throw new RunFailure("branch-changed", `${path} is a link, and Casebook did not make it`);
      return mode?.startsWith("100") === true && oid !== undefined && isOurs(path)
        ? [{ path, oid, bytes: Number(size) }]
        : [];
    });
  const large = found.find(({ bytes }) => !(bytes <= MAX_FILE_BYTES));
  if (large !== undefined)
    throw new RunFailure("too-large", `${large.path} has more than ${MAX_FILE_BYTES / 1_000_000} MB`);
  if (found.length > MAX_FILES || found.reduce((sum, { bytes }) => sum + bytes, 0) > MAX_BYTES)
    throw new RunFailure(
      "too-large",
      `The investigation has more than ${MAX_FILES} files or ${MAX_BYTES / 1_000_000} MB in .chant`,
    );
  const files = new Map<string, string>();
  for (const { path, oid } of found)
    files.set(path, (await git(["cat-file", "blob", oid], { gitDir, maxOutput: MAX_FILE_BYTES })).toString());
  return files;
}

/** Names of the branches with this prefix, without `refs/heads/`, in order. */
export async function branchesBelow(gitDir: string, prefix: string): Promise<readonly string[]> {
  const listed = await git(["for-each-ref", "--format=%(refname)", `refs/heads/${prefix}`], { gitDir });
  return listed
    .toString()
    .split("\n")
    .filter(Boolean)
    .map((ref) => ref.slice("refs/heads/".length));
}
