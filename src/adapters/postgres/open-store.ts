import type { JobHandlers, Store, Workers } from "../../engine/store/store.ts";
import { openBoss } from "./boss.ts";
import { openDatabase, type Place } from "./database.ts";
import { deliveryStore } from "./deliveries.ts";
import { investigationStore } from "./investigations.ts";
import { migrate } from "./migrate.ts";
import { KINDS, sendOnce } from "./queues.ts";
import { rowStore } from "./rows.ts";
import { runStore } from "./runs.ts";
import { startWork, type WorkOptions } from "./work.ts";

export type OpenStoreOptions = Place & {
  /** Of our tables; pg-boss has `<schema>_queue`. Letters, digits and `_`. Default: casebook. */
  readonly schema?: string;
  /** Told of errors in the background. */
  readonly onError?: (error: unknown) => void;
};

export interface OpenStore extends Store, AsyncDisposable {
  readonly isEmbedded: boolean;
  work(handlers: JobHandlers, options: WorkOptions): Promise<Workers>;
}

/**
 * Opens the store, brings its tables to this version and starts the queue. Embedded, this is the only process, so every
 * job that a killed one left half done is put back at once. Throws RunFailure `busy` when another process holds the folder.
 */
export async function openStore(options: OpenStoreOptions): Promise<OpenStore> {
  const { schema = "casebook", onError = () => undefined } = options;
  if (!/^[a-z][a-z0-9_]{0,30}$/.test(schema))
    throw new RangeError("a schema is named by small letters, digits and _");
  const queue = `${schema}_queue`;
  const database = await openDatabase(options);
  try {
    await migrate(database, schema);
    const boss = await openBoss(database, queue, onError);
    const deliveries = deliveryStore(database, schema, boss);
    if (database.isEmbedded) {
      for (const kind of KINDS) {
        const { rows } = await database.query<{ id: string }>(
          `SELECT id::text FROM ${queue}.job WHERE name = $1 AND state = 'active'`,
          [kind],
        );
        if (rows.length > 0)
          await boss.fail(
            kind,
            rows.map(({ id }) => id),
            { why: "the process ended" },
          );
      }
      await database.query(`UPDATE ${queue}.job SET start_after = now() WHERE state = 'retry'`);
    }
    return {
      isEmbedded: database.isEmbedded,
      ...deliveries.inbox,
      ...investigationStore(database, schema, queue, boss, deliveries.finishIn),
      ...runStore(database, schema, queue, boss),
      ...rowStore(database, schema),
      async send({ kind, ...data }, { key, inSeconds = 0 } = {}) {
        await (key === undefined
          ? boss.send(kind, data, { startAfter: inSeconds })
          : database.transaction((connection) =>
              sendOnce(boss, connection, queue, kind, data, { key, inSeconds }),
            ));
      },
      async counts() {
        const { rows } = await database.query<{ queue: string; state: string; count: number }>(
          `SELECT name AS queue, state::text AS state, count(*)::int AS count FROM ${queue}.job GROUP BY name, state ORDER BY name, state`,
        );
        return rows;
      },
      work: (handlers, work) => startWork(database, schema, boss, handlers, work),
      async [Symbol.asyncDispose]() {
        await boss.stop({ graceful: false, close: !database.isEmbedded });
        await database[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw error;
  }
}
