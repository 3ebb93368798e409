import type { Codebase } from "../repository/codebase.ts";
import type { History } from "../repository/history.ts";
import { earlierLines } from "./earlier-lines.ts";
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

/** Where earlier lines come from; the commit that is read. */
export interface Past {
  readonly history: Pick<History, "blame" | "patch">;
  readonly base: string;
}

export interface ProbeLimits {
  /** Changes that are tried. */
  readonly changes: number;
  /** Passing tests that must run a line before it is changed. */
  readonly watching: number;
}

/**
 * Tries changes of a function that nobody proposed until one removes the failure and leaves every other test as it was: its lines as they
 * were before their last commits, then generic changes, most suspicious line first. A line that too few passing tests run is left alone:
 * nobody would notice what its change destroys. Undefined: none did.
 */
export async function probePlace(
  situation: Situation,
  place: Suspicion,
  codebase: Pick<Codebase, "text">,
  past: Past,
  limits: ProbeLimits,
  signal: AbortSignal,
): Promise<Probed | undefined> {
  const text = (await codebase.text(place.path))?.text;
  if (text === undefined) return undefined;
  const watched = new Map(
    place.suspectLines
      .filter(({ passing }) => passing >= limits.watching)
      .map(({ line, passing }) => [line, passing]),
  );
  if (watched.size === 0) return undefined;
  let tried = 0;
  for await (const change of changesOf(text, place, [...watched.keys()], past, signal)) {
    if (++tried > limits.changes) return undefined;
    const shown = await intervene(situation, new Map([[place.path, change.text]]), signal);
    const watching = watched.get(change.line) ?? Math.max(...watched.values());
    if (shown.kind === "gone") return { change, watching, shown };
  }
  return undefined;
}

async function* changesOf(
  text: string,
  place: Suspicion,
  lines: readonly number[],
  past: Past,
  signal: AbortSignal,
): AsyncGenerator<GenericChange> {
  yield* earlierLines(text, place, past, signal);
  const family = familyOf(place.path);
  if (family !== undefined) yield* genericChanges(text, lines, family);
}
