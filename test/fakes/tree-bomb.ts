import { join } from "node:path";
import { type GitFolder, gitFolder } from "./git-folder.ts";

/** Folders in folders: ten names in each of so many. */
const DEPTH = 10;

/**
 * A repository whose second of three commits lists ten billion files, by a dozen small objects. The newest commit has one
 * file again.
 */
export function treeBomb(): GitFolder & { readonly gitDir: string; readonly newest: string } {
  const origin = gitFolder();
  const first = origin.commit({ "a.py": "def answer():\n    return 42\n" });
  const blob = origin.git("rev-parse", "HEAD:a.py");
  const treeOf = (entry: (i: number) => string): string => {
    const index = Array.from({ length: 10 }, (_, i) => entry(i)).join("\n");
    return origin.git("-c", "alias.t=!f() { printf '%s\\n' \"$1\" | git mktree; }; f", "t", index);
  };
  let tree = treeOf((i) => `100644 blob ${blob}\tf${i}`);
  for (let depth = 1; depth < DEPTH; depth++) {
    const inner = tree;
    tree = treeOf((i) => `040000 tree ${inner}\td${i}`);
  }
  const bomb = origin.git("commit-tree", "-p", first, "-m", "Bomb", tree);
  const newest = origin.git("commit-tree", "-p", bomb, "-m", "Back", `${first}^{tree}`);
  origin.git("update-ref", "refs/heads/main", newest);
  return { ...origin, gitDir: join(origin.path, ".git"), newest };
}
