import { lstatSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** The files of the copy before a program starts, by path. */
export type CopiedFiles = ReadonlyMap<string, CopiedFile>;

export type CopiedFile =
  | { readonly kind: "file"; readonly executable: boolean; readonly from: string; readonly size: number }
  | { readonly kind: "link"; readonly target: string }
  | { readonly kind: "text"; readonly executable: boolean; readonly text: string };

/** The files below a folder. Links are listed and never followed; `.git`, and what is below `leaveOut`, is not there. */
export function listFiles(folder: string, leaveOut?: string): CopiedFiles {
  const files = new Map<string, CopiedFile>();
  const visit = (path: string): void => {
    for (const entry of readdirSync(join(folder, path), { withFileTypes: true })) {
      const inside = path === "" ? entry.name : `${path}/${entry.name}`;
      if (inside === leaveOut || entry.name.toLowerCase() === ".git") continue;
      const place = join(folder, inside);
      if (entry.isDirectory()) visit(inside);
      else if (entry.isSymbolicLink()) files.set(inside, { kind: "link", target: readlinkSync(place) });
      else if (entry.isFile()) {
        const { mode, size } = lstatSync(place);
        files.set(inside, { kind: "file", executable: (mode & 0o100) !== 0, from: place, size });
      }
    }
  };
  visit("");
  return files;
}

/**
 * The files with the changes in them, or one sentence on the first change that is refused. The result is written into an
 * empty folder, each path once and each below real folders, so nothing can lead a change out of the copy.
 */
export function applyChanges(
  files: CopiedFiles,
  changes: ReadonlyMap<string, string | undefined>,
  readOnly?: string,
): CopiedFiles | string {
  const result = new Map(files);
  for (const [path, text] of changes) {
    if (!isPlainPath(path)) return `${JSON.stringify(path)} is no path inside the repository`;
    if (readOnly !== undefined && `${path}/`.startsWith(`${readOnly}/`))
      return `${path} lies in the prepared dependencies, which are read-only`;
    const before = result.get(path);
    result.delete(path);
    if (text !== undefined)
      result.set(path, { kind: "text", executable: before?.kind === "file" && before.executable, text });
  }
  const folders = foldersOf(result.keys());
  for (const [path, text] of changes) {
    if (text === undefined) continue;
    if (folders.has(path)) return `${path} is a folder`;
    const above = parentsOf(path).find((parent) => result.has(parent));
    if (above !== undefined)
      return `${path} cannot be written: ${above} is a ${result.get(above)!.kind === "link" ? "link" : "file"}`;
  }
  return result;
}

/** `a/b.py`: no way up, none out, nothing of git, and a name that every file system takes. */
export function isPlainPath(path: string): boolean {
  return (
    path.length < 4_000 &&
    path.isWellFormed() &&
    !path.includes("\0") &&
    path
      .split("/")
      .every(
        (part) =>
          part !== "" &&
          part !== "." &&
          part !== ".." &&
          part.toLowerCase() !== ".git" &&
          Buffer.byteLength(part) <= 255,
      )
  );
}

/** `a/b/c` gives `a/b` and `a`. */
export function parentsOf(path: string): readonly string[] {
  const parents: string[] = [];
  for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1))
    parents.push(path.slice(0, at));
  return parents;
}

function foldersOf(paths: Iterable<string>): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const path of paths)
    for (const parent of parentsOf(path)) {
      if (folders.has(parent)) break;
      folders.add(parent);
    }
  return folders;
}
