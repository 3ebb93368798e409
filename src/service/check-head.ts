import { LeaseLost, RetryLater } from "../failure.ts";
import { checkContent } from "../github/report/check-content.ts";
import { GITHUB_FAILURES, GitHubFailure } from "../github/github-failure.ts";
import type { IssueKey, JobContext, Store } from "../store/store.ts";
import { issueForResearch } from "./issue-for-research.ts";
import { renewsMirror } from "./renew-mirror.ts";
import { RETRY_SECONDS } from "./time.ts";
import { repositoryFacts } from "./repository-facts.ts";
import { guarded, type Service } from "./service.ts";

const CHECK_NAME = "casebook / evidence";
/** Record of an issue: why its newest check was read back and not published. */
export const WITHHELD_CHECK = "withheld:check";

/**
 * Asks for the check of one head. The key names the head: with one for the whole issue, the check of an older head that
 * still waits would swallow this one.
 */
export async function sendCheck(store: Pick<Store, "send">, of: IssueKey, head: string): Promise<void> {
  await store.send({ kind: "check", ...of, head }, { key: checkKey(of, head) });
}

function checkKey({ repository, issue }: IssueKey, head: string): string {
  return `${repository}#${issue}@${head}`;
}

/**
 * Verifies every reference of the documents at one head of our branch, and says the result in a check run there. The
 * check run of a head is found again by its name and ours alone; doing it twice leaves one.
 */
export async function checkHead(
  service: Service,
  { repository: id, issue, head }: IssueKey & { readonly head: string },
  { signal }: JobContext,
): Promise<void> {
  const { store, app } = service;
  const of = { repository: id, issue };
  const leaseName = `check:${checkKey(of, head)}`;
  const lease = await store.takeLease(leaseName);
  const installation = (await store.repository(id))?.installation;
  if (installation === undefined) return;
  const facts = await repositoryFacts(service, { installation, repository: id });
  if (facts.kind === "unreachable") return;
  if (facts.config.shadow) return;
  const { repository } = facts;
  const answer = await facts.github.issue(repository, issue);
  if (answer.kind !== "issue") return;
  const github = guarded(service, facts.github, async () => {
    signal.throwIfAborted();
    if (!(await store.holdsLease(leaseName, lease))) throw new LeaseLost("the check");
  });
  try {
    const comments = await facts.github.comments(repository, issue);
    const mirror = await service.research.openMirror(
      repository,
      await facts.github.readToken(repository),
      signal,
    );
    const documents = await service.research.check(
      { mirror: mirror.mirror, head, issue: await issueForResearch(facts, answer.issue, comments) },
      signal,
    );
    const { appId } = await app.identity();
    const content = {
      name: CHECK_NAME,
      head,
      externalId: `${appId}:${issue}:${head}`,
      ...checkContent({ documents }),
    };
    const [present, ...more] = await facts.github.ownCheckRuns(repository, head, CHECK_NAME);
    if (present === undefined) await github.createCheckRun(repository, content);
    else await github.updateCheckRun(repository, present.id, content);
    if (more.length > 0)
      service.log.warn("several check runs on one head", { repository: id, count: more.length + 1 });
    await store.saveIdempotencyRecord(of, `check:${head}`, content.conclusion);
    await store.saveIdempotencyRecord(of, WITHHELD_CHECK, undefined);
  } catch (error) {
    if (await renewsMirror(service, repository, of, head, error))
      throw new RetryLater(RETRY_SECONDS, "the mirror was damaged");
    if (!(error instanceof GitHubFailure) || GITHUB_FAILURES[error.code].retry === "later") throw error;
    service.log.warn("could not show the check", { investigation: `${id}#${issue}`, code: error.code });
    if (error.code === "would-act") {
      await store.saveIdempotencyRecord(of, WITHHELD_CHECK, error.message);
      await store.send({ kind: "sync", ...of }, { key: `${id}#${issue}:withheld` });
    }
    // The head is gone, or the App may not write checks: the table in the pull request says the same.
    await store.saveIdempotencyRecord(of, `check:${head}`, `refused: ${error.code}`);
  }
}
