import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/**
 * The git folder of `folder`: itself when it is bare, else the `.git` (folder, or the file of a worktree or submodule) in
 * it or above it. Undefined when there is none. Git is not asked: it would obey what stands in the folder.
 */
export function findGitDir(folder: string): string | undefined {
  const start = resolve(folder);
  if (isGitDir(start)) return start;
  for (let at = start; ; at = dirname(at)) {
    const inside = join(at, ".git");
    const found = statSync(inside, { throwIfNoEntry: false });
    if (found?.isDirectory() === true && isGitDir(inside)) return inside;
    if (found?.isFile() === true) {
      const target = readFileSync(inside, "utf8")
        .match(/^gitdir: (.{1,4000})/)?.[1]
        ?.trim();
      const linked = target === undefined ? undefined : resolve(at, target);
      if (linked !== undefined && existsSync(join(linked, "HEAD"))) return linked;
    }
    if (dirname(at) === at) return undefined;
  }
}

function isGitDir(folder: string): boolean {
  return ["HEAD", "objects", "refs"].every((name) => existsSync(join(folder, name)));
}
