import type { Detection, RepositoryFiles, TestFileHint } from "./test-framework.ts";

/** Test files whose text is looked at. */
const MOST_READ = 200;

/** `path:line` of the first line that matches, of the first file that has one. */
export async function findLine(
  files: RepositoryFiles,
  paths: readonly string[],
  pattern: RegExp,
): Promise<string | undefined> {
  for (const path of paths.slice(0, MOST_READ)) {
    const lines = (await files.text(path))?.split("\n") ?? [];
    const at = lines.findIndex((line) => pattern.test(line));
    if (at >= 0) return `${path}:${at + 1}`;
  }
  return undefined;
}

/** Paths below a folder that match, and are nobody else's. */
export function pathsBelow(files: RepositoryFiles, folder: string, pattern: RegExp): readonly string[] {
  const prefix = folder === "" ? "" : `${folder}/`;
  return files.paths.filter(
    (path) => path.startsWith(prefix) && pattern.test(path.slice(prefix.length)) && !FOREIGN.test(path),
  );
}
const FOREIGN = /(^|\/)(node_modules|vendor|third_party|site-packages|target|\.venv|venv)\//;

/** Manifests of a name, those nearest to the root first. */
export function manifests(files: RepositoryFiles, pattern: RegExp): readonly string[] {
  return files.paths
    .filter((path) => pattern.test(path.slice(path.lastIndexOf("/") + 1)) && !FOREIGN.test(path))
    .sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1))
    .slice(0, 20);
}

export function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function depth(path: string): number {
  return path.split("/").length;
}

/** A new file beside most of the tests that are there, named as they are; `fallback` where there are none. */
export function hintLike(
  { tests }: Pick<Detection, "tests">,
  name: (like: string | undefined) => string,
  fallback: string,
): TestFileHint {
  const byFolder = Map.groupBy(tests, folderOf);
  const [folder, beside] = [...byFolder].reduce<readonly [string, readonly string[]]>(
    (best, entry) => (entry[1].length > best[1].length ? entry : best),
    [fallback, []],
  );
  const like = beside[0];
  const file = name(like === undefined ? undefined : nameOf(like));
  return { path: folder === "" ? file : `${folder}/${file}`, like };
}

export function snakeCase(topic: string): string {
  return topic.replaceAll("-", "_");
}

/** A command that starts in a folder of the copy. */
export function inFolder(folder: string, command: readonly string[]): readonly string[] {
  return folder === "" ? command : ["sh", "-c", 'cd "$1" && shift && exec "$@"', "sh", folder, ...command];
}

/** A path as seen from a folder of the copy. */
export function fromFolder(folder: string, path: string): string {
  return folder !== "" && path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
}
