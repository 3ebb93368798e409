import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { sha256 } from "../text/hash.ts";

/** A home that nothing used for so many milliseconds is given up first, and one that was used since stays. */
const IN_USE = 86_400_000;

/**
 * Where the process that reads one repository may write: its index, and notes of a search that was stopped. One folder for a
 * repository, so that what was read in one cannot reach another.
 */
export function readerHome(data: string, gitDir: string): string {
  const name = basename(gitDir) === ".git" ? basename(dirname(gitDir)) : basename(gitDir);
  const readable = name.replaceAll(/[^A-Za-z0-9]+/g, "-").slice(0, 60);
  return join(data, "readers", `${readable}-${sha256(gitDir).slice(0, 8)}`);
}

/** Removes homes that were not used for longest until all together have at most `most` bytes. `now`: milliseconds since 1970. */
export function trimReaderHomes(data: string, most: number, now: number): void {
  // The index of all repositories that earlier versions had.
  for (const end of ["", "-wal", "-shm"]) rmSync(join(data, `index.db${end}`), { force: true });
  const folder = join(data, "readers");
  const homes = (existsSync(folder) ? readdirSync(folder) : [])
    .map((name) => sizeOf(join(folder, name)))
    .sort((a, b) => a.used - b.used);
  let total = homes.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { path, bytes, used } of homes) {
    if (total <= most || now - used < IN_USE) return;
    rmSync(path, { recursive: true, force: true });
    total -= bytes;
  }
}

function sizeOf(path: string): { readonly path: string; readonly bytes: number; readonly used: number } {
  const files = readdirSync(path, { recursive: true }).map((name) =>
    statSync(join(path, String(name)), { throwIfNoEntry: false }),
  );
  return {
    path,
    bytes: files.reduce((sum, file) => sum + (file?.size ?? 0), 0),
    used: Math.max(statSync(path).mtimeMs, ...files.map((file) => file?.mtimeMs ?? 0)),
  };
}
