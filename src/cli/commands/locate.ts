import { RunFailure } from "../../failure.ts";
import type { Issue } from "../../issue/issue.ts";
import type { Ranking } from "../../evidence/ranking/locate.ts";
import { privateFolder } from "../../process/private-folder.ts";
import { inReader } from "../in-reader.ts";
import type { CommandIo } from "../io.ts";
import { notIsolated, placeOf } from "../place.ts";
import { openProgress } from "../progress.ts";
import type { IssueInput } from "../../issue/parse-issue-input.ts";
import { issueInput } from "../read-issue.ts";
import type { Answered, LocateOptions, ModelOrder } from "../reading/locate.ts";
import type { GivenTracker } from "../reading/related.ts";
import { usesModel } from "../uses-model.ts";

const MAX_TOP = 1_000;

/** Ranks files and functions; a model orders the best files when it is asked for. Exit code 1 when no file matches the issue. */
export async function locateCommand(options: LocateOptions, io: CommandIo): Promise<number> {
  const top = Number(options.top);
  if (!Number.isInteger(top) || top < 1 || top > MAX_TOP)
    throw new RunFailure("usage", `--top must be a whole number from 1 to ${MAX_TOP}`);
  const withModel = usesModel(options);
  if (withModel && options.tracker !== undefined)
    throw new RunFailure("usage", "`locate` with a model compares no tracker; `casebook related` does");
  const input = await issueInput(options.issue, options.number, io);
  const tracker = options.tracker === undefined ? undefined : await trackerFor(input, options, io);
  const progress = openProgress(io, options.quiet === true || options.json === true);
  try {
    progress.start("locate");
    const step = (text: string): void => progress.step(text);
    if (withModel) {
      const answered = await ordered({ issue: await parsed(input), top, step }, options, io);
      progress.end();
      await progress.close();
      const { printLocated } = await import("../reading/locate.ts");
      return printLocated(answered, options, io);
    }
    const { exit, out } = await inReader(
      "locate",
      { given: { input, top, tracker }, options, onStep: step },
      io,
    );
    progress.end();
    await progress.close();
    io.out(out);
    return exit;
  } finally {
    await progress.close();
  }
}

async function parsed(input: IssueInput): Promise<Issue> {
  const { parseIssueInput } = await import("../../issue/parse-issue-input.ts");
  return parseIssueInput(input);
}

async function trackerFor(
  input: IssueInput,
  options: LocateOptions,
  io: CommandIo,
): Promise<GivenTracker | undefined> {
  const { trackerOf } = await import("../read-tracker.ts");
  return trackerOf(await parsed(input), options, io);
}

interface Asked {
  readonly issue: Issue;
  readonly top: number;
  readonly step: (text: string) => void;
}

/** The ranking with the order of a model, made in a process that does not hold its key. */
async function ordered(
  { issue, top, step }: Asked,
  options: LocateOptions,
  io: CommandIo,
): Promise<Answered> {
  const { openModelRun } = await import("../../research/open-model-run.ts");
  const { locateInProcess } = await import("../../research/research-process.ts");
  const { openGit } = await import("../../research/open-git.ts");
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
