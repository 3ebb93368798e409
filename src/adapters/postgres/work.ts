import { setTimeout as pause } from "node:timers/promises";
import type { Job as BossJob, PgBoss } from "pg-boss";
import {
  type JobContext,
  type JobHandlers,
  type JobKind,
  Postponed,
  type Workers,
} from "../../engine/store/store.ts";
import { type Database, inTransaction } from "./database.ts";
import { KINDS, sendOnce } from "./queues.ts";

export interface WorkOptions {
  /** Runs at once in this process. */
  readonly runs: number;
  /** Seconds between two comparisons with GitHub. */
  readonly reconcileSeconds: number;
}

/** Jobs at once in this process, by kind; they mostly wait for GitHub. */
const AT_ONCE: Readonly<Record<Exclude<JobKind, "run">, number>> = {
  delivery: 4,
  sync: 4,
  check: 1,
  forget: 1,
  configure: 1,
  reconcile: 1,
};

/**
 * Works jobs until it is stopped. A job that waits, or that is handed back, is put into the queue anew and ends in one
 * transaction, so that it counts as no failure; one that throws is tried again later by pg-boss, with growing pauses.
 */
export async function startWork(
  database: Database,
  schema: string,
  boss: PgBoss,
  handlers: JobHandlers,
  { runs, reconcileSeconds }: WorkOptions,
): Promise<Workers> {
  const stopping = new AbortController();
  const atWork = new Set<Promise<unknown>>();

  const putBack = async (kind: JobKind, job: BossJob, seconds: number): Promise<void> => {
    await database.transaction(async (connection) => {
      const db = inTransaction(connection);
      const { rows } = await connection.query<{ singleton_key: string | null; priority: number }>(
        `SELECT singleton_key, priority FROM ${schema}_queue.job WHERE name = $1 AND id = $2 AND state = 'active'`,
        [kind, job.id],
      );
      const [row] = rows;
      // Cancelled, or taken by somebody else meanwhile: it is not ours to put back.
      if (row === undefined) return;
      const id = await boss.send(kind, job.data, {
        startAfter: seconds,
        priority: row.priority,
        ...(row.singleton_key === null ? {} : { singletonKey: row.singleton_key }),
        db,
      });
      if (kind === "run")
        await connection.query(
          `UPDATE ${schema}.run SET job = $2, crashes = greatest(crashes - 1, 0) WHERE id = $1 AND state = 'admitted'`,
          [(job.data as { run: string }).run, id],
        );
      await boss.complete(kind, job.id, null, { db });
    });
  };

  const carryOut = async (kind: JobKind, job: BossJob): Promise<void> => {
    const signal = AbortSignal.any([job.signal, stopping.signal]);
    const handler = handlers[kind] as (data: object, context: JobContext) => Promise<void>;
    const work = handler({ ...job.data, kind }, { signal, attempt: job.retryCount + 1 });
    atWork.add(work);
    try {
      await work;
    } catch (error) {
      if (error instanceof Postponed) await putBack(kind, job, error.seconds);
      else if (stopping.signal.aborted) await putBack(kind, job, 0);
      // Cancelled: nothing is left to do, and to fail it would bring it back.
      else if (!job.signal.aborted) throw error;
    } finally {
      atWork.delete(work);
    }
  };

  for (const kind of KINDS)
    await boss.work<object>(
      kind,
      {
        localConcurrency: kind === "run" ? runs : AT_ONCE[kind],
        pollingIntervalSeconds: 0.5,
        notifyPollingIntervalSeconds: 0.5,
        heartbeatRefreshSeconds: 1,
      },
      async ([job]) => {
        if (job !== undefined) await carryOut(kind, job);
      },
    );

  const timer = setInterval(() => {
    // Any process may ask; one such job waits at a time.
    database
      .transaction((connection) =>
        sendOnce(boss, connection, `${schema}_queue`, "reconcile", {}, { key: "reconcile" }),
      )
      .catch(() => undefined);
  }, reconcileSeconds * 1000);

  return {
    async stop(milliseconds) {
      clearInterval(timer);
      const until = Date.now() + milliseconds;
      stopping.abort();
      await Promise.race([
        Promise.all(KINDS.map((kind) => boss.offWork(kind, { wait: true }))),
        pause(Math.max(0, until - Date.now())),
      ]);
      await Promise.race([Promise.allSettled(atWork), pause(Math.max(0, until - Date.now()))]);
    },
  };
}
