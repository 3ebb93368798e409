import { qualifiedName } from "../../languages/syntax.ts";
import { formatLocation } from "../../text/location.ts";
import { printable } from "../../text/inline-code.ts";
import { counted } from "../../text/counted.ts";
import { RunFailure } from "../../failure.ts";
import type { Reason } from "../../evidence/ranking/signal.ts";
import type { CommandIo } from "../io.ts";
import { notIsolated, openPlace, placeOf } from "../place.ts";
import { openProgress } from "../progress.ts";
import { readIssue } from "../read-issue.ts";
import { visibleIssue } from "../../issue/visible-issue.ts";
import type { Located } from "../../research/protocol.ts";
import type { Ranking } from "../../evidence/ranking/locate.ts";
import type { Issue } from "../../issue/issue.ts";
import { privateFolder } from "../../process/private-folder.ts";
import { type ModelOptions, usesModel } from "../uses-model.ts";

export interface LocateOptions extends ModelOptions {
  readonly issue?: string;
  readonly number?: string;
  readonly repo: string;
  readonly commit: string;
  readonly top: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly data?: string;
}

type ModelOrder = Located["order"];

const MAX_TOP = 1_000;
const SHOWN_REASONS = 3;

/** Ranks files and functions; a model orders the best files when it is asked for. Exit code 1 when no file matches the issue. */
export async function locateCommand(options: LocateOptions, io: CommandIo): Promise<number> {
  const top = Number(options.top);
  if (!Number.isInteger(top) || top < 1 || top > MAX_TOP)
    throw new RunFailure("usage", `--top must be a whole number from 1 to ${MAX_TOP}`);
  const withModel = usesModel(options);
  const issue = await readIssue(options.issue, options.number, io);
  const progress = openProgress(io, options.quiet === true || options.json === true);
  try {
    progress.start("locate");
    const step = (text: string): void => progress.step(text);
    const { commit, ranking, order } = await (withModel ? ordered : ranked)(
      { issue, top, step },
      options,
      io,
    );
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
      io.out(
        JSON.stringify({ commit, candidates, unreadable, files, functions, ...orderOf(order) }, null, 2),
      );
    } else if (ranking.files.length === 0)
      io.out(
        `None of the ${ranking.candidates} source files at ${commit.slice(0, 12)} contains a word of the issue.`,
      );
    else {
      const { table } = await import("../table.ts");
      io.out(
        `${ranking.candidates} source files at ${commit.slice(0, 12)}. The percentage is the probability that a fix changes the file.\n`,
      );
      if (order !== undefined) io.out(`${orderSentence(order)}\n`);
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

interface Asked {
  readonly issue: Issue;
  readonly top: number;
  readonly step: (text: string) => void;
}

interface Answered {
  readonly commit: string;
  readonly ranking: Ranking;
  /** Undefined where no model was asked. */
  readonly order: ModelOrder | undefined;
}

async function ranked({ issue, top, step }: Asked, options: LocateOptions, io: CommandIo): Promise<Answered> {
  await using workbench = await openPlace(options, io, step);
  const commit = await workbench.repository.resolve(options.commit);
  return { commit, ranking: await workbench.locate(visibleIssue(issue), commit, top), order: undefined };
}

/** The ranking with the order of a model, made in a process that does not hold its key. */
async function ordered(
  { issue, top, step }: Asked,
  options: LocateOptions,
  io: CommandIo,
): Promise<Answered> {
  const { openModelRun } = await import("../../research/open-model-run.ts");
  const { locateInProcess } = await import("../../research/research-process.ts");
  const { openGit } = await import("../../research/workbench.ts");
  const place = placeOf(options, io, step);
  privateFolder(place.data);
  using repository = await openGit(place);
  const commit = await repository.resolve(options.commit);
  using run = await openModelRun({
    ...options,
    env: io.env,
    data: place.data,
    about: ["locate", commit, JSON.stringify(issue)],
    onProblem: (problem) => io.err(`casebook: ${problem}`),
  });
  // The journal closes when this function returns, so the result is awaited here.
  const { ranking, order } = await locateInProcess(
    { mirror: repository.gitDir, base: commit, issue, top, run: run.research.run },
    {
      data: place.data,
      workers: place.workers,
      cacheBytes: place.cacheBytes,
      onNotIsolated: (why) => io.err(notIsolated(why)),
    },
    { gateway: run.gateway, onStep: step },
    io.signal,
  );
  return { commit, ranking: cut(ranking, order, top), order };
}

/** The first files in the order of the model, where it gave one. */
function cut(ranking: Ranking, order: ModelOrder, top: number): Ranking {
  const files = order.kind === "ordered" ? order.files : ranking.files;
  return { ...ranking, files: files.slice(0, top), functions: ranking.functions.slice(0, top) };
}

function orderSentence(order: ModelOrder): string {
  if (order.kind === "unordered") return `The order is Casebook's own. ${printable(order.why)}.`;
  const { model, set, missing, refused } = order;
  return [
    `${printable(model)} takes ${set === 1 ? "the first file" : `the first ${set} files`} for the ones that a fix changes; the percentages are Casebook's own.`,
    ...(missing.length === 0
      ? []
      : [`It also names ${missing.map(printable).join(", ")}, which Casebook did not show it.`]),
    ...(refused === 0
      ? []
      : [
          `Casebook left out ${counted(refused, "other path")} of its answer: no source file of this commit.`,
        ]),
  ].join(" ");
}

/** The model's part of the JSON. */
function orderOf(order: ModelOrder | undefined): object {
  if (order === undefined) return {};
  if (order.kind === "unordered") return { model: { why: order.why } };
  const { model, set, missing, refused } = order;
  return { model: { name: model, set, missing, refused } };
}

/** The strongest reasons, for one cell. The JSON has all of them. */
function why(reasons: readonly Reason[]): string {
  const texts = reasons.slice(0, SHOWN_REASONS).map(({ text }) => text);
  return printable(texts.join("; ").replaceAll("`", ""));
}

function round(score: number): number {
  return Math.round(score * 10_000) / 10_000;
}
