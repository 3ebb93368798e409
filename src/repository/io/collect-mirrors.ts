import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { takeLock } from "../../process/take-lock.ts";
import { git } from "./git.ts";

export interface MirrorBounds {
  /** Bytes of all mirrors together. */
  readonly bytes: number;
  /** Days since one was last opened. */
  readonly days: number;
}

/** A task may read a mirror for so long after it was opened. */
const IN_USE = 6 * 3_600_000;
const DAY = 86_400_000;
/** Packs of a mirror; each fetch adds one, and git looks into each for an object. */
const MAX_PACKS = 20;

/**
 * Removes mirrors below `<data>/mirrors` that were not opened for `days`, then those that were not opened for longest until the rest
 * has at most `bytes`, and packs together what many fetches left. None that was opened in the last hours, or that another process
 * holds, is touched. `now`: milliseconds since 1970. Gives the names of what was removed and what was packed.
 */
export async function collectMirrors(
  data: string,
  { bytes, days }: MirrorBounds,
  now: number,
  signal?: AbortSignal,
): Promise<{ readonly removed: readonly string[]; readonly packed: readonly string[] }> {
  const removed: string[] = [];
  const packed: string[] = [];
  const oldestFirst = mirrorsIn(data).sort((a, b) => a.usedAt - b.usedAt);
  let total = oldestFirst.reduce((sum, mirror) => sum + mirror.bytes, 0);
  for (const { folder, name, usedAt, bytes: size } of oldestFirst) {
    signal?.throwIfAborted();
    if (now - usedAt < IN_USE) continue;
    try {
      using _lock = takeLock(`${folder}.lock`, `the mirror ${name}`);
      if (now - usedAt > days * DAY || total > bytes) {
        rmSync(folder, { recursive: true, force: true });
        total -= size;
        removed.push(name);
      } else if (packsIn(folder) > MAX_PACKS) {
        await git(["repack", "-a", "-d", "-q"], { gitDir: folder, signal });
        packed.push(name);
      }
    } catch {
      // Somebody opens it just now, or it is damaged, which its next fetch finds.
      signal?.throwIfAborted();
    }
  }
  return { removed, packed };
}

interface MirrorOnDisk {
  readonly name: string;
  readonly folder: string;
  readonly usedAt: number;
  readonly bytes: number;
}

function mirrorsIn(data: string): MirrorOnDisk[] {
  const root = join(data, "mirrors");
  return names(root).flatMap((name) => {
    const folder = join(root, name);
    const stat = statSync(folder, { throwIfNoEntry: false });
    return stat?.isDirectory() === true
      ? [{ name, folder, usedAt: stat.mtimeMs, bytes: bytesOf(folder) }]
      : [];
  });
}

function packsIn(folder: string): number {
  return names(join(folder, "objects/pack")).filter((name) => name.endsWith(".pack")).length;
}

function bytesOf(folder: string): number {
  let bytes = 0;
  for (const name of names(folder, true))
    bytes += statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
  return bytes;
}

/** None when the folder is not there. */
function names(folder: string, recursive = false): readonly string[] {
  try {
    return readdirSync(folder, { recursive, encoding: "utf8" });
  } catch {
    return [];
  }
}
