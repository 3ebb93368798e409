import type { PgBoss } from "pg-boss";
import { parseInvestigation } from "../../investigation/stored.ts";
import type { Store } from "../store.ts";
import { type Connection, type Database, inTransaction, NOW } from "./database.ts";
import { HAS_RUN } from "./migrate.ts";
import { groupOf } from "./queues.ts";

type RunStore = Pick<Store, "beginRun" | "isCurrent" | "endRun" | "admitRuns" | "recoverRuns">;

/** Runs: requested by an investigation, admitted to the queue as the limits allow, fenced by their attempt number. */
export function runStore(database: Database, schema: string, queue: string, boss: PgBoss): RunStore {
  return {
    async beginRun(run, worker) {
      const { rows } = await database.query<{ attempt: number; crashes: number }>(
        `UPDATE ${schema}.run SET attempt = attempt + 1, crashes = crashes + 1, worker = $2
         WHERE id = $1 AND state IN ('waiting', 'admitted') RETURNING attempt, crashes - 1 AS crashes`,
        [run, worker],
      );
      return rows[0];
    },
    async isCurrent(run, attempt) {
      const { rows } = await database.query(
        `SELECT 1 FROM ${schema}.run WHERE id = $1 AND attempt = $2 AND state IN ('waiting', 'admitted')`,
        [run, attempt],
      );
      return rows.length > 0;
    },
    async endRun(run, attempt) {
      await database.query(`UPDATE ${schema}.run SET state = 'ended' WHERE id = $1 AND attempt = $2`, [
        run,
        attempt,
      ]);
    },
    admitRuns({ perRepository, perInstallation }) {
      return database.transaction(async (connection) => {
        await lockAdmission(connection, schema);
        const { rows: admitted } = await connection.query<OpenRun>(
          `SELECT repository::text, installation::text FROM ${schema}.run WHERE state = 'admitted'`,
        );
        const inRepository = countBy(admitted, ({ repository }) => repository);
        const inInstallation = countBy(admitted, ({ installation }) => installation);
        // Locked, so that a concurrent stop waits and then finds the job to cancel.
        const { rows: waiting } = await connection.query<
          OpenRun & { id: string; issue: string; run_limit: number | null }
        >(
          `SELECT r.id, r.issue::text, r.repository::text, r.installation::text, p.run_limit
           FROM ${schema}.run r LEFT JOIN ${schema}.repository p ON p.id = r.repository
           WHERE r.state = 'waiting' ORDER BY r.requested_at, r.id FOR UPDATE OF r`,
        );
        let count = 0;
        for (const { id, issue, repository, installation, run_limit } of waiting) {
          const [here, ofOwner] = [inRepository.get(repository) ?? 0, inInstallation.get(installation) ?? 0];
          if (here >= (run_limit ?? perRepository) || ofOwner >= perInstallation) continue;
          // The first run of each installation goes before the second of any: a flood delays only itself.
          const job = await boss.send(
            "run",
            { run: id, repository: Number(repository), issue: Number(issue) },
            {
              singletonKey: `${repository}#${issue}`,
              priority: -ofOwner,
              ...groupOf(Number(installation)),
              db: inTransaction(connection),
            },
          );
          await connection.query(`UPDATE ${schema}.run SET state = 'admitted', job = $2 WHERE id = $1`, [
            id,
            job,
          ]);
          inRepository.set(repository, here + 1);
          inInstallation.set(installation, ofOwner + 1);
          count++;
        }
        return count;
      });
    },
    recoverRuns() {
      return database.transaction(async (connection) => {
        await lockAdmission(connection, schema);
        // The investigation has a run without a row.
        // Parsed here: PostgreSQL refuses JSON with half of a surrogate pair, which GitHub's texts can hold.
        const { rows: investigations } = await connection.query<{
          repository: string;
          issue: string;
          installation: string;
          state: string;
        }>(
          `SELECT i.repository::text, i.issue::text, i.installation::text, i.state
           FROM ${schema}.investigation i WHERE ${HAS_RUN}`,
        );
        const wanted: string[] = [];
        const recovered: string[] = [];
        for (const { repository, issue, installation, state } of investigations) {
          const run = parseInvestigation(state).run?.id;
          if (run === undefined) continue;
          wanted.push(run);
          const { rows } = await connection.query(
            `INSERT INTO ${schema}.run (id, repository, issue, installation, state, requested_at)
             VALUES ($1, $2, $3, $4, 'waiting', ${NOW}) ON CONFLICT (id) DO NOTHING RETURNING id`,
            [run, repository, issue, installation],
          );
          if (rows.length > 0) recovered.push(run);
        }
        // A run that its investigation no longer has ended, and its process ended before it recorded that.
        const { rows: lost } = await connection.query<{ id: string; state: string }>(
          `UPDATE ${schema}.run SET state = CASE WHEN id = ANY($1::text[]) THEN 'waiting' ELSE 'ended' END, job = NULL
           WHERE state = 'admitted' AND NOT EXISTS (
             SELECT 1 FROM ${queue}.job j
             WHERE j.name = 'run' AND j.id = run.job AND j.state IN ('created', 'retry', 'active'))
           RETURNING id, state`,
          [wanted],
        );
        return [...recovered, ...lost.filter(({ state }) => state === "waiting").map(({ id }) => id)];
      });
    },
  };
}

interface OpenRun {
  readonly repository: string;
  readonly installation: string;
}

/** Serialises counting and admitting over all processes. */
async function lockAdmission(connection: Connection, schema: string): Promise<void> {
  await connection.query("SELECT pg_advisory_xact_lock(hashtext($1))", [`casebook:admit:${schema}`]);
}

function countBy<T>(items: readonly T[], key: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
}
