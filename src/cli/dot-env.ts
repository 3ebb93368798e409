import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";

/** The settings of `.env` in the folder. The environment overrides them. */
export function dotEnv(folder: string): Readonly<Record<string, string | undefined>> {
  const file = join(folder, ".env");
  return existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {};
}
