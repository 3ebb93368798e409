import { z } from "zod";
import type { Codebase } from "../../repository/codebase.ts";
import type { BlameLine, History } from "../../repository/history.ts";
import { defineTool, type Tool } from "../tool.ts";
import { counted, nearQuoted, onOneLine, quotedAnswer } from "./answer.ts";
import { dateOf } from "./history.ts";
import type { PathFinder } from "./path-finder.ts";

const MAX_LINES = 200;

export interface Blame {
  readonly codebase: Pick<Codebase, "text">;
  readonly history: Pick<History, "blame" | "shallow">;
  /** 40 hexadecimal digits. */
  readonly baseCommit: string;
  readonly paths: PathFinder;
  readonly nonce: string;
}

/** Which commits last changed some lines. */
export function blameTool({ codebase, history, baseCommit, paths, nonce }: Blame): Tool {
  return defineTool({
    name: "blame",
    description: `Says which commit last changed each of some lines of a file (at most ${MAX_LINES}), with author, date and subject. history with "commit" gives the whole message.`,
    args: z.strictObject({
      path: z.string().min(1).max(4_096),
      from: z.int().min(1).max(10_000_000),
      to: z.int().min(1).max(10_000_000),
    }),
    async run({ path, from, to }, signal) {
      const found = paths.find(path);
      if (found.kind === "folder") return "This is a folder; name a file.";
      if (found.kind === "none")
        return `There is no such file at this commit.\n${nearQuoted(found.near, nonce)}`;
      const { entry } = found;
      const length = (await codebase.text(entry.path))?.lines.length;
      if (length === undefined) return "This is no text file of a size that is read.";
      if (from > length) return `The file has only ${counted(length, "line")}.`;
      if (to < from) return '"to" is smaller than "from".';
      const end = Math.min(to, length, from + MAX_LINES - 1);
      const lines = entry.nameIsText
        ? await history.blame(baseCommit, entry.path, from, end, signal)
        : undefined;
      if (lines === undefined || lines.length === 0)
        return history.shallow
          ? "It cannot be told: the clone is shallow, and these lines are older than its edge."
          : "Git cannot tell for these lines.";
      return quotedAnswer({
        nonce,
        head: `Lines ${from} to ${end} of ${length}: ${counted(new Set(lines.map(({ oid }) => oid)).size, "commit")}.`,
        source: "history of lines in the repository",
        lines: [onOneLine(entry.path), ...runsOf(lines)],
        foot: end < Math.min(to, length) ? `Ask for the rest with "from": ${end + 1}.` : undefined,
      });
    },
  });
}

/** Neighbouring lines of one commit on one line. */
function runsOf(lines: readonly BlameLine[]): readonly string[] {
  const runs: { first: BlameLine; last: number }[] = [];
  for (const line of lines) {
    const run = runs.at(-1);
    if (run !== undefined && run.first.oid === line.oid && run.last + 1 === line.line) run.last = line.line;
    else runs.push({ first: line, last: line.line });
  }
  return runs.map(({ first: { line, oid, author, time, subject }, last }) => {
    const range = line === last ? `${line}` : `${line}-${last}`;
    return `${range}  ${oid}  ${dateOf(time)}  ${onOneLine(author, 60)}: ${onOneLine(subject, 120)}`;
  });
}
