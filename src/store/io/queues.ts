import { PgBoss } from "pg-boss";
import { DEAD, KINDS, QUEUES } from "../queue-rules.ts";
import type { JobKind } from "../store.ts";
import { type Connection, type Database, inTransaction } from "./database.ts";

export interface Once {
  readonly key: string;
  /** The installation that the job is for; undefined: none. */
  readonly installation?: number | undefined;
  readonly inSeconds?: number;
  /** At most one in each such interval, over all processes. */
  readonly everySeconds?: number;
}

/**
 * Sends a job of a key unless one is already waiting to start by then, so that a hundred events make one job. pg-boss has
 * a policy for that, but none that also keeps two jobs of a key from running at once. The waiting job is locked until the
 * transaction ends: a worker that took it earlier would not see what the transaction wrote.
 */
export async function sendOnce(
  boss: PgBoss,
  connection: Connection,
  queue: string,
  kind: JobKind,
  data: object,
  { key, installation, inSeconds = 0, everySeconds }: Once,
): Promise<void> {
  const { rows } = await connection.query(
    `SELECT 1 FROM ${queue}.job WHERE name = $1 AND singleton_key = $2 AND state = 'created'
       AND start_after <= now() + make_interval(secs => $3) LIMIT 1 FOR UPDATE`,
    [kind, key, inSeconds],
  );
  if (rows.length > 0) return;
  await boss.send(kind, data, {
    singletonKey: key,
    startAfter: inSeconds,
    ...(await turnOf(connection, queue, kind, installation)),
    ...(everySeconds === undefined ? {} : { singletonSeconds: everySeconds }),
    db: inTransaction(connection),
  });
}

/** A queue counts an installation's jobs up to so many. */
const MAX_COUNTED = 1_000;

/** pg-boss's group of an installation's jobs: of one group, a process works one job of a kind at a time (`startWork`). */
export function groupOf(installation: number | undefined): { readonly group?: { readonly id: string } } {
  return installation === undefined ? {} : { group: { id: String(installation) } };
}

/**
 * The turn of an installation's next job: its first one goes before the second one of any other, so a flood waits behind itself,
 * whatever kind it is of.
 */
export async function turnOf(
  connection: Connection,
  queue: string,
  kind: JobKind,
  installation: number | undefined,
): Promise<{ readonly priority?: number; readonly group?: { readonly id: string } }> {
  if (installation === undefined) return {};
  const { rows } = await connection.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM (
       SELECT 1 FROM ${queue}.job WHERE name = $1 AND group_id = $2 AND state IN ('created', 'retry', 'active')
       LIMIT ${MAX_COUNTED}) AS counted`,
    [kind, String(installation)],
  );
  return { priority: -(rows[0]?.count ?? 0), ...groupOf(installation) };
}

async function createQueues(boss: PgBoss): Promise<void> {
  await boss.createQueue(DEAD, { retryLimit: 0 });
  for (const kind of KINDS) {
    const { policy, ...settings } = QUEUES[kind];
    await boss.createQueue(kind, { policy, ...settings });
    // A queue of an older version gets the settings of this one.
    await boss.updateQueue(kind, settings);
  }
}

/** Starts pg-boss in a schema of its own. Errors of its background work go to `onError`. */
export async function openBoss(
  database: Database,
  schema: string,
  onError: (error: unknown) => void,
): Promise<PgBoss> {
  const boss = new PgBoss({
    ...database.boss,
    schema,
    useListenNotify: true,
    // A dead worker is found after a missed heartbeat and one check: 10 s and 3 s.
    superviseIntervalSeconds: 3,
    monitorIntervalSeconds: 3,
    schedule: false,
    warningQueueSize: 100_000,
    warningSlowQuerySeconds: 10,
  });
  boss.on("error", onError);
  await boss.start();
  await createQueues(boss);
  return boss;
}
