import { GITHUB_FAILURES, GitHubFailure } from "../github/github-failure.ts";
import type { IssueKey } from "../store/store.ts";
import { branchOf, issueOfBranch } from "../phases/names.ts";
import type { Service } from "./service.ts";

/**
 * An issue is gone. Was it deleted, its branches of ours that nobody merged or added to are removed, as far as we may; in
 * any case everything that is stored about it.
 */
export async function forgetInvestigation(
  service: Service,
  { repository: id, issue, installation }: IssueKey & { readonly installation: number },
): Promise<void> {
  const { app, store } = service;
  const github = app.forInstallation(installation);
  try {
    const repository = await github.repository(id);
    // It moved: its documents stay here for readers; only its stored state goes.
    const { kind } = await github.issue(repository, issue);
    if (kind === "transferred") {
      await service.modelProvider?.forget({ repository: id, issue });
      return await store.forget({ repository: id, issue });
    }
    const { bot } = await app.identity();
    const branches = (await github.branches(repository, branchOf(String(issue)))).filter(
      (branch) => issueOfBranch(branch) === issue,
    );
    for (const branch of branches) {
      const commits = await github.commitsBetween(repository, repository.defaultBranch, branch);
      // What people added is theirs.
      if (commits.every(({ authorId }) => authorId === bot.id)) await github.deleteBranch(repository, branch);
    }
  } catch (error) {
    // What cannot be removed any more is out of our reach; what is stored goes all the same.
    if (!(error instanceof GitHubFailure) || GITHUB_FAILURES[error.code].retry === "later") throw error;
  }
  await service.modelProvider?.forget({ repository: id, issue });
  await store.forget({ repository: id, issue });
}
