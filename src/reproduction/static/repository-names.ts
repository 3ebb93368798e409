import { familyOf } from "./mask-text.ts";
import { maskText } from "./mask-text.ts";

/**
 * The names in a test that stand for code of the repository, by its imports: Python and JavaScript only. Empty: it imports
 * none. Undefined: the language is not read here.
 */
export function repositoryNames(
  test: { readonly path: string; readonly text: string; readonly language: string },
  paths: readonly string[],
): readonly string[] | undefined {
  switch (familyOf(test.language)) {
    case "python":
      return pythonNames(test.text, test.path, paths);
    case "javascript":
      return javascriptNames(test.text, test.path, paths);
    case "c-like":
    case "go":
    case "rust":
      return undefined;
  }
}

function pythonNames(text: string, path: string, paths: readonly string[]): readonly string[] {
  const modules = new Set(
    paths.filter((other) => other.endsWith(".py") && other !== path).flatMap(modulesOf),
  );
  const here = path.split("/").slice(0, -1);
  const names: string[] = [];
  // A list in brackets becomes one line.
  const code = maskText(text, "python").code.replaceAll(/\([^()]*\)/g, (list) => list.replaceAll("\n", " "));
  for (const line of code.split("\n")) {
    const [, module, list] = /^\s*from\s+([\w.]+)\s+import\s+(.+)$/.exec(line) ?? [];
    if (module !== undefined) {
      const full = fullName(module, here);
      for (const [, name, alias] of list!.matchAll(/(\w+|\*)(?:\s+as\s+(\w+))?/g))
        if (modules.has(full) || modules.has(`${full}.${name}`)) names.push(alias ?? name!);
    }
    for (const part of /^\s*import\s+(.+)$/.exec(line)?.[1]?.split(",") ?? []) {
      const [, name, alias] = /^\s*([\w.]+)(?:\s+as\s+(\w+))?/.exec(part) ?? [];
      if (name !== undefined && modules.has(name)) names.push(alias ?? name.split(".")[0]!);
    }
  }
  return names;
}

/** `..x` in `a/b/c.py` is `a.x`. */
function fullName(module: string, here: readonly string[]): string {
  const dots = /^\.*/.exec(module)![0].length;
  const rest = module.slice(dots);
  return dots === 0
    ? module
    : [...here.slice(0, here.length - dots + 1), ...(rest === "" ? [] : [rest])].join(".");
}

/** `src/storage/store.py` can be imported as `src.storage.store`, `storage.store` (a layout with `src`) and `store`. */
function modulesOf(path: string): readonly string[] {
  const parts = path.slice(0, -3).split("/");
  if (parts.at(-1) === "__init__") parts.pop();
  return parts.map((_, from) => parts.slice(from).join("."));
}

const JS_IMPORT =
  /\bimport\s+([^"';]{1,2000}?)\s+from\s*["']([^"'\n]{1,500})["']|\b(?:const|let|var)\s+([^=;]{1,2000}?)\s*=\s*(?:await\s+)?(?:require|import)\s*\(\s*["']([^"'\n]{1,500})["']/g;

function javascriptNames(text: string, path: string, paths: readonly string[]): readonly string[] {
  const files = new Set(paths);
  const names: string[] = [];
  for (const [, imported, from, declared, required] of text.matchAll(JS_IMPORT)) {
    const target = from ?? required!;
    if (!isOurs(target, path, files)) continue;
    // `* as all` and `{ a, b as c, d: e }`: the last word of each part is the name.
    for (const part of (imported ?? declared!).split(/[,{}]/)) {
      const name = /([\w$]+)\s*$/.exec(part)?.[1];
      if (name !== undefined) names.push(name);
    }
  }
  return names;
}

/** A relative path to a file that is there, or the package's own name for itself (`#…`). */
function isOurs(target: string, path: string, files: ReadonlySet<string>): boolean {
  if (target.startsWith("#")) return true;
  if (!target.startsWith(".")) return false;
  const parts = path.split("/").slice(0, -1);
  for (const part of target.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  const base = parts.join("/");
  const stem = base.replace(/\.[cm]?js$/, "");
  return [
    "",
    ".js",
    ".ts",
    ".mjs",
    ".cjs",
    ".mts",
    ".cts",
    ".tsx",
    ".jsx",
    ".json",
    "/index.js",
    "/index.ts",
    "/index.mjs",
  ].some(
    (ending) =>
      files.has(`${base}${ending}`) ||
      files.has(`${stem}${ending}`) ||
      (base === "" && files.has(ending.slice(1))),
  );
}
