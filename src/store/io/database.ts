import { existsSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { PGlite } from "@electric-sql/pglite";
import { Pool } from "pg";
import { type ConstructorOptions, type Db, fromPglite } from "pg-boss";
import { RunFailure } from "../../failure.ts";
import { fileFailure } from "../../process/file-failure.ts";
import { privateFolder } from "../../process/private-folder.ts";
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
  /** Rolled back when `work` throws. */
  transaction<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  /** pg-boss's options for the same database. */
  readonly boss: Pick<ConstructorOptions, "db" | "backend" | "connectionString" | "max">;
}

export type DatabaseLocation =
  /** An embedded PostgreSQL in `<folder>/store`: one process, no server. */
  | { readonly folder: string }
  /** `postgres://…`: any number of processes. */
  | { readonly url: string };

/** Milliseconds since 1970 by the database's clock, which advances within a transaction. */
export const NOW = "(extract(epoch FROM clock_timestamp()) * 1000)::float8";

/** The same for a whole transaction, which an index can be searched by. */
export const SINCE = "(extract(epoch FROM now()) * 1000)::float8";

/** PostgreSQL's own cache, of 128 MB by default: the operating system caches the files too. */
const BUFFERS = "shared_buffers=16MB";

/** Connections of one process to a server. pg-boss opens as many of its own. */
const POOL = 10;

export async function openDatabase(place: DatabaseLocation): Promise<Database> {
  return "folder" in place ? openEmbedded(place.folder) : openServer(place.url);
}

async function openEmbedded(folder: string): Promise<Database> {
  privateFolder(folder);
  // PGlite opens a folder twice without an error, and the second process corrupts it.
  const lock = takeLock(join(folder, "store.lock"), "the store");
  try {
    const pglite = await openFolder(join(folder, "store"));
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

/** What PGlite cannot open was damaged: a disk that was full, a copy that was cut, a power cut. */
async function openFolder(dataDir: string): Promise<PGlite> {
  const isNew = !existsSync(dataDir);
  // It prints what went wrong inside of it on standard error, and its own error says no more than that it ended.
  try {
    const pglite = await withLittleMemory(() =>
      PGlite.create({
        dataDir,
        startParams: [...PGlite.defaultStartParams, "-c", BUFFERS],
        initDbStartParams: ["-c", BUFFERS],
      }),
    );
    await pglite.query("SELECT 1");
    if (isNew) collectGarbage();
    return pglite;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOSPC" || code === "EACCES" || code === "EROFS")
      return fileFailure(dataDir, () => throwIt(error));
    throw new RunFailure("store-damaged", `The database in ${dataDir} is damaged and does not start`, error);
  }
}

/**
 * Loads WebAssembly without V8's optimizing compiler, which takes 600 MB for one function of PostgreSQL. Its statements then cost
 * up to 1.7 times as much of a core, and the start costs half.
 */
async function withLittleMemory<T>(load: () => Promise<T>): Promise<T> {
  const flags = ["wasm-tier-up", "wasm-dynamic-tiering"];
  for (const flag of flags) setFlagsFromString(`--no-${flag}`);
  try {
    return await load();
  } finally {
    // A module keeps what it was loaded with; others are compiled as usual.
    for (const flag of flags) setFlagsFromString(`--${flag}`);
  }
}

/** A new database leaves 300 MB behind that nobody uses, outside of what makes V8 collect garbage. */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}

function throwIt(error: unknown): never {
  throw error;
}

/** Milliseconds for one query: a server that vanished must not block webhooks behind it. */
const QUERY = 30_000;

function openServer(url: string): Promise<Database> {
  const pool = new Pool({
    connectionString: url,
    max: POOL,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    query_timeout: QUERY,
    // Waiting for a lock ends on the server's side too.
    lock_timeout: QUERY,
    // A process that is paused inside a transaction must not block the others by its locks.
    idle_in_transaction_session_timeout: 10_000,
  });
  // The next query replaces an idle connection that broke.
  pool.on("error", () => undefined);
  // The pool handles errors of idle connections only. A connection that breaks in a transaction fails its next
  // statement; without a listener its error would also end the process.
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
    // pg-boss hands all of it to its own pool.
    boss: bossOptions(url),
    [Symbol.asyncDispose]: () => pool.end(),
  } satisfies Database);
}

function bossOptions(connectionString: string): Database["boss"] {
  const deadlines = { connectionTimeoutMillis: 10_000, query_timeout: 2 * QUERY };
  return { connectionString, max: POOL, ...deadlines };
}

/** Both libraries give rows and take a mutable list of values. */
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

/** Makes pg-boss write its jobs in our transaction. */
export function inTransaction(connection: Connection): Db {
  return {
    executeSql: async (text, values = []) => connection.query(text, values),
  };
}
