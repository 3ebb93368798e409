import type { Rules } from "./event.ts";
import type { Investigation } from "./investigation.ts";

/** A phase with the phases it rests on that have no result yet, in the order of the catalogue. */
export function withDependencies(
  types: readonly string[],
  investigation: Investigation,
  rules: Rules,
): readonly string[] {
  const wanted = new Set<string>();
  const open = [...types];
  for (let type = open.pop(); type !== undefined; type = open.pop()) {
    if (wanted.has(type)) continue;
    wanted.add(type);
    const phase = rules.known.find((known) => known.type === type);
    open.push(...(phase?.dependsOn ?? []).filter((needed) => !hasResult(investigation, needed)));
  }
  return rules.known.map(({ type }) => type).filter((type) => wanted.has(type));
}

/** The wanted phases that one run may work now: up to the first gate that nobody opened, one only when each has its own pull request. */
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

function hasResult({ phases }: Investigation, type: string): boolean {
  const status = phases.find((record) => record.type === type)?.status;
  return status === "completed" || status === "needs_attention" || status === "skipped";
}
