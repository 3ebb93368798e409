import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isRunning, ownProcess } from "../../process/take-lock.ts";
import { fileFailure } from "../../process/file-failure.ts";

/** A folder for the life of one task. Its name starts with the process's name, so that the next start can remove it. */
export interface ScratchFolder extends Disposable {
  readonly path: string;
}

/** Makes a folder below `<data>/scratch`. Throws RunFailure `no-space` or `no-permission`. */
export function openScratch(data: string): ScratchFolder {
  const root = join(data, "scratch");
  const path = fileFailure(root, () => {
    mkdirSync(root, { recursive: true });
    return mkdtempSync(join(root, `${ownProcess().replace(" ", "-")}-`));
  });
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Removes the folders of ended processes below `<data>/scratch`; returns how many. */
export function sweepScratch(data: string): number {
  let removed = 0;
  for (const name of readNames(join(data, "scratch"))) {
    const [pid, start] = name.split("-");
    if (!/^\d+$/.test(pid ?? "") || isRunning(`${pid} ${start}`)) continue;
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
