import type { Import, Language } from "../../languages/syntax.ts";
import type { ImportSettings } from "./import-settings.ts";

/** Finds the files that an import means: by paths, and by what settings say of packages and aliases. */
export interface ImportResolver {
  /** Paths that the import brings in, none when it is somebody else's code or cannot be told. */
  resolve(from: string, language: Language, imported: Import): readonly string[];
}

const INDEX_NAMES = new Set(["index", "__init__", "mod", "lib", "main"]);
/** Where sources start. */
const ROOTS = ["", "src/", "lib/"];
/** A name that fits more files than this names none of them. */
const MAX_FITTING = 3;

/** `paths`: every file that could be meant. Without settings an import by a package's name means somebody else's code. */
export function importResolver(paths: Iterable<string>, settings?: ImportSettings): ImportResolver {
  const byStem = new Map<string, string>();
  const byLast = new Map<string, string[]>();
  const byFolder = new Map<string, string[]>();
  for (const path of paths) {
    const stem = stemOf(path);
    if (!byStem.has(stem)) byStem.set(stem, path);
    const last = stem.slice(stem.lastIndexOf("/") + 1);
    push(byLast, last, path);
    const folder = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    push(byFolder, folder.slice(folder.lastIndexOf("/") + 1), path);
    // A package is named by its folder.
    if (INDEX_NAMES.has(last)) push(byLast, folder.slice(folder.lastIndexOf("/") + 1), path);
  }

  const exact = (stem: string): string | undefined => {
    const found = byStem.get(stem);
    if (found !== undefined) return found;
    for (const name of INDEX_NAMES) {
      const index = byStem.get(stem === "" ? name : `${stem}/${name}`);
      if (index !== undefined) return index;
    }
    return undefined;
  };

  /** Files whose path without ending ends with these parts; a package's own file counts as its folder. */
  const bySuffix = (parts: readonly string[]): readonly string[] => {
    const last = parts.at(-1);
    if (last === undefined || last === "") return [];
    const suffix = parts.join("/");
    const fitting = (byLast.get(last) ?? []).filter((path) => {
      const stem = stemOf(path);
      const whole = INDEX_NAMES.has(stem.slice(stem.lastIndexOf("/") + 1))
        ? stem.slice(0, stem.lastIndexOf("/"))
        : stem;
      return [stem, whole].some((name) => name === suffix || name.endsWith(`/${suffix}`));
    });
    // What starts at a source root is meant as it is written: others only end the same way.
    const exactly = fitting.filter((path) => ROOTS.some((root) => isStemOf(path, root + suffix)));
    if (exactly.length > 0) return exactly;
    return fitting.length <= MAX_FITTING ? fitting : [];
  };

  /** A module of JavaScript or TypeScript; its import may name the file that a compiler would make of it. */
  const script = (target: string): string | undefined =>
    exact(target) ?? exact(target.replace(/\.(m|c)?[jt]sx?$/, ""));

  /** By the aliases that hold in a folder, then by the name of a package of the repository. */
  const byName = (folder: string, source: string): string | undefined => {
    for (const { scope, pattern, targets } of settings?.aliases ?? []) {
      if (scope !== "" && folder !== scope && !folder.startsWith(`${scope}/`)) continue;
      const rest = matchOne(pattern, source);
      if (rest === undefined) continue;
      for (const target of targets) {
        const found = script(join("", target.replace("*", rest)));
        if (found !== undefined) return found;
      }
    }
    const name = source
      .split("/")
      .slice(0, source.startsWith("@") ? 2 : 1)
      .join("/");
    const known = settings?.packages.get(name);
    if (known === undefined) return undefined;
    const rest = source.slice(name.length);
    const places = rest === "" ? [...known.entries, "src", "", "lib"] : [rest, `src${rest}`, `lib${rest}`];
    for (const place of places) {
      const found = script(join(known.folder, place));
      if (found !== undefined) return found;
    }
    return undefined;
  };

  return {
    resolve(from, language, { source, names }) {
      const folder = from.slice(0, Math.max(0, from.lastIndexOf("/")));
      switch (language) {
        case "python": {
          const dots = source.length - source.replace(/^\.+/, "").length;
          const parts = source.slice(dots).split(".").filter(Boolean);
          const found = new Set<string>();
          const base = dots === 0 ? undefined : up(folder, dots - 1);
          const look = (names: readonly string[]): readonly string[] =>
            base === undefined
              ? bySuffix(names)
              : [exact(join(base, names.join("/")))].filter((path) => path !== undefined);
          for (const name of names)
            if (name !== "*") for (const path of look([...parts, name])) found.add(path);
          for (const path of look(parts)) found.add(path);
          return [...found];
        }
        case "typescript":
        case "tsx":
        case "javascript": {
          const found = source.startsWith(".") ? script(join(folder, source)) : byName(folder, source);
          return found === undefined ? [] : [found];
        }
        case "c":
        case "cpp": {
          const beside = exact(stemOf(join(folder, source)));
          return beside === undefined ? bySuffix(stemOf(source).split("/")) : [beside];
        }
        case "java":
        case "kotlin": {
          const named = bySuffix(
            [...source.split("."), ...names.filter((name) => name !== "*")].filter(Boolean),
          );
          return named.length > 0 ? named : bySuffix(source.split("."));
        }
        case "php":
          return bySuffix(source.split(/[\\/]/).filter(Boolean));
        case "ruby": {
          const relative = exact(join(folder, source));
          return relative === undefined
            ? bySuffix(
                stemOf(source)
                  .split("/")
                  .filter((part) => part !== "." && part !== ".."),
              )
            : [relative];
        }
        case "rust": {
          const parts = source
            .split("::")
            .filter((part) => part !== "" && !["crate", "self", "super"].includes(part));
          const local = /^(crate|self|super)\b/.test(source);
          if (!local) return [];
          const whole = bySuffix(parts);
          return whole.length > 0 ? whole : bySuffix(parts.slice(0, -1));
        }
        case "go": {
          // A package is a folder; what stands in it is all of its files.
          const parts = source.split("/");
          const suffix = parts.slice(-2).join("/");
          const files = (byFolder.get(parts.at(-1) ?? "") ?? []).filter((path) => {
            const own = path.slice(0, path.lastIndexOf("/"));
            return parts.length === 1
              ? own === source
              : own === suffix || own.endsWith(`/${suffix}`) || source.endsWith(`/${own}`);
          });
          return files;
        }
        case "csharp":
          return [];
      }
    },
  };
}

/** What `*` of the pattern stands for; undefined when the text does not fit. */
function matchOne(pattern: string, text: string): string | undefined {
  const star = pattern.indexOf("*");
  if (star < 0) return pattern === text ? "" : undefined;
  const [head, tail] = [pattern.slice(0, star), pattern.slice(star + 1)];
  const fits = text.length >= head.length + tail.length && text.startsWith(head) && text.endsWith(tail);
  return fits ? text.slice(head.length, text.length - tail.length) : undefined;
}

/** Whether the path without its ending, or the package that it is the own file of, has this name. */
function isStemOf(path: string, name: string): boolean {
  const stem = stemOf(path);
  return stem === name || (INDEX_NAMES.has(stem.slice(name.length + 1)) && stem.startsWith(`${name}/`));
}

function push(map: Map<string, string[]>, key: string, path: string): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [path]);
  else known.push(path);
}

function stemOf(path: string): string {
  const dot = path.lastIndexOf(".");
  return dot > path.lastIndexOf("/") + 1 ? path.slice(0, dot).replace(/\.d$/, "") : path;
}

function up(folder: string, levels: number): string {
  const parts = folder.split("/").filter(Boolean);
  return parts.slice(0, Math.max(0, parts.length - levels)).join("/");
}

function join(folder: string, relative: string): string {
  const parts = folder.split("/").filter(Boolean);
  for (const part of relative.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}
