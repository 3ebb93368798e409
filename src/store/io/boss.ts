import { PgBoss } from "pg-boss";
import type { Database } from "./database.ts";
import { createQueues } from "./queues.ts";

/** Starts pg-boss in a schema of its own. Errors of its background work are told, not thrown. */
export async function openBoss(
  database: Database,
  schema: string,
  onError: (error: unknown) => void,
): Promise<PgBoss> {
  const boss = new PgBoss({
    ...database.boss,
    schema,
    useListenNotify: true,
    // A dead worker is found after its heartbeat and one look: 10 s and 3 s.
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
