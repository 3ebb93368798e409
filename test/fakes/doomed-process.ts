import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { waitFor } from "./patience.ts";

/** Runs a module's source in a Node of its own. */
export function startSource(source: string): ChildProcess {
  return spawn(process.execPath, ["--input-type=module", "-e", source], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/**
 * Kills a process without a word when one of its descendants passes the test. Gives the number of that one when it is gone, too;
 * throws when it stays.
 */
export async function killedWith(
  parent: ChildProcess,
  isMeant: (commandLine: string) => boolean,
): Promise<number> {
  let child: number | undefined;
  await waitFor(
    () => (child = descendantsOf(parent.pid!).find((pid) => isMeant(commandLineOf(pid)))) !== undefined,
    () => [parent.pid, ...descendantsOf(parent.pid!)],
  );
  parent.kill("SIGKILL");
  await waitFor(
    () => !isAlive(child!),
    () => [],
  );
  return child!;
}

function descendantsOf(pid: number): readonly number[] {
  const own = read(`/proc/${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
  return own.flatMap((child) => [child, ...descendantsOf(child)]);
}

function commandLineOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
}

/** A process that ended and that nobody waits for is still listed, as a zombie. */
function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/^State:\s*Z/m.test(read(`/proc/${pid}/status`));
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
