import { git } from "./git.ts";

/** Names of the branches that begin so, without `refs/heads/`, in order. */
export async function branchesBelow(gitDir: string, prefix: string): Promise<readonly string[]> {
  const listed = await git(["for-each-ref", "--format=%(refname)", `refs/heads/${prefix}`], { gitDir });
  return listed
    .toString()
    .split("\n")
    .filter(Boolean)
    .map((ref) => ref.slice("refs/heads/".length));
}
