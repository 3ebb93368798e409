import type { Codebase } from "../../repository/codebase.ts";
import type { TreeEntry } from "../../repository/source-tree.ts";

/** Entries between two looks at the clock. */
const STRIDE = 200;

/** The entries that pass a test, with a breath now and then: a tree can list a million paths. */
export async function entriesWhere(
  entries: readonly TreeEntry[],
  test: (path: string) => boolean,
  yieldNow: () => Promise<void>,
): Promise<readonly TreeEntry[]> {
  const found: TreeEntry[] = [];
  for (const [i, entry] of entries.entries()) {
    if (i % STRIDE === 0) await yieldNow();
    if (test(entry.path)) found.push(entry);
  }
  return found;
}

/**
 * The part of a codebase below these entries, with a breath before each text: a search over texts in memory never gives
 * way by itself.
 */
export function yieldingCodebase(
  codebase: Codebase,
  entries: readonly TreeEntry[],
  yieldNow: () => Promise<void>,
): Codebase {
  const paths = new Set(entries.map(({ path }) => path));
  const { tree } = codebase;
  return {
    tree: {
      commit: tree.commit,
      entries,
      find: (path) => tree.find(path),
      read: (wanted, stop) => tree.read(wanted, stop),
      linkTarget: (entry) => tree.linkTarget(entry),
    },
    languageOf: (path) => codebase.languageOf(path),
    roleOf: (path) => codebase.roleOf(path),
    async text(path) {
      await yieldNow();
      return codebase.text(path);
    },
    syntax: (path) => codebase.syntax(path),
    syntaxes: (wanted, stop) => codebase.syntaxes(wanted, stop),
    pathsWithWord: (word) => codebase.pathsWithWord(word).filter((path) => paths.has(path)),
  };
}
