import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { RunFailure } from "../../failure.ts";

/** Steps that are never changed once they were published: a new version adds one. */
const STEPS: readonly string[] = [
  `CREATE TABLE conversation (
     id INTEGER PRIMARY KEY,
     investigation TEXT NOT NULL,
     run TEXT NOT NULL,
     name TEXT NOT NULL,
     length INTEGER NOT NULL,
     UNIQUE (investigation, run, name)) STRICT;
   CREATE TABLE transcript_entry (
     conversation INTEGER NOT NULL,
     place INTEGER NOT NULL,
     text TEXT NOT NULL,
     PRIMARY KEY (conversation, place)) STRICT;
   CREATE TABLE model_call (
     id TEXT PRIMARY KEY,
     conversation INTEGER NOT NULL,
     place INTEGER,
     state TEXT NOT NULL CHECK (state IN ('reserved', 'settled', 'released', 'lost')),
     model TEXT NOT NULL,
     reserved INTEGER NOT NULL,
     micros INTEGER NOT NULL,
     input_tokens INTEGER NOT NULL DEFAULT 0,
     output_tokens INTEGER NOT NULL DEFAULT 0,
     at REAL NOT NULL,
     counters TEXT NOT NULL) STRICT;
   CREATE INDEX model_call_conversation ON model_call (conversation);
   CREATE TABLE spend (
     level TEXT NOT NULL,
     key TEXT NOT NULL,
     taken INTEGER NOT NULL,
     PRIMARY KEY (level, key)) STRICT, WITHOUT ROWID;`,
];

/** How long somebody waits for others; a transaction takes milliseconds. */
const BUSY_MS = 10_000;

/** A SQLite file that several processes write to. What goes wrong is told as RunFailure where a user can mend it. */
export interface JournalFile {
  /** The same statement is prepared once. */
  prepare(sql: string): StatementSync;
  /** Everything or nothing, alone among all processes; rolled back when `work` throws. */
  write<T>(work: () => T): Promise<T>;
  /** All of one moment. */
  read<T>(work: () => T): Promise<T>;
  close(): void;
}

/** Opens the file, makes it when it is missing, and sets it aside first when it is broken. */
export function openFile(file: string, onProblem: (problem: string) => void): JournalFile {
  const database = telling(file, () => {
    mkdirSync(dirname(file), { recursive: true });
    try {
      if (!existsSync(markOf(file))) return connect(file);
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
    return mend(file, onProblem);
  });
  const statements = new Map<string, StatementSync>();
  const transaction = async <T>(kind: "IMMEDIATE" | "DEFERRED", work: () => T): Promise<T> =>
    telling(file, () => {
      database.exec(`BEGIN ${kind}`);
      try {
        const result = work();
        database.exec("COMMIT");
        return result;
      } catch (error) {
        // After some errors SQLite has rolled back already.
        if (database.isTransaction) database.exec("ROLLBACK");
        throw error;
      }
    });
  return {
    prepare(sql) {
      let statement = statements.get(sql);
      if (statement === undefined) statements.set(sql, (statement = database.prepare(sql)));
      return statement;
    },
    write: (work) => transaction("IMMEDIATE", work),
    read: (work) => transaction("DEFERRED", work),
    close() {
      statements.clear();
      if (database.isOpen) database.close();
    },
  };
}

function connect(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: BUSY_MS });
  try {
    // Before anything is changed in it.
    versionOf(database, file);
    writeAhead(database);
    // Replies were paid for: each is on the disk before the next one is asked for.
    database.exec("PRAGMA synchronous = FULL");
    if (versionOf(database, file) < STEPS.length) {
      database.exec("BEGIN IMMEDIATE");
      // Somebody else may have done it meanwhile.
      for (const step of STEPS.slice(versionOf(database, file))) database.exec(step);
      database.exec(`PRAGMA user_version = ${STEPS.length}; COMMIT`);
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function versionOf(database: DatabaseSync, file: string): number {
  const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (version > STEPS.length)
    throw new Error(`the journal ${file} is of a newer version (${version}, known ${STEPS.length})`);
  return version;
}

/** To change to the write-ahead log needs the file alone, and SQLite does not wait for that by itself. */
function writeAhead(database: DatabaseSync): void {
  const until = performance.now() + BUSY_MS;
  for (;;) {
    try {
      database.exec("PRAGMA journal_mode = WAL");
      return;
    } catch (error) {
      if (codeOf(error) !== BUSY || performance.now() > until) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

/**
 * Sets a broken file aside under its name with an ending, and begins a new one. One process does it: the lock is of the
 * operating system, so a killed one does not keep it, and whoever comes second finds a file that is whole.
 */
function mend(file: string, onProblem: (problem: string) => void): DatabaseSync {
  const lock = new DatabaseSync(`${file}.lock`, { timeout: BUSY_MS });
  try {
    lock.exec("BEGIN EXCLUSIVE");
    const damage = damageOf(file);
    if (damage !== undefined) {
      const aside = asideOf(file);
      // The file itself last: without it, SQLite would take the log of the broken one for that of a new one.
      for (const ending of ["-wal", "-shm", ""])
        if (existsSync(file + ending)) renameSync(file + ending, aside + ending);
      onProblem(
        `The journal ${file} is broken (${damage}); it was set aside as ${aside}, and a new one begun: what was spent before does not count any more.`,
      );
    }
    rmSync(markOf(file), { force: true });
    return connect(file);
  } finally {
    lock.close();
  }
}

/** What is wrong with the file; undefined when it is whole. */
function damageOf(file: string): string | undefined {
  try {
    const database = connect(file);
    try {
      const found = database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
      return found === "ok" ? undefined : String(found);
    } finally {
      database.close();
    }
  } catch (error) {
    if (!isDamage(error)) throw error;
    return (error as Error).message;
  }
}

function asideOf(file: string): string {
  for (let n = 1; ; n++) if (!existsSync(`${file}.broken-${n}`)) return `${file}.broken-${n}`;
}

/** Says that damage was met in the middle of work: it is looked for when the file is opened next. */
function markOf(file: string): string {
  return `${file}.damaged`;
}

function mark(file: string): void {
  try {
    writeFileSync(markOf(file), "");
  } catch {
    // Then it is met again.
  }
}

function telling<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (isDamage(error)) {
      mark(file);
      throw new Error(`the journal ${file} is broken; it is set aside when it is opened next`, {
        cause: error,
      });
    }
    const code = codeOf(error);
    if (code === BUSY) throw new RunFailure("busy", `The journal ${file} is held by another process`, error);
    if (code === FULL || code === "ENOSPC" || code === "EDQUOT")
      throw new RunFailure("no-space", `The journal ${file} cannot grow`, error);
    if (code !== undefined && FORBIDDEN.has(code))
      throw new RunFailure("no-permission", `The journal ${file} cannot be written to`, error);
    throw error;
  }
}

const BUSY = 5;
const FULL = 13;
/** SQLITE_PERM, SQLITE_READONLY, SQLITE_CANTOPEN, and what making the folder says. */
const FORBIDDEN: ReadonlySet<number | string> = new Set([
  3,
  8,
  14,
  "EACCES",
  "EPERM",
  "EROFS",
  "ENOTDIR",
  "EEXIST",
]);

/** SQLITE_CORRUPT and SQLITE_NOTADB. */
function isDamage(error: unknown): boolean {
  const code = codeOf(error);
  return code === 11 || code === 26;
}

/** SQLite's main code (it gives more exact ones in the higher bits), or the file system's. */
function codeOf(error: unknown): number | string | undefined {
  const { errcode, code } = error as { readonly errcode?: number; readonly code?: string };
  return errcode === undefined ? code : errcode & 0xff;
}
