import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import { RunFailure } from "../failure.ts";
import type { SandboxSettings } from "../sandbox/sandbox-settings.ts";
import { type SuiteSettings, suiteSchema } from "../sandbox/suite-settings.ts";

/** A whole number from a variable. */
export function wholeNumber(min: number, max: number): z.ZodCoercedNumber {
  const expected = `must be a whole number from ${min} to ${max}`;
  return z.coerce.number(expected).int(expected).min(min, expected).max(max, expected);
}

/** One of a few words from a variable. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, `must be one of ${words.join(", ")}`);
}

const schema = z.object({
  CASEBOOK_DATA: z.string().min(1).optional(),
  CASEBOOK_WORKERS: wholeNumber(1, 64).optional(),
  CASEBOOK_CACHE_MB: wholeNumber(10, 1_000_000).default(2_000),
  CASEBOOK_FETCH_MB: wholeNumber(1, 1_000_000).default(15_000),
  CASEBOOK_MIRRORS_MB: wholeNumber(1, 100_000_000).default(50_000),
  CASEBOOK_MIRROR_DAYS: wholeNumber(1, 3_650).default(90),
  CASEBOOK_PRIVATE_HOSTS: z
    .string()
    .regex(/^[\w.:-]+(?:\s*,\s*[\w.:-]+)*$/, "must be names of hosts, separated by commas")
    .transform((text) => text.split(/\s*,\s*/))
    .optional(),
  CASEBOOK_DEBUG: oneOf(["0", "1"]).default("0"),
  CASEBOOK_SANDBOX: oneOf(["on", "off"]).default("on"),
  CASEBOOK_TOOLCHAINS: z.string().optional(),
  CASEBOOK_SANDBOX_ROOT: z.string().startsWith("/", "must be an absolute path").optional(),
  CASEBOOK_DEPENDENCIES: z
    .string()
    .regex(/^\/[^:]*:[^:/][^:]*$/, "must be an absolute folder, a colon and a path in the repository")
    .optional(),
  CASEBOOK_SUITE: z.string().max(20_000).transform(suiteFrom).optional(),
  CASEBOOK_SUITE_OF_REPOSITORY: oneOf(["on", "off"]).default("on"),
  CASEBOOK_SINCE_MINUTES: wholeNumber(0, 600).default(15),
});

/** YAML, of which JSON is a part, with the keys of `suite` in `.github/casebook.yml`. A problem never has the value. */
function suiteFrom(text: string, context: z.RefinementCtx): SuiteSettings {
  const document = parseDocument(text, { schema: "core" });
  const read = suiteSchema.safeParse(
    document.errors.length > 0 ? undefined : document.toJS({ maxAliasCount: 0 }),
  );
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const place = issue?.path.map(String).join(".") ?? "";
  const unknown = issue?.code === "unrecognized_keys";
  context.addIssue({
    code: "custom",
    message: `must be keys and values such as { framework: pytest, seconds: 900 }${
      unknown ? "; a key is not known" : place === "" ? "" : `; ${inlineOf(place)}: ${issue?.message}`
    }`,
  });
  return z.NEVER;
}

function inlineOf(place: string): string {
  return place.replaceAll(/[^\w.]/g, "").slice(0, 40);
}

export interface Config {
  /** Folder of mirrors, index and scratch files. */
  readonly data: string;
  /** Parser threads; undefined: one for each core, at most 8. */
  readonly workers: number | undefined;
  /** The limit of the index on disk, in bytes. */
  readonly cacheBytes: number;
  /** Bytes that one fetch of a repository may bring. */
  readonly fetchBytes: number;
  /** When mirrors of repositories are removed: all of them together are larger, or one was not opened for so long. */
  readonly mirrors: { readonly bytes: number; readonly days: number };
  /** Hosts of this machine or a private network whose repositories a URL on the command line may name. */
  readonly privateHosts: readonly string[];
  /** Print stack traces of failures. */
  readonly debug: boolean;
  /** The surroundings of code that runs; undefined: no code runs. */
  readonly sandbox: SandboxSettings | undefined;
}

/** An environment whose empty variables are not set. */
export type Environment = Readonly<Record<string, string>>;

export function withoutEmpty(env: Readonly<Record<string, string | undefined>>): Environment {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => ![undefined, ""].includes(entry[1])),
  );
}

/** One sentence for each wrong variable. A sentence never has the value, which may be a secret. */
export function problemsOf(error: z.ZodError, env: Environment): readonly string[] {
  return error.issues.map(({ path, message }) => {
    const name = path.join(".");
    return `${name}: ${name in env ? message : "is missing"}`;
  });
}

export function wrongSettings(problems: readonly string[], advice = ""): RunFailure {
  return new RunFailure("usage", `The settings are wrong: ${problems.join("; ")}${advice}`);
}

/** Reads the settings of every command once. Throws RunFailure `usage` that names every wrong variable. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const read = parseConfig(withoutEmpty(env));
  if ("problems" in read) throw wrongSettings(read.problems);
  return read;
}

export function parseConfig(env: Environment): Config | { readonly problems: readonly string[] } {
  const parsed = schema.safeParse(env);
  if (!parsed.success) return { problems: problemsOf(parsed.error, env) };
  const {
    CASEBOOK_DATA,
    CASEBOOK_WORKERS,
    CASEBOOK_CACHE_MB,
    CASEBOOK_FETCH_MB,
    CASEBOOK_MIRRORS_MB,
    CASEBOOK_MIRROR_DAYS,
    CASEBOOK_PRIVATE_HOSTS = [],
    CASEBOOK_DEBUG,
    ...sandbox
  } = parsed.data;
  const cacheHome = env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return {
    data: CASEBOOK_DATA ?? join(cacheHome, "casebook"),
    workers: CASEBOOK_WORKERS,
    cacheBytes: CASEBOOK_CACHE_MB * 1_000_000,
    fetchBytes: CASEBOOK_FETCH_MB * 1_000_000,
    mirrors: { bytes: CASEBOOK_MIRRORS_MB * 1_000_000, days: CASEBOOK_MIRROR_DAYS },
    privateHosts: CASEBOOK_PRIVATE_HOSTS,
    debug: CASEBOOK_DEBUG === "1",
    sandbox: sandboxSettings(sandbox),
  };
}

/** The variables that every command reads. A test compares them with `.env.example`. */
export const CONFIG_VARIABLES: readonly string[] = Object.keys(schema.shape);

function sandboxSettings({
  CASEBOOK_SANDBOX,
  CASEBOOK_TOOLCHAINS,
  CASEBOOK_SANDBOX_ROOT,
  CASEBOOK_DEPENDENCIES,
  CASEBOOK_SUITE,
  CASEBOOK_SUITE_OF_REPOSITORY,
  CASEBOOK_SINCE_MINUTES,
}: Pick<
  z.infer<typeof schema>,
  | "CASEBOOK_SANDBOX"
  | "CASEBOOK_TOOLCHAINS"
  | "CASEBOOK_SANDBOX_ROOT"
  | "CASEBOOK_DEPENDENCIES"
  | "CASEBOOK_SUITE"
  | "CASEBOOK_SUITE_OF_REPOSITORY"
  | "CASEBOOK_SINCE_MINUTES"
>): SandboxSettings | undefined {
  if (CASEBOOK_SANDBOX === "off") return undefined;
  const [from, at] = CASEBOOK_DEPENDENCIES?.split(":") ?? [];
  return {
    sinceMinutes: CASEBOOK_SINCE_MINUTES,
    toolchains: CASEBOOK_TOOLCHAINS?.split(":").filter(Boolean) ?? [],
    // Projects in JavaScript run on the Node that runs Casebook, which may be in any folder.
    node: dirname(process.execPath),
    ...(CASEBOOK_SANDBOX_ROOT === undefined ? {} : { root: CASEBOOK_SANDBOX_ROOT }),
    ...(from === undefined || at === undefined ? {} : { dependencies: { from, at } }),
    ...(CASEBOOK_SUITE === undefined ? {} : { suite: CASEBOOK_SUITE }),
    ...(CASEBOOK_SUITE_OF_REPOSITORY === "on" ? {} : { takesSuites: false }),
  };
}
