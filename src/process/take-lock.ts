import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { RunFailure } from "../failure.ts";
import { fileFailure } from "./file-failure.ts";

/**
 * Takes a lock: a file that names the process that holds it. The lock of a process that no longer runs is taken over. The
 * name includes the start time, because another process may have the number by now, and in a container the number is always
 * the same. Throws RunFailure `busy` when the holder runs, also when it is this process.
 */
export function takeLock(file: string, what: string): Disposable {
  const own = `${ownProcess()}\n`;
  for (let attempt = 0; attempt < 5; attempt++) {
    if (fileFailure(file, () => link(file, own))) return { [Symbol.dispose]: () => release(file, own) };
    const holder = read(file);
    if (holder === undefined) continue;
    if (holder.endsWith("\n") && isRunning(holder.slice(0, -1)))
      throw new RunFailure("busy", `${what} is used by the process ${holder.split(" ")[0]}`);
    // Moved aside first: if another process took it over meanwhile, its lock is put back.
    const aside = `${file}.${process.pid}`;
    try {
      renameSync(file, aside);
    } catch {
      continue;
    }
    if (read(aside) !== holder) link(file, read(aside) ?? "");
    rmSync(aside, { force: true });
  }
  throw new RunFailure("busy", `${what} is being taken by another process`);
}

/** The name of this process, which no later process has: its number and its start time. */
export function ownProcess(): string {
  return `${process.pid} ${startOf(process.pid)}`;
}

/** True while the process with this name runs. */
export function isRunning(name: string): boolean {
  const pid = Number(name.split(" ")[0]);
  return Number.isInteger(pid) && pid > 0 && isAlive(pid) && name === `${pid} ${startOf(pid)}`;
}

/** Creates the file together with its content, or does nothing. */
function link(file: string, content: string): boolean {
  const fresh = `${file}.new.${process.pid}`;
  writeFileSync(fresh, content);
  try {
    linkSync(fresh, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(fresh, { force: true });
  }
}

function release(file: string, own: string): void {
  if (read(file) === own) rmSync(file, { force: true });
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** Signal 0 only asks; a process of another user counts as alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Clock ticks since the machine started, from Linux; elsewhere only the number of the process is known. */
function startOf(pid: number): string {
  const stat = read(`/proc/${pid}/stat`);
  // The name in brackets may hold spaces and brackets; the fields after the last bracket do not.
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "0";
}
