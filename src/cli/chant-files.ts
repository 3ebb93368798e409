import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { openRepository } from "../repository/io/open-repository.ts";
import type { CommandIo } from "./io.ts";
import { repositoryOf } from "./place.ts";

/** The Markdown files in `.chant`, path to text: of a branch (`ref`), or of the folder as it is. */
export async function chantFiles(
  { repo, ref }: { readonly repo: string; readonly ref?: string | undefined },
  io: CommandIo,
): Promise<ReadonlyMap<string, string>> {
  const folder = repositoryOf(repo, io);
  if (ref === undefined) return filesOf(folder);
  using repository = await openRepository(folder);
  const tree = await repository.tree(await repository.resolve(ref), io.signal);
  const files = new Map<string, string>();
  const wanted = tree.entries.filter(({ path }) => path.startsWith(".chant/") && path.endsWith(".md"));
  for await (const { entry, bytes } of tree.read(wanted, io.signal))
    if (bytes !== undefined) files.set(entry.path, Buffer.from(bytes).toString());
  return files;
}

function filesOf(folder: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  let entries: ReturnType<typeof read> = [];
  try {
    entries = read(join(folder, ".chant"));
  } catch {
    // Without the folder there are no specs.
  }
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && entry.name.endsWith(".md"))
      files.set(relative(folder, path).split(sep).join("/"), readFileSync(path, "utf8"));
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function read(folder: string) {
  return readdirSync(folder, { recursive: true, withFileTypes: true });
}
