import type { Price } from "./money.ts";

/** The operator's settings of models: which there are, which runs which phase, and what may be spent. */
export interface ModelSettings {
  /** In the order of the file; a model of the environment comes first. */
  readonly models: readonly ModelRow[];
  /** Type of a phase, `judge` or `default`: names of models in the order in which they are tried. `default` is always there. */
  readonly phases: Readonly<Record<string, readonly string[]>>;
  readonly budget: Budget;
  readonly limits: ModelLimits;
  /** By the account's login in small letters, or the installation's number. */
  readonly installations: Readonly<Record<string, InstallationRule>>;
}

export const TOOL_SETTINGS = ["auto", "native", "text"] as const;
export const TOKEN_FIELDS = ["auto", "max_completion_tokens", "max_tokens"] as const;

/** One model at one endpoint. */
export interface ModelRow {
  /** As the operator calls it. */
  readonly name: string;
  /** Base of an OpenAI-compatible API, such as `https://api.example.com/v1`. */
  readonly url: string;
  /** Variable of the environment that holds the key; undefined for a server without one. */
  readonly keyVariable: string | undefined;
  /** As the endpoint calls it. */
  readonly model: string;
  readonly contextTokens: number;
  readonly outputTokens: number;
  readonly price: Price;
  /** `auto`: the endpoint's own calls of tools, or in the text of the reply once it refused those. */
  readonly tools: (typeof TOOL_SETTINGS)[number];
  readonly maxTokensField: (typeof TOKEN_FIELDS)[number];
  /** Calls at once at this endpoint. */
  readonly concurrency: number;
  /** Of one call with its retries. */
  readonly timeoutSeconds: number;
  /** That an answer which has begun may stay silent. */
  readonly idleSeconds: number;
}

/** US dollars. */
export interface Budget {
  readonly phase: number;
  readonly investigation: number;
  readonly repositoryPerDay: number;
  readonly installationPerMonth: number;
}

/** Of one phase. */
export interface ModelLimits {
  readonly steps: number;
  readonly tokens: number;
  readonly minutes: number;
  /** Times that findings are sent back to the model with what is wrong. */
  readonly rounds: number;
}

export interface InstallationRule {
  /** Names of the models that it may use; undefined: all. */
  readonly models?: readonly string[] | undefined;
  readonly budget?: Partial<Budget> | undefined;
}

/** Whose work it is; 0 and undefined for the command line. */
export interface Customer {
  readonly installation?: number | undefined;
  /** Login of the account that installed the App. */
  readonly account?: string | undefined;
}

export const DEFAULT_BUDGET: Budget = {
  phase: 1,
  investigation: 3,
  repositoryPerDay: 20,
  installationPerMonth: 200,
};
export const DEFAULT_LIMITS: ModelLimits = { steps: 40, tokens: 400_000, minutes: 20, rounds: 3 };

/**
 * The models for a phase in the order in which they are tried. `wanted` is somebody's choice: that one alone, so that
 * nobody gets (and pays) another by surprise. Empty when the installation may use none of them.
 */
export function modelsFor(
  settings: ModelSettings,
  phaseType: string,
  { wanted, ...customer }: Customer & { readonly wanted?: string | undefined } = {},
): readonly ModelRow[] {
  const allowed = ruleFor(settings, customer)?.models;
  const isAllowed = (name: string): boolean => allowed?.includes(name) ?? true;
  const ofPhase = namesFor(settings, phaseType).filter(isAllowed);
  const names = wanted === undefined ? (ofPhase.length > 0 ? ofPhase : (allowed ?? [])) : [wanted];
  return names.filter(isAllowed).flatMap((name) => settings.models.find((row) => row.name === name) ?? []);
}

/** What an installation may spend. */
export function budgetFor(settings: ModelSettings, customer: Customer): Budget {
  return { ...settings.budget, ...ruleFor(settings, customer)?.budget };
}

function namesFor({ phases }: ModelSettings, phaseType: string): readonly string[] {
  const own = Object.hasOwn(phases, phaseType) ? phases[phaseType] : undefined;
  return own ?? phases["default"] ?? [];
}

/** The number says more than the login, which can change hands. */
function ruleFor(
  { installations }: ModelSettings,
  { installation, account }: Customer,
): InstallationRule | undefined {
  for (const key of [String(installation ?? ""), account?.toLowerCase() ?? ""])
    if (key !== "" && Object.hasOwn(installations, key)) return installations[key];
  return undefined;
}

/** A name as model endpoints use them; whether the operator offers it is decided later. */
export function parseModelName(text: string): string | undefined {
  return /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$/.test(text) ? text : undefined;
}
