import type { JobHandlers } from "../store/store.ts";
import { checkHead } from "./check-head.ts";
import { configure } from "./configure.ts";
import { forgetInvestigation } from "./forget-investigation.ts";
import { handleDelivery } from "./handle-delivery.ts";
import { reconcile } from "./reconcile.ts";
import type { Service } from "./service.ts";
import { syncIssue } from "./sync-issue.ts";
import { workRun } from "./work-run.ts";

/** What is done for each kind of job. */
export function handlersOf(service: Service): JobHandlers {
  return {
    delivery: (job, context) => handleDelivery(service, job, context),
    run: (job, context) => workRun(service, job, context),
    sync: (job, context) => syncIssue(service, job, context),
    check: (job, context) => checkHead(service, job, context),
    forget: (job) => forgetInvestigation(service, job),
    configure: (job, context) => configure(service, job, context),
    reconcile: (_job, context) => reconcile(service, context),
  };
}
