import { RetryLater, RunFailure } from "../failure.ts";
import type { GitHub, RepositoryInfo } from "../github/github.ts";
import { GitHubFailure } from "../github/github-failure.ts";
import type { Publisher } from "../repository/repository.ts";
import type { OurBranch } from "./our-branch.ts";

/**
 * Publishes to a branch on GitHub: each call is one commit on the head that was read, or no commit. What is there
 * already is not written again, so a run that is done twice leaves the same branch. A head that moved means that
 * somebody else wrote, or that an earlier attempt did and its answer was lost: the job starts again from what is there.
 */
export function githubPublisher(
  github: GitHub,
  repository: RepositoryInfo,
  branch: OurBranch,
  base: string,
): Publisher & { readonly head: () => string | undefined } {
  const files = new Map(branch.files);
  let head = branch.head;
  return {
    place: `branch ${branch.name}`,
    head: () => head,
    current: async () => new Map(files),
    async publish(change) {
      const changed = new Map([...change.files].filter(([path, text]) => files.get(path) !== text));
      if (changed.size === 0) return { commit: head ?? base, changed: false };
      const theirs = [...changed.keys()].find((path) => branch.theirs.has(path));
      if (theirs !== undefined)
        throw new RunFailure("branch-changed", `${theirs} on ${branch.name} was changed by a person`);
      try {
        if (head === undefined) await github.createBranch(repository, branch.name, base);
        head = await github.commit(repository, {
          branch: branch.name,
          expectedHead: head ?? base,
          files: changed,
          message: change.message,
        });
      } catch (error) {
        if (error instanceof GitHubFailure && (error.code === "head-moved" || error.code === "exists"))
          throw new RetryLater(1, `the branch ${branch.name} moved`);
        throw error;
      }
      for (const [path, text] of changed) files.set(path, text);
      return { commit: head, changed: true };
    },
  };
}
