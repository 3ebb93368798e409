import { requestLabels } from "../investigation/label.ts";
import { branchOf, issueOfBranch } from "../phases/names.ts";
import { LIMITS } from "../text/github-limits.ts";
import type { RepositoryInfo } from "../github/github.ts";
import type { JobContext } from "../store/store.ts";
import { admitRuns, type Service } from "./service.ts";
import { processIssue } from "./process-issue.ts";
import { repositoryFacts } from "./repository-facts.ts";

/** Milliseconds until a delivery is asked for again that did not come; doubled each time, since it may be one that we refuse. */
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 6 * 3_600_000;
const DAY = 86_400_000;

/**
 * Compares with GitHub what a crash, an outage or a lost disk may have taken: deliveries that never came or were
 * forgotten, requests by label, runs without a job, results that are not shown, branches of investigations that
 * the store does not know. Everything it finds goes the ordinary way, so finding it twice does nothing.
 */
export async function reconcile(service: Service, { signal }: JobContext): Promise<void> {
  const { app, store, log } = service;
  const runs = await store.recoverRuns();
  await admitRuns(service);
  const redelivered = await redeliverLost(service);
  let repositories = 0;
  for (const { id, suspended } of await app.installations()) {
    signal.throwIfAborted();
    if (suspended) continue;
    for (const repository of await app.repositoriesOf(id)) {
      signal.throwIfAborted();
      repositories++;
      await reconcileRepository(service, id, repository);
    }
  }
  await showHalfPublished(service);
  await store.forgetDeliveries(7);
  await service.modelProvider?.forgetBefore(service.now() - CONVERSATION_DAYS * DAY);
  log.info("reconciled", { count: redelivered + runs.length });
  if (repositories === 0) log.warn("no repository to look at: is the App installed?", {});
}

/** Days that conversations with models are kept, for a run that is retried and for questions about it. */
const CONVERSATION_DAYS = 90;

/**
 * Asks GitHub again for deliveries that are not in the store: failed ones, and those that a lost disk took with it. One that
 * is on its way just now comes twice by that, and twice is once.
 */
async function redeliverLost({ app, store, now }: Service): Promise<number> {
  const since = now() - LIMITS.deliveryDays * DAY;
  const deliveries = await app.deliveries(new Date(since).toISOString());
  const known = await store.knownGuids(deliveries.map(({ guid }) => guid));
  const lost = new Map(
    deliveries.filter(({ guid }) => !known.has(guid)).map((delivery) => [delivery.guid, delivery]),
  );
  let count = 0;
  // Oldest first, as they happened.
  for (const { id, guid } of [...lost.values()].reverse()) {
    const [tries = 0, last = 0] = ((await store.note(`redelivered:${guid}`)) ?? "").split(" ").map(Number);
    if (now() < last + Math.min(FIRST_PAUSE * 2 ** tries, LONGEST_PAUSE)) continue;
    await store.saveNote(`redelivered:${guid}`, `${tries + 1} ${now()}`);
    await app.redeliver(id);
    count++;
  }
  return count;
}

async function reconcileRepository(
  service: Service,
  installation: number,
  { id, owner, name }: RepositoryInfo,
): Promise<void> {
  const { store } = service;
  const place = { installation, repository: id, owner, name };
  const known = await store.repository(id);
  const facts = await repositoryFacts(service, place);
  if (facts.kind === "unreachable") return;
  const { github, repository, rules } = facts;
  const numbers = new Set<number>();
  const branched = new Set<number>();
  if (facts.config.triggers.labels)
    for (const label of requestLabels(rules.known.map(({ type }) => type)))
      for (const number of await github.issuesLabelled(repository, label.name)) numbers.add(number);
  // Once for each repository: after that the store knows.
  if (known === undefined)
    for (const branch of await github.branches(repository, branchOf(""))) {
      const issue = issueOfBranch(branch);
      if (issue !== undefined && (await store.investigation({ repository: id, issue })) === undefined)
        branched.add(issue);
    }
  for (const { investigation } of await store.investigations(id))
    if (investigation.conditions.unreachable !== undefined || investigation.pausedBy === "reach")
      numbers.add(investigation.issue);
  for (const number of new Set([...numbers, ...branched]))
    await processIssue(service, { place, number, isPull: false, hasBranch: branched.has(number) });
}

/** Investigations whose last state was not shown to its end. */
async function showHalfPublished({ store }: Service): Promise<void> {
  for (const of of await store.unshown())
    await store.send({ kind: "sync", ...of }, { key: `${of.repository}#${of.issue}` });
}
