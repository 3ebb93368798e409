/**
 * Takes the copies of each package's `engines` out of `package-lock.json`: `npm run lock`, after a change of dependencies.
 * npm compares them with the Node that runs npm, but a clone runs on Node 24, which this lock file brings.
 * `test/architecture/packages.test.ts` makes that comparison. `docs/decisions/dependencies.md` has the reasons.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const file = join(import.meta.dirname, "../package-lock.json");
const lock = JSON.parse(readFileSync(file, "utf8")) as { packages: Record<string, { engines?: object }> };
for (const [place, entry] of Object.entries(lock.packages)) if (place !== "") delete entry.engines;
writeFileSync(file, `${JSON.stringify(lock, undefined, 2)}\n`);
