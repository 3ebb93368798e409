import { shortlist } from "../../evidence/related/shortlist.ts";
import { repositoryName } from "../../evidence/reported-places/find-reported.ts";
import { resolve } from "node:path";
import { RunFailure } from "../../failure.ts";
import type { Tracker } from "../../issue/parse-tracker.ts";
import type { Issue } from "../../issue/issue.ts";
import { PHASES } from "../../phases/catalogue.ts";
import type { InvestigateResult } from "../../phases/investigate.ts";
import { belongsTo, branchOf } from "../../phases/names.ts";
import { readConfig } from "../../process/config.ts";
import { privateFolder } from "../../process/private-folder.ts";
import { branchPublisher } from "../../repository/io/branch-publisher.ts";
import { folderPublisher } from "../../repository/io/folder-publisher.ts";
import { protocolOf } from "../../repository/io/mirror.ts";
import { sweepScratch } from "../../repository/io/scratch-folder.ts";
import { memoryPublisher } from "../../repository/memory-publisher.ts";
import type { Publisher } from "../../repository/repository.ts";
import { researchInProcesses } from "../../research/research-process.ts";
import { openGit } from "../../research/open-git.ts";
import { formatLocation, type Location, parseLocation, type WrittenLocation } from "../../text/location.ts";
import type { CommandIo } from "../io.ts";
import { notIsolated, placeOf } from "../place.ts";
import { openProgress, type Progress } from "../progress.ts";
import { type ModelOptions, usesModel } from "../uses-model.ts";
import { readTracker } from "../read-tracker.ts";
import { readIssue } from "../read-issue.ts";
import { requirePhase } from "../require-phase.ts";
import { summarise } from "../summarise.ts";

export interface InvestigateOptions extends ModelOptions {
  readonly issue?: string;
  readonly number?: string;
  readonly repo: string;
  readonly commit: string;
  readonly at?: string;
  readonly out?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly data?: string;
  /** A file or a folder. */
  readonly tracker?: string;
  /** Only this phase and the phases it depends on. */
  readonly phase?: string;
  /** Runs the fix phase too. */
  readonly fix?: boolean;
  /** One document for the whole issue. */
  readonly single?: boolean;
}

/** Runs the phases of one issue. Exit code 1 when a phase fails. */
export async function investigateCommand(options: InvestigateOptions, io: CommandIo): Promise<number> {
  if (options.phase !== undefined) await requirePhase(options.phase, options, io);
  const issue = await readIssue(options.issue, options.number, io);
  const at = options.at === undefined ? undefined : locationOf(options.at);
  const progress = openProgress(io, options.quiet === true || options.json === true);
  try {
    progress.start("reading the repository");
    const place = placeOf(options, io, (step) => progress.step(step));
    privateFolder(place.data);
    sweepScratch(place.data);
    using repository = await openGit(place);
    const { gitDir } = repository;
    const commit = await repository.resolve(options.commit);
    const isOurs = (path: string): boolean => belongsTo(issue.key, path);
    const dry = memoryPublisher();
    const publisher: Publisher =
      options.dryRun === true
        ? dry
        : options.out !== undefined
          ? folderPublisher(resolve(io.cwd, options.out), isOurs)
          : branchPublisher({
              gitDir,
              branch: branchOf(issue.key),
              base: commit,
              isOurs,
              data: place.data,
              now: () => new Date(),
            });
    const withModel = usesModel(options);
    const tracker =
      options.tracker === undefined
        ? undefined
        : {
            all: readTracker(options.tracker, io),
            repository: repositoryName(issue.url ?? repository.webUrl),
          };
    if (at?.link !== undefined && !commit.startsWith(at.link.revision))
      io.err(
        `casebook: --at names lines at ${at.link.revision}; Casebook reads these lines at ${commit.slice(0, 12)}`,
      );
    const result = await research(
      { issue, commit, at, tracker, publisher, gitDir, place, progress },
      withModel,
      {
        options,
        io,
      },
    );
    await progress.close();
    if (options.json === true)
      io.out(
        JSON.stringify(
          {
            ...result,
            phases: result.phases.map(({ type, ...phase }) => ({ phase: type, ...phase })),
            ...(options.dryRun === true ? { files: Object.fromEntries(dry.files) } : {}),
          },
          null,
          2,
        ),
      );
    else {
      if (options.dryRun === true)
        for (const [path, text] of dry.files)
          if (path.includes("/research/")) io.out(`${"─".repeat(20)} ${path}\n\n${text}`);
      io.out(
        summarise(result, {
          isMirror: protocolOf(options.repo) !== undefined,
          gitDir,
          io,
        }),
      );
    }
    return result.phases.some(({ status }) => status === "failed") ? 1 : 0;
  } finally {
    await progress.close();
  }
}

interface Work {
  readonly issue: Issue;
  readonly commit: string;
  readonly at: Location | undefined;
  readonly tracker: { readonly all: Tracker; readonly repository: string | undefined } | undefined;
  readonly publisher: Publisher;
  readonly gitDir: string;
  readonly place: ReturnType<typeof placeOf>;
  readonly progress: Progress;
}

/** Runs the researcher in a process without a key, money or a way to write. This process holds them. */
async function research(
  { issue, commit, at, tracker, publisher, gitDir, place, progress }: Work,
  withModel: boolean,
  { options, io }: { readonly options: InvestigateOptions; readonly io: CommandIo },
): Promise<InvestigateResult> {
  const { openModelRun } = withModel
    ? await import("../../research/open-model-run.ts")
    : { openModelRun: undefined };
  using run = await openModelRun?.({
    env: io.env,
    about: [commit, JSON.stringify(issue), at === undefined ? "" : formatLocation(at)],
    ...options,
    record: options.record && resolve(io.cwd, options.record),
    replay: options.replay && resolve(io.cwd, options.replay),
    data: place.data,
    onProblem: (problem) => io.err(`casebook: ${problem}`),
  });
  const { sandbox } = readConfig(io.env);
  const { phase, fix, single } = options;
  const start = io.research ?? researchInProcesses;
  // The journal closes when this function returns, so the result is awaited here.
  return await start({
    data: place.data,
    workers: place.workers,
    cacheBytes: place.cacheBytes,
    onNotIsolated: (why) => io.err(notIsolated(why)),
  }).investigate(
    {
      mirror: gitDir,
      base: commit,
      issue,
      choice: { phase, fix, single },
      phases: withModel && mayFix(options) ? ["fix"] : [],
      ...(at === undefined ? {} : { at: { path: at.path, start: at.start, end: at.end } }),
      include: [],
      exclude: [],
      ...(sandbox === undefined ? {} : { sandbox }),
      runsReport: true,
      hasTracker: tracker !== undefined,
      ...(run === undefined ? {} : { model: run.research }),
    },
    {
      publisher,
      ...(run === undefined ? {} : { gateway: run.gateway }),
      ...(tracker === undefined
        ? {}
        : { tracker: async (sought) => shortlist(sought, tracker.all, tracker.repository) }),
      onPhase: async (event) => {
        if (event.kind === "start") {
          if (event.isLeftOut !== true) progress.start(event.phase);
        } else if (event.result.status !== "left-out") progress.end(event.result.status.replace("_", " "));
      },
      onStep: (step) => progress.step(step),
      onNote: (note) => io.err(note),
    },
    io.signal,
  );
}

/** A fix is asked for by name, or by a phase of the repository's own that may depend on it. */
function mayFix({ phase, fix, single }: InvestigateOptions): boolean {
  if (single === true) return false;
  return phase === undefined ? fix === true : !PHASES.some(({ type }) => type === phase && type !== "fix");
}

function locationOf(text: string): WrittenLocation {
  const read = parseLocation(text);
  if ("problem" in read)
    throw new RunFailure("usage", `${text} is not PATH:LINE or PATH:LINE-LINE: ${read.problem}`);
  return read;
}
