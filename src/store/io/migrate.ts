import { RunFailure } from "../../failure.ts";
import type { Connection, Database } from "./database.ts";

/** The text of an investigation's state while it has a run. */
export const HAS_RUN = `state LIKE '%"run":{"id":%'`;

/**
 * Our tables as migration steps. A published step never changes; a new version adds one. Texts of people are JSON in
 * `text`, since `jsonb` refuses characters that GitHub allows. Times are milliseconds since 1970 by the database's clock.
 * `receipt` holds idempotency records: processes of the previous version use that name during an upgrade.
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
  (schema) => [
    `CREATE TABLE ${schema}.conversation (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      investigation text NOT NULL,
      run text NOT NULL,
      name text NOT NULL,
      length int NOT NULL,
      UNIQUE (investigation, run, name))`,
    `CREATE TABLE ${schema}.transcript_entry (
      conversation bigint NOT NULL,
      place int NOT NULL,
      text text NOT NULL,
      PRIMARY KEY (conversation, place))`,
    // `place`: the reply's index in the conversation; null when the reply no longer belongs to it.
    `CREATE TABLE ${schema}.model_call (
      id text PRIMARY KEY,
      conversation bigint NOT NULL,
      place int,
      state text NOT NULL CHECK (state IN ('reserved', 'settled', 'released', 'lost')),
      model text NOT NULL,
      reserved bigint NOT NULL,
      micros bigint NOT NULL,
      input_tokens bigint NOT NULL DEFAULT 0,
      output_tokens bigint NOT NULL DEFAULT 0,
      at float8 NOT NULL,
      counters text NOT NULL)`,
    `CREATE INDEX model_call_conversation ON ${schema}.model_call (conversation)`,
    // Changed with every call: free space in each page keeps an update out of the index.
    `CREATE TABLE ${schema}.spend (
      level text NOT NULL,
      key text NOT NULL,
      taken bigint NOT NULL,
      PRIMARY KEY (level, key)) WITH (fillfactor = 50)`,
  ],
  (schema) => [
    // What has no end of its own is removed some time after it was last used.
    `ALTER TABLE ${schema}.lease ADD COLUMN at float8 NOT NULL DEFAULT 0`,
    `ALTER TABLE ${schema}.note ADD COLUMN at float8 NOT NULL DEFAULT 0`,
    `CREATE INDEX delivery_ended ON ${schema}.delivery (ended_at) WHERE ended_at IS NOT NULL`,
    `CREATE INDEX run_over ON ${schema}.run (requested_at) WHERE state IN ('ended', 'stopped')`,
    `CREATE INDEX investigation_running ON ${schema}.investigation (repository, issue) WHERE ${HAS_RUN}`,
    // The digest of the state: what is shown is compared without reading every state.
    `ALTER TABLE ${schema}.investigation ADD COLUMN digest text`,
    `UPDATE ${schema}.investigation SET digest = encode(sha256(convert_to(state, 'UTF8')), 'hex')`,
    // When the repository was last compared with GitHub; null before the first time.
    `ALTER TABLE ${schema}.repository ADD COLUMN looked_at float8`,
    `CREATE INDEX repository_installation ON ${schema}.repository (installation, looked_at)`,
    // New issues that started a run by themselves, for the caps on these.
    `CREATE TABLE ${schema}.automatic_start (
      repository bigint NOT NULL,
      issue bigint NOT NULL,
      author bigint NOT NULL,
      at float8 NOT NULL,
      PRIMARY KEY (repository, issue))`,
    `CREATE INDEX automatic_start_at ON ${schema}.automatic_start (at)`,
  ],
  (schema) => [
    // When Casebook first wrote there; null while it is silent.
    `ALTER TABLE ${schema}.automatic_start ADD COLUMN spoke_at float8`,
  ],
  (schema) => [
    // The index of a repository's tracker: how far it was read, and the texts. `state`: null while the tracker is switched off.
    `CREATE TABLE ${schema}.tracker (
      repository bigint PRIMARY KEY,
      revision bigint NOT NULL,
      state text,
      read_at float8,
      turn_at float8 NOT NULL DEFAULT 0)`,
    `CREATE TABLE ${schema}.tracked_issue (
      repository bigint NOT NULL,
      number bigint NOT NULL,
      round int NOT NULL,
      entry text NOT NULL,
      PRIMARY KEY (repository, number))`,
    `CREATE TABLE ${schema}.tracked_comment (
      repository bigint NOT NULL,
      id bigint NOT NULL,
      number bigint NOT NULL,
      round int NOT NULL,
      comment text NOT NULL,
      PRIMARY KEY (repository, id))`,
    `CREATE INDEX tracked_comment_issue ON ${schema}.tracked_comment (repository, number, id)`,
  ],
  (schema) => [
    // Changes that webhooks told of, and how many of them the last whole reading has.
    `ALTER TABLE ${schema}.tracker ADD COLUMN changes bigint NOT NULL DEFAULT 0`,
    `ALTER TABLE ${schema}.tracker ADD COLUMN read_changes bigint NOT NULL DEFAULT 0`,
  ],
];

/** Migrates the tables to this version, or to a step before it. Processes that start together wait for each other. */
export async function migrate(database: Database, schema: string, last = STEPS.length): Promise<void> {
  await database.transaction(async (connection) => {
    await connection.query("SELECT pg_advisory_xact_lock(hashtext($1))", [`casebook:migrate:${schema}`]);
    await connection.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    await connection.query(`CREATE TABLE IF NOT EXISTS ${schema}.migration (step int PRIMARY KEY)`);
    const done = await lastStep(connection, schema);
    if (done > STEPS.length)
      throw new RunFailure(
        "store-newer",
        `A newer version of Casebook migrated this database to step ${done}, and this version knows ${STEPS.length}`,
      );
    for (const [i, step] of STEPS.slice(0, last).entries()) {
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
