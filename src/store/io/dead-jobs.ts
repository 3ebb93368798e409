import type { PgBoss } from "pg-boss";
import { DEAD, MAX_REVIVALS, REVIVAL_MINUTES, REVIVED } from "../queue-rules.ts";
import type { Store } from "../store.ts";
import { type Database, inTransaction } from "./database.ts";
import { groupOf } from "./queues.ts";

/** Jobs that one call revives. */
const MAX_BATCH = 200;

/** Jobs that failed too often and wait in the dead-letter queue. */
export function deadJobStore(
  database: Database,
  schema: string,
  boss: PgBoss,
  finishDeliveries: (keys: readonly string[]) => Promise<void>,
): Pick<Store, "reviveJobs"> {
  const queue = `${schema}_queue`;
  /** How often a job was revived; its data carries the number. */
  const times = "coalesce((data->>'revived')::int, 0)";
  return {
    async reviveJobs() {
      const { rows: over } = await database.query<{ key: string }>(
        `SELECT data->>'key' AS key FROM ${queue}.job
         WHERE name = $1 AND source_name = 'delivery' AND state = 'created' AND ${times} >= $2`,
        [DEAD, MAX_REVIVALS],
      );
      if (over.length > 0) await finishDeliveries(over.map(({ key }) => key));
      return database.transaction(async (connection) => {
        const db = inTransaction(connection);
        // A clock that was set back makes nobody wait.
        const { rows } = await connection.query<{
          id: string;
          kind: string;
          data: object;
          revived: number;
          singleton_key: string | null;
          group_id: string | null;
        }>(
          `SELECT id::text, source_name AS kind, data, ${times} AS revived, singleton_key, group_id FROM ${queue}.job
           WHERE name = $1 AND source_name = ANY($2::text[]) AND state = 'created' AND ${times} < $3 AND (created_on > now()
             OR created_on + make_interval(mins => least($4::int * 2 ^ ${times}, $5::int)::int) <= now())
           ORDER BY created_on, id LIMIT ${MAX_BATCH} FOR UPDATE SKIP LOCKED`,
          [DEAD, REVIVED, MAX_REVIVALS, REVIVAL_MINUTES.first, REVIVAL_MINUTES.longest],
        );
        for (const { id, kind, data, revived, singleton_key: key, group_id: group } of rows) {
          await boss.send(
            kind,
            { ...data, revived: revived + 1 },
            {
              ...(key === null ? {} : { singletonKey: key }),
              ...groupOf(group === null ? undefined : Number(group)),
              db,
            },
          );
          await boss.deleteJob(DEAD, id, { db });
        }
        return rows.length;
      });
    },
  };
}
