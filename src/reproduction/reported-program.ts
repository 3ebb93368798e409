import { repositoryNames } from "./static/repository-names.ts";
import { PYTHON_ENV } from "./frameworks/python-files.ts";

/** Code of a report that can be run over the repository. */
export interface ReportedProgram {
  /** The code block, as the report has it. */
  readonly text: string;
  /** Where it is written, as a file of the copy. */
  readonly path: string;
  readonly source: string;
  /** Name of the toolchain that it needs. */
  readonly needs: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface CodeBlock {
  readonly language?: string;
  readonly text: string;
}

/** Programs of one report that are run. */
const MAX_PROGRAMS = 3;
const NAME = "casebook_reported";

/** `src` is seen as an installed project would be. */
const PYTHON_START = `import os, runpy, sys
sys.path[:0] = [os.getcwd()] + [os.path.abspath(one) for one in ("src", "lib") if os.path.isdir(one)]
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")`;
/** The package finds itself by its own name, as whoever installed it does. */
const NODE_START = `const { existsSync, mkdirSync, readFileSync, symlinkSync } = require("node:fs");
const { dirname, resolve } = require("node:path");
const { name } = existsSync("package.json") ? JSON.parse(readFileSync("package.json", "utf8")) : {};
if (name && !existsSync(resolve("node_modules", name))) {
  mkdirSync(dirname(resolve("node_modules", name)), { recursive: true });
  symlinkSync(resolve("."), resolve("node_modules", name), "dir");
}
const { argv, exit } = process;
import(resolve(argv[1])).catch((error) => { console.error(error); exit(1); });`;

/** A language whose programs run as they are: one row each. */
const LANGUAGES: readonly {
  readonly language: string;
  /** Words after the fence. */
  readonly fences: readonly string[];
  /** Of a block without such a word. */
  readonly looks: RegExp;
  readonly ending: (text: string) => string;
  readonly needs: string;
  readonly command: (path: string) => readonly string[];
  readonly env: Readonly<Record<string, string>>;
}[] = [
  {
    language: "python",
    fences: ["python", "py", "python3", "pycon"],
    looks: /^(?:>>> |from [\w.]+ import |import [\w.]+\s*$)/m,
    ending: () => "py",
    needs: "python3",
    command: (path) => ["python3", "-c", PYTHON_START, path],
    env: PYTHON_ENV,
  },
  {
    language: "javascript",
    fences: ["js", "javascript", "mjs", "cjs", "node", "jsx"],
    looks: /\brequire\(["'][^"'\n]+["']\)|^import .+ from ["'][^"'\n]+["'];?\s*$/m,
    ending: (text) => (/^\s*import\s.+from\s|^\s*export\s/m.test(text) ? "mjs" : "cjs"),
    needs: "node",
    command: (path) => ["node", "-e", NODE_START, path],
    env: {},
  },
];

/**
 * The code blocks of a report that import something of the repository and are whole programs of a language that runs as it is.
 * `packageName`: of the repository's `package.json`.
 */
export function reportedPrograms(
  blocks: readonly CodeBlock[],
  paths: readonly string[],
  packageName?: string,
): readonly ReportedProgram[] {
  return blocks
    .flatMap(({ language, text }): readonly ReportedProgram[] => {
      const row = LANGUAGES.find(({ fences, looks }) =>
        language === undefined || language === "" ? looks.test(text) : fences.includes(language),
      );
      if (row === undefined) return [];
      const source = row.language === "python" ? withoutPrompts(text) : text;
      const path = `${NAME}.${row.ending(source)}`;
      if (!usesRepository(source, path, row.language, paths, packageName)) return [];
      return [{ text, path, source, needs: row.needs, command: row.command(path), env: row.env }];
    })
    .slice(0, MAX_PROGRAMS);
}

function usesRepository(
  text: string,
  path: string,
  language: string,
  paths: readonly string[],
  packageName: string | undefined,
): boolean {
  if ((repositoryNames({ path, text, language }, paths) ?? []).length > 0) return true;
  return (
    packageName !== undefined &&
    language === "javascript" &&
    [`"${packageName}"`, `'${packageName}'`, `"${packageName}/`, `'${packageName}/`].some((name) =>
      text.includes(name),
    )
  );
}

/** A session of the interpreter without its prompts and without what it printed. */
function withoutPrompts(text: string): string {
  if (!/^\s*>>> /m.test(text)) return text;
  return text
    .split("\n")
    .flatMap((line) => /^\s*(?:>>>|\.\.\.) ?(.*)$/.exec(line)?.[1] ?? [])
    .join("\n");
}
