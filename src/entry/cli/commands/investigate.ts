import { resolve } from "node:path";
import { folderPublisher } from "../../../adapters/folder/folder-publisher.ts";
import { branchPublisher } from "../../../adapters/git/branch-publisher.ts";
import { RunFailure } from "../../../domain/failure.ts";
import { belongsTo, branchOf, specFileOf } from "../../../domain/phase/names.ts";
import type { Phase } from "../../../domain/phase/phase.ts";
import { parseSpec } from "../../../domain/spec/parse-spec.ts";
import { repositorySource } from "../../../engine/check/repository-source.ts";
import { investigate, visibleIssueText } from "../../../engine/investigate/investigate.ts";
import { researchContext } from "../../../engine/research/research-context.ts";
import { memoryPublisher } from "../../../engine/source/memory-publisher.ts";
import { phasesOf } from "../../../engine/investigate/phases-of.ts";
import type { Publisher } from "../../../engine/source/repository.ts";
import { protocolOf } from "../../../adapters/git/mirror.ts";
import type { CommandIo } from "../io.ts";
import { parseAt } from "../../parse-at.ts";
import { openPlace } from "../place.ts";
import { openProgress } from "../progress.ts";
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
}

/** Works the phases of one issue. Exit code 1 when a phase failed, else 0. */
export async function investigateCommand(options: InvestigateOptions, io: CommandIo): Promise<number> {
  const issue = await readIssue(options.issue, options.number, io);
  const named = options.at === undefined ? undefined : parseAt(options.at);
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
    const phases = options.phase === undefined ? all : withDependencies(options.phase, all);
    const at = named ?? (await rememberedAt(publisher, issue.key, all));
    const codebase = await workbench.codebase(commit);
    const context = researchContext({
      issue,
      codebase,
      history: repository.history,
      hasGrammar: (path) => workbench.reader.languageOf(path) !== undefined,
      at,
      signal: io.signal,
      onStep: (step) => progress.step(step),
    });
    const source = await repositorySource(repository, commit, async () => codebase, visibleIssueText(issue));
    const result = await investigate(
      { issue, phases, at: at === undefined ? undefined : `${at.path}:${at.start}-${at.end}` },
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

/** What a person said earlier holds until somebody says something else. */
async function rememberedAt(
  publisher: Publisher,
  key: string,
  phases: readonly Phase[],
): Promise<ReturnType<typeof parseAt> | undefined> {
  const phase = phases.find(({ type }) => type === "root-cause");
  const text = phase === undefined ? undefined : (await publisher.current()).get(specFileOf(key, phase));
  const label =
    text === undefined
      ? undefined
      : parseSpec("spec", text).spec.labels.find((candidate) => candidate.startsWith("at:"));
  return label === undefined ? undefined : parseAt(label.slice(3));
}

function withDependencies(type: string, all: readonly Phase[]): readonly Phase[] {
  const wanted = new Set<string>();
  const open = [type];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const phase = all.find((candidate) => candidate.type === at);
    if (phase === undefined)
      throw new RunFailure(
        "unknown-phase",
        `There is no phase ${at}; there are ${all.map((candidate) => candidate.type).join(", ")}`,
      );
    if (at === type && phase.needs === "model")
      throw new RunFailure("needs-model", `The phase ${at} needs a model`);
    if (!wanted.has(at)) open.push(...phase.dependsOn);
    wanted.add(at);
  }
  return all.filter((phase) => wanted.has(phase.type));
}
