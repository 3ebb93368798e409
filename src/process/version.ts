import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The package's version; the manifest is two folders above, in a clone and in the built package. */
export function version(): string {
  const manifest = readFileSync(join(import.meta.dirname, "../../package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
