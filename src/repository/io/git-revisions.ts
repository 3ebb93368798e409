import { decodeText } from "../source-text.ts";
import { MAX_BLOB_BYTES } from "../source-tree.ts";
import type { FileAt, Hunk, Revisions } from "../revisions.ts";
import { HISTORY_BYTES, tryGit } from "./git.ts";

const DIFF = ["--no-ext-diff", "--no-textconv", "--no-color", "-U0"];
/** A merge brought what its branch changed. */
export const MERGES = "--diff-merges=first-parent";
/** A diff beyond it is one of generated files. */
const MAX_DIFF = 20_000_000;

export function gitRevisions(gitDir: string): Revisions {
  const ask = async (args: readonly string[], signal?: AbortSignal): Promise<Buffer | undefined> => {
    const { code, stdout } = await tryGit(args, {
      gitDir,
      signal,
      seconds: 120,
      bounds: { memory: HISTORY_BYTES },
    });
    return code === 0 ? stdout : undefined;
  };
  return {
    async findCommit(hash) {
      if (!/^[0-9a-f]{7,40}$/.test(hash)) return undefined;
      const oid = (await ask(["rev-parse", "--verify", "--quiet", `${hash}^{commit}`]))?.toString().trim();
      return oid?.startsWith(hash) === true ? oid : undefined;
    },
    async tags(reachedBy) {
      const format =
        "--format=%(refname:strip=2) %(if)%(*objectname)%(then)%(*objectname)%(else)%(objectname)%(end) %(creatordate:unix)";
      const within = reachedBy === undefined ? [] : [`--merged=${reachedBy}`];
      const listed = (await ask(["for-each-ref", format, ...within, "refs/tags"]))?.toString() ?? "";
      return listed.split("\n").flatMap((line) => {
        const [name, commit, created = ""] = line.split(" ");
        if (name === undefined || name === "" || commit === undefined) return [];
        return [{ name, commit, ...(created === "" ? {} : { created: Number(created) }) }];
      });
    },
    async pathsAt(commit, signal) {
      const listed = await ask(["ls-tree", "-r", "-z", "--name-only", "--full-tree", commit], signal);
      return (listed?.toString() ?? "").split("\0").filter((path) => path !== "");
    },
    async textAt({ commit, path }) {
      const size = await ask(["cat-file", "-s", `${commit}:${path}`]);
      if (size === undefined || Number(size) > MAX_BLOB_BYTES) return undefined;
      const bytes = await ask(["cat-file", "blob", `${commit}:${path}`]);
      return bytes === undefined ? undefined : decodeText(bytes);
    },
    async diff(from, to) {
      const printed = await ask(["diff", ...DIFF, nameOf(from), nameOf(to)]);
      return printed === undefined ? undefined : hunksOf(printed.toString());
    },
    async renames(from, to, signal) {
      const printed = await ask(["diff", "--name-status", "-z", "-M", "--diff-filter=R", from, to], signal);
      const fields = (printed?.toString() ?? "").split("\0");
      const renames = new Map<string, string>();
      for (let at = 0; at + 2 < fields.length; at += 3) renames.set(fields[at + 1]!, fields[at + 2]!);
      return renames;
    },
    async changesOf(commit) {
      const printed = await ask(["show", MERGES, "--format=", "--no-renames", ...DIFF, commit, "--"]);
      return printed === undefined || printed.length > MAX_DIFF ? undefined : changesIn(printed.toString());
    },
    async lineage(base, limit, signal) {
      const listed = await ask(
        ["rev-list", "--topo-order", "--parents", "-n", String(limit), base, "--"],
        signal,
      );
      const found = new Map<string, readonly string[]>();
      for (const line of (listed?.toString() ?? "").split("\n")) {
        const [oid, ...parents] = line.split(" ");
        if (oid !== undefined && oid !== "") found.set(oid, parents);
      }
      return found;
    },
    async facts(commit) {
      const shown = await ask(["log", "-1", "--format=%P%x00%at%x00%s", commit, "--"]);
      const [parents, authored, subject] = shown?.toString().replace(/\n$/, "").split("\0") ?? [];
      if (parents === undefined || subject === undefined) return undefined;
      const tag = (
        await ask([
          "for-each-ref",
          `--contains=${commit}`,
          "--sort=creatordate",
          "--count=1",
          "--format=%(refname:strip=2)",
          "refs/tags",
        ])
      )
        ?.toString()
        .trim();
      return {
        parents: parents.split(" ").filter(Boolean),
        authored: Number(authored),
        subject,
        tag: tag === "" ? undefined : tag,
      };
    },
    async removalOf(base, path, signal) {
      const args = ["log", "-1", "--format=%H", "--diff-filter=D", "--no-renames", base, "--"];
      const oid = (await ask([...args, `:(literal,top)${path}`], signal))?.toString().trim();
      return oid === undefined || oid === "" ? undefined : oid;
    },
    async fileWithWord(commit, words, signal) {
      const args = ["grep", "-I", "-l", "-z", "-w", "-F", "--no-color", "--full-name", "-e", words, commit];
      const found = (await ask([...args, "--"], signal))?.toString().split("\0")[0];
      return found === undefined || found === "" ? undefined : found.slice(commit.length + 1);
    },
    async touching(commit, path, { start, end }, limit, signal) {
      const range = `-L${start},${end}:${path}`;
      const listed = await ask(["log", "-s", "--format=%H", "-n", String(limit), range, commit], signal);
      return (listed?.toString() ?? "").split("\n").filter((line) => /^[0-9a-f]{40}$/.test(line));
    },
  };
}

function nameOf({ commit, path }: FileAt): string {
  return `${commit}:${path}`;
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

function hunkOf(line: string): Hunk | undefined {
  const match = HUNK.exec(line);
  return match === null
    ? undefined
    : {
        oldStart: Number(match[1]),
        oldLines: Number(match[2] ?? 1),
        newStart: Number(match[3]),
        newLines: Number(match[4] ?? 1),
      };
}

function hunksOf(diff: string): readonly Hunk[] | undefined {
  if (/^Binary files /m.test(diff)) return undefined;
  return diff.split("\n").flatMap((line) => hunkOf(line) ?? []);
}

/** With no context a line of a diff is a head, a hunk, or starts with `+` or `-`. */
function changesIn(diff: string): ReadonlyMap<string, readonly Hunk[]> {
  const changes = new Map<string, Hunk[]>();
  let hunks: Hunk[] = [];
  let left = 0;
  for (const line of diff.split("\n")) {
    if (left > 0 && /^[-+]/.test(line)) {
      left--;
      continue;
    }
    const hunk = hunkOf(line);
    if (hunk !== undefined) {
      hunks.push(hunk);
      left = hunk.oldLines + hunk.newLines;
      continue;
    }
    const path = /^\+\+\+ b\/(.+?)\t?$/.exec(line)?.[1];
    if (path !== undefined) changes.set(path, (hunks = []));
    else if (line.startsWith("diff --git ")) hunks = [];
  }
  return changes;
}
