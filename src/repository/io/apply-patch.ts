import { readdirSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { RunFailure } from "../../failure.ts";
import { tryGit } from "./git.ts";

/**
 * Applies a patch to the files of a folder, as `git apply` does: nothing outside of it, nothing through a link. Gives the paths
 * that it adds, removes or edits. Throws RunFailure `usage` for a patch that does not fit; the folder is then as it was.
 */
export async function applyPatch(
  folder: string,
  patch: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  // A repository around the folder must not be found: git would take its paths for those of that repository.
  const options = { cwd: folder, env: { GIT_CEILING_DIRECTORIES: dirname(folder) }, input: patch, signal };
  const before = filesIn(folder);
  const listed = await tryGit(["apply", "--numstat", "-z", "-"], options);
  const applied = listed.code === 0 ? await tryGit(["apply", "--whitespace=nowarn", "-"], options) : listed;
  if (applied.code !== 0) {
    const [first = ""] = applied.stderr.split("\n").filter((line) => line.startsWith("error: "));
    throw new RunFailure(
      "usage",
      `The patch does not fit the base commit${first === "" ? "" : `: ${first.slice("error: ".length, 200)}`}`,
    );
  }
  const named = listed.stdout
    .toString()
    .split("\0")
    .map((row) => row.split("\t").slice(2).join("\t"))
    .filter((path) => path !== "");
  const after = new Set(filesIn(folder));
  // Of a file that was renamed, git lists the new name alone.
  const gone = before.filter((path) => !after.has(path));
  return [...new Set([...named, ...gone])].sort();
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .split(sep)
        .join("/"),
    );
}
