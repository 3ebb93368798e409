import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { KEPT } from "../kept-folder.ts";

/**
 * Puts an embedded PostgreSQL without any tables below a data folder. To make one takes 3.6 s of a core, to copy it 0.1;
 * `store/io/embedded.test.ts` and `simulate` test that the App makes its own where there is none.
 */
export async function prepareStore(data: string): Promise<void> {
  cpSync(await emptyStore(), join(data, "store"), { recursive: true });
}

/** The first that needs it makes it. Of several that start together one wins, and nobody sees half of it. */
async function emptyStore(): Promise<string> {
  const ready = join(KEPT, `store-of-pglite-${pgliteVersion()}`);
  if (existsSync(ready)) return ready;
  mkdirSync(KEPT, { recursive: true });
  const making = mkdtempSync(join(KEPT, "making-"));
  try {
    const store = join(making, "store");
    await (await PGlite.create(store)).close();
    try {
      renameSync(store, ready);
    } catch (error) {
      if (!existsSync(ready)) throw error;
    }
    return ready;
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}

function pgliteVersion(): string {
  const entry = createRequire(import.meta.url).resolve("@electric-sql/pglite");
  const manifest = JSON.parse(readFileSync(join(dirname(entry), "../package.json"), "utf8")) as {
    readonly version: string;
  };
  return manifest.version;
}
