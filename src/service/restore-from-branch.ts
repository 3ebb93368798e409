import type { Investigation } from "../investigation/investigation.ts";
import { restoreInvestigation } from "../investigation/restore.ts";
import { branchOf, issueOfBranch } from "../phases/names.ts";
import type { RepositoryFacts } from "./repository-facts.ts";
import type { Research } from "./research.ts";

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
    for (const [path, text] of await mirror.filesOf(head, String(issue))) files.set(path, text);
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
