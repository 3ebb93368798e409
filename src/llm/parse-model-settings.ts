import { z } from "zod";
import { parseModelName } from "./parse-model-name.ts";
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
  TOKEN_FIELDS,
  TOOL_SETTINGS,
} from "./model-settings.ts";
import type { Price } from "./money.ts";
import { readYaml, type SettingsProblem } from "./read-yaml.ts";

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

/** Secrets of other things: they are never sent to an endpoint by a slip of the pen. */
const FOREIGN_SECRETS = [
  "PRIVATE_KEY",
  "PRIVATE_KEY_PATH",
  "WEBHOOK_SECRET",
  "WEBHOOK_SECRET_OLD",
  "DATABASE_URL",
  "POSTGRES_PASSWORD",
  "GITHUB_TOKEN",
  "GH_TOKEN",
];

const NO_PRICE =
  "a price is expected in US dollars per million tokens: without it money cannot be capped. A server of your own costs 0 and 0";

const amount = (most: number, what: string): z.ZodNumber => z.number(what).min(0, what).max(most, what);
const whole = (from: number, to: number): z.ZodNumber => {
  const what = `a whole number from ${from} to ${to} is expected`;
  return z.int(what).min(from, what).max(to, what);
};
const oneOf = <const T extends readonly string[]>(values: T): z.ZodEnum<{ [K in T[number]]: K }> =>
  z.enum(values, `one of ${values.join(", ")} is expected`);

const NAME = "a name is expected: letters, digits and . _ : / -, at most 100";
const modelName = z.string(NAME).refine((text) => parseModelName(text) !== undefined, NAME);
const modelNames = z
  .array(modelName, "a list of names of models is expected")
  .max(20, "at most 20 are expected");
const address = z
  .url({ protocol: /^https?$/, error: "an http(s) address is expected" })
  .refine((text) => !/^[^/]*\/\/[^/]*@/.test(text), "an address without a name and password is expected")
  .transform((text) => text.replace(/\/{1,9}$/, ""));
const keyVariable = z
  .string("the name of a variable is expected, such as EXAMPLE_KEY")
  .regex(/^[A-Z][A-Z0-9_]{0,99}$/, "the name of a variable is expected, such as EXAMPLE_KEY")
  .refine((name) => !FOREIGN_SECRETS.includes(name), "that variable is a secret of something else");
const DOLLARS = "US dollars per million tokens are expected, at least 0";
const price = z.strictObject(
  {
    input: amount(100_000, DOLLARS),
    output: amount(100_000, DOLLARS),
    cached: amount(100_000, DOLLARS).optional(),
  },
  { error: ({ input }) => (input === undefined ? NO_PRICE : "input and output are expected") },
);
const contextTokens = whole(2_048, 20_000_000);

const row = z.strictObject(
  {
    name: modelName,
    url: address,
    keyVariable: keyVariable.optional(),
    model: z
      .string("a name is expected")
      .min(1, "a name is expected")
      .max(200, "a shorter name is expected")
      .optional(),
    contextTokens: contextTokens.default(32_768),
    outputTokens: whole(64, 1_000_000).optional(),
    price,
    tools: oneOf(TOOL_SETTINGS).default("auto"),
    maxTokensField: oneOf(TOKEN_FIELDS).default("auto"),
    concurrency: whole(1, 256).default(4),
    timeoutSeconds: whole(5, 7_200).default(600),
  },
  "name, url and price are expected",
);
const money = amount(1_000_000, "US dollars are expected, at least 0").optional();
const budget = z.strictObject(
  { phase: money, investigation: money, repositoryPerDay: money, installationPerMonth: money },
  "keys and values are expected",
);
const file = z.strictObject({
  models: z.array(row, "a list is expected").max(50, "at most 50 are expected").default([]),
  phases: z.record(z.string(), modelNames, "keys and values are expected").default({}),
  budget: budget.default({}),
  limits: z
    .strictObject(
      {
        steps: whole(1, 1_000).optional(),
        tokens: whole(1_000, 100_000_000).optional(),
        minutes: whole(1, 240).optional(),
        rounds: whole(1, 20).optional(),
      },
      "keys and values are expected",
    )
    .default({}),
  installations: z
    .record(
      z.string(),
      z.strictObject(
        { models: modelNames.optional(), budget: budget.optional() },
        "keys and values are expected",
      ),
      "keys and values are expected",
    )
    .default({}),
});

type FileSettings = z.infer<typeof file>;

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
function known(amounts: z.infer<typeof budget>): Partial<Budget> {
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
  };
}

const PRICE_SHAPE = "input/output in US dollars per million tokens is expected, such as 3/15 or 3/15/0.3";
const PRICE_TEXT = z.string(PRICE_SHAPE).transform((text, context): Price => {
  const parts = text.split("/").map((part) => part.trim());
  const numbers = parts.map(Number);
  const [input, output, cached] = numbers;
  const isNumber = parts.every((part) => /^\d{1,6}(?:\.\d{1,9})?$/.test(part));
  if (!isNumber || input === undefined || output === undefined || parts.length > 3) {
    context.addIssue({ code: "custom", message: PRICE_SHAPE });
    return z.NEVER;
  }
  return priceOf({ input, output, cached });
});

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

function priceOf({
  input,
  output,
  cached,
}: {
  input: number;
  output: number;
  cached?: number | undefined;
}): Price {
  return { input, output, ...(cached === undefined ? {} : { cached }) };
}

const SECRET_KEYS = ["key", "apikey", "api_key", "token", "secret", "password"];

function unknownKey(key: string, path: readonly PropertyKey[]): string {
  if (SECRET_KEYS.includes(key.toLowerCase()))
    return "a key never stands in this file: put it into a variable of the environment and name that with keyVariable";
  // A word without digits is no secret.
  const named = /^[A-Za-z]{1,30}$/.test(key) ? ` ${key}` : " of that name";
  return `there is no key${named}${hint(key, keysAt(path))}`;
}

/** The nearest name, or all of them; the word itself could be a secret and is not repeated. */
function hint(word: string, names: readonly string[]): string {
  const close = nearest(word, names);
  if (close !== undefined) return `; did you mean ${close}?`;
  return names.length === 0 ? "" : `; there are ${names.join(", ")}`;
}

function inPath(path: readonly PropertyKey[]): string {
  // Keys of these two are anybody's words.
  const shown = path[0] === "phases" || path[0] === "installations" ? path.slice(0, 1) : path;
  const last = shown.at(-1);
  return typeof last === "string" && keysAt(shown.slice(0, -1)).includes(last) ? `${last}: ` : "";
}

/** The keys that the file can have at a place. */
function keysAt(path: readonly PropertyKey[]): readonly string[] {
  const [first, , third] = path;
  if (path.length === 0) return Object.keys(file.shape);
  if (first === "models") return third === "price" ? Object.keys(price.shape) : Object.keys(row.shape);
  if (first === "limits") return Object.keys(DEFAULT_LIMITS);
  if (first === "installations") return third === "budget" ? Object.keys(budget.shape) : ["models", "budget"];
  return first === "budget" ? Object.keys(budget.shape) : [];
}
