import { resolve } from "node:path";
import { findFixes, type Fix } from "../../backtest/find-fixes.ts";
import { goldOf, workPast } from "../../backtest/io/work-case.ts";
import { asReported, hindsightIn } from "../../backtest/own-fixes.ts";
import { picture, shareOf } from "../../backtest/picture.ts";
import { isFileFirst, isInFive, scoreOf, type WorkedCase } from "../../backtest/score.ts";
import { repositoryName } from "../../evidence/reported-places/find-reported.ts";
import { RunFailure } from "../../failure.ts";
import { trackedIssue, type TrackedIssue } from "../../issue/parse-tracker.ts";
import { withoutEmpty } from "../../process/config.ts";
import { openWorkbench } from "../../research/workbench.ts";
import { readConfig } from "../../process/config.ts";
import { counted } from "../../text/counted.ts";
import { printable } from "../../text/inline-code.ts";
import { fetchIssues } from "../fetch-issue.ts";
import type { CommandIo } from "../io.ts";
import { openPlace } from "../place.ts";
import { openProgress } from "../progress.ts";
import { readTracker } from "../read-tracker.ts";
import { table } from "../table.ts";
import { writeResult } from "../write-result.ts";

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

const MAX_LAST = 1_000;
/** Commits in which fixes are looked for. */
const MAX_SCANNED = 20_000;
/** Questions to an API that allows 60 an hour without a key. */
const MAX_QUESTIONS = 55;
const MISSES_SHOWN = 25;

type Reason = "no-text" | "younger" | "names-fix" | "no-source" | "too-large";
const REASONS: Readonly<Record<Reason, string>> = {
  "no-text": "Casebook has no text of the issue",
  younger: "the issue was opened after its fix",
  "names-fix": "the issue names its fix",
  "no-source": "the fix changes no source file that was there before",
  "too-large": "the fix changes more than 15 source files",
};

/**
 * Works the repository's own fixed issues at the commit before their fix and prints how often the pages were right. Exit code 0 when at
 * least one was worked. Throws RunFailure `issue-unreachable` when there is the text of none, `usage` when no commit fixes an issue.
 */
export async function backtestCommand(options: BacktestOptions, io: CommandIo): Promise<number> {
  const last = Number(options.last);
  if (!Number.isInteger(last) || last < 1 || last > MAX_LAST)
    throw new RunFailure("usage", `--last must be a whole number from 1 to ${MAX_LAST}`);
  const tracker = options.tracker === undefined ? undefined : readTracker(options.tracker, io).issues;
  const progress = openProgress(io, options.quiet === true || options.json === true);
  try {
    progress.start("looking for fixes");
    await using bench = await openPlace(options, io, (step) => progress.step(step));
    const { repository } = bench;
    const head = await repository.resolve(options.commit);
    const ownName = repositoryName(repository.webUrl);
    const commits = await repository.history.commits(head, MAX_SCANNED, io.signal);
    const lineage = await repository.history.lineage(head, MAX_SCANNED, io.signal);
    const isIssue = (number: string): boolean => tracker?.get(number)?.isPull === false;
    const fixes = findFixes(commits, lineage, head, ownName, isIssue);
    if (fixes.length === 0)
      throw new RunFailure(
        "usage",
        `None of the newest ${counted(commits.length, "commit")} says that it fixes an issue (\`fixes #12\`)`,
      );
    const { issues, stopped } =
      tracker === undefined
        ? await fetched(fixes, last, repository.webUrl, io)
        : { issues: tracker, stopped: undefined };
    const records = new Map(commits.map((one) => [one.oid, one]));
    const left = new Map<Reason, number>();
    const leave = (reason: Reason): void => void left.set(reason, (left.get(reason) ?? 0) + 1);
    const worked: WorkedCase[] = [];
    progress.end();
    progress.start("working issues");
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
      await using own = await openWorkbench({ ...settingsOf(options, io), repository: repository.gitDir });
      const gold = await goldOf(fix, own, io.signal);
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
      progress.step(`${worked.length} of at most ${Math.min(last, fixes.length)}`);
    }
    progress.end();
    await progress.close();
    if (worked.length === 0) throw nothingWorked(fixes.length, left, stopped);
    const score = scoreOf(worked);
    const name = ownName ?? printable(repository.name);
    if (options.svg !== undefined)
      writeResult(options.svg, picture(`${name} at ${head.slice(0, 12)}`, score), io);
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
  } finally {
    await progress.close();
  }
}

function settingsOf(
  { data }: BacktestOptions,
  io: CommandIo,
): Omit<Parameters<typeof openWorkbench>[0], "repository"> {
  const config = readConfig(io.env);
  return {
    data: data === undefined ? config.data : resolve(io.cwd, data),
    workers: config.workers,
    cacheBytes: config.cacheBytes,
    signal: io.signal,
  };
}

/** The texts of the newest fixed issues from GitHub's public API. */
async function fetched(
  fixes: readonly Fix[],
  last: number,
  webUrl: string | undefined,
  io: CommandIo,
): Promise<{ issues: ReadonlyMap<string, TrackedIssue>; stopped: string | undefined }> {
  const name = repositoryName(webUrl);
  const apiUrl = withoutEmpty(io.env)["GITHUB_API_URL"];
  if (name === undefined || (apiUrl === undefined && !webUrl!.startsWith("https://github.com/")))
    return { issues: new Map(), stopped: "the repository's origin is not on GitHub" };
  const numbers = fixes.map(({ issue }) => issue).slice(0, MAX_QUESTIONS);
  const { issues, stopped } = await fetchIssues(name, numbers, last, { apiUrl, signal: io.signal });
  const read = issues.flatMap((one) => trackedIssue(one) ?? []);
  return { issues: new Map(read.map((one) => [one.key, one])), stopped };
}

const EXPORT = "gh issue list --state all --limit 1000 --json number,title,body,author,url,createdAt,state";

function nothingWorked(fixes: number, left: ReadonlyMap<Reason, number>, stopped?: string): RunFailure {
  const reasons = [...left].map(([reason, count]) => `${count}: ${REASONS[reason]}`).join("; ");
  const why = stopped === undefined ? "" : ` (${stopped})`;
  return new RunFailure(
    "issue-unreachable",
    `Casebook found ${counted(fixes, "fixed issue")} and worked none. ${reasons}${why}. Save the tracker and pass it with --tracker: \`${EXPORT} > tracker.json\``,
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
