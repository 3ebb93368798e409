import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";
import { RunFailure } from "../failure.ts";
import type { SandboxSettings } from "../sandbox/sandbox-settings.ts";

const schema = z.object({
  CASEBOOK_DATA: z.string().min(1).optional(),
  CASEBOOK_WORKERS: z.coerce.number().int().min(1).max(64).optional(),
  CASEBOOK_CACHE_MB: z.coerce.number().int().min(10).max(1_000_000).default(2_000),
  CASEBOOK_DEBUG: z.enum(["0", "1"]).default("0"),
  CASEBOOK_SANDBOX: z.enum(["on", "off"], "one of on, off is expected").default("on"),
  CASEBOOK_TOOLCHAINS: z.string().optional(),
  CASEBOOK_SANDBOX_ROOT: z.string().startsWith("/", "an absolute path is expected").optional(),
  CASEBOOK_DEPENDENCIES: z
    .string()
    .regex(/^\/[^:]*:[^:/][^:]*$/, "an absolute folder, a colon and where the code finds it is expected")
    .optional(),
});

export interface Config {
  /** Folder of mirrors, index and scratch files. */
  readonly data: string;
  /** Threads that parse; undefined: one a core, at most 8. */
  readonly workers: number | undefined;
  /** Bytes of the index on disk. */
  readonly cacheBytes: number;
  /** Stack traces are printed with failures. */
  readonly debug: boolean;
  /** What code that is run finds; undefined: no code is run. */
  readonly sandbox: SandboxSettings | undefined;
}

/** Reads the environment once. Throws RunFailure `usage` that names every wrong variable, never a value. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new RunFailure("usage", `The environment is wrong: ${wrong.join("; ")}`);
  }
  const { CASEBOOK_DATA, CASEBOOK_WORKERS, CASEBOOK_CACHE_MB, CASEBOOK_DEBUG, ...sandbox } = parsed.data;
  const cacheHome = env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  return {
    data: CASEBOOK_DATA ?? join(cacheHome, "casebook"),
    workers: CASEBOOK_WORKERS,
    cacheBytes: CASEBOOK_CACHE_MB * 1_000_000,
    debug: CASEBOOK_DEBUG === "1",
    sandbox: sandboxSettings(sandbox),
  };
}

/** Every variable that each command reads, for the test of `.env.example`. */
export const CONFIG_VARIABLES: readonly string[] = Object.keys(schema.shape);

function sandboxSettings({
  CASEBOOK_SANDBOX,
  CASEBOOK_TOOLCHAINS,
  CASEBOOK_SANDBOX_ROOT,
  CASEBOOK_DEPENDENCIES,
}: Pick<
  z.infer<typeof schema>,
  "CASEBOOK_SANDBOX" | "CASEBOOK_TOOLCHAINS" | "CASEBOOK_SANDBOX_ROOT" | "CASEBOOK_DEPENDENCIES"
>): SandboxSettings | undefined {
  if (CASEBOOK_SANDBOX === "off") return undefined;
  const [from, at] = CASEBOOK_DEPENDENCIES?.split(":") ?? [];
  return {
    toolchains: CASEBOOK_TOOLCHAINS?.split(":").filter(Boolean) ?? [],
    // The Node that runs Casebook is there for projects in JavaScript, wherever it lies.
    node: dirname(process.execPath),
    ...(CASEBOOK_SANDBOX_ROOT === undefined ? {} : { root: CASEBOOK_SANDBOX_ROOT }),
    ...(from === undefined || at === undefined ? {} : { dependencies: { from, at } }),
  };
}
