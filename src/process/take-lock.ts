import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { RunFailure } from "../failure.ts";
import { fileFailure } from "./file-failure.ts";

/**
 * A file that names the living process that holds something. A lock that a killed process left is taken over. The time at
 * which the process started counts too: its number may belong to another process by now, and in a container it is always
 * the same. A living holder, this process included: RunFailure `busy`.
 */
export function takeLock(file: string, what: string): Disposable {
  const own = `${ownProcess()}\n`;
  for (let attempt = 0; attempt < 5; attempt++) {
    if (fileFailure(file, () => link(file, own))) return { [Symbol.dispose]: () => release(file, own) };
    const holder = read(file);
    if (holder === undefined) continue;
    if (holder.endsWith("\n") && isRunning(holder.slice(0, -1)))
      throw new RunFailure("busy", `${what} is used by the process ${holder.split(" ")[0]}`);
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

/** Names this process as no later one is named: its number and when it started. */
export function ownProcess(): string {
  return `${process.pid} ${startOf(process.pid)}`;
}

/** True while the process that `ownProcess` named runs. */
export function isRunning(name: string): boolean {
  const pid = Number(name.split(" ")[0]);
  return Number.isInteger(pid) && pid > 0 && isAlive(pid) && name === `${pid} ${startOf(pid)}`;
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
