import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { isReadable, type SourceTree } from "../source-tree.ts";
import { fileFailure } from "../../process/file-failure.ts";
import { openScratch } from "./scratch-folder.ts";

/** The files of a commit in a folder, for the life of one run. */
export interface Checkout extends Disposable {
  readonly path: string;
  /** Entries that are not there, and why. */
  readonly leftOut: readonly {
    readonly path: string;
    readonly why: "too-large" | "missing" | "submodule" | "outside" | "name";
  }[];
}

/**
 * Writes the tree's files into a new folder below `<data>/scratch`. Git does not do it: no filter, no hook, no download.
 * A link is made only when it points to a place inside; a `.git` anywhere, and names that are not text, are left out.
 * Throws RunFailure `no-space` or `no-permission`; nothing stays behind then.
 */
export async function openCheckout(tree: SourceTree, data: string, signal?: AbortSignal): Promise<Checkout> {
  const scratch = openScratch(data);
  try {
    const leftOut: Checkout["leftOut"][number][] = [];
    const links: { path: string; target: string }[] = [];
    const wanted = tree.entries.filter(({ path, kind, nameIsText }) => {
      const why = !nameIsText
        ? "name"
        : kind === "submodule"
          ? "submodule"
          : isInside(path)
            ? undefined
            : "outside";
      if (why !== undefined) leftOut.push({ path, why });
      return why === undefined;
    });
    for await (const { entry, bytes } of tree.read(wanted, signal)) {
      if (entry.kind === "symlink") {
        const target = (await tree.linkTarget(entry)) ?? "";
        if (staysInside(entry.path, target)) links.push({ path: entry.path, target });
        else leftOut.push({ path: entry.path, why: "outside" });
        continue;
      }
      if (bytes === undefined) {
        leftOut.push({ path: entry.path, why: isReadable(entry) ? "missing" : "too-large" });
        continue;
      }
      const place = join(scratch.path, entry.path);
      fileFailure(place, () => {
        mkdirSync(dirname(place), { recursive: true });
        writeFileSync(place, bytes, { flag: "wx" });
        if (entry.kind === "executable") chmodSync(place, 0o755);
      });
    }
    // Last, so that no file is ever written through a link.
    for (const { path, target } of links) {
      const place = join(scratch.path, path);
      mkdirSync(dirname(place), { recursive: true });
      symlinkSync(target, place);
    }
    return { path: scratch.path, leftOut, [Symbol.dispose]: () => scratch[Symbol.dispose]() };
  } catch (error) {
    scratch[Symbol.dispose]();
    throw error;
  }
}

/** `..` may only lead: after a name it could step out of what another link points to. */
function staysInside(path: string, target: string): boolean {
  const parts = target.split("/");
  const names = parts.slice(parts.findIndex((part) => part !== ".."));
  return (
    target !== "" &&
    !names.includes("..") &&
    isInside(posix.join(posix.dirname(path), target)) &&
    !target.startsWith("/")
  );
}

function isInside(path: string): boolean {
  const parts = posix.normalize(path).split("/");
  return !path.startsWith("/") && parts[0] !== ".." && !parts.some((part) => part.toLowerCase() === ".git");
}
