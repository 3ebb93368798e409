import { RunFailure } from "../../failure.ts";
import { MAX_BLOB_BYTES, type SourceTree, type TreeEntry } from "../source-tree.ts";
import { gitFailure } from "./git-failure.ts";
import { startGit } from "./git.ts";
import type { ObjectReader } from "./object-reader.ts";

/** Twelve small objects can list millions of paths; the largest public repositories have 400,000. */
const MAX_ENTRIES = 1_000_000;
/** Longer than any path a system takes. */
const MAX_LINK_BYTES = 4_096;
/** Blobs asked for ahead of the reader, in number and bytes. */
const AHEAD = 64;
const AHEAD_BYTES = 8_000_000;

/** The tree of `commit` (40 hex digits). Throws RunFailure `too-large` over a million entries, `incomplete-repository`. */
export async function readTree(
  gitDir: string,
  commit: string,
  objects: ObjectReader,
  signal?: AbortSignal,
): Promise<SourceTree> {
  const entries = await listEntries(gitDir, commit, signal);
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  return {
    commit,
    entries,
    find: (path) => byPath.get(path),
    async linkTarget(entry) {
      if (entry.kind !== "symlink" || entry.size > MAX_LINK_BYTES) return undefined;
      return (await readBlob(objects, entry, commit)).toString();
    },
    async *read(wanted, stop) {
      const ahead: { entry: TreeEntry; bytes: Promise<Uint8Array | undefined> }[] = [];
      let bytesAhead = 0;
      for (const entry of wanted) {
        stop?.throwIfAborted();
        const bytes = isReadable(entry) ? readBlob(objects, entry, commit) : Promise.resolve(undefined);
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

function isReadable({ kind, size }: TreeEntry): boolean {
  return (kind === "file" || kind === "executable") && size <= MAX_BLOB_BYTES;
}

async function readBlob(objects: ObjectReader, entry: TreeEntry, commit: string): Promise<Buffer> {
  const bytes = await objects.read(entry.oid);
  if (bytes === undefined)
    throw new RunFailure(
      "incomplete-repository",
      `The repository does not have the content of ${entry.path} at ${commit.slice(0, 12)}`,
    );
  return bytes;
}

/** Read as it arrives, so that a bomb is noticed before it fills the memory. */
function listEntries(gitDir: string, commit: string, signal?: AbortSignal): Promise<TreeEntry[]> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = startGit(["ls-tree", "-r", "-z", "-l", "--full-tree", commit], { gitDir });
    const stop = (): void => void child.kill("SIGKILL");
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
    child.on("error", (error) => reject(gitFailure(["ls-tree"], error.message, error)));
    child.on("close", (code) => {
      signal?.removeEventListener("abort", stop);
      if (signal?.aborted === true) reject(signal.reason as Error);
      else if (entries.length > MAX_ENTRIES)
        reject(new RunFailure("too-large", `The commit lists more than ${MAX_ENTRIES} files`));
      else if (code !== 0) reject(gitFailure(["ls-tree"], stderr));
      else resolve(entries.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)));
    });
  });
}

/** `<mode> SP <type> SP <object> SP+ <size> TAB <name>`; the size of a submodule is `-`. */
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
  return { path: name, nameIsText: isText, oid: oid!, size: Number(size) || 0, kind };
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
