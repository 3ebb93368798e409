import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileFailure } from "../../process/file-failure.ts";

/** A folder for the life of one task. Its name begins with the process's id, so that the next start can sweep it. */
export interface ScratchFolder extends Disposable {
  readonly path: string;
}

/** Makes a folder below `<data>/scratch`. Throws RunFailure `no-space` or `no-permission`. */
export function openScratch(data: string): ScratchFolder {
  const root = join(data, "scratch");
  const path = fileFailure(root, () => {
    mkdirSync(root, { recursive: true });
    return mkdtempSync(join(root, `${process.pid}-`));
  });
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Removes what killed processes left below `<data>/scratch`; gives how many folders it removed. */
export function sweepScratch(data: string): number {
  let removed = 0;
  for (const name of readNames(join(data, "scratch"))) {
    const pid = Number(name.split("-")[0]);
    if (!Number.isInteger(pid) || isAlive(pid)) continue;
    rmSync(join(data, "scratch", name), { recursive: true, force: true });
    removed++;
  }
  return removed;
}

function readNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Signal 0 asks; a process of another user counts as alive. A number used again costs a sweep, not a mistake. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
