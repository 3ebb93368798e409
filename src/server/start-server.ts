import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "pino";
import type { Self } from "../github/read-delivery.ts";
import type { OpenStore } from "../store/io/open-store.ts";
import { readSpool, type SpoolReader } from "../store/io/spool.ts";
import { GitHubFailure } from "../github/github-failure.ts";
import type { Workers } from "../store/store.ts";
import type { Research } from "../service/research.ts";
import { collectMirrors } from "../repository/io/collect-mirrors.ts";
import { sweepScratch } from "../repository/io/scratch-folder.ts";
import { checkDisk } from "./check-disk.ts";
import { composeService, startWorkers, storeOf } from "./compose.ts";
import { NotReady, openHttpServer } from "./http-server.ts";
import { type Intake, type IntakeHost, openIntake } from "./intake.ts";
import { startIntakeThread } from "./intake-thread.ts";
import { openMetrics } from "./metrics.ts";
import type { ServerConfig } from "./server-config.ts";
import { outcomeOf } from "./webhooks.ts";

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
  { store: given, research, now }: ServerParts,
): Promise<RunningServer> {
  let waiting = (): number => 0;
  const metrics = openMetrics(store, () => waiting());
  const composed = composeService(config, store, { metrics, logger });
  const service = { ...composed, research: research ?? composed.research, now: now ?? composed.now };
  const isWorker = config.role !== "web";
  let workers: Workers | undefined;
  let collect: Disposable | undefined;
  const host: IntakeHost = {
    metrics,
    logger,
    alive: () => Promise.resolve(),
    async ready() {
      if (!(await isDone(READY, store.ping()))) throw new NotReady("the store does not answer");
      if (isWorker || store.isEmbedded) await checkDisk(config.data);
      if (isWorker && workers === undefined) throw new NotReady("the workers have not started");
    },
  };
  const known = Number(await store.note(BOT));
  const self: Self = { appId: config.app.id, ...(known > 0 ? { botId: known } : {}) };
  const intake = await openDoor(config, store, host, { self, isApart: given === undefined });
  waiting = () => intake.waiting();
  const learn = learnIdentity();
  if (isWorker) {
    try {
      sweepScratch(config.data);
      workers = await startWorkers(config, store, service, { metrics, logger });
      await store.send({ kind: "reconcile" }, { key: "reconcile" });
    } catch (error) {
      learn.stop();
      await intake.close(0);
      throw error;
    }
    collect = startCollection();
  }
  logger.info(
    { url: intake.url, role: config.role, store: store.isEmbedded ? "embedded" : "postgresql" },
    "listening",
  );
  let stopping: Promise<void> | undefined;

  return {
    url: intake.url,
    stop: () => (stopping ??= stop()),
  };

  async function stop(): Promise<void> {
    learn.stop();
    collect?.[Symbol.dispose]();
    const closed = intake.close(HAND_BACK);
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
        if (isStopped) return;
        intake.learn({ appId: config.app.id, botId: bot.id });
        await store.saveNote(BOT, String(bot.id));
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

/**
 * Opens what this process answers requests with. In a process that also works jobs, webhooks have a thread of their own. It reaches
 * only a store that the configuration names (`isApart`): with the embedded one, deliveries wait in files until this thread stores them.
 */
async function openDoor(
  config: ServerConfig,
  store: OpenStore,
  host: IntakeHost,
  { self, isApart }: { readonly self: Self; readonly isApart: boolean },
): Promise<Intake> {
  const { app, webhookSecrets: secrets, webhookSecretsPath: secretsPath, webhookBytes: maxBytes } = config;
  const settings = {
    self,
    privateKey: app.privateKey,
    secrets,
    secretsPath,
    host: config.host,
    port: config.port,
    maxBytes,
  };
  if (config.role === "worker")
    return {
      ...(await openHttpServer({ ...settings, ...host, webhooks: undefined })),
      learn: () => undefined,
      waiting: () => 0,
    };
  if (config.role === "web" || !isApart) return openIntake(settings, store, host);
  if (config.databaseUrl !== undefined)
    return startIntakeThread({ settings, keepIn: { url: config.databaseUrl } }, host, () => undefined);
  const spool = join(config.data, "inbox");
  let reader: SpoolReader | undefined;
  const thread = await startIntakeThread({ settings, keepIn: { spool } }, host, () => void reader?.drain());
  const stored = readSpool(spool, {
    accept: (delivery) => store.acceptDelivery(delivery),
    onDelivery: (delivery, outcome) => host.metrics.delivery(outcomeOf(delivery, outcome)),
    onStored: (position) => thread.stored(position),
    onError: (error) => host.logger.error({ error: String(error) }, "a delivery is not in the database yet"),
  });
  reader = stored;
  void stored.drain();
  return {
    ...thread,
    waiting: () => stored.waiting(),
    async close(milliseconds) {
      await thread.close(milliseconds);
      // What is left is stored at the next start.
      stored.stop();
      await stored.drain();
    },
  };
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
