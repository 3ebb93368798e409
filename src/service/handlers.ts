import { LeaseLost, RetryLater } from "../failure.ts";
import { GITHUB_FAILURES, GitHubFailure } from "../github/github-failure.ts";
import type { JobHandlers } from "../store/store.ts";
import { checkHead } from "./check-head.ts";
import { configure } from "./configure.ts";
import { forgetInvestigation } from "./forget-investigation.ts";
import { handleDelivery } from "./handle-delivery.ts";
import { reconcile } from "./reconcile.ts";
import { secondsUntil } from "./time.ts";
import type { Service } from "./service.ts";
import { syncIssue } from "./sync-issue.ts";
import { handleRun } from "./run-job.ts";
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
    forget: (job) => retrying(forgetInvestigation(service, job)),
    configure: (job, context) => retrying(configure(service, job, context)),
    reconcile: (_job, context) => retrying(reconcile(service, context)),
  };
}

/**
 * The one retry policy: when GitHub does not answer or asks to wait, the queue retries the job at that time; when
 * another worker holds the lease, nothing is left to do.
 */
function retryPolicyOf({ now, log }: Service): (work: Promise<void>) => Promise<void> {
  return async (work) => {
    try {
      await work;
    } catch (error) {
      if (error instanceof GitHubFailure && GITHUB_FAILURES[error.code].retry === "later")
        throw new RetryLater(secondsUntil(error.retryAt, now()), error.message);
      if (!(error instanceof LeaseLost)) throw error;
      log.info(error.message, {});
    }
  };
}
