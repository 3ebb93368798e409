/** Builds the published package: the sources without their types, `.ts` in imports turned into `.js`. `npm run build` */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { dirname, join, relative } from "node:path";

const root = join(import.meta.dirname, "..");
const out = join(root, "dist");
rmSync(out, { recursive: true, force: true });
for (const entry of readdirSync(join(root, "src"), { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const source = join(entry.parentPath, entry.name);
  if (entry.name.endsWith(".json")) {
    // Data that a module reads beside itself.
    const copy = join(out, relative(join(root, "src"), source));
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(source, copy);
    continue;
  }
  if (!entry.name.endsWith(".ts")) continue;
  const target = join(out, relative(join(root, "src"), source)).replace(/\.ts$/, ".js");
  const code = stripTypeScriptTypes(readFileSync(source, "utf8"), { mode: "strip" });
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, code.replace(/((?:from|import\()\s*"\.[^"\n]*)\.ts"/g, '$1.js"'));
}
