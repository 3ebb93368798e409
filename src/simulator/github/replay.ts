import type { Backend } from "./backend.ts";
import type { BareRepository, GitObject } from "./bare-repository.ts";

export interface ReplayTarget {
  readonly backend: Backend;
  /** Seat of the owner: commits are written with the owner's rights. */
  readonly seat: string;
  /** `/repos/<seat>/<name>`. */
  readonly path: string;
}

/**
 * Writes what the heads reach and the known commits do not into the backend, by its Git Data API: blobs, then
 * trees, then commits, each after what it needs. The hashes must come out the same; another hash is a bug and throws.
 */
export async function replay(
  bare: BareRepository,
  target: ReplayTarget,
  heads: readonly string[],
  known: readonly string[],
): Promise<void> {
  const objects = await bare.objects(heads, known);
  const write = async (object: GitObject, kind: string, body: unknown): Promise<void> => {
    const answer = await target.backend.as(target.seat, "POST", `${target.path}/git/${kind}`, body);
    const sha = (answer.body as { sha?: unknown } | undefined)?.sha;
    if (sha !== object.oid)
      throw new Error(`${object.type} ${object.oid} was taken as ${String(sha)} (${answer.status})`);
  };
  const blobs = objects.filter(({ type }) => type === "blob");
  for (let at = 0; at < blobs.length; at += 8)
    await Promise.all(
      blobs
        .slice(at, at + 8)
        .map((blob) =>
          write(blob, "blobs", { content: blob.content.toString("base64"), encoding: "base64" }),
        ),
    );
  for (const tree of childrenFirst(objects.filter(({ type }) => type === "tree")))
    await write(tree, "trees", { tree: treeEntries(tree.content) });
  for (const commit of parentsFirst(objects.filter(({ type }) => type === "commit")))
    await write(commit, "commits", commitBody(commit.content.toString()));
}

interface TreeEntry {
  readonly mode: string;
  readonly type: "blob" | "tree" | "commit";
  readonly path: string;
  readonly sha: string;
}

/** A tree object: mode, space, name, zero byte, twenty bytes of hash; again and again. */
function treeEntries(content: Buffer): readonly TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(32, at);
    const zero = content.indexOf(0, space);
    const mode = content.subarray(at, space).toString().padStart(6, "0");
    entries.push({
      mode,
      type: mode === "040000" ? "tree" : mode === "160000" ? "commit" : "blob",
      path: content.subarray(space + 1, zero).toString(),
      sha: content.subarray(zero + 1, zero + 21).toString("hex"),
    });
    at = zero + 21;
  }
  return entries;
}

function childrenFirst(trees: readonly GitObject[]): readonly GitObject[] {
  return afterNeeds(trees, ({ content }) => treeEntries(content).map(({ sha }) => sha));
}

function parentsFirst(commits: readonly GitObject[]): readonly GitObject[] {
  return afterNeeds(commits, ({ content }) => commitHeaders(content.toString(), "parent"));
}

/** Each object after those of the list that it needs. With a stack of its own: histories are deep. */
function afterNeeds(
  objects: readonly GitObject[],
  needs: (object: GitObject) => readonly string[],
): readonly GitObject[] {
  const open = new Map(objects.map((object) => [object.oid, object]));
  const sorted: GitObject[] = [];
  const stack = [...objects].reverse();
  const entered = new Set<string>();
  for (let object = stack.at(-1); object !== undefined; object = stack.at(-1)) {
    if (!entered.has(object.oid)) {
      entered.add(object.oid);
      for (const oid of needs(object)) {
        const needed = open.get(oid);
        if (needed !== undefined && !entered.has(oid)) stack.push(needed);
      }
    } else {
      stack.pop();
      if (open.delete(object.oid)) sorted.push(object);
    }
  }
  return sorted;
}

function commitHeaders(text: string, name: string): readonly string[] {
  const head = text.slice(0, text.indexOf("\n\n"));
  return head
    .split("\n")
    .flatMap((line) => (line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : []));
}

function commitBody(text: string): object {
  return {
    message: text.slice(text.indexOf("\n\n") + 2),
    tree: commitHeaders(text, "tree")[0],
    parents: commitHeaders(text, "parent"),
    author: person(commitHeaders(text, "author")[0] ?? ""),
    committer: person(commitHeaders(text, "committer")[0] ?? ""),
  };
}

/** `Name <address> seconds offset`, with the time as ISO 8601 in that offset. */
function person(line: string): { readonly name: string; readonly email: string; readonly date: string } {
  const open = line.lastIndexOf("<");
  const close = line.lastIndexOf(">");
  const [seconds = "0", offset = "+0000"] = line.slice(close + 2).split(" ");
  const sign = offset.startsWith("-") ? -1 : 1;
  const minutes = sign * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3, 5)));
  const local = new Date((Number(seconds) + minutes * 60) * 1000).toISOString().slice(0, 19);
  return {
    name: line.slice(0, open - 1),
    email: line.slice(open + 1, close),
    date: `${local}${offset.slice(0, 3)}:${offset.slice(3, 5)}`,
  };
}
