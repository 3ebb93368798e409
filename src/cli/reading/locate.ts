import { qualifiedName } from "../../languages/syntax.ts";
import { formatLocation } from "../../text/location.ts";
import { printable } from "../../text/inline-code.ts";
import { counted } from "../../text/counted.ts";
import type { Reason } from "../../evidence/ranking/signal.ts";
import { type IssueInput, parseIssueInput } from "../../issue/parse-issue-input.ts";
import { type VisibleIssue, visibleIssue } from "../../issue/visible-issue.ts";
import type { Located } from "../../research/protocol.ts";
import type { Ranking } from "../../evidence/ranking/locate.ts";
import type { CommandIo, ReaderIo } from "../io.ts";
import { openPlace } from "../place.ts";
import type { Related } from "../../evidence/related/find-related.ts";
import type { Workbench } from "../../research/workbench.ts";
import { table } from "../table.ts";
import type { GivenTracker } from "./related.ts";
import type { ModelOptions } from "../uses-model.ts";

export interface LocateOptions extends ModelOptions {
  readonly issue?: string;
  readonly number?: string;
  readonly repo: string;
  readonly commit: string;
  readonly top: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly data?: string;
  /** A file or a folder. */
  readonly tracker?: string;
}

export type ModelOrder = Located["order"];

const SHOWN_REASONS = 3;

/** Ranks the files and functions of the repository for the issue. */
export async function locateHere(
  {
    input,
    top,
    tracker,
  }: { readonly input: IssueInput; readonly top: number; readonly tracker?: GivenTracker | undefined },
  options: LocateOptions,
  io: ReaderIo,
): Promise<number> {
  const issue = parseIssueInput(input);
  await using workbench = await openPlace(options, io, io.step);
  const commit = await workbench.repository.resolve(options.commit);
  const seen = visibleIssue(issue);
  const ranking = await workbench.locate(seen, commit, top);
  const related = tracker && (await relatedOf({ issue: seen, commit, tracker }, workbench, io.signal));
  const exit = printLocated({ commit, ranking, order: undefined, related }, options, io);
  if (related !== undefined && options.json !== true) {
    const { relatedLines } = await import("./related.ts");
    io.out(`\n${relatedLines(related, issue.key, commit, tracker!).join("\n")}`);
  }
  return exit;
}

/** Loaded where a tracker is given: it brings all types of claims. */
async function relatedOf(
  {
    issue,
    commit,
    tracker,
  }: { readonly issue: VisibleIssue; readonly commit: string; readonly tracker: GivenTracker },
  workbench: Workbench,
  signal: AbortSignal,
): Promise<Related> {
  const { relatedAt } = await import("../../research/related-at.ts");
  return relatedAt({ issue, commit, tracker: tracker.list }, workbench, signal);
}

export interface Answered {
  readonly commit: string;
  readonly ranking: Ranking;
  /** Undefined where no model was asked. */
  readonly order: ModelOrder | undefined;
  /** Of the tracker, where one is at hand. */
  readonly related?: Related | undefined;
}

/** Prints a ranking. Exit code 1 when no file matches. */
export function printLocated(
  { commit, ranking, order, related }: Answered,
  options: LocateOptions,
  io: Pick<CommandIo, "out" | "columns">,
): number {
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
      JSON.stringify(
        {
          commit,
          candidates,
          unreadable,
          files,
          functions,
          ...orderOf(order),
          ...(related === undefined ? {} : { related: related.relations }),
        },
        null,
        2,
      ),
    );
  } else if (ranking.files.length === 0)
    io.out(
      `Casebook ranked none of the ${counted(ranking.candidates, "source file")} at ${commit.slice(0, 12)}: the issue says too little, or they hold none of its words.`,
    );
  else {
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
}

function orderSentence(order: ModelOrder): string {
  if (order.kind === "unordered") return `The order is Casebook's own. ${printable(order.why)}.`;
  const { model, set, missing, refused } = order;
  return [
    `${printable(model)} takes ${set === 1 ? "the first file for the one" : `the first ${set} files for the ones`} that a fix changes; the percentages, the reasons and the order of functions are Casebook's own.`,
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
