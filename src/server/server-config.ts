import type { ModelSettings } from "../llm/model-settings.ts";
import { keyOf } from "../llm/io/open-models.ts";
import { readModelSettings } from "../llm/io/read-model-settings.ts";
import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { LIMITS } from "../text/github-limits.ts";
import { MIN_SECRET, readSecrets } from "./webhook-secrets.ts";
import {
  type Config,
  type Environment,
  oneOf,
  parseConfig,
  problemsOf,
  wholeNumber,
  withoutEmpty,
  wrongSettings,
} from "../process/config.ts";

const ROLES = ["all", "web", "worker"] as const;
type Role = (typeof ROLES)[number];

/** The variables of the server. `.env.example` explains them, and a test compares the two. */
const NUMBER = "must be the number of the App";
const SECRET = `must have at least ${MIN_SECRET} characters`;

const schema = z.object({
  APP_ID: z.coerce.number(NUMBER).int(NUMBER).positive(NUMBER),
  PRIVATE_KEY: z.string().optional(),
  PRIVATE_KEY_PATH: z.string().optional(),
  WEBHOOK_SECRET: z.string().min(MIN_SECRET, SECRET).optional(),
  WEBHOOK_SECRET_OLD: z.string().min(MIN_SECRET, SECRET).optional(),
  WEBHOOK_SECRETS_PATH: z.string().optional(),
  GITHUB_API_URL: z
    .url({ protocol: /^https?$/, error: "must be an http or https address" })
    .default("https://api.github.com"),
  HOST: z.string().default("127.0.0.1"),
  PORT: wholeNumber(0, 65_535).default(3000),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: "must be a postgres:// address" }).optional(),
  CASEBOOK_ROLE: oneOf(ROLES).default("all"),
  CASEBOOK_RUNS: wholeNumber(1, 32).default(1),
  CASEBOOK_RUNS_PER_INSTALLATION: wholeNumber(1, 100).default(4),
  CASEBOOK_WRITE_SPACING_MS: wholeNumber(0, 60_000).default(LIMITS.writeSpacingMilliseconds),
  CASEBOOK_RECONCILE_SECONDS: wholeNumber(5, 86_400).default(180),
  CASEBOOK_KEEP_DAYS: wholeNumber(7, 3_650).default(30),
  CASEBOOK_DELIVERY_DAYS: wholeNumber(1, 30).default(LIMITS.deliveryDays),
  CASEBOOK_WEBHOOK_BYTES: wholeNumber(65_536, LIMITS.webhookBytes).default(LIMITS.webhookBytes),
  LOG_LEVEL: oneOf(["debug", "info", "warn", "error", "silent"]).default("info"),
});

export interface ServerConfig extends Config {
  /** Undefined: only the built-in researcher runs. `keys`: the variables that hold keys, and no others. */
  readonly models:
    | {
        readonly settings: ModelSettings;
        readonly keys: Readonly<Record<string, string | undefined>>;
      }
    | undefined;
  readonly app: { readonly id: number; readonly privateKey: string; readonly apiUrl: string };
  /** The newest first. The server accepts an older one during a rotation. */
  readonly webhookSecrets: readonly string[];
  /** The file that they are in, which is read again when it changes; undefined: they are settings. */
  readonly webhookSecretsPath: string | undefined;
  readonly host: string;
  readonly port: number;
  /** Undefined: the embedded store, in one process. */
  readonly databaseUrl: string | undefined;
  readonly role: Role;
  readonly runs: number;
  readonly runsPerInstallation: number;
  readonly writeSpacing: number;
  readonly reconcileSeconds: number;
  readonly keepDays: number;
  readonly deliveryDays: number;
  readonly webhookBytes: number;
  readonly logLevel: "debug" | "info" | "warn" | "error" | "silent";
}

/**
 * Reads the server's settings once. Throws RunFailure `usage` that names every wrong or missing variable together: the
 * server does not start with half a configuration, and no secret has a default.
 */
export function readServerConfig(variables: Readonly<Record<string, string | undefined>>): ServerConfig {
  const env = withoutEmpty(variables);
  const wrong: string[] = [];
  const parsed = schema.safeParse(env);
  if (!parsed.success) wrong.push(...problemsOf(parsed.error, env));
  const key = privateKeyOf(env, wrong);
  const secrets = secretsFrom(env, wrong);
  const role = env["CASEBOOK_ROLE"];
  if ((role === "web" || role === "worker") && env["DATABASE_URL"] === undefined)
    wrong.push(
      `CASEBOOK_ROLE: ${role} needs DATABASE_URL, because the embedded store serves one process with the role all`,
    );
  const base = parseConfig(env);
  if ("problems" in base) wrong.push(...base.problems);
  let models: ServerConfig["models"];
  try {
    const found = readModelSettings(env);
    if (found !== undefined) models = { settings: found, keys: keysOf(found, env) };
  } catch (error) {
    wrong.push((error as Error).message.replace("The settings of models are wrong: ", ""));
  }
  if (wrong.length > 0 || !parsed.success || "problems" in base || key === undefined)
    throw wrongSettings(wrong, lacksApp(env) ? `. ${SETUP}` : "");
  const settings = parsed.data;
  return {
    ...base,
    models,
    app: {
      id: settings.APP_ID,
      privateKey: key,
      apiUrl: settings.GITHUB_API_URL.replace(/\/+$/, ""),
    },
    webhookSecrets: secrets,
    webhookSecretsPath: settings.WEBHOOK_SECRETS_PATH,
    host: settings.HOST,
    port: settings.PORT,
    databaseUrl: settings.DATABASE_URL,
    role: settings.CASEBOOK_ROLE,
    runs: settings.CASEBOOK_RUNS,
    runsPerInstallation: settings.CASEBOOK_RUNS_PER_INSTALLATION,
    writeSpacing: settings.CASEBOOK_WRITE_SPACING_MS,
    reconcileSeconds: settings.CASEBOOK_RECONCILE_SECONDS,
    keepDays: settings.CASEBOOK_KEEP_DAYS,
    deliveryDays: settings.CASEBOOK_DELIVERY_DAYS,
    webhookBytes: settings.CASEBOOK_WEBHOOK_BYTES,
    logLevel: settings.LOG_LEVEL,
  };
}

/** The secrets of the settings, or of the file that `WEBHOOK_SECRETS_PATH` names. */
function secretsFrom(env: Environment, wrong: string[]): readonly string[] {
  const { WEBHOOK_SECRET: newest, WEBHOOK_SECRET_OLD: old, WEBHOOK_SECRETS_PATH: path } = env;
  if (path === undefined) {
    if (newest === undefined) wrong.push("WEBHOOK_SECRET: is missing, and so is WEBHOOK_SECRETS_PATH");
    return [newest, old].filter((secret) => secret !== undefined);
  }
  if (newest !== undefined || old !== undefined) {
    wrong.push("WEBHOOK_SECRETS_PATH: is set, and so is WEBHOOK_SECRET; keep one");
    return [];
  }
  try {
    return readSecrets(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    wrong.push(
      `WEBHOOK_SECRETS_PATH: ${code === undefined ? message : `names a file that Casebook cannot read (${code})`}`,
    );
    return [];
  }
}

const SETUP = "`casebook setup` registers an App and writes its settings to .env";

/** No setting of the App is there: the operator has not run `casebook setup`, or runs in another folder. */
function lacksApp(env: Environment): boolean {
  return ["APP_ID", "PRIVATE_KEY", "PRIVATE_KEY_PATH", "WEBHOOK_SECRET", "WEBHOOK_SECRETS_PATH"].every(
    (name) => !(name in env),
  );
}

/** Throws RunFailure `usage` when a key is missing: at the start, not in the middle of an investigation. */
function keysOf(
  { models }: ModelSettings,
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    models.flatMap((row) => (row.keyVariable === undefined ? [] : [[row.keyVariable, keyOf(row, env)]])),
  );
}

/** Texts that no log may contain: keys of the App and of models, webhook secrets, the password of the database. */
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

/** The variables that the server reads. A test compares them with `.env.example`. */
export const SERVER_VARIABLES: readonly string[] = Object.keys(schema.shape);

/** The key in PRIVATE_KEY (line ends may be written `\n`, or all of it in base64) or in the file of PRIVATE_KEY_PATH. */
function privateKeyOf(env: Environment, wrong: string[]): string | undefined {
  const { PRIVATE_KEY: inline, PRIVATE_KEY_PATH: path } = env;
  if ((inline === undefined) === (path === undefined)) {
    wrong.push(
      inline === undefined
        ? "PRIVATE_KEY: is missing, and so is PRIVATE_KEY_PATH"
        : "PRIVATE_KEY: is set, and so is PRIVATE_KEY_PATH; keep one",
    );
    return undefined;
  }
  let text: string;
  try {
    text = inline ?? readFileSync(path!, "utf8");
  } catch (error) {
    wrong.push(
      `PRIVATE_KEY_PATH: names a file that Casebook cannot read (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`,
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
      `${inline === undefined ? "PRIVATE_KEY_PATH: names a file without" : "PRIVATE_KEY: is not"} a private key in PEM`,
    );
    return undefined;
  }
}
