import { parse, type ParseError } from "jsonc-parser";
import type { ImportSettings, Language, ModuleFiles, PathAlias, PackageFolder } from "./language.ts";
import { folderOf, joinPath } from "./paths.ts";

/** A relative path, an alias or a package of the repository. */
export const resolveModule: Language["resolve"] = ({ source }, folder, files) => {
  const found = source.startsWith(".")
    ? script(joinPath(folder, source), files)
    : named(folder, source, files);
  return found === undefined ? [] : [found];
};

/** A module; its import may name the file that a compiler would make of it. */
function script(target: string, files: ModuleFiles): string | undefined {
  return files.at(target) ?? files.at(target.replace(/\.(m|c)?[jt]sx?$/, ""));
}

/** By the aliases that hold in a folder, then by the name of a package of the repository. */
function named(folder: string, source: string, files: ModuleFiles): string | undefined {
  for (const { scope, pattern, targets } of files.settings?.aliases ?? []) {
    if (scope !== "" && folder !== scope && !folder.startsWith(`${scope}/`)) continue;
    const rest = matchOne(pattern, source);
    if (rest === undefined) continue;
    for (const target of targets) {
      const found = script(joinPath("", target.replace("*", rest)), files);
      if (found !== undefined) return found;
    }
  }
  const name = source
    .split("/")
    .slice(0, source.startsWith("@") ? 2 : 1)
    .join("/");
  const known = files.settings?.packages.get(name);
  if (known === undefined) return undefined;
  const rest = source.slice(name.length);
  const places = rest === "" ? [...known.entries, "src", "", "lib"] : [rest, `src${rest}`, `lib${rest}`];
  for (const place of places) {
    const found = script(joinPath(known.folder, place), files);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The text that matches `*` of the pattern; undefined when the pattern does not match. */
function matchOne(pattern: string, text: string): string | undefined {
  const star = pattern.indexOf("*");
  if (star < 0) return pattern === text ? "" : undefined;
  const [head, tail] = [pattern.slice(0, star), pattern.slice(star + 1)];
  const fits = text.length >= head.length + tail.length && text.startsWith(head) && text.endsWith(tail);
  return fits ? text.slice(head.length, text.length - tail.length) : undefined;
}

/** The files that `parseImportSettings` reads. */
export const IMPORT_SETTINGS = /(^|\/)(package\.json|[jt]sconfig(\.\w{1,20})?\.json)$/;

/** Reads package.json and tsconfig.json files, `texts` by path. A file that is no JSON with comments is ignored. */
export function parseImportSettings(texts: ReadonlyMap<string, string>): ImportSettings {
  const packages = new Map<string, PackageFolder>();
  const aliases: PathAlias[] = [];
  for (const [path, text] of texts) {
    const content = parseLenient(text);
    const folder = folderOf(path);
    if (path.endsWith("package.json")) {
      const name = textOf(content, "name");
      if (name !== undefined && !packages.has(name))
        packages.set(name, {
          folder,
          entries: ["source", "module", "main", "types"].flatMap((key) => textOf(content, key) ?? []),
        });
    } else aliases.push(...aliasesOf(folder, content));
  }
  aliases.sort((a, b) => b.scope.length - a.scope.length || b.pattern.length - a.pattern.length);
  return { packages, aliases };
}

function aliasesOf(folder: string, content: unknown): PathAlias[] {
  const options = fieldOf(content, "compilerOptions");
  const baseUrl = textOf(options, "baseUrl");
  const base = `${folder}/${baseUrl ?? ""}`;
  const found: PathAlias[] = [];
  const paths = fieldOf(options, "paths");
  for (const [pattern, targets] of Object.entries(typeof paths === "object" ? (paths ?? {}) : {}))
    if (Array.isArray(targets))
      found.push({
        scope: folder,
        pattern,
        targets: targets.filter((one) => typeof one === "string").map((one) => `${base}/${one}`),
      });
  if (baseUrl !== undefined) found.push({ scope: folder, pattern: "*", targets: [`${base}/*`] });
  return found;
}

/** JSON with comments and trailing commas, as these files have them; undefined for anything else. */
function parseLenient(text: string): unknown {
  const errors: ParseError[] = [];
  try {
    const value: unknown = parse(text.replace(/^\uFEFF/, ""), errors, { allowTrailingComma: true });
    return errors.length === 0 ? value : undefined;
  } catch {
    // Brackets nested beyond the stack.
    return undefined;
  }
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

function textOf(value: unknown, key: string): string | undefined {
  const found = fieldOf(value, key);
  return typeof found === "string" ? found : undefined;
}
