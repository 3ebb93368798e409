import type { PgBoss } from "pg-boss";
import type { Decision, Effect } from "../../investigation/event.ts";
import type { Investigation } from "../../investigation/investigation.ts";
import { parseInvestigation } from "../../investigation/stored.ts";
import type { IssueKey, Store, StoredInvestigation } from "../store.ts";
import { type Connection, type Database, inTransaction, NOW, SINCE } from "./database.ts";
import { sendOnce } from "./queues.ts";
import { createHash } from "node:crypto";

type InvestigationStore = Pick<
  Store,
  | "investigation"
  | "investigations"
  | "unshown"
  | "change"
  | "forget"
  | "startsInLastHour"
  | "startByItself"
  | "speakByItself"
>;

const LAST_DAY = `at > ${SINCE} - 86400000`;
/** Milliseconds of 30 days. */
const MONTH = 2_592_000_000;

/** Investigations; each change and its effects are one transaction. */
export function investigationStore(
  database: Database,
  schema: string,
  queue: string,
  boss: PgBoss,
  finishDelivery: (connection: Connection, key: string, outcome: string) => Promise<void>,
): InvestigationStore {
  /** The counts of a repository are read and changed by one at a time. */
  async function lockAutomatic(connection: Connection, repository: number): Promise<void> {
    await connection.query("SELECT pg_advisory_xact_lock(hashtext($1))", [
      `casebook:automatic:${schema}:${repository}`,
    ]);
  }
  return {
    async investigation({ repository, issue }) {
      const { rows } = await database.query<{ state: string }>(
        `SELECT state FROM ${schema}.investigation WHERE repository = $1 AND issue = $2`,
        [repository, issue],
      );
      return rows[0] === undefined ? undefined : parseInvestigation(rows[0].state);
    },
    async investigations(repository) {
      const { rows } = await database.query<{ state: string; installation: string; changed_at: number }>(
        `SELECT state, installation::text AS installation, changed_at FROM ${schema}.investigation
         WHERE repository = $1 ORDER BY issue`,
        [repository],
      );
      return rows.map(({ state, installation, changed_at }): StoredInvestigation => ({
        investigation: parseInvestigation(state),
        installation: Number(installation),
        changedAt: changed_at,
      }));
    },
    async unshown() {
      const { rows } = await database.query<{ repository: string; issue: string }>(
        // States are read of those alone whose digest differs.
        `SELECT repository::text, issue::text FROM (
           SELECT i.repository, i.issue, i.state FROM ${schema}.investigation i
           LEFT JOIN ${schema}.receipt r ON r.repository = i.repository AND r.issue = i.issue AND r.name = 'synced'
           WHERE r.value IS DISTINCT FROM i.digest OFFSET 0) AS other
         WHERE state NOT LIKE '%"stage":"gone"%' ORDER BY other.repository, other.issue`,
      );
      return rows.map(({ repository, issue }) => ({ repository: Number(repository), issue: Number(issue) }));
    },
    async change(of, decide, also = {}) {
      for (;;) {
        const changed = await database.transaction((connection) => change(connection, of, decide, also));
        if (changed !== "again") return changed;
      }
    },
    async forget({ repository, issue }) {
      await database.transaction(async (connection) => {
        // Locks in the order of a change: the investigation, its runs, their jobs.
        await connection.query(
          `SELECT 1 FROM ${schema}.investigation WHERE repository = $1 AND issue = $2 FOR UPDATE`,
          [repository, issue],
        );
        const { rows } = await connection.query<{ job: string }>(
          `SELECT job::text AS job FROM ${schema}.run
           WHERE repository = $1 AND issue = $2 AND job IS NOT NULL AND state IN ('waiting', 'admitted') FOR UPDATE`,
          [repository, issue],
        );
        const db = inTransaction(connection);
        for (const { job } of rows) await boss.cancel("run", job, { db });
        for (const table of ["investigation", "run", "receipt"])
          await connection.query(`DELETE FROM ${schema}.${table} WHERE repository = $1 AND issue = $2`, [
            repository,
            issue,
          ]);
      });
    },
    async startsInLastHour(installation, actor) {
      const { rows } = await database.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM ${schema}.start
         WHERE installation = $1 AND actor = $2 AND at > ${SINCE} - 3600000 AND at <= ${SINCE}`,
        [installation, actor],
      );
      return rows[0]?.count ?? 0;
    },
    startByItself({ repository, issue }, author, { perDay, perPerson, perMonth }) {
      return database.transaction(async (connection) => {
        await lockAutomatic(connection, repository);
        const { rows } = await connection.query<{
          known: number;
          here: number;
          theirs: number;
          month: number;
        }>(
          `SELECT (count(*) FILTER (WHERE issue = $2 AND ${LAST_DAY}))::int AS known,
             (count(*) FILTER (WHERE ${LAST_DAY}))::int AS here,
             (count(*) FILTER (WHERE author = $3 AND ${LAST_DAY}))::int AS theirs,
             (count(*) FILTER (WHERE issue <> $2))::int AS month
           FROM ${schema}.automatic_start WHERE repository = $1 AND at > ${SINCE} - ${MONTH}`,
          [repository, issue, author],
        );
        const { known, here, theirs, month } = rows[0]!;
        if (known > 0) return "allowed";
        if (month >= perMonth) return "month";
        if (here >= perDay) return "repository";
        if (theirs >= perPerson) return "person";
        await connection.query(
          `INSERT INTO ${schema}.automatic_start (repository, issue, author, at) VALUES ($1, $2, $3, ${NOW})
           ON CONFLICT (repository, issue) DO UPDATE SET at = excluded.at`,
          [repository, issue, author],
        );
        return "allowed";
      });
    },
    speakByItself({ repository, issue }, perWeek) {
      return database.transaction(async (connection) => {
        await lockAutomatic(connection, repository);
        const { rows } = await connection.query<{ known: number; others: number }>(
          `SELECT (count(*) FILTER (WHERE issue = $2))::int AS known,
             (count(*) FILTER (WHERE issue <> $2 AND spoke_at > ${SINCE} - 604800000))::int AS others
           FROM ${schema}.automatic_start WHERE repository = $1 AND spoke_at IS NOT NULL`,
          [repository, issue],
        );
        const { known, others } = rows[0]!;
        if (known > 0) return true;
        if (others >= perWeek) return false;
        // The row of its start may be older than what is kept.
        await connection.query(
          `INSERT INTO ${schema}.automatic_start (repository, issue, author, at, spoke_at) VALUES ($1, $2, 0, ${NOW}, ${NOW})
           ON CONFLICT (repository, issue) DO UPDATE SET spoke_at = excluded.spoke_at`,
          [repository, issue],
        );
        return true;
      });
    },
  };

  async function change(
    connection: Connection,
    of: IssueKey & { readonly installation: number },
    decide: (current: Investigation | undefined) => Decision<Investigation> | undefined,
    { finishDelivery: finish }: Parameters<InvestigationStore["change"]>[2] & object,
  ): Promise<Investigation | undefined | "again"> {
    const { repository, issue, installation } = of;
    const { rows } = await connection.query<{ state: string }>(
      `SELECT state FROM ${schema}.investigation WHERE repository = $1 AND issue = $2 FOR UPDATE`,
      [repository, issue],
    );
    const before = rows[0]?.state;
    const current = before === undefined ? undefined : parseInvestigation(before);
    const decision = decide(current);
    if (decision !== undefined) {
      const state = JSON.stringify(decision.investigation);
      if (before === undefined) {
        const { rows: made } = await connection.query(
          `INSERT INTO ${schema}.investigation (repository, issue, installation, state, digest, changed_at)
           VALUES ($1, $2, $3, $4, $5, ${NOW}) ON CONFLICT DO NOTHING RETURNING issue`,
          [repository, issue, installation, state, digestOf(state)],
        );
        // Another process created it concurrently: decide again on its state.
        if (made.length === 0) return "again";
      } else if (state !== before) {
        await connection.query(
          `UPDATE ${schema}.investigation SET state = $3, installation = $4, digest = $5, changed_at = ${NOW}
           WHERE repository = $1 AND issue = $2`,
          [repository, issue, state, installation, digestOf(state)],
        );
      }
      await carryOut(connection, of, decision);
    }
    if (finish !== undefined) await finishDelivery(connection, finish.key, finish.outcome);
    return decision?.investigation ?? current;
  }

  async function countStart(connection: Connection, installation: number, actor: number): Promise<void> {
    await connection.query(
      `DELETE FROM ${schema}.start WHERE installation = $1 AND actor = $2 AND at < ${NOW} - 3600000`,
      [installation, actor],
    );
    await connection.query(`INSERT INTO ${schema}.start (installation, actor, at) VALUES ($1, $2, ${NOW})`, [
      installation,
      actor,
    ]);
  }

  async function carryOut(
    connection: Connection,
    { repository, issue, installation }: IssueKey & { readonly installation: number },
    { investigation, effects }: Decision<Investigation>,
  ): Promise<void> {
    const db = inTransaction(connection);
    const done = new Set<Effect["kind"]>();
    for (const effect of effects) {
      switch (effect.kind) {
        case "start-run":
          await connection.query(
            `INSERT INTO ${schema}.run (id, repository, issue, installation, state, requested_at)
             VALUES ($1, $2, $3, $4, 'waiting', ${NOW}) ON CONFLICT DO NOTHING`,
            [effect.run, repository, issue, installation],
          );
          if (investigation.startedBy !== undefined)
            await countStart(connection, installation, investigation.startedBy.id);
          break;
        case "start-test":
          await countStart(connection, installation, effect.by);
          await sendOnce(
            boss,
            connection,
            queue,
            "test",
            { repository, issue, test: effect.test },
            { key: effect.test, installation },
          );
          break;
        case "stop-test": {
          const { rows } = await connection.query<{ id: string }>(
            `SELECT id::text AS id FROM ${queue}.job WHERE name = 'test' AND singleton_key = $1 AND state < 'completed'`,
            [effect.test],
          );
          for (const { id } of rows) await boss.cancel("test", id, { db });
          break;
        }
        case "stop-run": {
          const { rows } = await connection.query<{ job: string | null }>(
            `UPDATE ${schema}.run SET state = 'stopped' WHERE id = $1 AND state <> 'ended' RETURNING job::text AS job`,
            [effect.run],
          );
          const job = rows[0]?.job;
          if (job !== null && job !== undefined) await boss.cancel("run", job, { db });
          break;
        }
        case "sync":
        case "compare-fix":
        case "forget":
          if (done.has(effect.kind)) break;
          await sendOnce(
            boss,
            connection,
            queue,
            effect.kind,
            effect.kind === "forget" ? { repository, issue, installation } : { repository, issue },
            { key: `${repository}#${issue}`, installation },
          );
      }
      done.add(effect.kind);
    }
  }
}

/** As the first version of `digest` was made by the database: of the state's text. */
function digestOf(state: string): string {
  return createHash("sha256").update(state).digest("hex");
}
