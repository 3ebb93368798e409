import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { READER_UID, type StartedReader } from "../sandbox/io/reader-jail.ts";
import { sha256 } from "../text/hash.ts";

/** One start in a folder pays for nothing, and two hardly: a third one is by somebody who comes back. */
const STARTS = 2;
/** Milliseconds for loading everything. It takes about 1,000. */
const PATIENCE = 30_000;

/** Whether nobody but this user may leave code in a folder. */
export function isOursAlone(folder: string): boolean {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true) return false;
  return process.getuid === undefined || (found.uid === process.getuid() && (found.mode & 0o022) === 0);
}

/**
 * Keeps the compiled form of what readers load in `cache`. A reader cannot write there, and loads much that its parent does not. So, once
 * for each state of the sources in `code`, a process that reads nothing loads all of it: `load` starts it. Node compares each entry
 * with its source. Never throws: without it a reader starts slower.
 */
export async function keepReaderCode(
  cache: string,
  { code, load }: { readonly code: string; readonly load: () => StartedReader },
): Promise<void> {
  try {
    mkdirSync(cache, { recursive: true, mode: 0o700 });
    if (!isOursAlone(cache)) return;
    const state = stateOf(code);
    const note = join(cache, "readers.txt");
    const [known, count = "0"] = textOf(note).split(" ");
    const starts = known === state ? Number(count) + 1 : 1;
    if (starts > STARTS + 1) return;
    writeFileSync(note, `${state} ${starts}`, { mode: 0o600 });
    if (starts <= STARTS) return;
    await ended(load());
    shareWithJail(cache);
  } catch {
    // A full disk, or no right to write there.
  }
}

/** Other sources, another Node: git and package managers replace a file by a new one, which changes the time of its folder. */
function stateOf(code: string): string {
  const folders = readdirSync(code, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  const times = folders.map(({ parentPath, name }) => statSync(join(parentPath, name)).mtimeMs);
  return sha256([process.version, process.arch, code, ...times].join("\n")).slice(0, 16);
}

/** Node names its folder after the user's number, and the jail has a number of its own. */
function shareWithJail(cache: string): void {
  const uid = process.getuid?.();
  for (const name of readdirSync(cache)) {
    const shared = name.replace(new RegExp(`-${uid}$`), `-${READER_UID}`);
    if (shared !== name && statSync(join(cache, shared), { throwIfNoEntry: false }) === undefined)
      symlinkSync(name, join(cache, shared));
  }
}

function ended({ child, stderr, channel }: StartedReader): Promise<void> {
  stderr.resume();
  const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      channel.destroy();
      resolve();
    };
    child.once("error", end);
    child.once("close", end);
  });
}

function textOf(file: string): string {
  return statSync(file, { throwIfNoEntry: false }) === undefined ? "" : readFileSync(file, "utf8");
}
