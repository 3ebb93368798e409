import { RunFailure } from "../failure.ts";
import { PHASES, SINGLE_PHASE } from "../phases/catalogue.ts";
import type { Phase } from "../phases/phase.ts";
import { git } from "../repository/io/git.ts";
import { protocolOf } from "../repository/io/mirror.ts";
import { openRepository } from "../repository/io/open-repository.ts";
import { nearest } from "../text/nearest.ts";
import type { CommandIo } from "./io.ts";
import { repositoryOf } from "./place.ts";

const PHASE_NAME = /^[a-z][a-z0-9-]{0,39}$/;

/**
 * Throws RunFailure `unknown-phase` before the repository is read. For a phase of the repository's own git looks up one
 * file. A URL must be fetched first, so there an own phase is looked for later.
 */
export async function requirePhase(
  name: string,
  { repo, commit }: { readonly repo: string; readonly commit: string },
  io: CommandIo,
): Promise<void> {
  const builtIn = PHASES.map(({ type }) => type);
  if (builtIn.includes(name)) return;
  if (PHASE_NAME.test(name)) {
    if (protocolOf(repo) !== undefined) return;
    using repository = await openRepository(repositoryOf(repo, io));
    const file = `.chant/phases/${name}.md`;
    const tree = await repository.resolve(commit);
    const { gitDir } = repository;
    if ((await git(["ls-tree", tree, "--", file], { gitDir, signal: io.signal })).length > 0) return;
  }
  throw unknownPhase(name, builtIn);
}

/** A fix runs only on request. Without a model the run leaves out and names the phases that need one. */
export function choosePhases(
  all: readonly Phase[],
  {
    phase,
    fix,
    single,
  }: {
    readonly phase?: string | undefined;
    readonly fix?: boolean | undefined;
    readonly single?: boolean | undefined;
  },
  withModel: boolean,
): readonly Phase[] {
  if (single === true) return [SINGLE_PHASE];
  if (phase !== undefined) return withDependencies(phase, all, withModel);
  return withModel && fix !== true ? all.filter(({ type }) => type !== "fix") : all;
}

function withDependencies(name: string, all: readonly Phase[], withModel: boolean): readonly Phase[] {
  const wanted = new Set<string>();
  const open = [name];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const phase = all.find(({ type }) => type === next);
    if (phase === undefined)
      throw unknownPhase(
        next,
        all.map(({ type }) => type),
      );
    if (next === name && phase.needs === "model" && !withModel)
      throw new RunFailure("needs-model", `The phase ${next} needs a model`);
    // The test that failed before a fix shows that the fix works.
    if (!wanted.has(next)) open.push(...phase.dependsOn, ...(phase.type === "fix" ? ["reproduction"] : []));
    wanted.add(next);
  }
  return all.filter(({ type }) => wanted.has(type));
}

function unknownPhase(name: string, known: readonly string[]): RunFailure {
  const guess = nearest(name, known);
  const question = guess === undefined ? "" : `Did you mean ${guess}? `;
  return new RunFailure(
    "unknown-phase",
    `There is no phase ${name}. ${question}The phases are ${known.join(", ")}`,
  );
}
