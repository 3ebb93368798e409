import { git } from "./git.ts";

/** Files below `.chant` of a commit that are `ours`, as text by path. */
export async function readChantFiles(
  gitDir: string,
  commit: string,
  isOurs: (path: string) => boolean,
): Promise<ReadonlyMap<string, string>> {
  const listed = await git(["ls-tree", "-r", "-z", "--full-tree", commit, "--", ".chant"], { gitDir });
  const files = new Map<string, string>();
  for (const entry of listed.toString().split("\0")) {
    const [head, path] = [entry.slice(0, entry.indexOf("\t")), entry.slice(entry.indexOf("\t") + 1)];
    const [mode, , oid] = head.split(" ");
    if (mode?.startsWith("100") === true && oid !== undefined && isOurs(path))
      files.set(path, (await git(["cat-file", "blob", oid], { gitDir })).toString());
  }
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
