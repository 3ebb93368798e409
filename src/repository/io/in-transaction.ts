import type { DatabaseSync } from "node:sqlite";

/** All of `work` or nothing of it; throws what it throws, or that another process holds the database. */
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
