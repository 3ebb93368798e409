import { RetryLater } from "../failure.ts";
import { hostname } from "node:os";
import type { Logger } from "pino";
import { openGitHubApp } from "../github/io/open-github-app.ts";
import { storeRateLimiter } from "../github/io/rate-limiter.ts";
import { type OpenStore, openStore } from "../store/io/open-store.ts";
import { handlersOf } from "../service/handlers.ts";
import type { Service } from "../service/service.ts";
import type { JobContext, JobHandlers, JobKind, Workers } from "../store/store.ts";
import { researchInProcesses } from "../research/research-process.ts";
import { openModels } from "../llm/io/open-models.ts";
import { errorFields, serviceLog } from "./log.ts";
import { openModelProvider } from "./open-model-provider.ts";
import type { Metrics } from "./metrics.ts";
import type { ServerConfig } from "./server-config.ts";
import { deadlineOf } from "../process/clock.ts";
import { version } from "../process/version.ts";

/** Progress must not use up the writes of an installation: one edit per ten writes, so per ten seconds. */
const EDITS_PER_WRITE = 10;
/** At the default spacing of a second: half a minute. */
const LISTS_BEHIND_PER_WRITE = 30;

/** Opens the store that the configuration names. */
export function storeOf(
  { data, databaseUrl }: Pick<ServerConfig, "data" | "databaseUrl">,
  logger: Logger,
): Promise<OpenStore> {
  // Only what errorFields reads: pg attaches its whole client to an error.
  const onError = (error: unknown): void => logger.error(errorFields(error), "store error in the background");
  return openStore(databaseUrl === undefined ? { folder: data, onError } : { url: databaseUrl, onError });
}

/** The service with the real GitHub, git and database. */
export function composeService(
  config: ServerConfig,
  store: OpenStore,
  { metrics, logger }: { readonly metrics: Metrics; readonly logger: Logger },
): Service {
  const app = openGitHubApp({
    baseUrl: config.app.apiUrl,
    appId: config.app.id,
    privateKey: config.app.privateKey,
    userAgent: `casebook/${version()}`,
    rateLimiter: storeRateLimiter(store, { spacing: config.writeSpacing }),
    onRequest: ({ route, status, milliseconds, installation, remaining }) => {
      metrics.request(!route.startsWith("GET "), status);
      logger.debug({ route, status, milliseconds, installation, remaining }, "request to GitHub");
    },
  });
  return {
    app,
    store,
    research: researchInProcesses({
      data: config.data,
      workers: config.workers,
      cacheBytes: config.cacheBytes,
      fetchBytes: config.fetchBytes,
      onNotIsolated: (why) =>
        logger.warn({ why }, "no bubblewrap here: repositories are read with the rights of this user"),
    }),
    ...(config.models === undefined
      ? {}
      : {
          modelProvider: openModelProvider({
            settings: config.models.settings,
            models: openModels(config.models.settings, config.models.keys, {
              onNote: (note) => logger.info({ note }, "model endpoint"),
            }),
            journal: store.journal,
            now: Date.now,
          }),
        }),
    sandbox: config.sandbox,
    settings: {
      worker: `${hostname()}:${process.pid}`,
      runsPerInstallation: config.runsPerInstallation,
      editSpacing: EDITS_PER_WRITE * config.writeSpacing,
      listsBehind: LISTS_BEHIND_PER_WRITE * config.writeSpacing,
      keepDays: config.keepDays,
      deliveryDays: config.deliveryDays,
    },
    now: Date.now,
    deadline: deadlineOf,
    log: serviceLog(logger),
  };
}

/** Starts the workers. Each job is measured; each failure is logged once. */
export async function startWorkers(
  config: Pick<ServerConfig, "runs" | "reconcileSeconds">,
  store: OpenStore,
  service: Service,
  { metrics, logger }: { readonly metrics: Metrics; readonly logger: Logger },
): Promise<Workers> {
  const handlers = handlersOf(service);
  const kinds = Object.keys(handlers) as JobKind[];
  const watched = Object.fromEntries(
    kinds.map((kind) => [
      kind,
      watch(kind, handlers[kind] as (job: never, context: JobContext) => Promise<void>, { metrics, logger }),
    ]),
  ) as unknown as JobHandlers;
  return store.work(watched, { runs: config.runs, reconcileSeconds: config.reconcileSeconds });
}

function watch(
  kind: JobKind,
  handler: (job: never, context: JobContext) => Promise<void>,
  { metrics, logger }: { readonly metrics: Metrics; readonly logger: Logger },
): (job: never, context: JobContext) => Promise<void> {
  return async (job, context) => {
    const from = performance.now();
    const seconds = (): number => (performance.now() - from) / 1000;
    try {
      await handler(job, context);
      metrics.job(kind, "done", seconds());
    } catch (error) {
      if (error instanceof RetryLater) {
        metrics.job(kind, "retry", seconds());
        logger.info({ kind, seconds: error.seconds, why: error.message }, "job retries later");
      } else if (context.signal.aborted) {
        logger.info({ kind }, "job returned to the queue");
      } else {
        metrics.job(kind, "failed", seconds());
        logger.error({ kind, attempt: context.attempt, ...errorFields(error) }, "job failed");
      }
      throw error;
    }
  };
}
