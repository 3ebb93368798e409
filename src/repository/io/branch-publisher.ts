import { RunFailure } from "../../failure.ts";
import type { Published, Publisher } from "../repository.ts";
import { git, tryGit } from "./git.ts";
import { readChantFiles } from "./read-chant-files.ts";
import { openScratch } from "./scratch-folder.ts";

const NAME = "Casebook";
const EMAIL = "casebook@users.noreply.github.com";

export interface BranchOptions {
  readonly gitDir: string;
  /** Without `refs/heads/`. */
  readonly branch: string;
  /** The first parent of a branch that does not exist yet. */
  readonly base: string;
  /** Which files belong to the investigation. */
  readonly isOurs: (path: string) => boolean;
  /** The folder for a private index. */
  readonly data: string;
  readonly now: () => Date;
}

/**
 * Commits on a branch, made with plumbing and an index of our own: the user's index, working tree, HEAD and settings are
 * not touched, no hook runs. The branch moves from the commit that was read to the new one or not at all.
 */
export function branchPublisher(options: BranchOptions): Publisher {
  const { gitDir, branch, base, isOurs, data, now } = options;
  const ref = `refs/heads/${branch}`;

  const tip = async (): Promise<string | undefined> => {
    const { code, stdout } = await tryGit(["rev-parse", "--verify", "--quiet", `${ref}^{commit}`], {
      gitDir,
    });
    return code === 0 ? stdout.toString().trim() : undefined;
  };

  return {
    place: `branch ${branch}`,
    async current() {
      const commit = (await tip()) ?? base;
      return readChantFiles(gitDir, commit, isOurs);
    },
    async publish({ files, message }): Promise<Published> {
      const before = await tip();
      const parent = before ?? base;
      using scratch = openScratch(data);
      const env = { GIT_INDEX_FILE: `${scratch.path}/index` };
      await git(["read-tree", parent], { gitDir, env });
      for (const [path, text] of files) {
        const oid = await git(["hash-object", "-w", "--stdin", "--no-filters"], { gitDir, input: text });
        const line = `100644 ${oid.toString().trim()}\t${path}\0`;
        await git(["update-index", "-z", "--index-info"], { gitDir, env, input: line });
      }
      const tree = (await git(["write-tree"], { gitDir, env })).toString().trim();
      const old = (await git(["rev-parse", `${parent}^{tree}`], { gitDir })).toString().trim();
      if (tree === old) return { commit: parent, changed: false };
      if (before !== undefined)
        await refuseOverwriting(gitDir, { base, tip: before, tree }, [...files.keys()], branch);
      await refuseCheckedOut(gitDir, ref, branch);
      const date = `@${Math.floor(now().getTime() / 1000)} +0000`;
      const commit = await git(["commit-tree", tree, "-p", parent], {
        gitDir,
        input: message.replaceAll("\0", ""),
        env: {
          GIT_AUTHOR_NAME: NAME,
          GIT_AUTHOR_EMAIL: EMAIL,
          GIT_AUTHOR_DATE: date,
          GIT_COMMITTER_NAME: NAME,
          GIT_COMMITTER_EMAIL: EMAIL,
          GIT_COMMITTER_DATE: date,
        },
      });
      const oid = commit.toString().trim();
      const moved = await tryGit(["update-ref", "--create-reflog", ref, oid, before ?? "0".repeat(40)], {
        gitDir,
        env: { GIT_COMMITTER_NAME: NAME, GIT_COMMITTER_EMAIL: EMAIL },
      });
      if (moved.code === 0) return { commit: oid, changed: true };
      if ((await tip()) !== before)
        throw new RunFailure("branch-changed", `Somebody else moved the branch ${branch} meanwhile`);
      await git(["update-ref", ref, oid], { gitDir });
      return { commit: oid, changed: true };
    },
  };
}

/**
 * Never overwrites a person's work on the branch: of each file that would change, the last commit since the base must be
 * ours. A fix may change what a person wrote before the base.
 */
async function refuseOverwriting(
  gitDir: string,
  { base, tip, tree }: { readonly base: string; readonly tip: string; readonly tree: string },
  paths: readonly string[],
  branch: string,
): Promise<void> {
  const diff = [
    "diff-tree",
    "-r",
    "-z",
    "--name-only",
    "--no-renames",
    "--no-ext-diff",
    "--diff-filter=MDT",
    tip,
    tree,
  ];
  const changing = (await git([...diff, "--", ...paths], { gitDir })).toString().split("\0").filter(Boolean);
  for (const path of changing) {
    const last = await git(["log", "-n", "1", "--format=%h%x00%ce%x00%cn", tip, `^${base}`, "--", path], {
      gitDir,
    });
    const [short, email, name] = last.toString().trim().split("\0");
    if (short !== "" && email !== EMAIL)
      throw new RunFailure(
        "branch-changed",
        `${path} on ${branch} was changed by ${name ?? "somebody"} (commit ${short})`,
      );
  }
}

/** Moving a branch that is checked out would make every file of ours look deleted in that working tree. */
async function refuseCheckedOut(gitDir: string, ref: string, branch: string): Promise<void> {
  const { stdout } = await tryGit(["worktree", "list", "--porcelain"], { gitDir });
  if (stdout.toString().split("\n").includes(`branch ${ref}`))
    throw new RunFailure(
      "branch-changed",
      `The branch ${branch} is checked out; switch to another branch first`,
    );
}
