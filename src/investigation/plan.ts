import type { Rules } from "./event.ts";
import type { Investigation } from "./investigation.ts";

/**
 * Phases with the phases they rest on that have no result yet, in the order of the catalogue. A phase that needs a
 * model is left out without one: a spec links only to phases that are there.
 */
export function withDependencies(
  types: readonly string[],
  investigation: Pick<Investigation, "phases">,
  rules: Pick<Rules, "known" | "models">,
): readonly string[] {
  const wanted = new Set<string>();
  const open = [...types];
  for (let type = open.pop(); type !== undefined; type = open.pop()) {
    if (wanted.has(type)) continue;
    wanted.add(type);
    const phase = rules.known.find((known) => known.type === type);
    open.push(
      ...(phase?.dependsOn ?? []).filter(
        (needed) => !hasResult(investigation, needed) && canRun(needed, rules),
      ),
    );
  }
  return inOrder([...wanted], rules).filter((type) => rules.known.some((known) => known.type === type));
}

/** The wanted phases that one run may run now: up to the first closed gate; only one when each has its own pull request. */
export function runnable(
  investigation: Pick<Investigation, "wanted" | "approvals">,
  rules: Pick<Rules, "gates" | "perPhase">,
): readonly string[] {
  const shut = investigation.wanted.findIndex((type) => isGateShut(investigation, type, rules));
  const free = shut === -1 ? investigation.wanted : investigation.wanted.slice(0, shut);
  return rules.perPhase ? free.slice(0, 1) : free;
}

export function isGateShut(
  { approvals }: Pick<Investigation, "approvals">,
  type: string,
  { gates }: Pick<Rules, "gates">,
): boolean {
  return gates.has(type) && !approvals.some(({ phase }) => phase === type);
}

/** The phase exists, is not switched off, and needs no model where none is set up. */
export function canRun(type: string, { known, models }: Pick<Rules, "known" | "models">): boolean {
  const phase = known.find((candidate) => candidate.type === type);
  return phase !== undefined && phase.isOff !== true && (!phase.needsModel || models.length > 0);
}

/**
 * It ended with a result that later phases can build on, or a person skipped it. An outcome is such a result,
 * whatever the checks say: running the phase again would end there again.
 */
export function hasResult({ phases }: Pick<Investigation, "phases">, type: string): boolean {
  const record = phases.find((candidate) => candidate.type === type);
  if (record?.status === "failed") return record.outcome !== undefined;
  return (
    record?.status === "completed" || record?.status === "needs_attention" || record?.status === "skipped"
  );
}

/** Each once, in the order of the catalogue; what is not in it comes last. */
export function inOrder(types: readonly string[], { known }: Pick<Rules, "known">): readonly string[] {
  const place = new Map(known.map(({ type }, i) => [type, i]));
  return [...new Set(types)].sort((a, b) => (place.get(a) ?? known.length) - (place.get(b) ?? known.length));
}
