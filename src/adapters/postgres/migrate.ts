import type { Connection, Database } from "./database.ts";

/**
 * Our tables, in steps that are never changed once they were published: a new version adds a step. Texts of people are
 * kept as JSON in `text`, since `jsonb` refuses characters that GitHub allows. Times are milliseconds since 1970, by the
 * database's clock.
 */
const STEPS: readonly ((schema: string) => string[])[] = [
  (schema) => [
    `CREATE TABLE ${schema}.delivery (
      key text PRIMARY KEY,
      guid text NOT NULL,
      event text NOT NULL,
      payload text NOT NULL,
      wanted boolean NOT NULL,
      received_at float8 NOT NULL,
      outcome text,
      ended_at float8)`,
    `CREATE INDEX delivery_guid ON ${schema}.delivery (guid)`,
    `CREATE INDEX delivery_received ON ${schema}.delivery (received_at)`,
    `CREATE TABLE ${schema}.investigation (
      repository bigint NOT NULL,
      issue bigint NOT NULL,
      installation bigint NOT NULL,
      state text NOT NULL,
      changed_at float8 NOT NULL,
      PRIMARY KEY (repository, issue))`,
    `CREATE TABLE ${schema}.run (
      id text PRIMARY KEY,
      repository bigint NOT NULL,
      issue bigint NOT NULL,
      installation bigint NOT NULL,
      state text NOT NULL CHECK (state IN ('waiting', 'admitted', 'ended', 'stopped')),
      requested_at float8 NOT NULL,
      attempt int NOT NULL DEFAULT 0,
      crashes int NOT NULL DEFAULT 0,
      worker text,
      job uuid)`,
    `CREATE INDEX run_open ON ${schema}.run (state) WHERE state IN ('waiting', 'admitted')`,
    `CREATE TABLE ${schema}.start (installation bigint NOT NULL, actor bigint NOT NULL, at float8 NOT NULL)`,
    `CREATE INDEX start_actor ON ${schema}.start (installation, actor, at)`,
    `CREATE TABLE ${schema}.receipt (
      repository bigint NOT NULL,
      issue bigint NOT NULL,
      name text NOT NULL,
      value text NOT NULL,
      PRIMARY KEY (repository, issue, name))`,
    `CREATE TABLE ${schema}.repository (
      id bigint PRIMARY KEY,
      installation bigint NOT NULL,
      owner text NOT NULL,
      name text NOT NULL,
      unreachable text,
      configuration_problem text,
      run_limit int)`,
    `CREATE TABLE ${schema}.pacing (
      installation bigint PRIMARY KEY,
      next_at float8 NOT NULL,
      held_until float8 NOT NULL)`,
    `CREATE TABLE ${schema}.lease (name text PRIMARY KEY, number bigint NOT NULL)`,
    `CREATE TABLE ${schema}.note (name text PRIMARY KEY, value text NOT NULL)`,
  ],
];

/** Brings the tables to this version. Processes that start together wait for each other. */
export async function migrate(database: Database, schema: string): Promise<void> {
  await database.transaction(async (connection) => {
    await connection.query("SELECT pg_advisory_xact_lock(hashtext($1))", [`casebook:migrate:${schema}`]);
    await connection.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    await connection.query(`CREATE TABLE IF NOT EXISTS ${schema}.migration (step int PRIMARY KEY)`);
    const done = await lastStep(connection, schema);
    if (done > STEPS.length)
      throw new Error(`the database is of a newer version (step ${done}, known ${STEPS.length})`);
    for (const [i, step] of STEPS.entries()) {
      if (i < done) continue;
      for (const statement of step(schema)) await connection.query(statement);
      await connection.query(`INSERT INTO ${schema}.migration (step) VALUES ($1)`, [i + 1]);
    }
  });
}

async function lastStep(connection: Connection, schema: string): Promise<number> {
  const { rows } = await connection.query<{ step: number }>(
    `SELECT coalesce(max(step), 0)::int AS step FROM ${schema}.migration`,
  );
  return rows[0]?.step ?? 0;
}
