import { RetryLater } from "../../failure.ts";
import { setTimeout as pause } from "node:timers/promises";
import type { Job as BossJob, PgBoss } from "pg-boss";
import type { JobContext, JobHandlers, JobKind, Workers } from "../store.ts";
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
/** Milliseconds in which a job that is nearly done may end when the process stops; then it is asked to. */
const GRACE = 1_500;
/** The last part of the time to stop: jobs that did not listen are put back without them. */
const GIVE_UP = 0.3;

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
  const atWork = new Map<BossJob, JobKind>();

  const putBack = async (kind: JobKind, job: BossJob, seconds: number): Promise<void> => {
    await database.transaction(async (connection) => {
      const db = inTransaction(connection);
      // The run before its job, as who stops it does: the other way each could wait for the other.
      if (kind === "run")
        await connection.query(`SELECT 1 FROM ${schema}.run WHERE id = $1 FOR UPDATE`, [
          (job.data as { run: string }).run,
        ]);
      const { rows } = await connection.query<{ singleton_key: string | null; priority: number }>(
        `SELECT singleton_key, priority FROM ${schema}_queue.job
         WHERE name = $1 AND id = $2 AND state = 'active' AND retry_count = $3 FOR UPDATE`,
        [kind, job.id, job.retryCount],
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
      await boss.complete(kind, job.id, null, { db });
      if (kind !== "run") return;
      const { rows: wanted } = await connection.query(
        `UPDATE ${schema}.run SET job = $2, crashes = greatest(crashes - 1, 0)
         WHERE id = $1 AND state = 'admitted' RETURNING id`,
        [(job.data as { run: string }).run, id],
      );
      // Stopped in this moment: nobody knows of the new job, so nobody could stop it.
      if (wanted.length === 0 && id !== null) await boss.cancel(kind, id, { db });
    });
  };

  const carryOut = async (kind: JobKind, job: BossJob): Promise<void> => {
    const signal = AbortSignal.any([job.signal, stopping.signal]);
    const handler = handlers[kind] as (data: object, context: JobContext) => Promise<void>;
    atWork.set(job, kind);
    try {
      await handler({ ...job.data, kind }, { signal, attempt: job.retryCount + 1 });
    } catch (error) {
      // A whole second at least: a job that waits must not be looked at again and again.
      if (error instanceof RetryLater) await putBack(kind, job, Math.max(1, Math.ceil(error.seconds)));
      else if (stopping.signal.aborted) await putBack(kind, job, 0);
      // Cancelled: nothing is left to do, and to fail it would bring it back.
      else if (!job.signal.aborted) throw error;
    } finally {
      atWork.delete(job);
    }
  };

  const startWorker = async (kind: JobKind): Promise<void> => {
    let worker: string | undefined;
    worker = await boss.work<object>(
      kind,
      { pollingIntervalSeconds: 1, notifyPollingIntervalSeconds: 1, heartbeatRefreshSeconds: 1 },
      async ([job]) => {
        try {
          if (job !== undefined) await carryOut(kind, job);
        } finally {
          // Looks for the next one at once; without this a backlog would shrink by one in each polling interval.
          if (worker !== undefined) boss.notifyWorker(worker);
        }
      },
    );
  };
  for (const kind of KINDS)
    for (let i = 0; i < (kind === "run" ? runs : AT_ONCE[kind]); i++) await startWorker(kind);

  const timer = setInterval(() => {
    const once = { key: "reconcile", everySeconds: reconcileSeconds };
    database
      .transaction((connection) => sendOnce(boss, connection, `${schema}_queue`, "reconcile", {}, once))
      // The next turn asks again.
      .catch(() => undefined);
  }, reconcileSeconds * 1000);

  return {
    async stop(milliseconds) {
      clearInterval(timer);
      const ended = Promise.all(KINDS.map((kind) => boss.offWork(kind, { wait: true })));
      const grace = Math.min(GRACE, milliseconds / 4);
      const giveUp = milliseconds * GIVE_UP;
      await within(grace, ended);
      stopping.abort(new Error("the process stops"));
      await within(milliseconds - grace - giveUp, ended);
      await within(giveUp, Promise.allSettled([...atWork].map(([job, kind]) => putBack(kind, job, 0))));
    },
  };
}

async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const late = new AbortController();
  const { signal } = late;
  await Promise.race([work, pause(milliseconds, undefined, { signal }).catch(() => undefined)]);
  late.abort();
}
