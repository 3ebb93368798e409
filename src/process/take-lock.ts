import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { RunFailure } from "../failure.ts";

/**
 * A file that says which living process holds something. One that a killed process left is taken over; its number may
 * belong to another process by now, so the time that it started counts too. A living holder: RunFailure `busy`.
 */
export function takeLock(file: string, what: string): Disposable {
  const own = `${process.pid} ${startOf(process.pid)}\n`;
  for (let attempt = 0; attempt < 5; attempt++) {
    if (link(file, own)) return { [Symbol.dispose]: () => release(file, own) };
    const holder = read(file);
    if (holder === undefined) continue;
    const pid = Number(holder.split(" ")[0]);
    if (pid > 0 && isRunning(pid) && holder === `${pid} ${startOf(pid)}\n`)
      throw new RunFailure("busy", `${what} is used by the process ${pid}`);
    // Moved aside first: if somebody else took it over meanwhile, theirs is put back.
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

/** Makes the file with its content at once, or not at all. */
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

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Ticks since the machine started, from Linux; elsewhere the number of the process is all that is known. */
function startOf(pid: number): string {
  const stat = read(`/proc/${pid}/stat`);
  // The name in brackets may hold spaces and brackets; the fields after the last bracket do not.
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "?";
}
