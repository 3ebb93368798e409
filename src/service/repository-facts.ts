import { PHASES, SINGLE_PHASE } from "../phases/catalogue.ts";
import { parsePhase } from "../phases/parse-phase.ts";
import type { Phase } from "../phases/phase.ts";
import type { Rules } from "../investigation/event.ts";
import { type Limits, lowerBudget, mergeConfigs } from "../investigation/settings/merge-configs.ts";
import type { Customer } from "../llm/model-settings.ts";
import type { RepositoryConfig } from "../investigation/settings/repository-config.ts";
import type { ConfigProblem } from "../investigation/settings/parse-repository-config.ts";
import type { GitHub, RepositoryInfo } from "../github/github.ts";
import { GitHubFailure } from "../github/github-failure.ts";
import { guarded, type Service } from "./service.ts";

export const CONFIG_FILE = ".github/casebook.yml";
const PHASE_FOLDER = ".chant/phases";
/** Own phases beyond this many are left out: each costs a request. */
const MAX_OWN_PHASES = 20;
/** This process holds keys, so it reads only what a phase needs: the built-in ones have 3,000 characters. */
const MAX_PHASE_CHARACTERS = 20_000;

/** A repository in reach, with what its default branch says about Casebook. */
export interface RepositoryFacts {
  readonly kind: "facts";
  readonly github: GitHub;
  readonly repository: RepositoryInfo;
  readonly config: RepositoryConfig;
  readonly rules: Rules;
  readonly phases: readonly Phase[];
  /** Whom models and money are counted to. */
  readonly customer: Customer;
  /** What may be spent here, before anybody asks for less. */
  readonly budget: Limits;
  /** What is wrong with the configuration; the defaults are in `config` then, and no new work starts. */
  readonly problems: readonly ConfigProblem[];
  /** Why no new work starts, in one sentence. */
  readonly stopped?: string;
}

export interface Unreachable {
  readonly kind: "unreachable";
  readonly why: string;
}

/** Asks GitHub what the repository is now; what is known of it is kept, so that a rename changes nothing. */
export async function repositoryFacts(
  service: Pick<Service, "app" | "store" | "modelProvider" | "sandbox" | "now">,
  { installation, repository: id }: { readonly installation: number; readonly repository: number },
): Promise<RepositoryFacts | Unreachable> {
  const { app, store, modelProvider, sandbox } = service;
  const github = app.forInstallation(installation);
  let repository: RepositoryInfo;
  try {
    repository = await github.repository(id);
  } catch (error) {
    if (!(error instanceof GitHubFailure)) throw error;
    const why = UNREACHABLE[error.code as keyof typeof UNREACHABLE];
    if (why === undefined) throw error;
    const known = await store.repository(id);
    if (known !== undefined) await store.saveRepository({ ...known, unreachable: why });
    return { kind: "unreachable", why };
  }
  const { owner, name } = repository;
  if (repository.archived) {
    const why = "The repository is archived, so nothing can be written there.";
    await store.saveRepository({ id, installation, owner, name, unreachable: why });
    return { kind: "unreachable", why };
  }
  const [own, ofOwner] = [
    await github.file(repository, CONFIG_FILE),
    await ownerConfig(github, repository, store, installation),
  ];
  const all = await phasesOf(github, repository);
  const customer: Customer = { installation, account: owner };
  const models = modelProvider?.names(customer) ?? [];
  const { config: said, problems } = mergeConfigs(
    ofOwner,
    own,
    all.map(({ type }) => type),
    models,
  );
  // What is not written to GitHub is kept whole, as a comment would hold it.
  const config: RepositoryConfig = said.shadow
    ? { ...said, destination: "comment", pullRequests: "investigation" }
    : said;
  const phases = phasesIn(config.mode, all);
  const stopped =
    problems.length > 0
      ? `\`${CONFIG_FILE}\` has mistakes; they are listed in an issue of this repository.`
      : config.enabled
        ? undefined
        : `\`enabled: false\` in \`${CONFIG_FILE}\` stops Casebook here.`;
  await store.saveRepository({
    id,
    installation,
    owner,
    name,
    runLimit: config.limits.runs,
    ...(stopped === undefined ? {} : { configurationProblem: stopped }),
  });
  return {
    kind: "facts",
    github: config.shadow ? guarded(service, github, refuseInShadow) : github,
    repository,
    config,
    problems,
    phases,
    customer,
    budget: lowerBudget(modelProvider?.budget(customer) ?? {}, config.budget, undefined),
    rules: rulesOf(config, phases, { models, runsCode: sandbox !== undefined }),
    ...(stopped === undefined ? {} : { stopped }),
  };
}

/** No job asks for a write in shadow mode; one that did would be a bug, and ends here. */
async function refuseInShadow(): Promise<void> {
  throw new Error("nothing is written to GitHub in shadow mode");
}

/** Rules that no event of reach or loss depends on. */
export const NO_RULES: Rules = {
  phases: [],
  known: [],
  gates: new Set(),
  perPhase: false,
  start: "write",
  models: [],
};

/** Phases that run only where `phases` names them: a fix is code, and a request for research gets no code. */
const OPT_IN: ReadonlySet<string> = new Set(["fix"]);

/** In single-document mode one phase comes before all others, which can still be asked for by name. */
export function phasesIn(mode: RepositoryConfig["mode"], phases: readonly Phase[]): readonly Phase[] {
  return mode === "single"
    ? [SINGLE_PHASE, ...phases.filter(({ type }) => type !== SINGLE_PHASE.type)]
    : phases;
}

/** What the configuration means for the state machine. `offered`: the operator's models, and whether code may run. */
export function rulesOf(
  config: RepositoryConfig,
  phases: readonly Phase[],
  offered: { readonly models: readonly string[]; readonly runsCode: boolean },
): Rules {
  // A repository that wants the built-in researcher has no model, whatever is offered.
  const models = config.researcher === "builtin" ? [] : offered.models;
  const needsModel = ({ needs }: Phase): boolean =>
    needs === "model" || (needs === "model-or-run" && !(offered.runsCode && config.runCode));
  const workable = phases.filter((phase) => !needsModel(phase) || models.length > 0);
  const isOff = (type: string): boolean => OPT_IN.has(type) && !config.phases.includes(type);
  return {
    known: phases.map((phase) => ({
      type: phase.type,
      dependsOn: phase.dependsOn,
      needsModel: needsModel(phase),
      ...(isOff(phase.type) ? { isOff: true } : {}),
    })),
    phases:
      config.mode === "single"
        ? [SINGLE_PHASE.type]
        : workable
            .map(({ type }) => type)
            .filter((type) => !isOff(type) && (config.phases.length === 0 || config.phases.includes(type))),
    gates: new Set(config.gates),
    perPhase: config.pullRequests === "phase" && config.destination === "pull-request",
    start: config.who.start,
    models,
  };
}

const UNREACHABLE = {
  gone: "The repository is not there any more, or Casebook was taken off it.",
  suspended: "The installation is suspended.",
  refused: "GitHub refuses Casebook in this repository.",
} as const;

/** The organisation's defaults are in its repository `.github`, when the App may see it. */
async function ownerConfig(
  github: GitHub,
  { id, owner }: RepositoryInfo,
  store: Pick<Service["store"], "repositories">,
  installation: number,
): Promise<string | undefined> {
  const defaults = (await store.repositories(installation)).find(
    (known) => known.name === ".github" && known.owner === owner && known.id !== id,
  );
  if (defaults === undefined) return undefined;
  try {
    return (await github.file(defaults, CONFIG_FILE)) ?? (await github.file(defaults, "casebook.yml"));
  } catch (error) {
    if (error instanceof GitHubFailure && error.code in UNREACHABLE) return undefined;
    throw error;
  }
}

/** The built-in phases and the repository's own; a file with mistakes is left out, and a run says which line. */
async function phasesOf(github: GitHub, repository: RepositoryInfo): Promise<readonly Phase[]> {
  const names = (await github.filesIn(repository, PHASE_FOLDER)).filter((name) => name.endsWith(".md"));
  const own: Phase[] = [];
  for (const name of names.slice(0, MAX_OWN_PHASES)) {
    const text = await github.file(repository, `${PHASE_FOLDER}/${name}`);
    if (text === undefined || text.length > MAX_PHASE_CHARACTERS) continue;
    const { phase } = parsePhase(name.slice(0, -".md".length), text);
    if (phase !== undefined) own.push(phase);
  }
  return [...PHASES, ...own].sort((a, b) => a.number - b.number || (a.type < b.type ? -1 : 1));
}
