/** The word after the fence that makes code hosts colour an excerpt; `text` when the ending is not known. */
export function languageName(path: string): string {
  const ending = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
  return NAMES.get(ending) ?? "text";
}

const NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    python: "py pyi pyx",
    typescript: "ts mts cts",
    tsx: "tsx",
    javascript: "js mjs cjs jsx",
    java: "java",
    kotlin: "kt kts",
    go: "go",
    rust: "rs",
    c: "c h",
    cpp: "cc cpp cxx hpp hh hxx",
    csharp: "cs",
    ruby: "rb",
    php: "php",
    bash: "sh bash",
    swift: "swift",
    scala: "scala",
    vue: "vue",
    yaml: "yml yaml",
    json: "json",
  }).flatMap(([name, endings]) => endings.split(" ").map((ending) => [ending, name] as const)),
);
