import { resolve } from "node:path";
import { folderPublisher } from "../../repository/io/folder-publisher.ts";
import { branchPublisher } from "../../repository/io/branch-publisher.ts";
import { RunFailure } from "../../failure.ts";
import { SINGLE_PHASE } from "../../phases/catalogue.ts";
import { belongsTo, branchOf, specFileOf } from "../../phases/names.ts";
import type { Phase } from "../../phases/phase.ts";
import { parseSpec } from "../../specs/parse-spec.ts";
import { repositorySource } from "../../documents/repository-source.ts";
import { type InvestigateResult, investigate } from "../../phases/investigate.ts";
import { researchContext } from "../../phases/builtin/research-context.ts";
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
import { openPlace } from "../place.ts";
import { openProgress, type Progress } from "../progress.ts";
import { readIssue } from "../read-issue.ts";
import { summarise } from "../summarise.ts";

export interface InvestigateOptions {
  readonly issue: string;
  readonly number?: string;
  readonly repo: string;
  readonly commit: string;
  readonly at?: string;
  readonly out?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly data?: string;
  /** Only this phase and what it depends on. */
  readonly phase?: string;
  /** `model`: one of the operator's models goes on from the evidence. */
  readonly researcher?: "builtin" | "model";
  readonly model?: string;
  /** US dollars. */
  readonly budget?: number;
  /** The fix phase is worked, too. */
  readonly fix?: boolean;
  /** One document for the whole issue. */
  readonly single?: boolean;
  readonly record?: string;
  readonly replay?: string;
  readonly fresh?: boolean;
}

/** Works the phases of one issue. Exit code 1 when a phase failed, else 0. */
export async function investigateCommand(options: InvestigateOptions, io: CommandIo): Promise<number> {
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
    const phases = chosen(all, options, withModel);
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
          { ...result, ...(options.dryRun === true ? { files: Object.fromEntries(dry.files) } : {}) },
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

/** The built-in researcher, in this process: it holds no secret that hostile text could reach. */
async function research(
  { issue, phases, commit, at, publisher, workbench, progress }: Work,
  io: CommandIo,
): Promise<InvestigateResult> {
  const codebase = await workbench.codebase(commit);
  const seen = visibleIssue(issue);
  const context = researchContext({
    issue: seen,
    codebase,
    history: workbench.repository.history,
    hasGrammar: (path) => workbench.reader.languageOf(path) !== undefined,
    at,
    signal: io.signal,
    onStep: (step) => progress.step(step),
  });
  const source = await repositorySource(workbench.repository, commit, async () => codebase, seen.text);
  return investigate(
    { issue: seen, phases, at },
    {
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

/** Who reads hostile text is a process without the key, the money or a way to write; this one holds them. */
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
    config,
    data: workbench.data,
    about: [commit, JSON.stringify(issue), at === undefined ? "" : formatLocation(at)],
    ...options,
    onProblem: (problem) => io.err(`casebook: ${problem}`),
  });
  const { data } = workbench;
  const { workers, cacheBytes } = config;
  // Awaited here: the journal is closed when this function ends.
  return await researchInProcesses({ data, workers, cacheBytes }).investigate(
    {
      mirror: gitDir,
      base: commit,
      issue,
      phases: phases.map(({ type }) => type),
      ...(at === undefined ? {} : { at }),
      include: [],
      exclude: [],
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

/** Who names a model, its money or a record means one. */
function usesModel({ researcher, model, budget, record, replay }: InvestigateOptions): boolean {
  const named = [model, budget, record, replay].some((option) => option !== undefined);
  if (researcher === "builtin" && named)
    throw new RunFailure("usage", "--model, --budget, --record and --replay mean nothing without a model");
  return researcher === "model" || named;
}

/** Without a model the phases that need one are named and left out; a fix is made only for who asks for it. */
function chosen(
  all: readonly Phase[],
  { phase, fix, single }: InvestigateOptions,
  withModel: boolean,
): readonly Phase[] {
  if (single === true) return [SINGLE_PHASE];
  if (phase !== undefined) return withDependencies(phase, all, withModel);
  return withModel && fix !== true ? all.filter(({ type }) => type !== "fix") : all;
}

/** What a person said earlier holds until somebody says something else. */
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

function withDependencies(type: string, all: readonly Phase[], withModel: boolean): readonly Phase[] {
  const wanted = new Set<string>();
  const open = [type];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const phase = all.find((candidate) => candidate.type === at);
    if (phase === undefined)
      throw new RunFailure(
        "unknown-phase",
        `There is no phase ${at}; there are ${all.map((candidate) => candidate.type).join(", ")}`,
      );
    if (at === type && phase.needs === "model" && !withModel)
      throw new RunFailure("needs-model", `The phase ${at} needs a model`);
    // A fix is shown to work by the test that failed before it.
    if (!wanted.has(at)) open.push(...phase.dependsOn, ...(phase.type === "fix" ? ["reproduction"] : []));
    wanted.add(at);
  }
  return all.filter((phase) => wanted.has(phase.type));
}
