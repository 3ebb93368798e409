import { mkdirSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { BlobCache } from "../codebase.ts";
import { evict, inTransaction } from "./evict.ts";

/** A file with another version is replaced: everything in it can be derived again. */
const SCHEMA = 2;
const BUSY_MS = 2_000;
/** Four times SQLite's own: writing took a third less work, and the index of 100,000 files 3 % less room. */
const PAGE_BYTES = 16_384;
/** The size at which the write-ahead log goes into the file; a part of a small limit. */
const LOG_BYTES = 16_000_000;
const DAY = 86_400;

/**
 * A blob cache in one SQLite file (Node's own), shared by any number of processes. Safe against a kill at any moment
 * (write-ahead log); a damaged file is replaced by an empty one, because everything in it can be derived again.
 * `limitBytes` bounds the file and its log together, also while a process runs; the least recently used entries go first.
 * `now` in seconds since 1970.
 */
export function sqliteBlobCache(
  file: string,
  { limitBytes, now }: { readonly limitBytes: number; readonly now: () => number },
): BlobCache & Disposable {
  const logBytes = Math.min(LOG_BYTES, Math.floor(limitBytes / 8));
  const database = open(file, logBytes);
  if (database === undefined) return { ...NO_CACHE, [Symbol.dispose]: () => {} };
  const statements = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    let statement = statements.get(sql);
    if (statement === undefined) statements.set(sql, (statement = database.prepare(sql)));
    return statement;
  };
  const today = (): number => Math.floor(now() / DAY);
  let isDamaged = false;
  let written = 0;

  /** Losing the cache costs time, never correctness: a locked, full or damaged store is no reason to stop. */
  const quietly = <T>(work: () => T, otherwise: T): T => {
    try {
      return work();
    } catch (error) {
      isDamaged ||= isDamage(error);
      return otherwise;
    }
  };
  const makeRoom = (): void => evict(database, { limitBytes, logBytes, today: today() });

  return {
    getMany(kind, oids) {
      const found = new Map<string, Uint8Array>();
      return quietly(() => {
        const touch: string[] = [];
        // One question for all: a question each took half as long again.
        const select = prepare(
          "SELECT oid, data, used FROM derived WHERE kind = ? AND oid IN (SELECT value FROM json_each(?))",
        );
        const day = today();
        for (const { oid, data, used } of select.iterate(kind, JSON.stringify(oids))) {
          if (typeof oid !== "string" || !(data instanceof Uint8Array)) continue;
          found.set(oid, data);
          if (Number(used) < day) touch.push(oid);
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
        let bytes = 0;
        inTransaction(database, () => {
          const insert = prepare(
            "INSERT OR REPLACE INTO derived (kind, oid, used, data) VALUES (?, ?, ?, ?)",
          );
          const day = today();
          for (const [oid, data] of entries) {
            insert.run(kind, oid, day, data);
            bytes += data.byteLength + PER_ROW;
          }
        });
        // Looked at while it works, too: a process that is killed in the end never comes to its end.
        if (Math.floor(written / logBytes) < Math.floor((written + bytes) / logBytes)) makeRoom();
        written += bytes;
      }, undefined);
    },
    [Symbol.dispose]() {
      if (written > 0) quietly(makeRoom, undefined);
      written = 0;
      statements.clear();
      quietly(() => database.close(), undefined);
      if (isDamaged) throwAway(file);
    },
  };
}

const NO_CACHE: BlobCache = { getMany: () => new Map(), putMany: () => {} };
/** Key, index and headers of one entry. */
const PER_ROW = 130;

function open(file: string, logBytes: number): DatabaseSync | undefined {
  for (const attempt of [1, 2]) {
    let database: DatabaseSync | undefined;
    try {
      mkdirSync(dirname(file), { recursive: true });
      database = new DatabaseSync(file);
      // Write-ahead log with normal sync: a kill loses nothing that was committed; a power cut at worst the last commit.
      database.exec(
        `PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA page_size = ${PAGE_BYTES}; PRAGMA journal_mode = WAL;
         PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = ${logBytes};
         PRAGMA wal_autocheckpoint = ${Math.max(1, Math.floor(logBytes / PAGE_BYTES))};`,
      );
      if (versionOf(database) === 0) create(database);
      if (versionOf(database) === SCHEMA) return database;
      database.close();
      throwAway(file);
    } catch (error) {
      database?.close();
      // A file that is no database, or was cut short, is replaced. Anything else (locked, no right, no space): run without.
      if (attempt === 2 || !isDamage(error)) return undefined;
      throwAway(file);
    }
  }
  return undefined;
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
}

/** Of two processes that start at once, the second finds the tables of the first. */
function create(database: DatabaseSync): void {
  inTransaction(database, () => {
    if (versionOf(database) !== 0) return;
    database.exec(`DROP TABLE IF EXISTS derived;
      CREATE TABLE derived (kind TEXT NOT NULL, oid TEXT NOT NULL, used INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (kind, oid));
      CREATE INDEX derived_by_use ON derived (used);
      PRAGMA user_version = ${SCHEMA};`);
  });
}

function throwAway(file: string): void {
  for (const ending of ["", "-wal", "-shm"]) {
    try {
      rmSync(file + ending, { force: true });
    } catch {
      // No right to: then it is gone without, as with a file that cannot be opened.
    }
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB, also in their more exact forms. */
function isDamage(error: unknown): boolean {
  const code = typeof error === "object" && error !== null && "errcode" in error ? error.errcode : undefined;
  return typeof code === "number" && [11, 26].includes(code & 0xff);
}

/** Bytes on disk, the write-ahead log included; 0 when there is none. */
export function cacheFileSize(file: string): number {
  let size = 0;
  for (const ending of ["", "-wal"]) size += statSync(file + ending, { throwIfNoEntry: false })?.size ?? 0;
  return size;
}
