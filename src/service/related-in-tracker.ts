import { passOver } from "../evidence/related/shortlist.ts";
import { GitHubFailure } from "../github/github-failure.ts";
import type { Shortlist, Sought } from "../issue/parse-tracker.ts";
import { readTracker } from "./read-tracker.ts";
import type { RepositoryFacts } from "./repository-facts.ts";
import type { Service } from "./service.ts";

/** Requests with which a run brings the index up to date; a small tracker is read whole with them. */
const MOST = 6;
/** Minutes for that. */
const MINUTES = 0.5;
/** Entries that are in memory at once. */
const AT_ONCE = 100;

/**
 * What of the repository's own tracker can be related to an issue. What changed since the last reading is read first; where GitHub
 * refuses that or is slow, the index is used as it is. Undefined where the repository wants no index, or there is no whole one yet.
 * `signal`: ends it with its reason.
 */
export async function relatedInTracker(
  service: Service,
  facts: RepositoryFacts,
  sought: Sought,
  signal: AbortSignal,
): Promise<Shortlist | undefined> {
  const { store, log, deadline } = service;
  const { repository, config } = facts;
  if (!config.tracker) {
    await store.forgetTracker(repository.id);
    return undefined;
  }
  const limit = deadline(MINUTES);
  limit.restart();
  let requests = 0;
  try {
    await readTracker(service, facts, () => !signal.aborted && !limit.signal.aborted && requests++ < MOST);
  } catch (error) {
    if (!(error instanceof GitHubFailure)) throw error;
    log.warn("the tracker was not read on", { repository: repository.id, code: error.code });
  } finally {
    limit.clear();
  }
  if ((await store.tracker(repository.id)).state?.isWhole !== true) return undefined;
  const pass = passOver(sought, `${repository.owner}/${repository.name}`);
  for (let after = 0; ;) {
    signal.throwIfAborted();
    const entries = await store.trackedAfter(repository.id, after, AT_ONCE);
    for (const entry of entries) pass.add(entry);
    const last = entries.at(-1);
    if (last === undefined) break;
    after = Number(last.key);
  }
  const chosen = pass.chosen();
  const found = new Map(
    (await store.tracked(repository.id, chosen.map(Number))).map((one) => [one.key, one]),
  );
  return pass.shortlist(chosen.flatMap((key) => found.get(key) ?? []));
}
