import type { z } from "zod";
import { nearest } from "../text/nearest.ts";
import { PHASES } from "../phases/catalogue.ts";
import {
  type Budget,
  DEFAULT_BUDGET,
  DEFAULT_LIMITS,
  type InstallationRule,
  type ModelLimits,
  type ModelRow,
  type ModelSettings,
  TOOL_SETTINGS,
} from "./model-settings.ts";
import { readYaml, type SettingsProblem } from "./read-yaml.ts";
import {
  address,
  contextTokens,
  file,
  type FileBudget,
  type FileSettings,
  hint,
  inPath,
  modelName,
  NO_PRICE,
  oneOf,
  PRICE_TEXT,
  priceOf,
  unknownKey,
} from "./settings-schema.ts";

/** Every variable that is read here; a row of the file can name more for its key. */
export const MODEL_VARIABLES = [
  "CASEBOOK_MODEL_URL",
  "CASEBOOK_MODEL_KEY",
  "CASEBOOK_MODEL",
  "CASEBOOK_MODEL_PRICE",
  "CASEBOOK_MODEL_CONTEXT",
  "CASEBOOK_MODEL_TOOLS",
  "CASEBOOK_BUDGET",
  "CASEBOOK_MODELS",
] as const;

type Environment = Readonly<Record<string, string | undefined>>;

export interface ModelSettingsInput {
  readonly env: Environment;
  /** Text of the file that `CASEBOOK_MODELS` names. */
  readonly file?: string | undefined;
}

/**
 * Reads what the operator set, in the environment and in the file. All problems come together; with any of them there are
 * no settings. `settings` is undefined without problems when nothing is set.
 */
export function parseModelSettings({ env: given, file: text }: ModelSettingsInput): {
  readonly settings: ModelSettings | undefined;
  readonly problems: readonly SettingsProblem[];
} {
  const env = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ""));
  const problems: SettingsProblem[] = [];
  const ofFile = text === undefined ? undefined : parseFile(text, env, problems);
  const single = parseSingle(env, problems);
  const dollars = budgetOf(env, problems);
  if (ofFile === undefined && single === undefined && problems.length === 0) {
    if (dollars !== undefined)
      problems.push({ where: "CASEBOOK_BUDGET", message: "there is no model that it could be for" });
    return { settings: undefined, problems };
  }
  const models = [...(single === undefined ? [] : [single]), ...(ofFile?.models ?? [])];
  if (single !== undefined && ofFile?.models.some(({ name }) => name === single.name) === true)
    problems.push({ where: "CASEBOOK_MODEL", message: "a model of the file has the same name" });
  if (models.length === 0 && problems.length === 0)
    problems.push({ where: "CASEBOOK_MODELS", message: "at least one model is expected" });
  if (problems.length > 0) return { settings: undefined, problems };
  const { phases = {}, budget = {}, limits = {}, installations = {} } = ofFile?.settings ?? {};
  return {
    settings: {
      models,
      phases: { default: models.map(({ name }) => name), ...phases },
      budget: {
        ...withDefaults(budget, DEFAULT_BUDGET),
        ...(dollars === undefined ? {} : { investigation: dollars }),
      },
      limits: withDefaults<ModelLimits>(limits, DEFAULT_LIMITS),
      installations: Object.fromEntries(
        Object.entries(installations).map(([key, rule]): [string, InstallationRule] => [
          key.toLowerCase(),
          {
            ...(rule.models === undefined ? {} : { models: rule.models }),
            ...(rule.budget === undefined ? {} : { budget: known(rule.budget) }),
          },
        ]),
      ),
    },
    problems,
  };
}

/** What is set, without what is not. */
function known(amounts: FileBudget): Partial<Budget> {
  return Object.fromEntries(Object.entries(amounts).filter(([, value]) => value !== undefined));
}

function withDefaults<T extends object>(
  given: { readonly [K in keyof T]?: T[K] | undefined },
  defaults: T,
): T {
  return {
    ...defaults,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
}

/** The models file. */
function parseFile(
  text: string,
  env: Environment,
  problems: SettingsProblem[],
): { readonly settings: FileSettings | undefined; readonly models: readonly ModelRow[] } {
  const yaml = readYaml(text);
  if (yaml.problems.length > 0) {
    problems.push(...yaml.problems);
    return { settings: undefined, models: [] };
  }
  const report = (path: readonly PropertyKey[], message: string): void =>
    void problems.push({ where: yaml.lineOf(path), message: `${inPath(path)}${message}` });
  const parsed = file.safeParse(yaml.value);
  for (const issue of parsed.error?.issues ?? [])
    if (issue.code === "unrecognized_keys")
      for (const key of issue.keys) report([...issue.path, key], unknownKey(key, issue.path));
    else report(issue.path, issue.message);
  if (!parsed.success) return { settings: undefined, models: [] };
  const settings = parsed.data;
  const models = settings.models.map(({ model, outputTokens, keyVariable, price, ...row }, i): ModelRow => {
    const output = outputTokens ?? defaultOutput(row.contextTokens);
    if (output >= row.contextTokens)
      report(["models", i, "outputTokens"], "fewer than contextTokens are expected");
    if (keyVariable !== undefined && env[keyVariable] === undefined)
      report(["models", i, "keyVariable"], `the environment has no ${keyVariable}`);
    if (settings.models.findIndex(({ name }) => name === row.name) < i)
      report(["models", i, "name"], "each name is expected once");
    return { ...row, model: model ?? row.name, outputTokens: output, keyVariable, price: priceOf(price) };
  });
  // The model of the environment can be named in the file too.
  const names = [
    ...models.map(({ name }) => name),
    ...(env["CASEBOOK_MODEL"] === undefined ? [] : [env["CASEBOOK_MODEL"]]),
  ];
  const checkNames = (path: readonly PropertyKey[], list: readonly string[]): void => {
    if (list.length === 0) report(path, "at least one name is expected");
    for (const [i, name] of list.entries())
      if (!names.includes(name)) report([...path, i], `there is no such model${hint(name, names)}`);
  };
  for (const [phase, list] of Object.entries(settings.phases)) {
    checkPhase(phase, (message) => report(["phases", phase], message));
    checkNames(["phases", phase], list);
  }
  for (const [key, { models: list }] of Object.entries(settings.installations)) {
    if (!/^(?:\d{1,15}|[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}))$/.test(key))
      report(["installations", key], "the login of an account or the number of an installation is expected");
    if (list !== undefined) checkNames(["installations", key, "models"], list);
  }
  return { settings, models };
}

const PHASE_KEYS = [...PHASES.map(({ type }) => type), "judge", "default"];

/** A repository can have phases of its own, so only what looks like a slip is one. */
function checkPhase(phase: string, report: (message: string) => void): void {
  if (PHASE_KEYS.includes(phase)) return;
  const close = nearest(phase, PHASE_KEYS);
  if (close !== undefined) report(`there is no such phase; did you mean ${close}?`);
  else if (!/^[a-z][a-z0-9-]{0,39}$/.test(phase)) report("the type of a phase is expected");
}

/** The model that the environment describes; undefined when it describes none. */
function parseSingle(env: Environment, problems: SettingsProblem[]): ModelRow | undefined {
  const { CASEBOOK_MODEL_URL: url, CASEBOOK_MODEL: model, CASEBOOK_MODEL_PRICE: prices } = env;
  const { CASEBOOK_MODEL_CONTEXT: context, CASEBOOK_MODEL_TOOLS: tools, CASEBOOK_MODEL_KEY: key } = env;
  if ([url, model, prices, context, tools, key].every((value) => value === undefined)) return undefined;
  const read = <T>(where: string, type: z.ZodType<T>, value: unknown, missing: string): T | undefined => {
    const parsed = type.safeParse(value);
    if (parsed.success) return parsed.data;
    problems.push({
      where,
      message: value === undefined ? missing : (parsed.error.issues[0]?.message ?? missing),
    });
    return undefined;
  };
  const contextSize = read("CASEBOOK_MODEL_CONTEXT", contextTokens, Number(context ?? 32_768), "");
  const row = {
    url: read("CASEBOOK_MODEL_URL", address, url, "it is missing: the address of the model's endpoint"),
    name: read("CASEBOOK_MODEL", modelName, model, "it is missing: the model's name at the endpoint"),
    price: read(
      "CASEBOOK_MODEL_PRICE",
      PRICE_TEXT,
      prices,
      `${NO_PRICE}: 3/15, or 3/15/0.3 with cached input`,
    ),
    tools: read("CASEBOOK_MODEL_TOOLS", oneOf(TOOL_SETTINGS), tools ?? "auto", ""),
  };
  if (key !== undefined && !/^[!-~]{1,8192}$/.test(key.trim()))
    problems.push({ where: "CASEBOOK_MODEL_KEY", message: "a key without spaces and line ends is expected" });
  const { name, tools: wantedTools, url: base, price: costs } = row;
  if (name === undefined || base === undefined || costs === undefined) return undefined;
  if (wantedTools === undefined || contextSize === undefined) return undefined;
  return {
    name,
    url: base,
    keyVariable: key === undefined ? undefined : "CASEBOOK_MODEL_KEY",
    model: name,
    contextTokens: contextSize,
    outputTokens: defaultOutput(contextSize),
    price: costs,
    tools: wantedTools,
    maxTokensField: "auto",
    concurrency: 4,
    timeoutSeconds: 600,
    idleSeconds: 120,
  };
}

function budgetOf(env: Environment, problems: SettingsProblem[]): number | undefined {
  const text = env["CASEBOOK_BUDGET"];
  if (text === undefined) return undefined;
  if (/^\d{1,6}(?:\.\d{1,4})?$/.test(text)) return Number(text);
  problems.push({ where: "CASEBOOK_BUDGET", message: "US dollars are expected, such as 3 or 0.50" });
  return undefined;
}

/** A quarter of a small context, so that something fits before it. */
function defaultOutput(contextTokens: number): number {
  return Math.min(4_096, Math.floor(contextTokens / 4));
}
