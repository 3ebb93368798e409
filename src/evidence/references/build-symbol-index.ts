import type { FileSyntax, SymbolDefinition } from "../../languages/syntax.ts";
import { MAX_BLOB_BYTES } from "../../repository/source-tree.ts";
import type { Codebase } from "../../repository/codebase.ts";
import { IMPORT_SETTINGS, parseImportSettings } from "../../languages/javascript-packages.ts";
import type { ImportSettings } from "../../languages/language.ts";

/** Files beyond this many, by path order, are not indexed. */
const MAX_FILES = 8_000;
const MAX_SETTINGS = 300;
const MAX_SETTINGS_LENGTH = 200_000;

export interface Definition {
  readonly path: string;
  readonly symbol: SymbolDefinition;
}

/** The syntax of every file with a grammar: sources, tests and examples; not generated and vendored code. */
export interface SymbolIndex {
  readonly files: ReadonlyMap<string, FileSyntax>;
  /** Every definition by its name. */
  readonly definitions: ReadonlyMap<string, readonly Definition[]>;
  /** Text files with a grammar whose syntax is not there: over a limit of steps, of size or of files. By path. */
  readonly unparsed: readonly string[];
  /** Packages and aliases of the repository; absent when its settings were not read. */
  readonly importSettings?: ImportSettings;
}

export async function buildSymbolIndex(codebase: Codebase, signal?: AbortSignal): Promise<SymbolIndex> {
  const wanted = codebase.tree.entries
    .map(({ path }) => path)
    .filter((path) => {
      const role = codebase.roleOf(path);
      return (
        (role === "source" || role === "test" || role === "auxiliary" || role === "config") &&
        codebase.languageOf(path) !== undefined
      );
    });
  const files = new Map<string, FileSyntax>();
  for await (const { path, syntax } of codebase.syntaxes(wanted.slice(0, MAX_FILES), signal))
    files.set(path, syntax);
  const definitions = new Map<string, Definition[]>();
  for (const [path, syntax] of [...files].sort(([a], [b]) => (a < b ? -1 : 1)))
    for (const symbol of syntax.symbols) {
      const same = definitions.get(symbol.name);
      if (same === undefined) definitions.set(symbol.name, [{ path, symbol }]);
      else same.push({ path, symbol });
    }
  const importSettings = await readImportSettings(codebase, signal);
  return { files, definitions, unparsed: await unparsedOf(codebase, wanted, files), importSettings };
}

async function unparsedOf(
  codebase: Codebase,
  wanted: readonly string[],
  files: ReadonlyMap<string, FileSyntax>,
): Promise<readonly string[]> {
  const unparsed: string[] = [];
  for (const path of wanted) {
    if (files.has(path)) continue;
    const entry = codebase.tree.find(path);
    // What is binary, a link or missing has no syntax to be read.
    const isText =
      entry?.kind !== "symlink" &&
      entry?.isMissing !== true &&
      ((entry?.size ?? 0) > MAX_BLOB_BYTES || (await codebase.text(path)) !== undefined);
    if (isText) unparsed.push(path);
  }
  return unparsed;
}

/** Reads every settings file that is not vendored. */
async function readImportSettings(codebase: Codebase, signal?: AbortSignal): Promise<ImportSettings> {
  const texts = new Map<string, string>();
  const paths = codebase.tree.entries
    .map(({ path }) => path)
    .filter((path) => IMPORT_SETTINGS.test(path) && codebase.roleOf(path) !== "vendored");
  for (const path of paths.slice(0, MAX_SETTINGS)) {
    signal?.throwIfAborted();
    const text = (await codebase.text(path))?.text;
    if (text !== undefined && text.length <= MAX_SETTINGS_LENGTH) texts.set(path, text);
  }
  return parseImportSettings(texts);
}
