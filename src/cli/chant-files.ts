import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { RunFailure } from "../failure.ts";
import { openRepository } from "../repository/io/open-repository.ts";
import type { CommandIo } from "./io.ts";
import { repositoryOf } from "./place.ts";

/** The Markdown files in `.chant`, path to text: of a branch (`ref`), or of the folder as it is. */
export async function chantFiles(
  { repo = ".", ref }: { readonly repo?: string | undefined; readonly ref?: string | undefined },
  io: Pick<CommandIo, "cwd" | "signal">,
): Promise<ReadonlyMap<string, string>> {
  const folder = repositoryOf(repo, io);
  if (ref === undefined) return filesOf(folder);
  using repository = await openRepository(folder);
  const tree = await repository.tree(await repository.resolve(ref), io.signal);
  const files = new Map<string, string>();
  const wanted = bounded(
    tree.entries.filter(({ path }) => path.startsWith(".chant/") && path.endsWith(".md")),
    ({ size }) => size ?? 0,
  );
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
  const paths = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".md"))
    .map((entry) => join(entry.parentPath, entry.name));
  for (const path of bounded(paths, (each) => statSync(each).size))
    files.set(relative(folder, path).split(sep).join("/"), readFileSync(path, "utf8"));
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const MAX_FILES = 5_000;
const MAX_BYTES = 50_000_000;

/** Anybody's files: what they weigh is looked at before they are read. */
function bounded<T>(files: readonly T[], sizeOf: (file: T) => number): readonly T[] {
  if (files.length > MAX_FILES || files.reduce((sum, file) => sum + sizeOf(file), 0) > MAX_BYTES)
    throw new RunFailure(
      "too-large",
      `.chant has more than ${MAX_FILES} Markdown files or ${MAX_BYTES / 1_000_000} MB`,
    );
  return files;
}

function read(folder: string) {
  return readdirSync(folder, { recursive: true, withFileTypes: true });
}
