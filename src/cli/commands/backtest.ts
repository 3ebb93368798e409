import { z } from "zod";
import { picture } from "../../backtest/picture.ts";
import { repositoryName } from "../../evidence/reported-places/find-reported.ts";
import { RunFailure } from "../../failure.ts";
import { trackedIssue, type TrackedIssue } from "../../issue/parse-tracker.ts";
import { withoutEmpty } from "../../process/config.ts";
import { fetchIssues } from "../fetch-issue.ts";
import { inReader } from "../in-reader.ts";
import type { CommandIo } from "../io.ts";
import { openProgress } from "../progress.ts";
import { readTracker, webUrlOf } from "../read-tracker.ts";
import type { BacktestOptions, GivenIssues } from "../reading/backtest.ts";
import { writeResult } from "../write-result.ts";

const MAX_LAST = 1_000;
/** Questions to an API that allows 60 an hour without a key. */
const MAX_QUESTIONS = 55;
/** Characters of the issues that are handed to the reader. */
const MAX_CHARACTERS = 16_000_000;

/**
 * Works the repository's own fixed issues at the commit before their fix and prints how often the pages were right. Exit code 0 when at
 * least one was worked. Throws RunFailure `issue-unreachable` when there is the text of none, `usage` when no commit fixes an issue.
 */
export async function backtestCommand(options: BacktestOptions, io: CommandIo): Promise<number> {
  const last = Number(options.last);
  if (!Number.isInteger(last) || last < 1 || last > MAX_LAST)
    throw new RunFailure("usage", `--last must be a whole number from 1 to ${MAX_LAST}`);
  const tracker = options.tracker === undefined ? undefined : readTracker(options.tracker, io).issues;
  const known =
    tracker === undefined ? undefined : [...tracker.values()].flatMap((one) => (one.isPull ? [] : [one.key]));
  const progress = openProgress(io, options.quiet === true || options.json === true);
  const onStep = (step: string): void => progress.step(step);
  try {
    progress.start("looking for fixes");
    const found = await inReader("fixed", { given: { known }, options, onStep }, io);
    const numbers = NUMBERS.parse(JSON.parse(found.out));
    const given =
      tracker === undefined
        ? await fetched(numbers, last, await webUrlOf(options, io), io)
        : { issues: numbers.flatMap((number) => tracker.get(number) ?? []) };
    progress.end();
    progress.start("working issues");
    const { exit, out, file } = await inReader(
      "backtest",
      { given: { ...bounded(given), known }, options, onStep },
      io,
    );
    progress.end();
    await progress.close();
    if (options.svg !== undefined && file !== undefined) {
      const { title, score } = SCORED.parse(JSON.parse(file));
      writeResult(options.svg, picture(title, score), io);
    }
    io.out(out);
    return exit;
  } finally {
    await progress.close();
  }
}

/** What the reader says; it is not trusted. */
const NUMBERS = z.array(z.string().regex(/^\d{1,12}$/));
const share = z.object({ hits: z.int().min(0), of: z.int().min(0) });
const SCORED = z.object({
  title: z.string().max(300),
  score: z.object({
    cases: z.int(),
    fileFirst: share,
    allInFive: share,
    functionFirst: share,
    functionInFive: share,
    linesFirst: share,
    told: z.number(),
    medianWords: z.number(),
    medianSeconds: z.number(),
  }),
});

function bounded({ issues, stopped }: GivenIssues): GivenIssues {
  let room = MAX_CHARACTERS;
  const fitting = issues.filter((one) => (room -= JSON.stringify(one).length) >= 0);
  return {
    issues: fitting,
    stopped: fitting.length < issues.length ? "the texts of the issues are too long" : stopped,
  };
}

/** The texts of the newest fixed issues from GitHub's public API. */
async function fetched(
  numbers: readonly string[],
  last: number,
  webUrl: string | undefined,
  io: CommandIo,
): Promise<GivenIssues> {
  const name = repositoryName(webUrl);
  const apiUrl = withoutEmpty(io.env)["GITHUB_API_URL"];
  if (name === undefined || (apiUrl === undefined && !webUrl!.startsWith("https://github.com/")))
    return { issues: [], stopped: "the repository's origin is not on GitHub" };
  const asked = numbers.slice(0, MAX_QUESTIONS);
  const { issues, stopped } = await fetchIssues(name, asked, last, { apiUrl, signal: io.signal });
  const read: TrackedIssue[] = issues.flatMap((one) => trackedIssue(one) ?? []);
  return { issues: read, stopped };
}
