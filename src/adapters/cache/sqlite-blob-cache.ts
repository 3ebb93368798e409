import { mkdirSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { BlobCache } from "../../engine/source/blob-cache.ts";

const SCHEMA = 1;
const BUSY_MS = 2_000;
/** Below this share of the limit after an eviction, so that not every run evicts. */
const KEEP = 0.7;
const DAY = 86_400;

/**
 * A blob cache in one SQLite file (Node's own), shared by any number of processes. Safe against a kill at any moment
 * (write-ahead log); a damaged file is thrown away and begun anew, because everything in it can be derived again.
 * `limitBytes` bounds the data kept; what was used longest ago goes first. `now` in seconds since 1970.
 */
export function sqliteBlobCache(
  file: string,
  { limitBytes, now }: { readonly limitBytes: number; readonly now: () => number },
): BlobCache & Disposable {
  const database = open(file);
  if (database === undefined) return { ...NO_CACHE, [Symbol.dispose]: () => {} };
  const statements = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    let statement = statements.get(sql);
    if (statement === undefined) statements.set(sql, (statement = database.prepare(sql)));
    return statement;
  };
  const today = (): number => Math.floor(now() / DAY);
  let written = false;

  return {
    getMany(kind, oids) {
      const found = new Map<string, Uint8Array>();
      return quietly(() => {
        const touch: string[] = [];
        const select = prepare("SELECT data, used FROM derived WHERE kind = ? AND oid = ?");
        const day = today();
        for (const oid of oids) {
          const row = select.get(kind, oid);
          if (row === undefined || !(row["data"] instanceof Uint8Array)) continue;
          found.set(oid, row["data"]);
          if (Number(row["used"]) < day) touch.push(oid);
        }
        if (touch.length > 0) {
          inTransaction(database, () => {
            const update = prepare("UPDATE derived SET used = ? WHERE kind = ? AND oid = ?");
            for (const oid of touch) update.run(day, kind, oid);
          });
        }
        return found;
      }, found);
    },
    putMany(kind, entries) {
      quietly(() => {
        inTransaction(database, () => {
          const insert = prepare(
            "INSERT OR REPLACE INTO derived (kind, oid, used, data) VALUES (?, ?, ?, ?)",
          );
          const day = today();
          for (const [oid, data] of entries) insert.run(kind, oid, day, data);
        });
        written = true;
      }, undefined);
    },
    [Symbol.dispose]() {
      quietly(() => {
        if (written) evict(database, limitBytes);
      }, undefined);
      statements.clear();
      quietly(() => database.close(), undefined);
    },
  };
}

const NO_CACHE: BlobCache = { getMany: () => new Map(), putMany: () => {} };

function open(file: string): DatabaseSync | undefined {
  for (const attempt of [1, 2]) {
    let database: DatabaseSync | undefined;
    try {
      mkdirSync(dirname(file), { recursive: true });
      database = new DatabaseSync(file);
      // Write-ahead log with normal sync: a kill loses nothing that was committed; a power cut at worst the last commit.
      database.exec(
        `PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;`,
      );
      const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
      if (version !== SCHEMA) {
        database.exec(`DROP TABLE IF EXISTS derived;
          CREATE TABLE derived (kind TEXT NOT NULL, oid TEXT NOT NULL, used INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (kind, oid));
          PRAGMA user_version = ${SCHEMA};`);
      }
      return database;
    } catch (error) {
      database?.close();
      // A file that is no database, or was cut short, is begun anew. Anything else (locked, no right, no space): go without.
      if (attempt === 2 || !isDamage(error)) return undefined;
      for (const ending of ["", "-wal", "-shm"])
        quietly(() => rmSync(file + ending, { force: true }), undefined);
    }
  }
  return undefined;
}

/** SQLITE_CORRUPT and SQLITE_NOTADB. */
function isDamage(error: unknown): boolean {
  const code = typeof error === "object" && error !== null && "errcode" in error ? error.errcode : undefined;
  return code === 11 || code === 26;
}

function evict(database: DatabaseSync, limitBytes: number): void {
  const total = Number(
    database.prepare("SELECT coalesce(sum(length(data)), 0) AS total FROM derived").get()?.["total"],
  );
  if (total <= limitBytes) return;
  let excess = total - limitBytes * KEEP;
  const oldestFirst = database.prepare(
    "SELECT kind, oid, length(data) AS size FROM derived ORDER BY used, rowid",
  );
  const remove = database.prepare("DELETE FROM derived WHERE kind = ? AND oid = ?");
  inTransaction(database, () => {
    for (const row of oldestFirst.all()) {
      if (excess <= 0) break;
      remove.run(String(row["kind"]), String(row["oid"]));
      excess -= Number(row["size"]);
    }
  });
  database.exec("VACUUM");
}

function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    work();
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}

/** Losing the cache costs time, never correctness: a locked, full or damaged store is no reason to stop. */
function quietly<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch {
    return otherwise;
  }
}

/** Bytes on disk, the write-ahead log included; 0 when there is none. */
export function cacheFileSize(file: string): number {
  let size = 0;
  for (const ending of ["", "-wal"]) size += statSync(file + ending, { throwIfNoEntry: false })?.size ?? 0;
  return size;
}
