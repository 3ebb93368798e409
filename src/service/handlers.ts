import { LeaseLost, RetryLater } from "../failure.ts";
import { GitHubFailure } from "../github/github-failure.ts";
import type { JobHandlers } from "../store/store.ts";
import { checkHead } from "./check-head.ts";
import { configure } from "./configure.ts";
import { fillTrackers } from "./fill-trackers.ts";
import { forgetInvestigation } from "./forget-investigation.ts";
import { handleDelivery } from "./handle-delivery.ts";
import { reconcile } from "./reconcile.ts";
import type { Service } from "./service.ts";
import { syncIssue } from "./sync-issue.ts";
import { failureOf, handleRun } from "./run-job.ts";
import { handleFix } from "./handle-fix.ts";
import { handleTest } from "./handle-test.ts";

/** What is done for each kind of job. */
export function handlersOf(service: Service): JobHandlers {
  const retrying = retryPolicyOf(service);
  return {
    delivery: (job) => retrying(handleDelivery(service, job)),
    run: (job, context) => retrying(handleRun(service, job, context)),
    sync: (job, context) => retrying(syncIssue(service, job, context)),
    check: (job, context) => retrying(checkHead(service, job, context)),
    test: (job, context) => retrying(handleTest(service, job, context)),
    "compare-fix": (job, context) => retrying(handleFix(service, job, context)),
    forget: (job) => retrying(forgetInvestigation(service, job)),
    configure: (job, context) => retrying(configure(service, job, context)),
    track: (job, context) => retrying(fillTrackers(service, job, context)),
    reconcile: (_job, context) => retrying(reconcile(service, context)),
  };
}

/** Seconds that a job waits at most when nothing answers. */
const LONGEST_WAIT = 300;
/** Failures after which the wait is twice as long. */
const FAILURES_A_WAIT = 4;

/**
 * The one retry policy: when GitHub, git or the disk does not answer or asks to wait, the queue retries the job at that time; when
 * another worker holds the lease, nothing is left to do. As long as no job ends well, the waits grow: an outage of hours must not be
 * asked about by every job every ten seconds.
 */
function retryPolicyOf({ now, log }: Service): (work: Promise<void>) => Promise<void> {
  let failures = 0;
  return async (work) => {
    try {
      await work;
      failures = 0;
    } catch (error) {
      const failure = failureOf(error, now());
      if (failure?.kind === "later") {
        if (error instanceof GitHubFailure && error.retryAt !== undefined)
          throw new RetryLater(failure.seconds, failure.message);
        const wait = failure.seconds * 2 ** Math.floor(failures++ / FAILURES_A_WAIT);
        throw new RetryLater(Math.min(wait, LONGEST_WAIT), failure.message);
      }
      if (!(error instanceof LeaseLost)) throw error;
      log.info(error.message, {});
    }
  };
}
