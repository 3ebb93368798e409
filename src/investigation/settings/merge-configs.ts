import { type ConfigProblem, fillDefaults, readConfigInput } from "./parse-repository-config.ts";
import type { ConfigInput } from "./config-schema.ts";
import type { SuiteSettings } from "../../sandbox/suite-settings.ts";
import type { RepositoryConfig } from "./repository-config.ts";

/**
 * The settings of a repository over the defaults of its owner (from the owner's repository `.github`). A key that the
 * repository sets wins, a list replaces a list. A mistake in the owner's file is a problem too: nobody works by half of it.
 */
export function mergeConfigs(
  ownerText: string | undefined,
  repositoryText: string | undefined,
  phases: readonly string[],
  models?: readonly string[],
): { readonly config: RepositoryConfig; readonly problems: readonly ConfigProblem[] } {
  const owner = readConfigInput(ownerText, phases, models);
  const repository = readConfigInput(repositoryText, phases, models);
  const problems = [
    ...repository.problems,
    ...owner.problems.map(({ line, message }) => ({
      line,
      message: `In the owner's defaults (repository \`.github\`): ${message}`,
    })),
  ];
  if (problems.length === 0)
    return { config: fillDefaults(merge(owner.input, repository.input), models), problems };
  // Who wants nothing to be written gets no issue about a slip of the keyboard either.
  const shadow = [ownerText, repositoryText].some((text) => SHADOW.test(text ?? ""));
  return { config: fillDefaults({ shadow }, models), problems };
}

/** The setting in a file that is not read for its mistakes. */
const SHADOW = /^[^\S\n]*["']?shadow["']?\s*:\s*["']?true\b/m;

function merge(owner: ConfigInput, repository: ConfigInput): ConfigInput {
  return {
    ...owner,
    ...repository,
    triggers: { ...owner.triggers, ...repository.triggers },
    who: { ...owner.who, ...repository.who },
    limits: { ...owner.limits, ...repository.limits },
    paths: { ...owner.paths, ...repository.paths },
    models: { ...owner.models, ...repository.models },
    budget: { ...owner.budget, ...repository.budget },
    suite: mergeSuites(owner.suite ?? {}, repository.suite ?? {}),
  };
}

/** Runner and command belong together; variables are merged. */
function mergeSuites(owner: SuiteSettings, repository: SuiteSettings): SuiteSettings {
  const { framework, command, ...rest } = owner;
  const starts =
    repository.framework === undefined
      ? { ...(framework === undefined ? {} : { framework }), ...(command === undefined ? {} : { command }) }
      : {};
  const environment = { ...owner.environment, ...repository.environment };
  return {
    ...starts,
    ...rest,
    ...repository,
    ...(Object.keys(environment).length === 0 ? {} : { environment }),
  };
}

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
