import type { JobInsert, PgBoss } from "pg-boss";
import type { NewDelivery, Store } from "../store.ts";
import { type Connection, type Database, inTransaction, NOW, SINCE } from "./database.ts";
import { turnOf } from "./queues.ts";

type DeliveryStore = Pick<
  Store,
  "acceptDelivery" | "delivery" | "finishDelivery" | "knownGuids" | "forgetDeliveries" | "lastDeliveryAt"
>;

/** Deliveries stored in one transaction. */
const MAX_BATCH = 100;
/** Deliveries removed by one statement. */
const MAX_FORGET = 2_000;

interface Waiting {
  readonly delivery: NewDelivery;
  readonly resolve: (answer: "stored" | "known") => void;
  readonly reject: (error: unknown) => void;
}

/** The inbox. Deliveries that arrive during a transaction share the next one, so that a burst costs few of them. */
export function deliveryStore(
  database: Database,
  schema: string,
  boss: PgBoss,
): {
  readonly inbox: DeliveryStore;
  /** Finishes a delivery in the caller's transaction. */
  readonly finishIn: (connection: Connection, key: string, outcome: string) => Promise<void>;
} {
  let waiting: Waiting[] = [];
  let isFlushing = false;

  const flush = async (): Promise<void> => {
    if (isFlushing) return;
    isFlushing = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MAX_BATCH);
      waiting = waiting.slice(MAX_BATCH);
      try {
        const stored = await store(batch.map(({ delivery }) => delivery));
        for (const { delivery, resolve } of batch) {
          // Twice in one batch: the second one is known.
          resolve(stored.delete(delivery.key) ? "stored" : "known");
        }
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    isFlushing = false;
  };

  const store = (deliveries: readonly NewDelivery[]): Promise<Set<string>> =>
    database.transaction(async (connection) => {
      const columns = [
        deliveries.map(({ key }) => key),
        deliveries.map(({ guid }) => guid),
        deliveries.map(({ event }) => event),
        deliveries.map(({ payload, wanted }) => (wanted ? JSON.stringify(payload) : "null")),
        deliveries.map(({ wanted }) => wanted),
      ];
      const { rows } = await connection.query<{ key: string; wanted: boolean }>(
        `INSERT INTO ${schema}.delivery (key, guid, event, payload, wanted, received_at, outcome, ended_at)
         SELECT key, guid, event, payload, wanted, ${NOW},
           CASE WHEN wanted THEN NULL ELSE 'nothing follows from it' END, CASE WHEN wanted THEN NULL ELSE ${NOW} END
         FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::boolean[]) AS t (key, guid, event, payload, wanted)
         ON CONFLICT (key) DO NOTHING RETURNING key, wanted`,
        columns,
      );
      const stored = new Set(rows.filter(({ wanted }) => wanted).map(({ key }) => key));
      const jobs = await jobsOf(
        connection,
        deliveries.filter(({ key }) => stored.delete(key)),
      );
      if (jobs.length > 0) await boss.insert("delivery", jobs, { db: inTransaction(connection) });
      return new Set(rows.map(({ key }) => key));
    });

  /** One job for each, in the turns of their installations. */
  const jobsOf = async (connection: Connection, wanted: readonly NewDelivery[]): Promise<JobInsert[]> => {
    const turns = new Map<number | undefined, Awaited<ReturnType<typeof turnOf>>>();
    const jobs: JobInsert[] = [];
    for (const { key, installation } of wanted) {
      const turn =
        turns.get(installation) ?? (await turnOf(connection, `${schema}_queue`, "delivery", installation));
      jobs.push({ data: { key }, ...turn });
      turns.set(installation, { ...turn, priority: (turn.priority ?? 0) - 1 });
    }
    return jobs;
  };

  const finishIn = async (connection: Connection, key: string, outcome: string): Promise<void> => {
    // Texts of people are not kept longer than needed.
    await connection.query(
      `UPDATE ${schema}.delivery SET outcome = $2, ended_at = ${NOW}, payload = 'null' WHERE key = $1 AND outcome IS NULL`,
      [key, outcome.slice(0, 500)],
    );
  };

  const inbox: DeliveryStore = {
    acceptDelivery(delivery) {
      return new Promise((resolve, reject) => {
        waiting.push({ delivery, resolve, reject });
        void flush();
      });
    },
    async delivery(key) {
      const { rows } = await database.query<{
        guid: string;
        event: string;
        payload: string;
        wanted: boolean;
        received_at: number;
        outcome: string | null;
      }>(`SELECT guid, event, payload, wanted, received_at, outcome FROM ${schema}.delivery WHERE key = $1`, [
        key,
      ]);
      const [row] = rows;
      if (row === undefined) return undefined;
      return {
        key,
        guid: row.guid,
        event: row.event,
        payload: JSON.parse(row.payload) as unknown,
        wanted: row.wanted,
        receivedAt: row.received_at,
        ...(row.outcome === null ? {} : { outcome: row.outcome }),
      };
    },
    finishDelivery: (key, outcome) => finishIn(database, key, outcome),
    async knownGuids(guids) {
      const { rows } = await database.query<{ guid: string }>(
        `SELECT DISTINCT guid FROM ${schema}.delivery WHERE guid = ANY($1::text[])`,
        [guids],
      );
      return new Set(rows.map(({ guid }) => guid));
    },
    async forgetDeliveries(days) {
      let count = 0;
      for (;;) {
        // In batches, so that webhooks are stored in between.
        const { rows } = await database.query(
          `DELETE FROM ${schema}.delivery WHERE key IN (
             SELECT key FROM ${schema}.delivery WHERE ended_at < ${SINCE} - $1::float8 LIMIT ${MAX_FORGET})
           RETURNING 1`,
          [days * 86_400_000],
        );
        count += rows.length;
        if (rows.length < MAX_FORGET) return count;
      }
    },
    async lastDeliveryAt() {
      const { rows } = await database.query<{ at: number | null }>(
        `SELECT max(received_at) AS at FROM ${schema}.delivery`,
      );
      return rows[0]?.at ?? undefined;
    },
  };
  return { inbox, finishIn };
}
