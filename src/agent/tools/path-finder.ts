import { printable } from "../../text/inline-code.ts";
import { nearest } from "../../text/nearest.ts";
import type { SourceTree, TreeEntry } from "../../repository/source-tree.ts";

/** What a path of the tree is. A path is looked up in the commit's tree, never on a disk: nothing leads out of it. */
type FoundPath =
  | { readonly kind: "entry"; readonly entry: TreeEntry }
  /** Without a slash at the end; the root is empty. */
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "none"; readonly near: readonly string[] };

/** One level of the tree, both in path order. */
interface Folder {
  readonly folders: readonly { readonly name: string; readonly files: number }[];
  readonly files: readonly TreeEntry[];
}

export interface PathFinder {
  readonly tree: SourceTree;
  /** Takes a path as a model writes it: `./a`, `/a` and `a/` mean `a`. */
  find(path: string): FoundPath;
  /** Undefined when there is no such folder. */
  folder(path: string): Folder | undefined;
}

interface Node {
  readonly folders: Map<string, Node>;
  readonly files: TreeEntry[];
  count: number;
}

const MAX_NEAR = 5;
/** Distinct names that a mistyped one is compared with: about half a second. */
const MAX_NAMES = 100_000;

export function pathFinder(tree: SourceTree): PathFinder {
  let built: Node | undefined;
  const root = (): Node => (built ??= build(tree.entries));
  let printed: ReadonlyMap<string, TreeEntry | undefined> | undefined;

  const nodeOf = (path: string): Node | undefined => {
    let node: Node | undefined = root();
    for (const part of partsOf(path)) node = node?.folders.get(part);
    return node;
  };

  return {
    tree,
    folder(path) {
      const node = nodeOf(path);
      return node === undefined
        ? undefined
        : {
            folders: [...node.folders].map(([name, { count }]) => ({ name, files: count })),
            files: node.files,
          };
    },
    find(given) {
      const exact = tree.find(given);
      if (exact !== undefined) return { kind: "entry", entry: exact };
      const path = partsOf(given).join("/");
      // A name that does not print as it is was shown in its printed form, and comes back so.
      const entry = tree.find(path) ?? (printed ??= oddNames(tree.entries)).get(path);
      if (entry !== undefined) return { kind: "entry", entry };
      if (nodeOf(path) !== undefined) return { kind: "folder", path };
      return { kind: "none", near: nearPaths(path, root(), tree.entries) };
    },
  };
}

function partsOf(path: string): readonly string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

function build(entries: readonly TreeEntry[]): Node {
  const root: Node = { folders: new Map(), files: [], count: 0 };
  for (const entry of entries) {
    const parts = entry.path.split("/");
    let node = root;
    node.count++;
    for (const part of parts.slice(0, -1)) {
      let next = node.folders.get(part);
      if (next === undefined) node.folders.set(part, (next = { folders: new Map(), files: [], count: 0 }));
      next.count++;
      node = next;
    }
    node.files.push(entry);
  }
  return root;
}

/** Printed form to entry; undefined where two entries print alike. */
function oddNames(entries: readonly TreeEntry[]): ReadonlyMap<string, TreeEntry | undefined> {
  const odd = new Map<string, TreeEntry | undefined>();
  for (const entry of entries) {
    const shown = printable(entry.path);
    if (shown !== entry.path) odd.set(shown, odd.has(shown) ? undefined : entry);
  }
  return odd;
}

/** The path with each part mended in its turn, then files of that name elsewhere, then the file with the nearest name. */
function nearPaths(path: string, root: Node, entries: readonly TreeEntry[]): readonly string[] {
  const parts = partsOf(path);
  const name = parts.at(-1);
  if (name === undefined) return [];
  const found = new Set<string>();
  const mended = mend(parts, root);
  if (mended !== undefined) found.add(mended);
  const names = new Map<string, TreeEntry[]>();
  const lower = name.toLowerCase();
  const same: string[] = [];
  for (const entry of entries) {
    const own = entry.path.slice(entry.path.lastIndexOf("/") + 1);
    if (own.toLowerCase() === lower) same.push(entry.path);
    const known = names.get(own);
    if (known !== undefined) known.push(entry);
    else if (names.size < MAX_NAMES) names.set(own, [entry]);
  }
  same.sort((a, b) => sharedEnd(b, parts) - sharedEnd(a, parts) || (a < b ? -1 : 1));
  for (const other of same.slice(0, MAX_NEAR)) found.add(other);
  if (found.size === 0) {
    const near = nearest(name, [...names.keys()]);
    const others = near === undefined ? [] : names.get(near)!.map((entry) => entry.path);
    others.sort((a, b) => sharedEnd(b, parts) - sharedEnd(a, parts) || (a < b ? -1 : 1));
    for (const other of others.slice(0, MAX_NEAR)) found.add(other);
  }
  return [...found].slice(0, MAX_NEAR);
}

function mend(parts: readonly string[], root: Node): string | undefined {
  let node = root;
  const mended: string[] = [];
  for (const [i, part] of parts.entries()) {
    const isLast = i === parts.length - 1;
    const files = isLast ? node.files.map(({ path }) => path.slice(path.lastIndexOf("/") + 1)) : [];
    const names = [...files, ...node.folders.keys()].slice(0, MAX_NAMES);
    const name = names.includes(part) ? part : nearest(part, names);
    if (name === undefined) return undefined;
    mended.push(name);
    const next = node.folders.get(name);
    if (next === undefined) return isLast ? mended.join("/") : undefined;
    node = next;
  }
  return `${mended.join("/")}/`;
}

/** How many parts of the wanted path the other one ends with, or holds as folders. */
function sharedEnd(path: string, parts: readonly string[]): number {
  const own = new Set(path.split("/"));
  return parts.filter((part) => own.has(part)).length;
}
