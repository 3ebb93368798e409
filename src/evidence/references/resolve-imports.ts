import type { Import } from "../../languages/grammar-rules.ts";
import type { ImportSettings, ModuleFiles } from "../../languages/language.ts";
import { LANGUAGES, type LanguageName, PACKAGE_FILES } from "../../languages/languages.ts";
import { fileNameOf, folderOf, stemOf } from "../../languages/paths.ts";

/** Resolves imports to files, by paths and by the packages and aliases of the repository's settings. */
export interface ImportResolver {
  /** The imported files; none for third-party code or when the import cannot be resolved. */
  resolve(from: string, language: LanguageName, imported: Import): readonly string[];
}

/** Where sources start. */
const ROOTS = ["", "src/", "lib/"];
/** A name that fits more files than this names none of them. */
const MAX_FITTING = 3;

/** `paths`: every file that could be meant. Without settings an import by a package's name means third-party code. */
export function importResolver(paths: Iterable<string>, settings?: ImportSettings): ImportResolver {
  const byStem = new Map<string, string>();
  const byLast = new Map<string, string[]>();
  const byFolder = new Map<string, string[]>();
  for (const path of paths) {
    const stem = stemOf(path);
    if (!byStem.has(stem)) byStem.set(stem, path);
    const last = fileNameOf(stem);
    push(byLast, last, path);
    const folder = fileNameOf(folderOf(path));
    push(byFolder, folder, path);
    // A package is named by its folder.
    if (PACKAGE_FILES.has(last)) push(byLast, folder, path);
  }

  const at = (stem: string): string | undefined => {
    const found = byStem.get(stem);
    if (found !== undefined) return found;
    for (const name of PACKAGE_FILES) {
      const index = byStem.get(stem === "" ? name : `${stem}/${name}`);
      if (index !== undefined) return index;
    }
    return undefined;
  };

  /** Files whose path without ending ends with these parts; a package's own file counts as its folder. */
  const endingWith = (parts: readonly string[]): readonly string[] => {
    const last = parts.at(-1);
    if (last === undefined || last === "") return [];
    const suffix = parts.join("/");
    const fitting = (byLast.get(last) ?? []).filter((path) => {
      const stem = stemOf(path);
      const whole = PACKAGE_FILES.has(fileNameOf(stem)) ? stem.slice(0, stem.lastIndexOf("/")) : stem;
      return [stem, whole].some((name) => name === suffix || name.endsWith(`/${suffix}`));
    });
    // What starts at a source root is meant as it is written: others only end the same way.
    const exactly = fitting.filter((path) => ROOTS.some((root) => isStemOf(path, root + suffix)));
    if (exactly.length > 0) return exactly;
    return fitting.length <= MAX_FITTING ? fitting : [];
  };

  const files: ModuleFiles = {
    at,
    endingWith,
    inFolder: (name) => byFolder.get(name) ?? [],
    settings,
  };
  return {
    resolve: (from, language, imported) => LANGUAGES[language].resolve(imported, folderOf(from), files),
  };
}

/** Whether the path without its ending, or the package that it is the own file of, has this name. */
function isStemOf(path: string, name: string): boolean {
  const stem = stemOf(path);
  return stem === name || (PACKAGE_FILES.has(stem.slice(name.length + 1)) && stem.startsWith(`${name}/`));
}

function push(map: Map<string, string[]>, key: string, path: string): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [path]);
  else known.push(path);
}
