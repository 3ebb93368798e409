import type { PgBoss } from "pg-boss";
import type { Journal } from "../../llm/journal.ts";
import { GIVEN_UP, KINDS } from "../queue-rules.ts";
import type { JobHandlers, Store, Workers } from "../store.ts";
import { followClock } from "./clock.ts";
import {
  type Connection,
  type Database,
  type DatabaseLocation,
  inTransaction,
  openDatabase,
} from "./database.ts";
import { deadJobStore } from "./dead-jobs.ts";
import { deliveryStore } from "./deliveries.ts";
import { investigationStore } from "./investigations.ts";
import { journalStore } from "./journal.ts";
import { migrate } from "./migrate.ts";
import { openBoss, sendOnce, turnOf } from "./queues.ts";
import { rowStore } from "./rows.ts";
import { runStore } from "./runs.ts";
import { trackerStore } from "./tracker.ts";
import { startWork, type WorkOptions } from "./work.ts";

export interface StoreOptions {
  /** Of our tables; pg-boss has `<schema>_queue`. Letters, digits and `_`. Default: casebook. */
  readonly schema?: string;
  /** Receives errors of background work. */
  readonly onError?: (error: unknown) => void;
  /** No other process uses the database. Default: only the embedded one is known to be used by nobody else. */
  readonly isAlone?: boolean;
}

export interface OpenStore extends Store, AsyncDisposable {
  readonly isEmbedded: boolean;
  /** Conversations with models, in the same database. */
  readonly journal: Journal;
  work(handlers: JobHandlers, options: WorkOptions): Promise<Workers>;
}

/**
 * Opens the store, migrates its tables and starts the queue. An embedded store has one process, so the jobs of a killed
 * one retry at once. Throws RunFailure `busy` when another process holds the folder.
 */
export async function openStore(options: DatabaseLocation & StoreOptions): Promise<OpenStore> {
  const database = await openDatabase(options);
  try {
    const store = await openStoreIn(database, options);
    return {
      ...store,
      async [Symbol.asyncDispose]() {
        await store[Symbol.asyncDispose]();
        await database[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw error;
  }
}

/** The same in an open database, which stays open. */
export async function openStoreIn(
  database: Database,
  { schema = "casebook", onError = () => undefined, isAlone = database.isEmbedded }: StoreOptions = {},
): Promise<OpenStore> {
  if (!/^[a-z][a-z0-9_]{0,30}$/.test(schema))
    throw new RangeError("a schema is named by small letters, digits and _");
  const queue = `${schema}_queue`;
  await migrate(database, schema);
  const boss = await openBoss(database, queue, onError);
  const deliveries = deliveryStore(database, schema, boss);
  await followClock(database, schema);
  if (isAlone) await putBackAbandoned(database, queue, boss);
  return {
    isEmbedded: database.isEmbedded,
    journal: journalStore(database, schema),
    ...deliveries.inbox,
    ...investigationStore(database, schema, queue, boss, deliveries.finishIn),
    ...runStore(database, schema, queue, boss),
    ...deadJobStore(database, schema, boss, async (keys) => {
      for (const key of keys) await deliveries.inbox.finishDelivery(key, GIVEN_UP);
    }),
    ...rowStore(database, schema),
    ...trackerStore(database, schema),
    async send({ kind, ...data }, { key, inSeconds = 0 } = {}) {
      await database.transaction(async (connection) => {
        const installation = await installationOf(connection, schema, data);
        if (key !== undefined)
          return sendOnce(boss, connection, queue, kind, data, { key, inSeconds, installation });
        const turn = await turnOf(connection, queue, kind, installation);
        await boss.send(kind, data, { startAfter: inSeconds, ...turn, db: inTransaction(connection) });
      });
    },
    async counts() {
      const { rows } = await database.query<{ queue: string; state: string; count: number }>(
        // The condition is that of pg-boss's index, so that jobs that are done cost nothing.
        `SELECT name AS queue, state::text AS state, count(*)::int AS count FROM ${queue}.job
         WHERE state IN ('created', 'retry', 'active', 'failed') GROUP BY name, state ORDER BY name, state`,
      );
      return rows;
    },
    async openRuns() {
      const { rows } = await database.query<{ state: "waiting" | "admitted"; count: number }>(
        `SELECT state, count(*)::int AS count FROM ${schema}.run WHERE state IN ('waiting', 'admitted') GROUP BY state ORDER BY state`,
      );
      return rows;
    },
    work: (handlers, work) => startWork(database, schema, boss, handlers, work),
    async [Symbol.asyncDispose]() {
      await boss.stop({ graceful: false, close: !database.isEmbedded });
    },
  };
}

/** The installation that a job is for; undefined when it names none, or one that is not known. */
async function installationOf(
  connection: Connection,
  schema: string,
  data: object,
): Promise<number | undefined> {
  const { installation, repository } = data as {
    readonly installation?: number;
    readonly repository?: number;
  };
  if (installation !== undefined || repository === undefined) return installation;
  const { rows } = await connection.query<{ installation: string }>(
    `SELECT installation::text FROM ${schema}.repository WHERE id = $1`,
    [repository],
  );
  return rows[0] === undefined ? undefined : Number(rows[0].installation);
}

/** Retries the jobs of a previous process that was killed. The failed attempt counts. */
async function putBackAbandoned(database: Database, queue: string, boss: PgBoss): Promise<void> {
  for (const kind of KINDS) {
    const { rows } = await database.query<{ id: string }>(
      `SELECT id::text FROM ${queue}.job WHERE name = $1 AND state = 'active'`,
      [kind],
    );
    const ids = rows.map(({ id }) => id);
    if (ids.length === 0) continue;
    await boss.fail(kind, ids, { why: "the process ended" });
    await database.query(
      `UPDATE ${queue}.job SET start_after = now() WHERE name = $1 AND id = ANY($2::uuid[]) AND state = 'retry'`,
      [kind, ids],
    );
  }
}
