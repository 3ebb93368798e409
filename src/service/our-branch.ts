import { RunFailure } from "../failure.ts";
import type { CommitInfo, RepositoryInfo, GitHub } from "../github/github.ts";
import type { Mirror, Research } from "./research.ts";
import type { Investigation } from "../investigation/investigation.ts";
import { restoreInvestigation } from "../investigation/restore.ts";
import { branchOf, issueOfBranch } from "../phases/names.ts";
import type { RepositoryFacts } from "./repository-facts.ts";

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

/** Reads a branch of ours. `bot` is the user id of our commits' author; every other author is a person. */
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

/**
 * An investigation that the store does not know, read back from its branches: the database may be lost, the files are
 * the truth. Undefined when there is no branch, or none of our specs on it.
 */
export async function restoreFromBranch(
  { github, repository, rules }: RepositoryFacts,
  issue: number,
  research: Pick<Research, "openMirror">,
  signal: AbortSignal,
): Promise<Investigation | undefined> {
  const branches = (await github.branches(repository, branchOf(String(issue)))).filter(
    (branch) => issueOfBranch(branch) === issue,
  );
  if (branches.length === 0) return undefined;
  const mirror = await research.openMirror(repository, await github.readToken(repository), signal);
  const files = new Map<string, string>();
  let head: string | undefined;
  let pull: Investigation["pull"];
  for (const branch of branches) {
    head = await mirror.resolve(branch);
    for (const [path, text] of await readable(mirror, head, issue)) files.set(path, text);
    const [newest] = await github.pullsFrom(repository, branch);
    if (newest !== undefined && (pull === undefined || newest.number > pull.number))
      pull = { number: newest.number, state: newest.state };
  }
  return restoreInvestigation(
    {
      repository: repository.id,
      issue,
      files,
      ...(head === undefined ? {} : { head }),
      ...(pull === undefined ? {} : { pull }),
    },
    rules,
  );
}

/** Files that are larger than any of ours are nobody's investigation. */
async function readable(mirror: Mirror, head: string, issue: number): Promise<ReadonlyMap<string, string>> {
  try {
    return await mirror.filesOf(head, String(issue));
  } catch (error) {
    if (error instanceof RunFailure && error.code === "too-large") return new Map();
    throw error;
  }
}
