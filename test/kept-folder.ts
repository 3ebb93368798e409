import { join } from "node:path";

/** What test runs keep for each other and for the next one; `npm ci` removes it. */
export const KEPT = join(import.meta.dirname, "../node_modules/.cache/casebook-tests");
