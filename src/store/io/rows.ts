import type { IssueKey, Store, StoredRepository } from "../store.ts";
import { type Database, NOW, SINCE } from "./database.ts";

type RowStore = Pick<
  Store,
  | "takeLease"
  | "holdsLease"
  | "idempotencyRecords"
  | "saveIdempotencyRecord"
  | "saveRepository"
  | "repository"
  | "repositories"
  | "removeRepository"
  | "reserveWrite"
  | "holdWrites"
  | "heldFor"
  | "note"
  | "saveNote"
  | "notesNamed"
  | "forgetOld"
  | "lookedAt"
  | "repositoriesToLook"
  | "outOfReach"
  | "ping"
>;

interface RepositoryRow {
  readonly id: string;
  readonly installation: string;
  readonly owner: string;
  readonly name: string;
  readonly unreachable: string | null;
  readonly configuration_problem: string | null;
  readonly run_limit: number | null;
}

/** Single rows: leases, idempotency records, repositories, write turns, notes. */
export function rowStore(database: Database, schema: string): RowStore {
  const repositories = (
    where: string,
    values: readonly unknown[],
    order = "id",
  ): Promise<readonly StoredRepository[]> => repositoriesIn(database, schema, where, values, order);
  return {
    async takeLease(name) {
      const { rows } = await database.query<{ number: number }>(
        // The first number is the time: when a row was removed, no earlier holder has it.
        `INSERT INTO ${schema}.lease (name, number, at) VALUES ($1, ${NOW}::bigint, ${NOW})
         ON CONFLICT (name) DO UPDATE SET number = lease.number + 1, at = excluded.at
         RETURNING number::float8 AS number`,
        [name],
      );
      return rows[0]!.number;
    },
    async holdsLease(name, lease) {
      const { rows } = await database.query(`SELECT 1 FROM ${schema}.lease WHERE name = $1 AND number = $2`, [
        name,
        lease,
      ]);
      return rows.length > 0;
    },
    async idempotencyRecords({ repository, issue }: IssueKey) {
      const { rows } = await database.query<{ name: string; value: string }>(
        `SELECT name, value FROM ${schema}.receipt WHERE repository = $1 AND issue = $2 ORDER BY name`,
        [repository, issue],
      );
      return new Map(rows.map(({ name, value }) => [name, value]));
    },
    async saveIdempotencyRecord({ repository, issue }, name, value) {
      await (value === undefined
        ? database.query(`DELETE FROM ${schema}.receipt WHERE repository = $1 AND issue = $2 AND name = $3`, [
            repository,
            issue,
            name,
          ])
        : database.query(
            `INSERT INTO ${schema}.receipt (repository, issue, name, value) VALUES ($1, $2, $3, $4)
             ON CONFLICT (repository, issue, name) DO UPDATE SET value = excluded.value`,
            [repository, issue, name, storable(value)],
          ));
    },
    async saveRepository({ id, installation, owner, name, unreachable, configurationProblem, runLimit }) {
      await database.query(
        `INSERT INTO ${schema}.repository (id, installation, owner, name, unreachable, configuration_problem, run_limit)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (id) DO UPDATE SET installation = excluded.installation, owner = excluded.owner,
           name = excluded.name, unreachable = excluded.unreachable,
           configuration_problem = excluded.configuration_problem, run_limit = excluded.run_limit`,
        [id, installation, owner, name, unreachable ?? null, configurationProblem ?? null, runLimit ?? null],
      );
    },
    async repository(id) {
      return (await repositories("WHERE id = $1", [id]))[0];
    },
    repositories: (installation) =>
      installation === undefined
        ? repositories("", [])
        : repositories("WHERE installation = $1", [installation]),
    async removeRepository(id) {
      await database.query(`DELETE FROM ${schema}.repository WHERE id = $1`, [id]);
      for (const table of ["tracker", "tracked_issue", "tracked_comment"])
        await database.query(`DELETE FROM ${schema}.${table} WHERE repository = $1`, [id]);
      await database.query(`DELETE FROM ${schema}.note WHERE starts_with(name, $1)`, [`label:${id}:`]);
    },
    repositoriesToLook: (installation, count, { activeSince }) =>
      repositories(
        `WHERE installation = $1 AND ($3::float8 IS NULL OR EXISTS (
           SELECT FROM ${schema}.investigation i WHERE i.repository = repository.id AND i.changed_at >= $3::float8))`,
        [installation, count, activeSince ?? null],
        "looked_at NULLS FIRST, id LIMIT $2::int",
      ),
    async outOfReach(repository) {
      const { rows } = await database.query<{ issue: string }>(
        `SELECT issue::text FROM ${schema}.investigation WHERE repository = $1
         AND (state LIKE '%"unreachable":%' OR state LIKE '%"pausedBy":"reach"%') ORDER BY issue`,
        [repository],
      );
      return rows.map(({ issue }) => Number(issue));
    },
    async lookedAt(id, at) {
      const { rows } = await database.query<{ looked_at: number | null }>(
        at === undefined
          ? `SELECT looked_at FROM ${schema}.repository WHERE id = $1`
          : `UPDATE ${schema}.repository SET looked_at = $2 WHERE id = $1 RETURNING looked_at`,
        at === undefined ? [id] : [id, at],
      );
      return rows[0]?.looked_at ?? undefined;
    },
    async forgetOld(days) {
      const before = `${SINCE} - $1::float8`;
      let count = 0;
      for (const statement of [
        `DELETE FROM ${schema}.lease WHERE at < ${before}`,
        `DELETE FROM ${schema}.run WHERE state IN ('ended', 'stopped') AND requested_at < ${before}`,
        `DELETE FROM ${schema}.start WHERE at < ${before}`,
        // A month of them is counted, however short the rest is kept.
        `DELETE FROM ${schema}.automatic_start WHERE at < least(${before}, ${SINCE} - 2678400000)`,
        // What a delivery that never came left; GitHub's log is older than that by then.
        `DELETE FROM ${schema}.note WHERE name LIKE 'redelivered:%' AND at < ${before}`,
      ]) {
        const { rows } = await database.query(`${statement} RETURNING 1`, [days * 86_400_000]);
        count += rows.length;
      }
      return count;
    },
    async notesNamed(prefix) {
      const { rows } = await database.query<{ name: string; value: string }>(
        `SELECT name, value FROM ${schema}.note WHERE starts_with(name, $1) ORDER BY name`,
        [prefix],
      );
      return new Map(rows.map(({ name, value }) => [name.slice(prefix.length), value]));
    },
    async reserveWrite(installation, spacing) {
      const { rows } = await database.query<{ wait: number }>(
        `INSERT INTO ${schema}.pacing AS p (installation, next_at, held_until)
         VALUES ($1, ${NOW} + $2::float8, 0)
         ON CONFLICT (installation) DO UPDATE
           SET next_at = greatest(p.next_at, p.held_until, ${NOW}) + $2::float8
         RETURNING next_at - $2::float8 - ${NOW} AS wait`,
        [installation, spacing],
      );
      return Math.max(0, Math.ceil(rows[0]?.wait ?? 0));
    },
    async holdWrites(installation, milliseconds) {
      await database.query(
        `INSERT INTO ${schema}.pacing AS p (installation, next_at, held_until) VALUES ($1, 0, ${NOW} + $2::float8)
         ON CONFLICT (installation) DO UPDATE SET held_until = greatest(p.held_until, excluded.held_until)`,
        [installation, milliseconds],
      );
    },
    async heldFor(installation) {
      const { rows } = await database.query<{ wait: number }>(
        `SELECT held_until - ${NOW} AS wait FROM ${schema}.pacing WHERE installation = $1 AND held_until > ${NOW}`,
        [installation],
      );
      return Math.ceil(rows[0]?.wait ?? 0);
    },
    async note(name) {
      const { rows } = await database.query<{ value: string }>(
        `SELECT value FROM ${schema}.note WHERE name = $1`,
        [name],
      );
      return rows[0]?.value;
    },
    async saveNote(name, value) {
      await database.query(
        value === undefined
          ? `DELETE FROM ${schema}.note WHERE name = $1`
          : `INSERT INTO ${schema}.note (name, value, at) VALUES ($1, $2, ${NOW})
             ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = excluded.at`,
        value === undefined ? [name] : [name, value],
      );
    },
    async ping() {
      await database.query("SELECT 1");
    },
  };
}

/** Rows of repositories; `where` may join others to it. */
export async function repositoriesIn(
  database: Database,
  schema: string,
  where: string,
  values: readonly unknown[],
  order: string,
): Promise<readonly StoredRepository[]> {
  const { rows } = await database.query<RepositoryRow>(
    `SELECT id::text, installation::text, owner, name, unreachable, configuration_problem, run_limit
     FROM ${schema}.repository AS repository ${where} ORDER BY ${order}`,
    values,
  );
  return rows.map(repositoryOf);
}

function repositoryOf(row: RepositoryRow): StoredRepository {
  return {
    id: Number(row.id),
    installation: Number(row.installation),
    owner: row.owner,
    name: row.name,
    ...(row.unreachable === null ? {} : { unreachable: row.unreachable }),
    ...(row.configuration_problem === null ? {} : { configurationProblem: row.configuration_problem }),
    ...(row.run_limit === null ? {} : { runLimit: row.run_limit }),
  };
}

/** PostgreSQL's texts hold every character but NUL. */
function storable(text: string): string {
  return text.replaceAll("\0", "\ufffd");
}
