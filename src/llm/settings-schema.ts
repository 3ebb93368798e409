import { z } from "zod";
import { nearest } from "../text/nearest.ts";
import { DEFAULT_LIMITS, parseModelName, TOKEN_FIELDS, TOOL_SETTINGS } from "./model-settings.ts";
import type { Price } from "./money.ts";

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

export const NO_PRICE =
  "a price is expected in US dollars per million tokens: without it money cannot be capped. A server of your own costs 0 and 0";

const amount = (most: number, what: string): z.ZodNumber => z.number(what).min(0, what).max(most, what);
const whole = (from: number, to: number): z.ZodNumber => {
  const what = `a whole number from ${from} to ${to} is expected`;
  return z.int(what).min(from, what).max(to, what);
};
export const oneOf = <const T extends readonly string[]>(values: T): z.ZodEnum<{ [K in T[number]]: K }> =>
  z.enum(values, `one of ${values.join(", ")} is expected`);

const NAME = "a name is expected: letters, digits and . _ : / -, at most 100";
export const modelName = z.string(NAME).refine((text) => parseModelName(text) !== undefined, NAME);
const modelNames = z
  .array(modelName, "a list of names of models is expected")
  .max(20, "at most 20 are expected");
export const address = z
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
export const contextTokens = whole(2_048, 20_000_000);

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
    idleSeconds: whole(5, 7_200).default(120),
  },
  "name, url and price are expected",
);
const money = amount(1_000_000, "US dollars are expected, at least 0").optional();
const budget = z.strictObject(
  { phase: money, investigation: money, repositoryPerDay: money, installationPerMonth: money },
  "keys and values are expected",
);
export const file = z.strictObject({
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

export type FileSettings = z.infer<typeof file>;
export type FileBudget = z.infer<typeof budget>;

const PRICE_SHAPE = "input/output in US dollars per million tokens is expected, such as 3/15 or 3/15/0.3";
export const PRICE_TEXT = z.string(PRICE_SHAPE).transform((text, context): Price => {
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

/** Without a price for cached input that is not set. */
export function priceOf({
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

export function unknownKey(key: string, path: readonly PropertyKey[]): string {
  if (SECRET_KEYS.includes(key.toLowerCase()))
    return "a key never stands in this file: put it into a variable of the environment and name that with keyVariable";
  // A word without digits is no secret.
  const named = /^[A-Za-z]{1,30}$/.test(key) ? ` ${key}` : " of that name";
  return `there is no key${named}${hint(key, keysAt(path))}`;
}

/** The nearest name, or all of them; the word itself could be a secret and is not repeated. */
export function hint(word: string, names: readonly string[]): string {
  const close = nearest(word, names);
  if (close !== undefined) return `; did you mean ${close}?`;
  return names.length === 0 ? "" : `; there are ${names.join(", ")}`;
}

export function inPath(path: readonly PropertyKey[]): string {
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
