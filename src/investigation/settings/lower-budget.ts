import type { RepositoryConfig } from "./repository-config.ts";

/** US dollars; undefined: no limit is known. */
export type Limits = RepositoryConfig["budget"];

/**
 * What may be spent when everybody's word counts: the operator's limits, what the repository says, what a person asked
 * for. Each can only lower it, and a phase never costs more than its investigation.
 */
export function lowerBudget(operator: Limits, repository: Limits, asked: number | undefined): Limits {
  const investigation = least(operator.investigation, repository.investigation, asked);
  const phase = least(operator.phase, repository.phase, investigation);
  return {
    ...(phase === undefined ? {} : { phase }),
    ...(investigation === undefined ? {} : { investigation }),
  };
}

function least(...amounts: readonly (number | undefined)[]): number | undefined {
  const known = amounts.filter((amount) => amount !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
