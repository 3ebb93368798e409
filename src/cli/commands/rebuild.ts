import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { RunFailure } from "../../failure.ts";
import { readConfig } from "../../process/config.ts";
import { fileFailure } from "../../process/file-failure.ts";
import { takeLock } from "../../process/take-lock.ts";
import type { CommandIo } from "../io.ts";
import { dotEnv } from "../dot-env.ts";

/**
 * Sets the embedded database of the App aside. The next start makes a new one, reads back every investigation from its branch, and
 * asks GitHub for the deliveries of the last three days. Throws RunFailure `usage` without a database, `busy` while a server uses it.
 */
export function rebuildCommand(io: CommandIo): number {
  const env = { ...dotEnv(io.cwd), ...io.env };
  const { data } = readConfig(env);
  const store = join(data, "store");
  if (!existsSync(store))
    throw new RunFailure("usage", `There is no embedded database in ${data}, so there is nothing to rebuild`);
  using _lock = takeLock(join(data, "store.lock"), "the store");
  const aside = asideOf(store);
  fileFailure(store, () => renameSync(store, aside));
  io.out(`The database is now in ${aside}; remove it when all is well.`);
  io.out("The next start of `casebook serve` makes a new one and reads the investigations back from GitHub.");
  return 0;
}

/** The first name that is free. */
function asideOf(store: string): string {
  for (let i = 1; ; i++) {
    const aside = `${store}-before-${i}`;
    if (!existsSync(aside)) return aside;
  }
}
