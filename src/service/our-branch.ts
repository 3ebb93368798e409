import type { CommitInfo, RepositoryInfo } from "../github/github.ts";
import type { GitHub } from "../github/github.ts";
import type { Mirror } from "./research.ts";

/** A branch of ours as it is on GitHub, with what people did to it. */
export interface OurBranch {
  readonly name: string;
  /** 40 hex digits; undefined when the branch is not there. */
  readonly head: string | undefined;
  /** Specs and documents of the issue, on the branch or, without one, at the base. */
  readonly files: ReadonlyMap<string, string>;
  /** Commits of people, oldest first. */
  readonly byPeople: readonly CommitInfo[];
  /** Paths that people changed: never written by us again. */
  readonly theirs: ReadonlySet<string>;
}

/** Reads a branch of ours. `bot` is the user id of our commits' author; whoever else wrote a commit is a person. */
export async function readOurBranch(
  github: GitHub,
  repository: RepositoryInfo,
  mirror: Mirror,
  {
    name,
    base,
    issueKey,
    bot,
  }: { readonly name: string; readonly base: string; readonly issueKey: string; readonly bot: number },
): Promise<OurBranch> {
  const head = await github.branchHead(repository, name);
  if (head === undefined)
    return { name, head, files: await mirror.filesOf(base, issueKey), byPeople: [], theirs: new Set() };
  const commits = await github.commitsBetween(repository, base, head);
  const byPeople = commits.filter(({ authorId }) => authorId !== bot);
  return {
    name,
    head,
    files: await mirror.filesOf(head, issueKey),
    byPeople,
    theirs: await mirror.changedBy(byPeople.map(({ oid }) => oid)),
  };
}
