import { z } from "zod";
import type { CommitRecord, History } from "../../repository/history.ts";
import { MAX_FILES_PER_COMMIT } from "../../repository/history.ts";
import { defineTool, type Tool } from "../tool.ts";
import { counted, lineOf, nearQuoted, onOneLine, quotedAnswer } from "./answer.ts";
import type { PathFinder } from "./path-finder.ts";

const MAX_COMMITS_SHOWN = 60;
const MAX_FILES_SHOWN = 6;
const DAY = 86_400;

export interface Commits {
  readonly commits: () => Promise<readonly CommitRecord[]>;
  readonly history: Pick<History, "commit" | "patch" | "shallow">;
  /** 40 hexadecimal digits. */
  readonly baseCommit: string;
  readonly paths: PathFinder;
  readonly nonce: string;
}

/** What a model is told of the tool. */
export const HISTORY = {
  name: "history",
  description: `Lists commits up to the commit under research, newest first: those that changed a file or a folder, those whose message holds all of some words, or both; with author, date, subject and files. With "commit" it gives one commit's whole message and files, with "commit" and "path" what it changed in that file. Renames are not followed; commits over ${MAX_FILES_PER_COMMIT} files are not found by path.`,
  args: z.strictObject({
    path: z.string().min(1).max(4_096).optional().describe("A file or folder."),
    words: z.string().max(500).optional().describe("Words that the message holds, case ignored."),
    commit: z
      .string()
      .regex(/^[0-9a-f]{7,40}$/, "7 to 40 hexadecimal digits")
      .optional(),
    from: z.int().min(1).max(10_000_000).default(1).describe("The first commit to show."),
  }),
};

/** Commits before the base commit: those that touched a path, those that speak of something, or one of them whole. */
export function historyTool({ commits, history, baseCommit, paths, nonce }: Commits): Tool {
  return defineTool({
    ...HISTORY,
    async run({ path, words, commit, from }) {
      if (commit !== undefined) return path === undefined ? one(commit) : change(commit, path);
      const wanted = (words ?? "")
        .toLowerCase()
        .split(/\s+/)
        .filter((word) => word !== "");
      const place = path === undefined ? undefined : paths.find(path);
      const known = await commits();
      // A file that is gone has a history all the same.
      const wholePath =
        place?.kind === "entry" ? place.entry.path : (path ?? "").replace(/^\.?\/+|\/+$/g, "");
      const all = known.filter(
        ({ files, subject, body }) =>
          (wholePath === "" ||
            files.some((file) => file === wholePath || file.startsWith(`${wholePath}/`))) &&
          holdsAll(`${subject}\n${body}`, wanted),
      );
      const read = `${counted(known.length, "commit")} ${known.length === 1 ? "was" : "were"} looked at${history.shallow ? ", up to the edge of a shallow clone" : ""}`;
      if (all.length === 0)
        return `No commit fits; ${read}.${place?.kind === "none" ? `\nThe commit has no such path.\n${nearQuoted(place.near, nonce)}` : ""}`;
      if (from > all.length) return `Only ${counted(all.length, "commit")} fit; ${read}.`;
      return quotedAnswer({
        nonce,
        head: `${counted(all.length, "commit fits", "commits fit")}; ${read}.`,
        source: "commits of the repository",
        lines: all.slice(from - 1, from - 1 + MAX_COMMITS_SHOWN).map(describe),
        rest: (shown) =>
          from - 1 + shown >= all.length
            ? ""
            : `Shown: ${from} to ${from - 1 + shown} of ${all.length}. Ask for the rest with "from": ${from + shown}.`,
      });
    },
  });

  async function change(oid: string, path: string): Promise<string> {
    const found = await recordOf(oid);
    if (typeof found === "string") return found;
    const patch = await history.patch(baseCommit, found.oid, path.replace(/^\.?\/+/, ""));
    if (patch === undefined || patch === "") return "This commit did not change that file.";
    const lines = patch.trimEnd().split("\n");
    return quotedAnswer({
      nonce,
      head: "What one commit changed in one file.",
      source: "commit of the repository",
      lines: lines.map((line) => lineOf(line, 1_000)),
      rest: (shown) =>
        shown < lines.length ? `${counted(lines.length - shown, "line")} more are not shown.` : "",
    });
  }

  async function recordOf(oid: string): Promise<CommitRecord | string> {
    const known = (await commits()).filter((commit) => commit.oid.startsWith(oid));
    if (known.length > 1) return "Several commits begin with these digits; give more of them.";
    const record = known[0] ?? (oid.length === 40 ? await history.commit(baseCommit, oid) : undefined);
    if (record === undefined)
      return `No such commit is among those that the commit under research reaches (give all 40 digits for one that is older than the newest ${(await commits()).length}).`;
    return record;
  }

  async function one(oid: string): Promise<string> {
    const record = await recordOf(oid);
    if (typeof record === "string") return record;
    const { author, time, subject, body, files } = record;
    const lines = [
      `commit ${record.oid}`,
      `${dateOf(time)}  ${onOneLine(author, 100)}`,
      onOneLine(subject),
      ...(body === "" ? [] : ["", ...body.split("\n").map((line) => lineOf(line, 1_000))]),
      ...(files.length === 0 ? [] : ["", ...files.map((file) => onOneLine(file))]),
    ];
    return quotedAnswer({
      nonce,
      head: `One commit; ${files.length === 0 ? `a merge, or a commit over ${MAX_FILES_PER_COMMIT} files: its files are not listed` : counted(files.length, "file")}.`,
      source: "commit of the repository",
      lines,
      rest: (shown) =>
        shown < lines.length ? `${counted(lines.length - shown, "line")} more are not shown.` : "",
    });
  }
}

function holdsAll(text: string, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const lower = text.toLowerCase();
  return words.every((word) => lower.includes(word));
}

/** `abc… 2026-01-31  Ada: Fix it (2 files: a.py, b.py)`; the whole hash, as a citation needs it. */
function describe({ oid, author, time, subject, files }: CommitRecord): string {
  const shown = files.slice(0, MAX_FILES_SHOWN).map((file) => onOneLine(file, 150));
  const more = files.length > shown.length ? `, and ${files.length - shown.length} more` : "";
  const what =
    files.length === 0 ? "files not listed" : `${counted(files.length, "file")}: ${shown.join(", ")}${more}`;
  return `${oid}  ${dateOf(time)}  ${onOneLine(author, 60)}: ${onOneLine(subject, 200)} (${what})`;
}

/** The day of a time in seconds, UTC. */
export function dateOf(seconds: number): string {
  const time = new Date(Math.floor(seconds / DAY) * DAY * 1_000);
  // A commit can claim any time; beyond what a date can be, there is none.
  return Number.isNaN(time.getTime()) ? "no date" : time.toISOString().slice(0, 10);
}
