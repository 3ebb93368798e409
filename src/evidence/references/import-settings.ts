import type { Codebase } from "../../repository/codebase.ts";

/** What package.json and tsconfig.json files of a repository say about the imports of its JavaScript and TypeScript. */
export interface ImportSettings {
  /** The packages of a monorepo, by name. */
  readonly packages: ReadonlyMap<string, PackageFolder>;
  /** In order of how much they say: those of the innermost folder first. */
  readonly aliases: readonly PathAlias[];
}

export interface PackageFolder {
  /** "" for the repository itself. */
  readonly folder: string;
  /** Files that the package names as its entry, as written; mostly of a build that is not in the repository. */
  readonly entries: readonly string[];
}

/** `compilerOptions.paths`, and `baseUrl` as the pattern `*`. */
export interface PathAlias {
  /** Files below it are meant. */
  readonly scope: string;
  /** With one `*` at most. */
  readonly pattern: string;
  /** Paths from the root of the repository. */
  readonly targets: readonly string[];
}

const MAX_SETTINGS = 300;
const MAX_LENGTH = 200_000;
const SETTINGS = /(^|\/)(package\.json|[jt]sconfig(\.\w{1,20})?\.json)$/;

/** Reads every settings file that is not vendored. A file that is no JSON, even with comments, says nothing. */
export async function readImportSettings(codebase: Codebase, signal?: AbortSignal): Promise<ImportSettings> {
  const texts = new Map<string, string>();
  const paths = codebase.tree.entries
    .map(({ path }) => path)
    .filter((path) => SETTINGS.test(path) && codebase.roleOf(path) !== "vendored");
  for (const path of paths.slice(0, MAX_SETTINGS)) {
    signal?.throwIfAborted();
    const text = (await codebase.text(path))?.text;
    if (text !== undefined && text.length <= MAX_LENGTH) texts.set(path, text);
  }
  return parseImportSettings(texts);
}

/** `texts`: settings files by path. */
export function parseImportSettings(texts: ReadonlyMap<string, string>): ImportSettings {
  const packages = new Map<string, PackageFolder>();
  const aliases: PathAlias[] = [];
  for (const [path, text] of texts) {
    const content = parseLenient(text);
    const folder = path.slice(0, Math.max(0, path.lastIndexOf("/")));
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

/** JSON with comments and commas too many, as these files have them; undefined for anything else. */
function parseLenient(text: string): unknown {
  const keepText = (_match: string, quoted: string | undefined): string => quoted ?? "";
  // A comment that is never closed goes to the end: looking for its end again and again would be quadratic.
  const plain = text
    .replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g, keepText)
    .replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, keepText);
  try {
    return JSON.parse(plain.replace(/^\uFEFF/, ""));
  } catch {
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
