import { RunFailure } from "../../failure.ts";
import { isReadable, type SourceTree, type TreeEntry } from "../source-tree.ts";
import { gitFailure } from "./git-failure.ts";
import { git, startGit } from "./git.ts";
import type { ObjectReader } from "./object-reader.ts";

/** Twelve small objects can list millions of paths; the largest public repositories have 400,000. */
const MAX_ENTRIES = 1_000_000;
/** Folders without files take time and list nothing. */
const MAX_SECONDS = 120;
/** Longer than any path a system takes. */
const MAX_LINK_BYTES = 4_096;
/** Blobs asked for ahead of the reader, in number and bytes. */
const AHEAD = 64;
const AHEAD_BYTES = 8_000_000;

/**
 * The tree of `commit` (40 hex digits). Throws RunFailure `too-large` over a million entries, `incomplete-repository` when a
 * folder is missing. A missing file costs that file, but for a repository that is said to be whole (`isWhole`: a mirror of ours).
 */
export async function readTree(
  gitDir: string,
  commit: string,
  objects: ObjectReader,
  { signal, isWhole = false }: { readonly signal?: AbortSignal | undefined; readonly isWhole?: boolean } = {},
): Promise<SourceTree> {
  const entries = isWhole
    ? await listWhole(gitDir, commit, signal)
    : await listEntries(gitDir, commit, signal);
  const blob = async (entry: TreeEntry): Promise<Buffer | undefined> => {
    const bytes = await readBlob(objects, entry);
    if (bytes === undefined && isWhole) throw damaged(entry);
    return bytes;
  };
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  return {
    commit,
    entries,
    find: (path) => byPath.get(path),
    async linkTarget(entry) {
      if (entry.kind !== "symlink" || entry.size > MAX_LINK_BYTES) return undefined;
      return (await blob(entry))?.toString();
    },
    async *read(wanted, stop) {
      const ahead: { entry: TreeEntry; bytes: Promise<Uint8Array | undefined> }[] = [];
      let bytesAhead = 0;
      for (const entry of wanted) {
        stop?.throwIfAborted();
        const bytes = isReadable(entry) ? blob(entry) : Promise.resolve(undefined);
        // Somebody looks at it only later; until then a failure must not count as unhandled.
        bytes.catch(() => undefined);
        ahead.push({ entry, bytes });
        bytesAhead += entry.size;
        while (ahead.length > AHEAD || (bytesAhead > AHEAD_BYTES && ahead.length > 0)) {
          const next = ahead.shift()!;
          bytesAhead -= next.entry.size;
          yield { entry: next.entry, bytes: await next.bytes };
        }
      }
      for (const { entry, bytes } of ahead) {
        stop?.throwIfAborted();
        yield { entry, bytes: await bytes };
      }
    },
  };
}

function readBlob(objects: ObjectReader, { oid, isMissing }: TreeEntry): Promise<Buffer | undefined> {
  return isMissing === true ? Promise.resolve(undefined) : objects.read(oid);
}

/** The entries of a repository that lacks nothing; throws RunFailure `damaged-mirror` where it does. */
async function listWhole(gitDir: string, commit: string, signal?: AbortSignal): Promise<TreeEntry[]> {
  const entries = await listTree(["-l"], gitDir, commit, signal).catch((error: unknown) => {
    if (!(error instanceof RunFailure) || error.code !== "incomplete-repository") throw error;
    throw new RunFailure("damaged-mirror", "The mirror of the repository lacks objects", error);
  });
  const missing = entries.find(({ isMissing }) => isMissing === true);
  if (missing !== undefined) throw damaged(missing);
  return entries;
}

function damaged({ oid }: TreeEntry): RunFailure {
  return new RunFailure(
    "damaged-mirror",
    `The mirror of the repository lacks the object ${oid.slice(0, 12)}`,
  );
}

async function listEntries(gitDir: string, commit: string, signal?: AbortSignal): Promise<TreeEntry[]> {
  try {
    return await listTree(["-l"], gitDir, commit, signal);
  } catch (error) {
    if (!(error instanceof RunFailure) || error.code !== "incomplete-repository") throw error;
    // Git asks a partial clone's origin for each size that it lacks; of a list without sizes it needs the folders alone.
    const entries = await listTree([], gitDir, commit, signal);
    const sizes = await sizesOf(gitDir, signal);
    return entries.map((entry) => {
      const size = sizes.get(entry.oid);
      if (entry.kind === "submodule") return entry;
      return size === undefined ? { ...entry, isMissing: true } : { ...entry, size };
    });
  }
}

/** The size of every object that the repository holds itself. */
async function sizesOf(gitDir: string, signal?: AbortSignal): Promise<ReadonlyMap<string, number>> {
  const format = "--batch-check=%(objectname) %(objectsize)";
  const listed = await git(["cat-file", format, "--batch-all-objects", "--unordered"], { gitDir, signal });
  return new Map(
    listed
      .toString("latin1")
      .split("\n")
      .map((line): [string, number] => [line.slice(0, 40), Number(line.slice(41))]),
  );
}

/** Read as it arrives, so that a bomb is noticed before it fills the memory. */
function listTree(
  options: readonly string[],
  gitDir: string,
  commit: string,
  signal?: AbortSignal,
): Promise<TreeEntry[]> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = startGit(["ls-tree", "-r", "-z", ...options, "--full-tree", commit], { gitDir });
    const stop = (): void => void child.kill("SIGKILL");
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      stop();
    }, MAX_SECONDS * 1_000);
    signal?.addEventListener("abort", stop, { once: true });
    const entries: TreeEntry[] = [];
    let rest: Buffer = Buffer.alloc(0);
    let stderr = "";
    child.stdin.end();
    child.stdout.on("data", (chunk: Buffer) => {
      const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let from = 0;
      for (let end = data.indexOf(0); end >= 0; end = data.indexOf(0, from)) {
        if (entries.length <= MAX_ENTRIES) entries.push(parseEntry(data.subarray(from, end)));
        from = end + 1;
      }
      rest = data.subarray(from);
      if (entries.length > MAX_ENTRIES) stop();
    });
    child.stderr.on("data", (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-2_000)));
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(gitFailure(["ls-tree"], error.message, error));
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      if (signal?.aborted === true) reject(signal.reason as Error);
      else if (isLate)
        reject(new RunFailure("too-large", `The commit's files were not listed within ${MAX_SECONDS} s`));
      else if (entries.length > MAX_ENTRIES)
        reject(new RunFailure("too-large", `The commit lists more than ${MAX_ENTRIES} files`));
      else if (code !== 0) reject(gitFailure(["ls-tree"], stderr));
      else resolve(entries.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)));
    });
  });
}

/** `<mode> SP <type> SP <object> SP+ <size> TAB <name>`; the size of a submodule is `-`, that of a missing file `BAD`. */
function parseEntry(line: Buffer): TreeEntry {
  const tab = line.indexOf(9);
  const [mode, , oid, size] = line.subarray(0, tab).toString("latin1").split(/ +/);
  const { name, isText } = decodeName(line.subarray(tab + 1));
  const kind =
    mode === "120000"
      ? "symlink"
      : mode === "160000"
        ? "submodule"
        : mode === "100755"
          ? "executable"
          : "file";
  const missing = size === "BAD" ? ({ isMissing: true } as const) : {};
  return { path: name, nameIsText: isText, oid: oid!, size: Number(size) || 0, kind, ...missing };
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A file name as text; bytes that are not UTF-8 as `\xNN` each, and `isText` false. */
function decodeName(bytes: Uint8Array): { readonly name: string; readonly isText: boolean } {
  try {
    return { name: utf8.decode(bytes), isText: true };
  } catch {
    return { name: escapeBytes(bytes), isText: false };
  }
}

function escapeBytes(bytes: Uint8Array): string {
  let name = "";
  for (const byte of bytes)
    name +=
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`;
  return name;
}
