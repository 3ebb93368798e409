import { mayRequest, requestLabels } from "../investigation/label.ts";
import { GitHubFailure } from "../github/github-failure.ts";
import { branchOf, issueOfBranch } from "../phases/names.ts";
import type { StoredRepository } from "../store/store.ts";
import { processIssue } from "./process-issue.ts";
import { repositoryFacts } from "./repository-facts.ts";
import type { Service } from "./service.ts";
import { counted, keepShare, shareLeft } from "./share.ts";

/** Requests an hour of one installation that looking around may take: 5 % of the 5,000 that GitHub gives it. */
const PER_HOUR = 250;
/** Requests that were not used and may be used at once. */
const AT_ONCE = 60;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** An issue that changed so long before the last look is looked at again: GitHub's lists are a little behind. */
const OVERLAP = 10 * 60_000;

/**
 * Compares an installation's repositories with GitHub, as many as its share of requests allows: first those where something
 * happened in the last day, up to half of the share, then those that were not looked at for longest. What it finds goes the
 * ordinary way. A repository that fails holds up no other. Throws GitHubFailure `limited` when GitHub asks to wait.
 */
export async function compareRepositories(
  service: Service,
  installation: number,
  signal: AbortSignal,
): Promise<{ readonly looked: number; readonly requests: number }> {
  const { store, app, now, log } = service;
  const all = { name: `compared:${installation}`, perHour: PER_HOUR, atOnce: AT_ONCE };
  const share = await shareLeft(service, all);
  let requests = 0;
  let looked = 0;
  try {
    requests += await listNow(service, installation);
    const active = await store.repositoriesToLook(installation, share, { activeSince: now() - DAY });
    const half = active.slice(0, Math.ceil(share / 2));
    const rest = await store.repositoriesToLook(installation, share, {});
    const wanted = [...new Map([...half, ...rest].map((repository) => [repository.id, repository])).values()];
    for (const repository of wanted) {
      signal.throwIfAborted();
      if (requests >= share) break;
      const github = counted(app.forInstallation(installation), () => requests++);
      looked++;
      try {
        await look({ ...service, app: { ...app, forInstallation: () => github } }, repository);
      } catch (error) {
        if (!(error instanceof GitHubFailure) || error.code === "limited") throw error;
        log.warn("a repository was not compared", { repository: repository.id, code: error.code });
      }
      await store.lookedAt(repository.id, now());
    }
  } finally {
    await keepShare(service, all, share - requests);
  }
  return { looked, requests };
}

/** Repositories that nobody told us of, once a day; everything else comes by webhook. Gives the requests that it took. */
async function listNow({ store, app, now }: Service, installation: number): Promise<number> {
  const at = Number((await store.note(`listed:${installation}`)) ?? 0);
  if (at <= now() && now() - at < DAY) return 0;
  const repositories = await app.repositoriesOf(installation);
  for (const { id, owner, name } of repositories)
    if ((await store.repository(id)) === undefined)
      await store.saveRepository({ id, installation, owner, name });
  await store.saveNote(`listed:${installation}`, String(now()));
  return Math.ceil(repositories.length / 100);
}

/** One repository: one request when nothing changed there. */
async function look(service: Service, known: StoredRepository): Promise<void> {
  const { store, app, now } = service;
  const { id, installation, owner, name } = known;
  const place = { installation, repository: id, owner, name };
  const before = await store.lookedAt(id);
  const waiting = await store.outOfReach(id);
  const numbers = new Set<number>(waiting);
  const branched = new Set<number>();
  const first = before === undefined || before > now();
  if (first || waiting.length > 0 || known.unreachable !== undefined) {
    const facts = await repositoryFacts(service, place);
    if (facts.kind === "unreachable") return;
    if (first) {
      if (facts.config.triggers.labels)
        for (const label of requestLabels(facts.rules.known.map(({ type }) => type)))
          for (const number of await facts.github.issuesLabelled(facts.repository, label.name))
            numbers.add(number);
      // Branches of investigations that a lost store held; after that the store knows.
      for (const branch of await facts.github.branches(facts.repository, branchOf(""))) {
        const issue = issueOfBranch(branch);
        if (issue !== undefined && (await store.investigation({ repository: id, issue })) === undefined)
          branched.add(issue);
      }
    }
  }
  if (!first)
    for (const { number, labels } of await app
      .forInstallation(installation)
      .issuesChangedSince({ id, owner, name }, new Date(before - OVERLAP).toISOString()))
      if (labels.some(mayRequest)) numbers.add(number);
  for (const number of new Set([...numbers, ...branched]))
    await processIssue(service, { place, number, isPull: false, hasBranch: branched.has(number) });
}
