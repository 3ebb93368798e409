import { GitHubFailure } from "../github/github-failure.ts";
import type { JobContext } from "../store/store.ts";
import { compareRepositories } from "./compare-repositories.ts";
import { redeliverLost } from "./redeliver-lost.ts";
import { admitRuns, type Service } from "./service.ts";

const DAY = 86_400_000;
/** Days that deliveries are known for, so that one that comes again is no new one. */
const DELIVERY_DAYS = 7;
/** Days that conversations with models are kept, for a run that is retried and for questions about it. */
const CONVERSATION_DAYS = 90;

/**
 * Compares with GitHub what a crash, an outage or a lost disk may have taken: deliveries that never came or were
 * forgotten, jobs that failed too often, requests by label, runs without a job, results that are not shown, branches of investigations that
 * the store does not know. Everything it finds goes the ordinary way, so finding it twice does nothing. Each installation is
 * looked at for itself: one where GitHub asks to wait holds up no other. What concerns all of them is tried again soon.
 */
export async function reconcile(service: Service, { signal }: JobContext): Promise<void> {
  const { app, store, log, settings } = service;
  const revived = await store.reviveJobs();
  const runs = await store.recoverRuns();
  await admitRuns(service);
  let failure: unknown;
  const redelivered = await redeliverLost(service, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    log.warn("not every delivery was asked for again", { code: codeOf(error) });
    failure = error;
    return 0;
  });
  const installations = await app.installations().catch((error: unknown) => {
    failure ??= error;
    return [];
  });
  let looked = 0;
  for (const { id, suspended } of installations) {
    signal.throwIfAborted();
    if (suspended) continue;
    await store.send({ kind: "track", installation: id }, { key: String(id) });
    try {
      const found = await compareRepositories(service, id, signal);
      looked += found.looked;
    } catch (error) {
      signal.throwIfAborted();
      log.warn("an installation was not compared", { installation: id, code: codeOf(error) });
    }
  }
  await showHalfPublished(service);
  await store.forgetDeliveries(DELIVERY_DAYS);
  await store.forgetOld(settings.keepDays);
  await service.modelProvider?.forgetBefore(service.now() - CONVERSATION_DAYS * DAY);
  log.info("reconciled", { count: revived + redelivered + runs.length + looked });
  if (failure !== undefined) throw failure;
  if (installations.length === 0) log.warn("no installation to look at: is the App installed?", {});
}

function codeOf(error: unknown): string {
  return error instanceof GitHubFailure ? error.code : String(error);
}

/** Investigations whose last state was not shown to its end. */
async function showHalfPublished({ store }: Service): Promise<void> {
  for (const of of await store.unshown())
    await store.send({ kind: "sync", ...of }, { key: `${of.repository}#${of.issue}` });
}
