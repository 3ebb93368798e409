import { formatLines } from "../../../domain/citation/format-citation.ts";
import { printable } from "../../../domain/document/inline-code.ts";
import { RunFailure } from "../../../domain/failure.ts";
import { qualifiedName } from "../../../engine/research/suspects.ts";
import type { CommandIo } from "../io.ts";
import { openPlace } from "../place.ts";
import { openProgress } from "../progress.ts";
import { readIssue } from "../read-issue.ts";
import { table } from "../table.ts";

export interface LocateOptions {
  readonly issue: string;
  readonly number?: string;
  readonly repo: string;
  readonly commit: string;
  readonly top: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly data?: string;
}

const MAX_TOP = 1_000;

/** Ranks files and functions. Exit code 1 when nothing answers to the issue. */
export async function locateCommand(options: LocateOptions, io: CommandIo): Promise<number> {
  const top = Number(options.top);
  if (!Number.isInteger(top) || top < 1 || top > MAX_TOP)
    throw new RunFailure("usage", `--top is a whole number from 1 to ${MAX_TOP}`);
  const issue = await readIssue(options.issue, options.number, io);
  const progress = openProgress(io, options.quiet === true || options.json === true);
  try {
    progress.start("locate");
    await using workbench = await openPlace(options, io, (step) => progress.step(step));
    const commit = await workbench.repository.resolve(options.commit);
    const location = await workbench.locate(issue, commit, top);
    await progress.close();
    if (options.json === true) {
      const files = location.files.map(({ path, score, strength, reasons }) => ({
        path,
        score: round(score),
        strength,
        reasons,
      }));
      const functions = location.functions.map(({ path, symbol, score, strength, reasons }) => ({
        path,
        name: qualifiedName(symbol),
        kind: symbol.kind,
        start: symbol.start,
        end: symbol.end,
        score: round(score),
        strength,
        reasons,
      }));
      io.out(JSON.stringify({ commit, candidates: location.candidates, files, functions }, null, 2));
    } else if (location.files.length === 0)
      io.out(
        `No word of the issue stands in the ${location.candidates} source files of ${commit.slice(0, 12)}.`,
      );
    else {
      io.out(`${location.candidates} source files at ${commit.slice(0, 12)}\n`);
      io.out(
        table(
          ["file", "evidence", "why"],
          location.files.map(({ path, strength, reasons }) => [
            printable(path),
            strength,
            plain(reasons.map(({ text }) => text).join("; ")),
          ]),
        ),
      );
      io.out("");
      const functions = location.functions.map(({ path, symbol, reasons }) => [
        printable(qualifiedName(symbol)),
        formatLines({ path: printable(path), start: symbol.start, end: symbol.end }),
        plain(reasons.map(({ text }) => text).join("; ")),
      ]);
      io.out(table(["function", "lines", "why"], functions));
    }
    return location.files.length > 0 ? 0 : 1;
  } finally {
    await progress.close();
  }
}

function plain(text: string): string {
  return printable(text.replaceAll("`", ""));
}

function round(score: number): number {
  return Math.round(score * 10_000) / 10_000;
}
