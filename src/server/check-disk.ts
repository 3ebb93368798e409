import { randomUUID } from "node:crypto";
import { rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { NotReady } from "./http-server.ts";

/** What the embedded database, an index and a fetch of a small repository take at once. */
const MIN_FREE_BYTES = 100_000_000;
const PROBE = Buffer.alloc(65_536, "casebook\n");

/** Writes a little below the data folder and removes it again. Throws NotReady when that fails, or little space is left. */
export async function checkDisk(data: string): Promise<void> {
  const file = join(data, `ready-${randomUUID()}`);
  try {
    await writeFile(file, PROBE, { flush: true });
  } catch {
    throw new NotReady("the data folder cannot be written");
  } finally {
    await rm(file, { force: true }).catch(() => undefined);
  }
  const { bavail, bsize } = await statfs(data);
  if (bavail * bsize < MIN_FREE_BYTES)
    throw new NotReady(`less than ${MIN_FREE_BYTES / 1_000_000} MB are free in the data folder`);
}
