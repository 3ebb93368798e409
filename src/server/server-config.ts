import type { ModelSettings } from "../llm/model-settings.ts";
import { keyOf } from "../llm/io/open-models.ts";
import { readModelSettings } from "../llm/io/read-model-settings.ts";
import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { RunFailure } from "../failure.ts";
import { LIMITS } from "../text/github-limits.ts";
import { type Config, readConfig } from "../process/config.ts";

export const ROLES = ["all", "web", "worker"] as const;
export type Role = (typeof ROLES)[number];

/** Each variable of the server; `.env.example` explains them, and a test compares the two. */
const schema = z.object({
  APP_ID: z.coerce.number("a number is expected").int().positive(),
  PRIVATE_KEY: z.string().optional(),
  PRIVATE_KEY_PATH: z.string().optional(),
  WEBHOOK_SECRET: z
    .string("it is missing")
    .min(16, "at least 16 characters are expected")
    .refine((secret) => secret !== "development", "the word that Probot falls back to is no secret"),
  WEBHOOK_SECRET_OLD: z.string().min(16, "at least 16 characters are expected").optional(),
  GITHUB_API_URL: z
    .url({ protocol: /^https?$/, error: "an http(s) address is expected" })
    .default("https://api.github.com"),
  HOST: z.string().default("127.0.0.1"),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: "a postgres:// address is expected" }).optional(),
  CASEBOOK_ROLE: z.enum(ROLES, `one of ${ROLES.join(", ")} is expected`).default("all"),
  CASEBOOK_RUNS: z.coerce.number().int().min(1).max(32).default(1),
  CASEBOOK_RUNS_PER_INSTALLATION: z.coerce.number().int().min(1).max(100).default(4),
  CASEBOOK_WRITE_SPACING_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(60_000)
    .default(LIMITS.writeSpacingMilliseconds),
  CASEBOOK_RECONCILE_SECONDS: z.coerce.number().int().min(5).max(86_400).default(180),
  CASEBOOK_WEBHOOK_BYTES: z.coerce
    .number()
    .int()
    .min(65_536)
    .max(LIMITS.webhookBytes)
    .default(LIMITS.webhookBytes),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
});

export interface ServerConfig extends Config {
  /** Undefined: only the built-in researcher. `keys`: the variables that hold keys, and no others. */
  readonly models:
    | {
        readonly settings: ModelSettings;
        readonly keys: Readonly<Record<string, string | undefined>>;
      }
    | undefined;
  readonly app: { readonly id: number; readonly privateKey: string; readonly apiUrl: string };
  /** The newest first; an older one is still accepted while it is rotated. */
  readonly webhookSecrets: readonly string[];
  readonly host: string;
  readonly port: number;
  /** Undefined: the embedded store, in one process. */
  readonly databaseUrl: string | undefined;
  readonly role: Role;
  readonly runs: number;
  readonly runsPerInstallation: number;
  readonly writeSpacing: number;
  readonly reconcileSeconds: number;
  readonly webhookBytes: number;
  readonly logLevel: "debug" | "info" | "warn" | "error" | "silent";
}

/**
 * Reads the server's environment once. Throws RunFailure `usage` that names every wrong or missing variable together,
 * never a value: nothing starts with half a configuration, and nothing has a secret by default.
 */
export function readServerConfig(env: Readonly<Record<string, string | undefined>>): ServerConfig {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const wrong: string[] = [];
  const parsed = schema.safeParse(given);
  if (!parsed.success)
    for (const { path, message } of parsed.error.issues) wrong.push(`${path.join(".")}: ${message}`);
  const key = privateKeyOf(given, wrong);
  const role = given["CASEBOOK_ROLE"];
  if (role !== undefined && role !== "all" && given["DATABASE_URL"] === undefined)
    wrong.push(
      `CASEBOOK_ROLE: ${role === "web" || role === "worker" ? role : "it"} needs DATABASE_URL; the embedded store serves one process with the role all`,
    );
  let base: Config | undefined;
  try {
    base = readConfig(env);
  } catch (error) {
    wrong.push((error as Error).message.replace("The environment is wrong: ", ""));
  }
  let models: ServerConfig["models"];
  try {
    const found = readModelSettings(env);
    if (found !== undefined) models = { settings: found, keys: keysOf(found, env) };
  } catch (error) {
    wrong.push((error as Error).message.replace("The settings of models are wrong: ", ""));
  }
  if (wrong.length > 0 || !parsed.success || base === undefined || key === undefined)
    throw new RunFailure("usage", `The environment is wrong: ${wrong.join("; ")}`);
  const settings = parsed.data;
  return {
    ...base,
    models,
    app: {
      id: settings.APP_ID,
      privateKey: key,
      apiUrl: settings.GITHUB_API_URL.replace(/\/+$/, ""),
    },
    webhookSecrets: [
      settings.WEBHOOK_SECRET,
      ...(settings.WEBHOOK_SECRET_OLD === undefined ? [] : [settings.WEBHOOK_SECRET_OLD]),
    ],
    host: settings.HOST,
    port: settings.PORT,
    databaseUrl: settings.DATABASE_URL,
    role: settings.CASEBOOK_ROLE,
    runs: settings.CASEBOOK_RUNS,
    runsPerInstallation: settings.CASEBOOK_RUNS_PER_INSTALLATION,
    writeSpacing: settings.CASEBOOK_WRITE_SPACING_MS,
    reconcileSeconds: settings.CASEBOOK_RECONCILE_SECONDS,
    webhookBytes: settings.CASEBOOK_WEBHOOK_BYTES,
    logLevel: settings.LOG_LEVEL,
  };
}

/** Throws RunFailure `usage` when a key is missing: that is told at the start, not in the middle of an investigation. */
function keysOf(
  { models }: ModelSettings,
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    models.flatMap((row) => (row.keyVariable === undefined ? [] : [[row.keyVariable, keyOf(row, env)]])),
  );
}

/** What must stand in no log, wherever it comes from: keys of the App and of models, webhook secrets, the database's password. */
export function secretsOf({
  app,
  webhookSecrets,
  databaseUrl,
  models,
}: Pick<ServerConfig, "app" | "webhookSecrets" | "databaseUrl" | "models">): readonly string[] {
  const password = databaseUrl === undefined ? "" : new URL(databaseUrl).password;
  const keys = Object.values(models?.keys ?? {}).flatMap((key) => key ?? []);
  return [app.privateKey, ...webhookSecrets, password, ...keys].filter((secret) => secret !== "");
}

/** Every variable that the server reads, for the test of `.env.example`. */
export const SERVER_VARIABLES: readonly string[] = Object.keys(schema.shape);

/** From the variable (line ends may be written `\n`, or the whole in base64) or from the file that a variable names. */
function privateKeyOf(
  env: Readonly<Record<string, string | undefined>>,
  wrong: string[],
): string | undefined {
  const { PRIVATE_KEY: inline, PRIVATE_KEY_PATH: path } = env;
  if ((inline === undefined) === (path === undefined)) {
    wrong.push(
      inline === undefined
        ? "PRIVATE_KEY: it or PRIVATE_KEY_PATH is missing"
        : "PRIVATE_KEY: it and PRIVATE_KEY_PATH are both set; keep one",
    );
    return undefined;
  }
  let text: string;
  try {
    text = inline ?? readFileSync(path!, "utf8");
  } catch (error) {
    wrong.push(
      `PRIVATE_KEY_PATH: the file cannot be read (${(error as NodeJS.ErrnoException).code ?? "no reason given"})`,
    );
    return undefined;
  }
  const pem = text.includes("-----BEGIN")
    ? text.replaceAll("\\n", "\n")
    : Buffer.from(text, "base64").toString("utf8");
  try {
    createPrivateKey(pem);
    return pem;
  } catch {
    wrong.push(
      `${inline === undefined ? "PRIVATE_KEY_PATH" : "PRIVATE_KEY"}: it is not a private key in PEM`,
    );
    return undefined;
  }
}
