import { z } from "zod";
import type { SourceText } from "../../repository/source-text.ts";
import type { Codebase } from "../../repository/codebase.ts";
import { MAX_BLOB_BYTES, type TreeEntry } from "../../repository/source-tree.ts";
import { defineTool, type Tool } from "../tool.ts";
import { counted, lineOf, nearQuoted, onOneLine, quotedAnswer } from "./answer.ts";
import type { PathFinder } from "./path-finder.ts";

const MAX_LINES = 400;
/** Longer lines are data; the rest of one is asked for with `column`. */
const MAX_LINE = 2_000;

export interface ReadFile {
  readonly codebase: Pick<Codebase, "text" | "roleOf">;
  readonly paths: PathFinder;
  readonly nonce: string;
}

/** Reads lines of a file of the commit. */
export function readFileTool({ codebase, paths, nonce }: ReadFile): Tool {
  return defineTool({
    name: "read_file",
    description: `Reads a text file of the repository at the commit under research, with line numbers (the number, a tab, the line). At most ${MAX_LINES} lines come back, lines cut after ${MAX_LINE} characters; ask for the rest with "from" and "to", or "column". Symbolic links are named, not followed.`,
    args: z.strictObject({
      path: z.string().min(1).max(4_096),
      from: z.int().min(1).max(10_000_000).default(1).describe("First line."),
      to: z.int().min(1).max(10_000_000).optional().describe("Last line, inclusive."),
      column: z
        .int()
        .min(1)
        .max(10_000_000)
        .default(1)
        .describe("First character of each line, for very long lines."),
    }),
    async run({ path, from, to, column }) {
      const found = paths.find(path);
      if (found.kind === "folder") return "This is a folder; list_files shows what is in it.";
      if (found.kind === "none")
        return `There is no such file at this commit.\n${nearQuoted(found.near, nonce)}`;
      const { entry } = found;
      const source = await codebase.text(entry.path);
      if (source === undefined) return whyNot(entry, paths, nonce);
      return show(entry, source, { from, to, column });
    },
  });

  function show(
    { path, size }: TreeEntry,
    { lines }: SourceText,
    { from, to = lines.length, column }: { from: number; to?: number | undefined; column: number },
  ): string {
    const all = counted(lines.length, "line");
    if (lines.length === 0) return "The file is empty.";
    if (from > lines.length) return `The file has only ${all}.`;
    if (to < from) return `"to" is smaller than "from". The file has ${all}.`;
    const end = Math.min(to, lines.length, from + MAX_LINES - 1);
    const shown = lines
      .slice(from - 1, end)
      .map((line, i) => `${from + i}\t${column > 1 ? "…" : ""}${lineOf(line.slice(column - 1), MAX_LINE)}`);
    // The first line of the quotation is the path.
    const next = (shown: number): string =>
      from + shown - 2 >= Math.min(to, lines.length)
        ? ""
        : `Shown: lines ${from} to ${from + shown - 2} of ${lines.length}. Ask for the rest with "from": ${from + shown - 1}.`;
    return quotedAnswer({
      nonce,
      head: `A file of ${all}, ${counted(size, "byte")}; by its path: ${codebase.roleOf(path)}.`,
      source: "file of the repository",
      lines: [`${onOneLine(path)}:${from}-${end}`, ...shown],
      rest: next,
    });
  }
}

async function whyNot(entry: TreeEntry, paths: PathFinder, nonce: string): Promise<string> {
  if (entry.kind === "submodule") return "This is a submodule: another repository, whose files are not here.";
  if (entry.kind === "symlink") {
    const target = await paths.tree.linkTarget(entry);
    const head =
      "This is a symbolic link. It is not followed; its target, when it lies in the repository, is read by its own path:";
    if (target === undefined)
      return "This is a symbolic link whose target is too long to be a path. It is not followed.";
    const inside = targetPath(entry.path, target);
    const known = inside === undefined ? undefined : paths.find(inside);
    return quotedAnswer({
      nonce,
      head,
      source: "target of the link, as written",
      lines: [onOneLine(target)],
      foot:
        known === undefined || known.kind === "none"
          ? "No file or folder of this commit has that path."
          : `That is a ${known.kind === "folder" ? "folder" : "file"} of this commit.`,
    });
  }
  if (entry.isMissing === true) return "The repository lists this file, but does not hold its content.";
  return entry.size > MAX_BLOB_BYTES
    ? `The file has ${counted(entry.size, "byte")}; files over ${counted(MAX_BLOB_BYTES, "byte")} are generated data and not read.`
    : `This is a binary file of ${counted(entry.size, "byte")}.`;
}

/** A link's target as a path of the tree; undefined when it leads out. */
function targetPath(link: string, target: string): string | undefined {
  if (target.startsWith("/")) return undefined;
  const parts = link.split("/").slice(0, -1);
  for (const part of target.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}
