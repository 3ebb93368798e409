import { resolve } from "node:path";
import { folderPublisher } from "../../repository/io/folder-publisher.ts";
import { branchPublisher } from "../../repository/io/branch-publisher.ts";
import { RunFailure } from "../../failure.ts";
import { belongsTo, branchOf, specFileOf } from "../../phases/names.ts";
import type { Phase } from "../../phases/phase.ts";
import { parseSpec } from "../../specs/parse-spec.ts";
import { repositorySource } from "../../documents/repository-source.ts";
import { type InvestigateResult, investigate } from "../../phases/investigate.ts";
import { readIssueForms } from "../../evidence/read-issue-forms.ts";
import { type ResearchContext, researchContext } from "../../phases/builtin/research-context.ts";
import { memoryPublisher } from "../../repository/memory-publisher.ts";
import { phasesOf } from "../../phases/parse-phase.ts";
import type { Publisher } from "../../repository/repository.ts";
import { protocolOf } from "../../repository/io/mirror.ts";
import { labelledLocation } from "../../phases/phase-spec.ts";
import { formatLocation, type Location, parseLocation, type WrittenLocation } from "../../text/location.ts";
import { visibleIssue } from "../../issue/visible-issue.ts";
import type { Issue } from "../../issue/issue.ts";
import { readConfig } from "../../process/config.ts";
import { researchInProcesses } from "../../research/research-process.ts";
import type { Workbench } from "../../research/workbench.ts";
import type { CommandIo } from "../io.ts";
import { choosePhases, requirePhase } from "../choose-phases.ts";
import { notIsolated, openPlace } from "../place.ts";
import { openProgress, type Progress } from "../progress.ts";
import { readIssue } from "../read-issue.ts";
import { sandboxAt } from "../sandbox-at.ts";
import { summarise } from "../summarise.ts";

export interface InvestigateOptions {
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
  /** Only this phase and the phases it depends on. */
  readonly phase?: string;
  /** `model`: one of the operator's models continues from the evidence. */
  readonly researcher?: "builtin" | "model";
  readonly model?: string;
  /** US dollars. */
  readonly budget?: number;
  /** Runs the fix phase too. */
  readonly fix?: boolean;
  /** One document for the whole issue. */
  readonly single?: boolean;
  readonly record?: string;
  readonly replay?: string;
  readonly fresh?: boolean;
}

/** Runs the phases of one issue. Exit code 1 when a phase fails. */
export async function investigateCommand(options: InvestigateOptions, io: CommandIo): Promise<number> {
  if (options.phase !== undefined) await requirePhase(options.phase, options, io);
  const issue = await readIssue(options.issue, options.number, io);
  const named = options.at === undefined ? undefined : locationOf(options.at);
  const progress = openProgress(io, options.quiet === true || options.json === true);
  try {
    progress.start("reading the repository");
    await using workbench = await openPlace(options, io, (step) => progress.step(step));
    const { repository } = workbench;
    const commit = await repository.resolve(options.commit);
    const isOurs = (path: string): boolean => belongsTo(issue.key, path);
    const dry = memoryPublisher();
    const publisher: Publisher =
      options.dryRun === true
        ? dry
        : options.out !== undefined
          ? folderPublisher(resolve(io.cwd, options.out), isOurs)
          : branchPublisher({
              gitDir: repository.gitDir,
              branch: branchOf(issue.key),
              base: commit,
              isOurs,
              data: workbench.data,
              now: () => new Date(),
            });
    const all = await phasesOf(await repository.tree(commit, io.signal), (line) => io.err(line));
    const withModel = usesModel(options);
    const phases = choosePhases(all, options, withModel);
    if (named?.link !== undefined && !commit.startsWith(named.link.revision))
      io.err(
        `casebook: --at names lines at ${named.link.revision}; Casebook reads these lines at ${commit.slice(0, 12)}`,
      );
    const at = named ?? (await rememberedAt(publisher, issue.key, all));
    const work: Work = {
      issue,
      phases,
      commit,
      at,
      publisher,
      workbench,
      progress,
    };
    const result = withModel ? await researchWithModel(work, options, io) : await research(work, io);
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
          gitDir: repository.gitDir,
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
  readonly phases: readonly Phase[];
  readonly commit: string;
  readonly at: Location | undefined;
  readonly publisher: Publisher;
  readonly workbench: Workbench;
  readonly progress: Progress;
}

/** Runs the built-in researcher in this process, which holds no secret that hostile text could reach. */
async function research(
  { issue, phases, commit, at, publisher, workbench, progress }: Work,
  io: CommandIo,
): Promise<InvestigateResult> {
  const codebase = await workbench.codebase(commit);
  const seen = visibleIssue(issue);
  const { openResearcher, openRuns, sandboxOver } = await import("../../research/open-researcher.ts");
  const settings = await sandboxAt(codebase, io);
  const { sandboxesHere } = await import("../../research/sandbox-door.ts");
  const { gitDir } = workbench.repository;
  await using sandboxes =
    settings === undefined ? undefined : sandboxesHere({ gitDir, data: workbench.data, settings });
  await using sandbox = sandboxOver({ sandboxes, commit, signal: io.signal });
  const runs = await openRuns(() => context, sandbox.open, true, {
    sandboxes,
    data: workbench.data,
    settings,
  });
  const context: ResearchContext = researchContext({
    issue: seen,
    shown: runs.shown,
    ran: runs.ran,
    codebase,
    history: workbench.repository.history,
    webUrl: workbench.repository.webUrl,
    forms: await readIssueForms(codebase.tree, io.signal),
    hasGrammar: (path) => workbench.reader.languageOf(path) !== undefined,
    at,
    signal: io.signal,
    onStep: (step) => progress.step(step),
  });
  const source = await repositorySource(workbench.repository, commit, async () => codebase, seen.text);
  const researcher = await openResearcher(undefined, { sandbox: sandbox.open, reported: runs.reported });
  // The sandbox closes when this function returns, so the result is awaited here.
  return await investigate(
    { issue: seen, phases, at },
    {
      researcher,
      context,
      source,
      publisher,
      now: () => new Date(),
      onPhase: (phase, event) =>
        event === "start"
          ? progress.start(phase.type)
          : event === "left-out"
            ? undefined
            : progress.end(event.replace("_", " ")),
    },
  );
}

/** Runs the researcher in a process without the key, the money or a way to write. This process holds them. */
async function researchWithModel(
  { issue, phases, commit, at, publisher, workbench, progress }: Work,
  options: InvestigateOptions,
  io: CommandIo,
): Promise<InvestigateResult> {
  const { openModelRun } = await import("../../research/open-model-run.ts");
  const config = readConfig(io.env);
  const { gitDir } = workbench.repository;
  using run = await openModelRun({
    env: io.env,
    data: workbench.data,
    about: [commit, JSON.stringify(issue), at === undefined ? "" : formatLocation(at)],
    ...options,
    onProblem: (problem) => io.err(`casebook: ${problem}`),
  });
  const { data } = workbench;
  const { workers, cacheBytes } = config;
  const sandbox = await sandboxAt(await workbench.codebase(commit), io);
  // The journal closes when this function returns, so the result is awaited here.
  const onNotIsolated = (why: string): void => io.err(notIsolated(why));
  return await researchInProcesses({ data, workers, cacheBytes, onNotIsolated }).investigate(
    {
      mirror: gitDir,
      base: commit,
      issue,
      phases: phases.map(({ type }) => type),
      ...(at === undefined ? {} : { at }),
      include: [],
      exclude: [],
      ...(sandbox === undefined ? {} : { sandbox }),
      runsReport: true,
      model: run.research,
    },
    {
      publisher,
      gateway: run.gateway,
      onPhase: async (event) =>
        event.kind === "start"
          ? progress.start(event.phase)
          : progress.end(event.result.status.replace("_", " ")),
      onStep: (step) => progress.step(step),
    },
    io.signal,
  );
}

/** A model, a budget or a record asks for a run with a model. */
function usesModel({ researcher, model, budget, record, replay }: InvestigateOptions): boolean {
  const named = [model, budget, record, replay].some((option) => option !== undefined);
  if (researcher === "builtin" && named)
    throw new RunFailure(
      "usage",
      "`--researcher builtin` uses no model, so --model, --budget, --record and --replay have no effect; leave them out",
    );
  return researcher === "model" || named;
}

/** The location that a person named in an earlier run, unless this run names another. */
async function rememberedAt(
  publisher: Publisher,
  key: string,
  phases: readonly Phase[],
): Promise<Location | undefined> {
  const phase = phases.find(({ type }) => type === "root-cause");
  const text = phase === undefined ? undefined : (await publisher.current()).get(specFileOf(key, phase));
  return text === undefined ? undefined : labelledLocation(parseSpec("spec", text).spec.labels, "at");
}

function locationOf(text: string): WrittenLocation {
  const read = parseLocation(text);
  if ("problem" in read)
    throw new RunFailure("usage", `${text} is not PATH:LINE or PATH:LINE-LINE: ${read.problem}`);
  return read;
}
