import type { Codebase } from "../repository/codebase.ts";
import { familyOf, type GenericChange, genericChanges } from "./generic-changes.ts";
import { intervene, type Intervened, type Situation } from "./intervene.ts";
import type { Suspicion } from "./spectrum.ts";

/** A change that nobody proposed and that removes the failure. */
export interface Probed {
  readonly change: GenericChange;
  /** Passing tests that run the changed line: they would have noticed what it destroys. */
  readonly watching: number;
  readonly shown: Extract<Intervened, { kind: "gone" }>;
}

export interface ProbeLimits {
  /** Changes that are tried. */
  readonly changes: number;
  /** Passing tests that must run a line before it is changed. */
  readonly watching: number;
}

/**
 * Tries generic changes of a function, most suspicious line first, until one removes the failure and leaves every other test as it was.
 * A line that too few passing tests run is left alone: nobody would notice what its change destroys. Undefined: none did.
 */
export async function probePlace(
  situation: Situation,
  place: Suspicion,
  codebase: Pick<Codebase, "text">,
  limits: ProbeLimits,
  signal: AbortSignal,
): Promise<Probed | undefined> {
  const text = (await codebase.text(place.path))?.text;
  const family = familyOf(place.path);
  if (text === undefined || family === undefined) return undefined;
  const watched = new Map(
    place.suspectLines
      .filter(({ passing }) => passing >= limits.watching)
      .map(({ line, passing }) => [line, passing]),
  );
  let tried = 0;
  for (const change of genericChanges(text, [...watched.keys()], family)) {
    if (++tried > limits.changes) return undefined;
    const shown = await intervene(situation, new Map([[place.path, change.text]]), signal);
    if (shown.kind === "gone") return { change, watching: watched.get(change.line)!, shown };
  }
  return undefined;
}
