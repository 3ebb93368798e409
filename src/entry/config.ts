import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { RunFailure } from "../domain/failure.ts";

const schema = z.object({
  CASEBOOK_DATA: z.string().min(1).optional(),
  CASEBOOK_WORKERS: z.coerce.number().int().min(1).max(64).optional(),
  CASEBOOK_CACHE_MB: z.coerce.number().int().min(10).max(1_000_000).default(2_000),
  CASEBOOK_DEBUG: z.enum(["0", "1"]).default("0"),
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
}

/** Reads the environment once. Throws RunFailure `usage` that names every wrong variable, never a value. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new RunFailure("usage", `The environment is wrong: ${wrong.join("; ")}`);
  }
  const { CASEBOOK_DATA, CASEBOOK_WORKERS, CASEBOOK_CACHE_MB, CASEBOOK_DEBUG } = parsed.data;
  const cacheHome = env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  return {
    data: CASEBOOK_DATA ?? join(cacheHome, "casebook"),
    workers: CASEBOOK_WORKERS,
    cacheBytes: CASEBOOK_CACHE_MB * 1_000_000,
    debug: CASEBOOK_DEBUG === "1",
  };
}
