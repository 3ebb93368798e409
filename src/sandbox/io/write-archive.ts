import { readFile } from "node:fs/promises";
import { pack, type Headers, type Pack } from "tar-stream";
import type { CopiedFile, CopiedFiles } from "./copied-files.ts";

/** Files that are read at the same time. */
const AHEAD = 32;
/** The same for every run, so that nothing depends on when we checked out; after 1980, which ZIP needs. */
const MODIFIED = new Date(1_577_836_800_000);

/** The files as a tar archive, links last so that nothing is written through one. */
export function writeArchive(files: CopiedFiles): Pack {
  const archive = pack();
  fill(archive, files).catch((error: unknown) => archive.destroy(error as Error));
  return archive;
}

async function fill(archive: Pack, files: CopiedFiles): Promise<void> {
  const list = [...files].sort(([, a], [, b]) => Number(a.kind === "link") - Number(b.kind === "link"));
  for (let at = 0; at < list.length; at += AHEAD) {
    const next = list.slice(at, at + AHEAD);
    const contents = await Promise.all(next.map(([, file]) => contentOf(file)));
    for (const [i, [path, file]] of next.entries()) await add(archive, headerOf(path, file), contents[i]!);
  }
  archive.finalize();
}

async function contentOf(file: CopiedFile): Promise<Buffer> {
  if (file.kind === "link") return Buffer.alloc(0);
  return file.kind === "text" ? Buffer.from(file.text) : readFile(file.from);
}

function headerOf(name: string, file: CopiedFile): Headers {
  return file.kind === "link"
    ? { name, mtime: MODIFIED, type: "symlink", linkname: file.target, mode: 0o777 }
    : { name, mtime: MODIFIED, mode: file.executable ? 0o755 : 0o644 };
}

/** Waits until the reader took the entry, so that a slow one fills no memory. */
function add(archive: Pack, header: Headers, content: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    archive
      .entry(header, content, (error) => (error ? reject(error) : resolve()))
      // The entry ends with the archive when the reader is gone; the callback has the error.
      .on("error", () => undefined);
  });
}
