import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { Pool } from "pg";
import { type ConstructorOptions, type Db, fromPglite } from "pg-boss";
import { takeLock } from "../../process/take-lock.ts";

/** Runs statements; parameters are `$1` and so on. */
export interface Connection {
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller knows the columns that it asked for
  query<Row = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ readonly rows: Row[] }>;
}

/** PostgreSQL, embedded or a server. */
export interface Database extends Connection, AsyncDisposable {
  readonly isEmbedded: boolean;
  /** Everything or nothing; rolled back when `work` throws. */
  transaction<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  /** How pg-boss reaches the same database. */
  readonly boss: Pick<ConstructorOptions, "db" | "backend" | "connectionString" | "max">;
}

export type DatabaseLocation =
  /** An embedded PostgreSQL in `<folder>/store`: one process, no server. */
  | { readonly folder: string }
  /** `postgres://…`: any number of processes. */
  | { readonly url: string };

/** Milliseconds since 1970 by the database's clock, which advances within a transaction. */
export const NOW = "(extract(epoch FROM clock_timestamp()) * 1000)::float8";

/** Connections of one process to a server. pg-boss has as many for itself. */
const POOL = 10;

export async function openDatabase(place: DatabaseLocation): Promise<Database> {
  return "folder" in place ? openEmbedded(place.folder) : openServer(place.url);
}

async function openEmbedded(folder: string): Promise<Database> {
  mkdirSync(folder, { recursive: true });
  // PGlite itself opens a folder twice without a word, and the second one corrupts it.
  const lock = takeLock(join(folder, "store.lock"), "the store");
  try {
    const pglite = await PGlite.create({ dataDir: join(folder, "store") });
    return {
      isEmbedded: true,
      query: async <Row>(text: string, values: readonly unknown[] = []) =>
        pglite.query<Row>(text, [...values]),
      transaction: (work) =>
        pglite.transaction(async (tx) =>
          work({
            query: async <Row>(text: string, values: readonly unknown[] = []) =>
              tx.query<Row>(text, [...values]),
          }),
        ),
      boss: { db: fromPglite(pglite), backend: "pglite" },
      async [Symbol.asyncDispose]() {
        await pglite.close();
        lock[Symbol.dispose]();
      },
    };
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

function openServer(url: string): Promise<Database> {
  const pool = new Pool({
    connectionString: url,
    max: POOL,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    // A server that is gone without a word must not hold up the webhooks behind one query.
    query_timeout: 30_000,
    // Nor a process that is paused inside a transaction, with its locks, everybody else.
    idle_in_transaction_session_timeout: 10_000,
  });
  // A connection that breaks while nobody uses it is replaced by the next query.
  pool.on("error", () => undefined);
  // The pool listens to a connection only while nobody uses it. One that breaks in a transaction fails its next
  // statement; unheard, it would end the process as well.
  pool.on("connect", (client) => client.on("error", () => undefined));
  return Promise.resolve({
    isEmbedded: false,
    ...connectionOf(pool),
    async transaction(work) {
      const client = await pool.connect();
      try {
        await client.query("BEGIN");
        const result = await work(connectionOf(client));
        await client.query("COMMIT");
        client.release();
        return result;
      } catch (error) {
        const broken = await client.query("ROLLBACK").then(
          () => false,
          () => true,
        );
        client.release(broken);
        throw error;
      }
    },
    boss: { connectionString: url, max: POOL },
    [Symbol.asyncDispose]: () => pool.end(),
  } satisfies Database);
}

/** Both libraries answer with rows, and want a list of values that they may change. */
function connectionOf(library: {
  query(text: string, values: unknown[]): Promise<{ rows: unknown[] }>;
}): Connection {
  return {
    // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as above
    async query<Row>(text: string, values: readonly unknown[] = []) {
      const { rows } = await library.query(text, [...values]);
      return { rows: rows as Row[] };
    },
  };
}

/** Lets pg-boss write its jobs in a transaction of ours. */
export function inTransaction(connection: Connection): Db {
  return {
    executeSql: async (text, values = []) => connection.query(text, values),
  };
}
