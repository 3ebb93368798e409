import type { Import, Language } from "../../syntax/syntax.ts";

/** Finds the files that an import means. By paths alone: settings of compilers and package managers are not read. */
export interface ImportResolver {
  /** Paths that the import brings in, none when it is somebody else's code or cannot be told. */
  resolve(from: string, language: Language, imported: Import): readonly string[];
}

const INDEX_NAMES = new Set(["index", "__init__", "mod", "lib", "main"]);
/** A name that fits more files than this names none of them. */
const MAX_FITTING = 3;

/** `paths`: every file that could be meant. */
export function importResolver(paths: Iterable<string>): ImportResolver {
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
    return fitting.length <= MAX_FITTING ? fitting : [];
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
          if (!source.startsWith(".")) return [];
          const target = join(folder, source);
          const found = exact(target) ?? exact(target.replace(/\.(m|c)?[jt]sx?$/, ""));
          return found === undefined ? [] : [found];
        }
        case "c":
        case "cpp": {
          const beside = exact(stemOf(join(folder, source)));
          return beside === undefined ? bySuffix(stemOf(source).split("/")) : [beside];
        }
        case "java":
        case "kotlin":
          return bySuffix([...source.split("."), ...names.filter((name) => name !== "*")].filter(Boolean))
            .length > 0
            ? bySuffix([...source.split("."), ...names.filter((name) => name !== "*")].filter(Boolean))
            : bySuffix(source.split("."));
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
