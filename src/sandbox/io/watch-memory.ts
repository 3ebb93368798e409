import { readFileSync, readdirSync, statfsSync, statSync } from "node:fs";
import { COPY, OUT } from "../places.ts";

const EVERY_MILLISECONDS = 100;
/** Bytes of a page, for `statm`. Arm64 kernels with larger ones count too little here; their limit of address space holds. */
const PAGE = 4_096;
/** Memory of the kernel for one file without content is about 1 KB, and no limit of a file system counts it. */
const BYTES_PER_FILE = 4_096;
/** The host keeps at least this part of its memory. */
const RESERVE_PART = 0.05;
const RESERVE_MOST = 512 * 1024 ** 2;

/**
 * Limits of address space hold each process alone, and some memory belongs to none (buffers, names of files). So this looks
 * at all processes below `pid`, at the number of files in the sandbox, and at what the host has left. What it cannot read
 * it leaves to the other limits. Calls `stop` once, with a sentence.
 */
export function watchMemory(
  pid: number | undefined,
  { memoryBytes, diskBytes }: { readonly memoryBytes: number; readonly diskBytes: number },
  stop: (why: string) => void,
): Disposable {
  const timer = setInterval(() => {
    if (pid === undefined) return;
    const why = tooMuch(pid, memoryBytes, diskBytes);
    if (why === undefined) return;
    clearInterval(timer);
    stop(why);
  }, EVERY_MILLISECONDS);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function tooMuch(pid: number, memoryBytes: number, diskBytes: number): string | undefined {
  const processes = below(pid);
  const used = processes.reduce((sum, process) => sum + ownMemory(process), 0);
  if (used > memoryBytes) return `its processes together passed ${inMiB(memoryBytes)} of memory`;
  const files = processes[1] === undefined ? 0 : filesSeenBy(processes[1]);
  if (files > diskBytes / BYTES_PER_FILE)
    return `it made more than ${Math.floor(diskBytes / BYTES_PER_FILE)} files`;
  const host = hostMemory();
  if (host !== undefined && host.available < Math.min(RESERVE_MOST, host.total * RESERVE_PART))
    return "the host had no memory left";
  return undefined;
}

/** The process and all that came from it, parents first. */
function below(pid: number): readonly number[] {
  const found = [pid];
  for (const process of found) {
    for (const thread of namesIn(`/proc/${process}/task`)) {
      const children = read(`/proc/${process}/task/${thread}/children`) ?? "";
      for (const child of children.split(" ")) if (child !== "") found.push(Number(child));
    }
  }
  return found;
}

/** Bytes in memory, less what is shared with files. */
function ownMemory(pid: number): number {
  const [, resident = 0, shared = 0] = (read(`/proc/${pid}/statm`) ?? "").split(" ").map(Number);
  return Math.max(0, resident - shared) * PAGE;
}

function filesSeenBy(pid: number): number {
  return ["/tmp", COPY, OUT, "/dev/shm"].reduce((sum, place) => {
    try {
      const seen = `/proc/${pid}/root${place}`;
      // In its first moments the process still sees the host's folders, and those hold as many files as they like.
      if (statSync(seen).dev === deviceOf(place)) return sum;
      const { files, ffree } = statfsSync(seen);
      return sum + files - ffree;
    } catch {
      return sum;
    }
  }, 0);
}

/** The device of the host's own folder; undefined when the host has none. */
function deviceOf(place: string): number | undefined {
  try {
    return statSync(place).dev;
  } catch {
    return undefined;
  }
}

function hostMemory(): { readonly total: number; readonly available: number } | undefined {
  const text = read("/proc/meminfo") ?? "";
  const bytes = (name: string): number =>
    Number(new RegExp(`^${name}: +(\\d+) kB`, "m").exec(text)?.[1]) * 1024;
  const [total, available] = [bytes("MemTotal"), bytes("MemAvailable")];
  return total > 0 && available >= 0 ? { total, available } : undefined;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function inMiB(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2)} MiB`;
}
