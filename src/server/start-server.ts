import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "pino";
import type { OpenStore } from "../store/io/open-store.ts";
import type { Self } from "../github/read-delivery.ts";
import { GitHubFailure } from "../github/github-failure.ts";
import type { Workers } from "../store/store.ts";
import type { Research } from "../service/research.ts";
import { collectMirrors } from "../repository/io/collect-mirrors.ts";
import { sweepScratch } from "../repository/io/scratch-folder.ts";
import { checkDisk } from "./check-disk.ts";
import { composeService, startWorkers, storeOf } from "./compose.ts";
import { NotReady, openHttpServer } from "./http-server.ts";
import { openMetrics } from "./metrics.ts";
import type { ServerConfig } from "./server-config.ts";
import { watchedSecrets } from "./webhook-secrets.ts";
import { openWebhooks } from "./webhooks.ts";

export interface RunningServer {
  readonly url: string;
  /** Stops taking jobs and returns unfinished ones to the queue, within ten seconds. */
  stop(): Promise<void>;
}

/** Parts that a caller puts in the place of those that the configuration names. The server closes the store. */
export interface ServerParts {
  readonly store?: OpenStore;
  readonly research?: Research;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Milliseconds for running jobs to end or return to the queue; the rest of the ten seconds is for closing. */
const HAND_BACK = 7_000;
/** Milliseconds for the store to close: a database that hangs must not hold the process. */
const CLOSE = 1_500;
/** Milliseconds between two tries to read our identity, while GitHub does not answer. */
const ASK_AGAIN = 30_000;
/** Milliseconds that the store may take to say that it is there. */
const READY = 2_000;
/** Milliseconds between two collections of mirrors. */
const COLLECT = 3_600_000;
const BOT = "bot-id";

/**
 * Starts the roles of this process. Webhooks are accepted as soon as the store is open, whether GitHub answers or not.
 * Jobs process them later.
 */
export async function startServer(
  config: ServerConfig,
  logger: Logger,
  parts: ServerParts = {},
): Promise<RunningServer> {
  const store = parts.store ?? (await storeOf(config, logger));
  try {
    return await start(config, store, logger, parts);
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
}

async function start(
  config: ServerConfig,
  store: OpenStore,
  logger: Logger,
  { research, now }: ServerParts,
): Promise<RunningServer> {
  const metrics = openMetrics(store);
  const composed = composeService(config, store, { metrics, logger });
  const service = { ...composed, research: research ?? composed.research, now: now ?? composed.now };
  const known = Number(await store.note(BOT));
  let self: Self = { appId: config.app.id, ...(known > 0 ? { botId: known } : {}) };
  const learn = learnIdentity();
  const isWeb = config.role !== "worker";
  const isWorker = config.role !== "web";
  const webhooks = isWeb
    ? await openWebhooks({
        appId: config.app.id,
        privateKey: config.app.privateKey,
        secrets:
          config.webhookSecretsPath === undefined
            ? () => config.webhookSecrets
            : watchedSecrets(config.webhookSecretsPath, config.webhookSecrets, (problem) =>
                logger.error(
                  { problem },
                  "the file of WEBHOOK_SECRETS_PATH is wrong; what it held before counts",
                ),
              ),
        store,
        metrics,
        logger,
        self: () => self,
      })
    : undefined;
  let workers: Workers | undefined;
  let collect: Disposable | undefined;
  const http = await openHttpServer({
    host: config.host,
    port: config.port,
    webhooks,
    metrics,
    maxBytes: config.webhookBytes,
    async ready() {
      if (!(await isDone(READY, store.ping()))) throw new NotReady("the store does not answer");
      if (isWorker || store.isEmbedded) await checkDisk(config.data);
      if (isWorker && workers === undefined) throw new NotReady("the workers have not started");
    },
  });
  if (isWorker) {
    sweepScratch(config.data);
    collect = startCollection();
    workers = await startWorkers(config, store, service, { metrics, logger });
    await store.send({ kind: "reconcile" }, { key: "reconcile" });
  }
  logger.info(
    { url: http.url, role: config.role, store: store.isEmbedded ? "embedded" : "postgresql" },
    "listening",
  );
  let stopping: Promise<void> | undefined;

  return {
    url: http.url,
    stop: () => (stopping ??= stop()),
  };

  async function stop(): Promise<void> {
    learn.stop();
    collect?.[Symbol.dispose]();
    const closed = http.close(HAND_BACK);
    await workers?.stop(HAND_BACK);
    await closed;
    const isClosed = await isDone(CLOSE, store[Symbol.asyncDispose]());
    logger.info(isClosed ? "stopped" : "stopped; the store did not close in time");
  }

  /** Mirrors are collected now and again. */
  function startCollection(): Disposable {
    const stop = new AbortController();
    const work = async (): Promise<void> => {
      try {
        const { removed, packed } = await collectMirrors(
          config.data,
          config.mirrors,
          Date.now(),
          stop.signal,
        );
        if (removed.length + packed.length > 0)
          logger.info({ removed: removed.length, packed: packed.length }, "mirrors were collected");
      } catch (error) {
        if (!stop.signal.aborted) logger.warn({ error: String(error) }, "mirrors were not collected");
      }
    };
    void work();
    const timer = setInterval(() => void work(), COLLECT);
    return {
      [Symbol.dispose]() {
        clearInterval(timer);
        stop.abort(new Error("the process stops"));
      },
    };
  }

  /** Deliveries of our own actions carry the bot's id, which only GitHub knows. It is stored for the next start. */
  function learnIdentity(): { stop(): void } {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isStopped = false;
    const ask = async (): Promise<void> => {
      try {
        const { bot } = await service.app.identity();
        self = { appId: config.app.id, botId: bot.id };
        if (!isStopped) await store.saveNote(BOT, String(bot.id));
      } catch (error) {
        if (isStopped) return;
        const code = error instanceof GitHubFailure ? error.code : undefined;
        logger.warn(
          { code, error: String(error) },
          code === "unauthorised"
            ? "GitHub does not accept APP_ID with this private key"
            : "GitHub has not confirmed the App's identity yet; retrying",
        );
        timer = setTimeout(() => void ask(), ASK_AGAIN);
      }
    };
    void ask();
    return {
      stop() {
        isStopped = true;
        clearTimeout(timer);
      },
    };
  }
}

/** Whether the work ended in time; throws what it throws. */
async function isDone(milliseconds: number, work: PromiseLike<unknown>): Promise<boolean> {
  const late = new AbortController();
  const { signal } = late;
  try {
    return await Promise.race([
      work.then(() => true),
      pause(milliseconds, undefined, { signal }).then(() => false),
    ]);
  } finally {
    late.abort();
  }
}
