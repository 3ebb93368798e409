import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { RunFailure } from "../../failure.ts";
import type { Publisher } from "../repository.ts";

/** The mark of an unfinished file; a killed run may leave one, the next run replaces it. */
const UNFINISHED = ".casebook-unfinished";

/**
 * Writes the files of an investigation below a folder, which is created when it is missing. Each file appears whole; those
 * of one call are all written beside their places before the first takes its place. Throws RunFailure `no-space`,
 * `no-permission`, or `usage` when the place is no folder.
 */
export function folderPublisher(folder: string, isOurs: (path: string) => boolean): Publisher {
  return {
    place: `folder ${folder}`,
    async current() {
      const files = new Map<string, string>();
      for (const path of filesBelow(join(folder, ".chant"))) {
        const name = relative(folder, path).split(sep).join("/");
        if (isOurs(name)) files.set(name, readFileSync(path, "utf8"));
      }
      return files;
    },
    async publish({ files }) {
      const changed = [...files].filter(([path, text]) => readOr(join(folder, path)) !== text);
      const written: { unfinished: string; place: string }[] = [];
      try {
        for (const [path, text] of changed) {
          const place = join(folder, path);
          mkdirSync(dirname(place), { recursive: true });
          written.push({ unfinished: place + UNFINISHED, place });
          writeFileSync(place + UNFINISHED, text);
        }
        for (const { unfinished, place } of written) renameSync(unfinished, place);
      } catch (error) {
        for (const { unfinished } of written) rmSync(unfinished, { force: true });
        throw asFailure(error, folder);
      }
      return { changed: changed.length > 0 };
    },
  };
}

function asFailure(error: unknown, folder: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOSPC" || code === "EDQUOT")
    return new RunFailure("no-space", `There is no space left in ${folder}`, error);
  if (code === "EACCES" || code === "EPERM" || code === "EROFS")
    return new RunFailure("no-permission", `${folder} cannot be written`, error);
  if (code === "ENOTDIR" || code === "EEXIST" || code === "EISDIR")
    return new RunFailure(
      "usage",
      `${folder} cannot hold the documents: something there is a file, not a folder`,
      error,
    );
  return error;
}

function filesBelow(folder: string): readonly string[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() && !entry.name.endsWith(UNFINISHED) ? [path] : [];
  });
}

function readOr(place: string): string | undefined {
  try {
    return readFileSync(place, "utf8");
  } catch {
    return undefined;
  }
}
