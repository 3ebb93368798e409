import { LeaseLost } from "../failure.ts";
import { decide } from "../investigation/decide.ts";
import { configurationIssue } from "../github/report/configuration-issue.ts";
import { readMarker, withMarker } from "../github/report/marker.ts";
import { GITHUB_FAILURES, GitHubFailure } from "../github/github-failure.ts";
import type { JobContext } from "../store/store.ts";
import { admitRuns, guarded, type Service } from "./service.ts";
import { type RepositoryFacts, repositoryFacts } from "./repository-facts.ts";

/**
 * Reads a repository's configuration again. Mistakes stop new work and are listed in one issue, the same one each time;
 * when they are fixed, Casebook closes the issue and the waiting work continues.
 */
export async function configure(
  service: Service,
  { repository: id, installation }: { readonly repository: number; readonly installation: number },
  { signal }: JobContext,
): Promise<void> {
  const { store } = service;
  const lease = await store.takeLease(`configure:${id}`);
  try {
    const facts = await repositoryFacts(service, { installation, repository: id });
    if (facts.kind === "unreachable") return;
    for (const { investigation } of await store.investigations(id))
      await store.change({ repository: id, issue: investigation.issue, installation }, (current) =>
        current === undefined
          ? undefined
          : decide(current, { kind: "configuration", problem: facts.stopped }, facts.rules),
      );
    await admitRuns(service);
    await say(service, facts, async () => {
      signal.throwIfAborted();
      if (!(await store.holdsLease(`configure:${id}`, lease))) throw new LeaseLost("the configuration");
    });
  } catch (error) {
    if (!(error instanceof GitHubFailure) || GITHUB_FAILURES[error.code].retry === "later") throw error;
    service.log.warn("could not say that the configuration is wrong", { repository: id, code: error.code });
  }
}

async function say(service: Service, facts: RepositoryFacts, guard: () => Promise<void>): Promise<void> {
  const { repository, problems, config } = facts;
  if (config.shadow) return;
  const github = guarded(service, facts.github, guard);
  const { appId } = await service.app.identity();
  const marker = { appId, kind: "configuration", subject: String(repository.id) };
  const present = repository.hasIssues
    ? (await facts.github.ownIssues(repository)).find(({ body }) => {
        const found = readMarker(body);
        return found?.appId === appId && found.kind === marker.kind;
      })
    : undefined;
  if (problems.length === 0) {
    if (present?.state === "open") await github.updateIssue(repository, present.number, { state: "closed" });
    return;
  }
  if (!repository.hasIssues) return;
  const { title, body } = configurationIssue(problems);
  const marked = withMarker(body, marker);
  if (present === undefined) await github.createIssue(repository, { title, body: marked });
  else if (present.state === "closed" || present.body !== marked)
    await github.updateIssue(repository, present.number, { state: "open", body: marked });
}
