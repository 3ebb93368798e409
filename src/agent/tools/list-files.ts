import { z } from "zod";
import { matcherOf } from "../../repository/glob.ts";
import type { TreeEntry } from "../../repository/source-tree.ts";
import { defineTool, type Tool } from "../tool.ts";
import { yielder } from "../../process/clock.ts";
import { entriesWhere } from "./yielding.ts";
import { counted, nearQuoted, onOneLine, quotedAnswer } from "./answer.ts";
import type { PathFinder } from "./path-finder.ts";

const MAX_LISTED = 400;

/** Lists a folder, or the files that a pattern matches. */
export function listFilesTool({
  paths,
  nonce,
}: {
  readonly paths: PathFinder;
  readonly nonce: string;
}): Tool {
  return defineTool({
    name: "list_files",
    description: `Lists one folder of the repository at the commit under research (its files with sizes, its folders with the number of files below), or all files that a glob matches. At most ${MAX_LISTED} entries come back; ask for the rest with "from", or for a folder further down.`,
    args: z.strictObject({
      path: z
        .string()
        .max(500)
        .default("")
        .describe(
          'A folder ("" is the root), or a glob: "**" over folders, "*" and "?" within a name, "{a,b}" either.',
        ),
      from: z
        .int()
        .min(1)
        .max(10_000_000)
        .default(1)
        .describe("The first entry to show, for the rest of a long list."),
    }),
    async run({ path, from }, signal) {
      const found = paths.find(path);
      if (found.kind === "entry") return fileAnswer(found.entry, nonce);
      // A folder can have the characters of a pattern in its name.
      const isGlob = found.kind === "none" && /[*?{]/.test(path);
      if (found.kind === "none" && !isGlob)
        return `There is no such file or folder at this commit.\n${nearQuoted(found.near, nonce)}`;
      const folder = found.kind === "folder" ? paths.folder(found.path) : undefined;
      const entries =
        folder === undefined
          ? await matching(path, paths.tree.entries, signal)
          : [
              ...folder.folders.map(({ name, files }) => `${onOneLine(name)}/  ${counted(files, "file")}`),
              ...folder.files.map((entry) =>
                describe(entry, entry.path.slice(entry.path.lastIndexOf("/") + 1)),
              ),
            ];
      const what =
        folder === undefined ? counted(entries.length, "file") : counted(entries.length, "entry", "entries");
      if (entries.length === 0) return "No file matches the pattern at this commit.";
      if (from > entries.length) return `There are only ${what}; "from" is beyond them.`;
      const lines = entries.slice(from - 1, from - 1 + MAX_LISTED);
      const rest = (shown: number): string =>
        from - 1 + shown < entries.length
          ? `Shown: ${from} to ${from - 1 + shown} of ${entries.length}. Ask for the rest with "from": ${from + shown}, or for less.`
          : "";
      return quotedAnswer({
        nonce,
        head: folder === undefined ? `${what} match the pattern.` : `The folder has ${what}.`,
        source: "files of the repository",
        lines,
        rest,
      });
    },
  });
}

async function matching(
  glob: string,
  entries: readonly TreeEntry[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const matches = matcherOf(glob.replace(/^\.?\/+/, ""));
  const found = await entriesWhere(entries, matches, yielder(signal));
  return found.map((entry) => describe(entry, entry.path));
}

/** `name  1,234 bytes`. */
function describe({ kind, size }: TreeEntry, name: string): string {
  const what =
    kind === "symlink" ? "symbolic link" : kind === "submodule" ? "submodule" : counted(size, "byte");
  return `${onOneLine(name)}  ${what}${kind === "executable" ? ", executable" : ""}`;
}

function fileAnswer(entry: TreeEntry, nonce: string): string {
  return quotedAnswer({
    nonce,
    head: "This is no folder; read_file shows what is in it.",
    source: "files of the repository",
    lines: [describe(entry, entry.path)],
  });
}
