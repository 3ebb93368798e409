import type { DatabaseSync } from "node:sqlite";

/** Below this share of what may be kept after an eviction, so that not every run evicts. */
const KEEP = 0.7;
/** A kind of another version may belong to another installation that is still in use. */
const IDLE_DAYS = 7;
/** Entries that one transaction deletes: its writes go into the log beside the file first. */
const STEP = 1_000;

/**
 * Deletes from `derived` until the file and its log of up to `logBytes` fit into `limitBytes`, with room for as much as
 * the log until the next call: first the kinds of other versions that nobody used for a week (`invertedIndex-1` where there
 * is a `invertedIndex-2`), then, only over the limit, the least recently used entries. Later entries use the freed space; the
 * file itself shrinks only when the limit has become smaller than it is.
 */
export function evict(
  database: DatabaseSync,
  {
    limitBytes,
    logBytes,
    today,
  }: { readonly limitBytes: number; readonly logBytes: number; readonly today: number },
): void {
  for (const kind of oldKinds(database))
    database.prepare("DELETE FROM derived WHERE kind = ? AND used < ?").run(kind, today - IDLE_DAYS);

  const page = pragma(database, "page_size");
  const fileBytes = pragma(database, "page_count") * page;
  const keepBytes = limitBytes - 2 * logBytes;
  let excess = fileBytes - pragma(database, "freelist_count") * page - keepBytes;
  if (excess > 0) excess += keepBytes * (1 - KEEP);
  const oldest = database.prepare(
    "SELECT rowid, length(data) AS size FROM derived ORDER BY used, rowid LIMIT ?",
  );
  while (excess > 0) {
    const rows = oldest.all(STEP);
    if (rows.length === 0) break;
    excess -= removeFirst(database, rows, excess);
  }
  if (fileBytes + logBytes > limitBytes) database.exec("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);");
}

/** Deletes the first of `rows` until `bytes` are free; returns how many became free. */
function removeFirst(
  database: DatabaseSync,
  rows: readonly Readonly<Record<string, unknown>>[],
  bytes: number,
): number {
  const remove = database.prepare("DELETE FROM derived WHERE rowid = ?");
  let freed = 0;
  inTransaction(database, () => {
    for (const { rowid, size } of rows) {
      if (freed >= bytes) break;
      remove.run(Number(rowid));
      freed += Number(size);
    }
  });
  return freed;
}

/** The kinds that have a later version, by the number at their end. */
function oldKinds(database: DatabaseSync): readonly string[] {
  const newest = new Map<string, number>();
  const kinds = database
    .prepare("SELECT DISTINCT kind FROM derived")
    .all()
    .map(({ kind }) => String(kind))
    .map((kind) => ({ kind, stem: kind.replace(/\d+$/, ""), version: Number(/\d+$/.exec(kind)?.[0] ?? 0) }));
  for (const { stem, version } of kinds) newest.set(stem, Math.max(version, newest.get(stem) ?? 0));
  return kinds.filter(({ stem, version }) => version < newest.get(stem)!).map(({ kind }) => kind);
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

/** Does all of `work` or nothing; throws its error, or SQLite's when another process has the database. */
export function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    work();
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}
