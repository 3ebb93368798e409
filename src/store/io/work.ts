import { RetryLater } from "../../failure.ts";
import { setTimeout as pause } from "node:timers/promises";
import type { Job as BossJob, PgBoss } from "pg-boss";
import { AT_ONCE, KINDS } from "../queue-rules.ts";
import type { JobContext, JobHandlers, JobKind, Workers } from "../store.ts";
import { followClock } from "./clock.ts";
import { type Database, inTransaction } from "./database.ts";
import { sendOnce } from "./queues.ts";

export interface WorkOptions {
  /** Runs at once in this process. */
  readonly runs: number;
  /** Seconds between two reconciliations with GitHub. */
  readonly reconcileSeconds: number;
}

/**
 * Seconds between two fetches of a worker that nothing wakes. PostgreSQL notifies of a job that can start at once, and
 * `wake` finds one whose time has come: a fetch of each worker each second would take a seventh of a core when embedded.
 */
const POLL_SECONDS = 60;
/** Milliseconds between two looks for jobs whose time has come. */
const WAKE = 500;
/** Milliseconds between two looks at the database's clock. */
const CLOCK = 5_000;
/** Milliseconds for a job to end by itself when the process stops; then its signal is aborted. */
const GRACE = 1_500;
/** Share of the stop time after which jobs that ignore their signal return to the queue without it. */
const GIVE_UP = 0.3;

/**
 * Runs jobs until it is stopped. A job that retries later or returns to the queue is sent anew and completed in one
 * transaction, so that it counts as no failure. pg-boss retries a job that throws, with growing pauses.
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
      // Locks the run before its job, as stopping does; the other order could deadlock.
      if (kind === "run")
        await connection.query(`SELECT 1 FROM ${schema}.run WHERE id = $1 FOR UPDATE`, [
          (job.data as { run: string }).run,
        ]);
      const { rows } = await connection.query<{
        singleton_key: string | null;
        priority: number;
        group_id: string | null;
      }>(
        `SELECT singleton_key, priority, group_id FROM ${schema}_queue.job
         WHERE name = $1 AND id = $2 AND state = 'active' AND retry_count = $3 FOR UPDATE`,
        [kind, job.id, job.retryCount],
      );
      const [row] = rows;
      // Cancelled, or taken by another worker: not ours to send anew.
      if (row === undefined) return;
      if (kind !== "run" && row.singleton_key !== null) {
        // Another one of the same key waits already and does the same: during an outage they would grow in number without end.
        const { rows: waiting } = await connection.query(
          `SELECT 1 FROM ${schema}_queue.job WHERE name = $1 AND singleton_key = $2 AND state = 'created'
           AND start_after <= now() + make_interval(secs => $3) LIMIT 1 FOR UPDATE`,
          [kind, row.singleton_key, seconds],
        );
        if (waiting.length > 0) return void (await boss.complete(kind, job.id, null, { db }));
      }
      const id = await boss.send(kind, job.data, {
        startAfter: seconds,
        priority: row.priority,
        ...(row.singleton_key === null ? {} : { singletonKey: row.singleton_key }),
        ...(row.group_id === null ? {} : { group: { id: row.group_id } }),
        db,
      });
      await boss.complete(kind, job.id, null, { db });
      if (kind !== "run") return;
      const { rows: wanted } = await connection.query(
        `UPDATE ${schema}.run SET job = $2, crashes = greatest(crashes - 1, 0)
         WHERE id = $1 AND state = 'admitted' RETURNING id`,
        [(job.data as { run: string }).run, id],
      );
      // Stopped at this moment: nobody knows of the new job, so nobody could stop it.
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
      // At least a second, so that a waiting job is not polled continuously.
      if (error instanceof RetryLater) await putBack(kind, job, Math.max(1, Math.ceil(error.seconds)));
      else if (stopping.signal.aborted) await putBack(kind, job, 0);
      // Cancelled: a failure would retry it.
      else if (!job.signal.aborted) throw error;
    } finally {
      atWork.delete(job);
    }
  };

  const workers: { readonly kind: JobKind; readonly id: string }[] = [];
  const startWorker = async (kind: JobKind): Promise<void> => {
    let worker: string | undefined;
    worker = await boss.work<object>(
      kind,
      {
        pollingIntervalSeconds: POLL_SECONDS,
        heartbeatRefreshSeconds: 1,
        ...(kind === "run" ? {} : { localGroupConcurrency: 1 }),
      },
      async ([job]) => {
        try {
          if (job !== undefined) await carryOut(kind, job);
        } finally {
          // Fetches the next job at once; otherwise a backlog shrinks by one in each polling interval.
          if (worker !== undefined) boss.notifyWorker(worker);
        }
      },
    );
    workers.push({ kind, id: worker });
  };
  for (const kind of KINDS)
    for (let i = 0; i < (kind === "run" ? runs : AT_ONCE[kind]); i++) await startWorker(kind);

  let isLooking = false;
  const wake = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    database
      .query<{ name: string }>(
        `SELECT DISTINCT name FROM ${schema}_queue.job WHERE state < 'active' AND start_after <= now()`,
      )
      .then(({ rows }) => {
        const due = new Set(rows.map(({ name }) => name));
        for (const { kind, id } of workers) if (due.has(kind)) boss.notifyWorker(id);
      })
      // The next look tries again.
      .catch(() => undefined)
      .finally(() => (isLooking = false));
  }, WAKE);

  const timer = setInterval(() => {
    const once = { key: "reconcile", everySeconds: reconcileSeconds };
    database
      .transaction((connection) => sendOnce(boss, connection, `${schema}_queue`, "reconcile", {}, once))
      // The next interval tries again.
      .catch(() => undefined);
  }, reconcileSeconds * 1000);

  const clock = setInterval(() => {
    // The next look tries again.
    followClock(database, schema).catch(() => undefined);
  }, CLOCK);

  return {
    async stop(milliseconds) {
      clearInterval(wake);
      clearInterval(clock);
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
