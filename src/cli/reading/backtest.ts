import { findFixes } from "../../backtest/find-fixes.ts";
import { workPast } from "../../backtest/io/work-case.ts";
import { fixedPlaces } from "../../research/fixed-places.ts";
import { asReported, hindsightIn } from "../../backtest/own-fixes.ts";
import { shareOf } from "../../backtest/picture.ts";
import { isFileFirst, isInFive, scoreOf, type WorkedCase } from "../../backtest/score.ts";
import { repositoryName } from "../../evidence/reported-places/find-reported.ts";
import { RunFailure } from "../../failure.ts";
import { ISSUES_EXPORT, type TrackedIssue } from "../../issue/parse-tracker.ts";
import { openWorkbench, type Workbench } from "../../research/workbench.ts";
import { counted } from "../../text/counted.ts";
import { printable } from "../../text/inline-code.ts";
import type { ReaderIo } from "../io.ts";
import { openPlace, placeOf } from "../place.ts";
import { table } from "../table.ts";

export interface BacktestOptions {
  readonly repo: string;
  readonly commit: string;
  readonly last: string;
  readonly tracker?: string;
  readonly svg?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly data?: string;
}

/** What the process outside knows of the tracker. */
export interface GivenFixes {
  /** Numbers of the entries that are issues, where an export was given: another `#12` is no issue. */
  readonly known?: readonly string[] | undefined;
}

export interface GivenIssues extends GivenFixes {
  readonly issues: readonly TrackedIssue[];
  /** Why no more issues were read. */
  readonly stopped?: string | undefined;
}

/** Commits in which fixes are looked for. */
const MAX_SCANNED = 20_000;
const MISSES_SHOWN = 25;

type Reason = "no-text" | "younger" | "names-fix" | "no-source" | "too-large";
const REASONS: Readonly<Record<Reason, string>> = {
  "no-text": "Casebook has no text of the issue",
  younger: "the issue was opened after its fix",
  "names-fix": "the issue names its fix",
  "no-source": "the fix changes no source file that was there before",
  "too-large": "the fix changes more than 15 source files",
};

async function fixesIn(
  { repository }: Workbench,
  { commit }: BacktestOptions,
  { known }: GivenFixes,
  { signal }: ReaderIo,
) {
  const head = await repository.resolve(commit);
  const ownName = repositoryName(repository.webUrl);
  const commits = await repository.history.commits(head, MAX_SCANNED, signal);
  const lineage = await repository.history.lineage(head, MAX_SCANNED, signal);
  const numbers = new Set(known);
  const isIssue = known === undefined ? undefined : (number: string): boolean => numbers.has(number);
  const fixes = findFixes(commits, lineage, head, ownName, isIssue);
  if (fixes.length === 0)
    throw new RunFailure(
      "usage",
      `None of the newest ${counted(commits.length, "commit")} says that it fixes an issue (\`fixes #12\`)`,
    );
  return { head, ownName, commits, fixes };
}

/** Prints the numbers of the fixed issues, newest fix first, as JSON. Throws RunFailure `usage` when no commit fixes an issue. */
export async function fixedHere(given: GivenFixes, options: BacktestOptions, io: ReaderIo): Promise<number> {
  await using bench = await openPlace(options, io, io.step);
  const { fixes } = await fixesIn(bench, options, given, io);
  io.out(JSON.stringify(fixes.map(({ issue }) => issue)));
  return 0;
}

/** Works the issues at the commit before their fix and prints how often the pages were right. Throws RunFailure `issue-unreachable`. */
export async function backtestHere(
  given: GivenIssues,
  options: BacktestOptions,
  io: ReaderIo,
): Promise<number> {
  const { stopped } = given;
  const last = Number(options.last);
  await using bench = await openPlace(options, io, io.step);
  const { repository } = bench;
  const { head, ownName, commits, fixes } = await fixesIn(bench, options, given, io);
  const issues = new Map(given.issues.map((one) => [one.key, one]));
  const records = new Map(commits.map((one) => [one.oid, one]));
  const left = new Map<Reason, number>();
  const leave = (reason: Reason): void => void left.set(reason, (left.get(reason) ?? 0) + 1);
  const worked: WorkedCase[] = [];
  for (const fix of fixes) {
    if (worked.length >= last) break;
    io.signal.throwIfAborted();
    const issue = issues.get(fix.issue);
    const hindsight =
      issue === undefined || issue.isPull
        ? "no-text"
        : hindsightIn(issue, fix, records.get(fix.commit) ?? { subject: "" });
    if (issue === undefined || hindsight !== undefined) {
      leave(hindsight ?? "no-text");
      continue;
    }
    // A workbench for each: the index of thousands of files is not kept for every commit at once.
    await using own = await openWorkbench({ ...placeOf(options, io), repository: repository.gitDir });
    const gold = await fixedPlaces(fix, own, io.signal);
    if (typeof gold === "string") {
      leave(gold);
      continue;
    }
    const { documents: _, ...found } = await workPast(asReported(issue), fix, own, io.signal);
    const url = issue.url ?? linkTo(repository.webUrl, `issues/${fix.issue}`);
    worked.push({
      issue: fix.issue,
      title: issue.title,
      ...(url === undefined ? {} : { url }),
      fix: fix.commit,
      base: fix.base,
      ...gold,
      ...found,
    });
    io.step(`${worked.length} of at most ${Math.min(last, fixes.length)}`);
  }
  if (worked.length === 0) throw nothingWorked(fixes.length, left, stopped);
  const score = scoreOf(worked);
  const name = ownName ?? printable(repository.name);
  io.file(JSON.stringify({ title: `${name} at ${head.slice(0, 12)}`, score }));
  const leftOut = Object.fromEntries(left);
  if (options.json === true)
    io.out(
      JSON.stringify(
        {
          repository: name,
          commit: head,
          score,
          leftOut,
          ...(stopped === undefined ? {} : { stopped }),
          cases: worked,
        },
        null,
        2,
      ),
    );
  else
    io.out(
      [
        `${name} at ${head.slice(0, 12)}: ${counted(worked.length, "fixed issue")}, each at the commit before its fix, without a model.`,
        "",
        table(
          ["what", "how often"],
          [
            ["right file first", shareOf(score.fileFirst)],
            ["all files of the fix in the first five", shareOf(score.allInFive)],
            ["right function first", shareOf(score.functionFirst)],
            ["right function in the first five", shareOf(score.functionInFive)],
            ["changed lines in the first suspect", shareOf(score.linesFirst)],
            ["told likelihood of the first file, mean", `${Math.round(score.told * 100)} %`],
            ["words above the folds, median", String(Math.round(score.medianWords))],
            ["seconds an issue, median", score.medianSeconds.toFixed(1)],
          ],
        ),
        "",
        ...missed(worked, repository.webUrl),
        ...leftOutLines(left, stopped),
      ]
        .join("\n")
        .trimEnd(),
    );
  return 0;
}

function nothingWorked(fixes: number, left: ReadonlyMap<Reason, number>, stopped?: string): RunFailure {
  const reasons = [...left].map(([reason, count]) => `${count}: ${REASONS[reason]}`).join("; ");
  const why = stopped === undefined ? "" : ` (${stopped})`;
  return new RunFailure(
    "issue-unreachable",
    `Casebook found ${counted(fixes, "fixed issue")} and worked none. ${reasons}${why}. Save the tracker and pass it with --tracker: \`${ISSUES_EXPORT} > tracker.json\``,
  );
}

function missed(cases: readonly WorkedCase[], webUrl: string | undefined): readonly string[] {
  const misses = cases.filter((one) => !isFileFirst(one));
  if (misses.length === 0) return [];
  const rows = misses
    .slice(0, MISSES_SHOWN)
    .map((one) => [
      `#${one.issue}`,
      isInFive(one) ? "in the first five" : "not in the first five",
      `${one.files.slice(0, 2).map(printable).join(", ")}${one.files.length > 2 ? " …" : ""}`,
      printable(one.namedFiles[0] ?? "nothing"),
      one.url ?? linkTo(webUrl, `commit/${one.fix}`) ?? one.fix.slice(0, 12),
    ]);
  const more = misses.length - rows.length;
  return [
    "Another file was first:",
    table(["issue", "all files of the fix", "the fix changed", "named first", "link"], rows),
    ...(more > 0 ? [`and ${more} more; --json lists all`] : []),
    "",
  ];
}

function leftOutLines(left: ReadonlyMap<Reason, number>, stopped: string | undefined): readonly string[] {
  const lines = [...left].map(
    ([reason, count]) => `Left out ${counted(count, "fix", "fixes")}: ${REASONS[reason]}.`,
  );
  return [...lines, ...(stopped === undefined ? [] : [`No more issues were read: ${stopped}.`])];
}

function linkTo(webUrl: string | undefined, rest: string): string | undefined {
  return webUrl === undefined ? undefined : `${webUrl}/${rest}`;
}
