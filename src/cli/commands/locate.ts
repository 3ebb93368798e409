import { qualifiedName } from "../../languages/syntax.ts";
import { formatLocation } from "../../text/location.ts";
import { printable } from "../../text/inline-code.ts";
import { counted } from "../../text/counted.ts";
import { RunFailure } from "../../failure.ts";
import type { Reason } from "../../evidence/ranking/signal.ts";
import type { CommandIo } from "../io.ts";
import { openPlace } from "../place.ts";
import { openProgress } from "../progress.ts";
import { readIssue } from "../read-issue.ts";
import { visibleIssue } from "../../issue/visible-issue.ts";

export interface LocateOptions {
  readonly issue?: string;
  readonly number?: string;
  readonly repo: string;
  readonly commit: string;
  readonly top: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly data?: string;
}

const MAX_TOP = 1_000;
const SHOWN_REASONS = 3;

/** Ranks files and functions. Exit code 1 when no file matches the issue. */
export async function locateCommand(options: LocateOptions, io: CommandIo): Promise<number> {
  const top = Number(options.top);
  if (!Number.isInteger(top) || top < 1 || top > MAX_TOP)
    throw new RunFailure("usage", `--top must be a whole number from 1 to ${MAX_TOP}`);
  const issue = visibleIssue(await readIssue(options.issue, options.number, io));
  const progress = openProgress(io, options.quiet === true || options.json === true);
  try {
    progress.start("locate");
    await using workbench = await openPlace(options, io, (step) => progress.step(step));
    const commit = await workbench.repository.resolve(options.commit);
    const ranking = await workbench.locate(issue, commit, top);
    progress.end();
    await progress.close();
    if (options.json === true) {
      const files = ranking.files.map(({ path, score, confidence, strength, reasons }) => ({
        path,
        score: round(score),
        confidence: round(confidence),
        strength,
        reasons,
      }));
      const functions = ranking.functions.map(({ path, symbol, score, confidence, strength, reasons }) => ({
        path,
        name: qualifiedName(symbol),
        kind: symbol.kind,
        start: symbol.start,
        end: symbol.end,
        score: round(score),
        confidence: round(confidence),
        strength,
        reasons,
      }));
      const { candidates, unreadable } = ranking;
      io.out(JSON.stringify({ commit, candidates, unreadable, files, functions }, null, 2));
    } else if (ranking.files.length === 0)
      io.out(
        `None of the ${ranking.candidates} source files at ${commit.slice(0, 12)} contains a word of the issue.`,
      );
    else {
      const { table } = await import("../table.ts");
      io.out(
        `${ranking.candidates} source files at ${commit.slice(0, 12)}. The percentage is the probability that a fix changes the file.\n`,
      );
      io.out(
        table(
          ["file", "evidence", "why"],
          ranking.files.map(({ path, confidence, strength, reasons }) => [
            printable(path),
            `${strength}, ${Math.round(confidence * 100)} %`,
            why(reasons),
          ]),
          { columns: io.columns },
        ),
      );
      io.out("");
      const functions = ranking.functions.map(({ path, symbol, confidence, strength, reasons }) => [
        printable(qualifiedName(symbol)),
        `${strength}, ${Math.round(confidence * 100)} %`,
        formatLocation({ path: printable(path), start: symbol.start, end: symbol.end }),
        why(reasons),
      ]);
      io.out(table(["function", "evidence", "lines", "why"], functions, { columns: io.columns }));
    }
    const [lacking] = ranking.unreadable;
    if (lacking !== undefined && options.json !== true)
      io.out(
        `\nThe repository does not hold the content of ${counted(ranking.unreadable.length, "file")}, such as ${printable(lacking)}: Casebook left ${ranking.unreadable.length === 1 ? "it" : "them"} out.`,
      );
    return ranking.files.length > 0 ? 0 : 1;
  } finally {
    await progress.close();
  }
}

/** The strongest reasons, for one cell. The JSON has all of them. */
function why(reasons: readonly Reason[]): string {
  const texts = reasons.slice(0, SHOWN_REASONS).map(({ text }) => text);
  return printable(texts.join("; ").replaceAll("`", ""));
}

function round(score: number): number {
  return Math.round(score * 10_000) / 10_000;
}
