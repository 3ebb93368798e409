import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The version of the package. `package.json` is two folders above, in a clone and in the build. */
export function version(): string {
  const manifest = readFileSync(join(import.meta.dirname, "../../package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
