import { GITHUB_FAILURES, GitHubFailure } from "../github/github-failure.ts";
import type { JobContext } from "../store/store.ts";
import { readTracker } from "./read-tracker.ts";
import { repositoryFacts } from "./repository-facts.ts";
import type { Service } from "./service.ts";
import { counted, keepShare, shareLeft } from "./share.ts";

/** Requests an hour of one installation that reading trackers may take: 20 % of the 5,000 that GitHub gives it. */
const PER_HOUR = 1_000;
/** Requests that were not used and may be used at once. */
const AT_ONCE = 100;
/** Milliseconds after which a tracker that was read to its end is read on; an investigation reads it on by itself. */
const REFRESH = 86_400_000;

/**
 * Reads on in the trackers of an installation, as many pages as its share of requests allows, in turn. A repository that fails holds
 * up no other. Throws GitHubFailure when GitHub asks to wait or does not answer.
 */
export async function fillTrackers(
  service: Service,
  { installation }: { readonly installation: number },
  { signal }: JobContext,
): Promise<void> {
  const { store, app, log } = service;
  const share = { name: `tracked:${installation}`, perHour: PER_HOUR, atOnce: AT_ONCE };
  const left = await shareLeft(service, share);
  let requests = 0;
  const mayAsk = (): boolean => !signal.aborted && requests < left;
  try {
    for (const { id } of await store.trackersToRead(installation, REFRESH)) {
      if (!mayAsk()) break;
      await store.trackerTurn(id);
      const github = counted(app.forInstallation(installation), () => requests++);
      const asked = { ...service, app: { ...app, forInstallation: () => github } };
      try {
        const facts = await repositoryFacts(asked, { installation, repository: id });
        if (facts.kind === "unreachable") continue;
        if (!facts.config.tracker) await store.forgetTracker(id);
        else await readTracker(service, facts, mayAsk);
      } catch (error) {
        if (!(error instanceof GitHubFailure) || GITHUB_FAILURES[error.code].retry === "later") throw error;
        log.warn("a tracker was not read", { repository: id, code: error.code });
      }
    }
  } finally {
    await keepShare(service, share, left - requests);
  }
  signal.throwIfAborted();
}
