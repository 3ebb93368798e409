/**
 * Builds the published package: the sources without their types, and the grammars. `npm run build`, and by itself before
 * `npm pack`.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire, stripTypeScriptTypes } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { LANGUAGES } from "../src/languages/languages.ts";

const root = join(import.meta.dirname, "..");
const sources = join(root, "src");

/** Replaces the folder `out`. */
export function build(out: string): void {
  rmSync(out, { recursive: true, force: true });
  for (const entry of readdirSync(sources, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const source = join(entry.parentPath, entry.name);
    const target = join(out, relative(sources, source));
    mkdirSync(dirname(target), { recursive: true });
    if (!entry.name.endsWith(".ts")) {
      copyFileSync(source, target);
      continue;
    }
    const code = stripTypeScriptTypes(readFileSync(source, "utf8"), { mode: "strip" });
    // Type imports leave blank lines; imports name the built files.
    writeFileSync(
      target.replace(/\.ts$/, ".js"),
      code.replace(/((?:from|import\()\s*"\.[^"\n]*)\.ts"/g, '$1.js"'),
    );
  }
  // The packages of the grammars are 80 MB with the sources and binaries of other systems; these files are 23 MB.
  mkdirSync(join(out, "grammars"));
  const { resolve } = createRequire(import.meta.url);
  for (const { wasm } of Object.values(LANGUAGES))
    copyFileSync(resolve(wasm), join(out, "grammars", basename(wasm)));
}

if (import.meta.main) build(join(root, "dist"));
