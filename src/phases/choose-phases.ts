import { RunFailure } from "../failure.ts";
import { nearest } from "../text/nearest.ts";
import { SINGLE_PHASE } from "./catalogue.ts";
import type { Phase } from "./phase.ts";

/** What a person asked for on the command line. */
export interface PhaseChoice {
  /** Only this phase and those that it depends on. */
  readonly phase?: string | undefined;
  /** The fix phase too. */
  readonly fix?: boolean | undefined;
  /** One document for the whole issue. */
  readonly single?: boolean | undefined;
}

/**
 * A fix runs only on request. Without a model the run leaves out and names the phases that need one. Throws RunFailure
 * `unknown-phase` and `needs-model`.
 */
export function choosePhases(
  all: readonly Phase[],
  { phase, fix, single }: PhaseChoice,
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

/** The failure for a name of no phase, with the nearest one that there is. */
export function unknownPhase(name: string, known: readonly string[]): RunFailure {
  const guess = nearest(name, known);
  const question = guess === undefined ? "" : `Did you mean ${guess}? `;
  return new RunFailure(
    "unknown-phase",
    `There is no phase ${name}. ${question}The phases are ${known.join(", ")}`,
  );
}
