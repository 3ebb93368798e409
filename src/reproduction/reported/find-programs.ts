import { PYTHON_ENV } from "../frameworks/python-files.ts";
import { DEFINES, ENDS, findForbidden, PRINTS } from "../static/forbidden.ts";
import { type Family, maskText } from "../static/mask-text.ts";
import { repositoryNames } from "../static/repository-names.ts";
import { type Commands, commandLines, type ProjectCommand, projectCommand } from "./command-line.ts";
import {
  BUILD_SECONDS,
  type CodeBlock,
  NAME,
  type ReportedProgram,
  type ReportedProject,
  SECONDS,
} from "./program.ts";
import { doesSomething, importsProject, wholePython } from "./python.ts";
import { GO_START, NODE_START, PYTHON_START, RUST_START } from "./starters.ts";

/** Programs of one report that are run. */
const MAX_PROGRAMS = 3;
/** Blocks of one report that are looked at, and characters of one program. */
const MAX_BLOCKS = 60;
const MAX_SOURCE = 60_000;

/** Words after a fence, and what a block without such a word looks like. */
const LANGUAGES = {
  python: {
    fences: ["python", "py", "python3", "pycon", "ipython", "python-console"],
    looks: /^(?:>>> |In \[\d+\]: |from [\w.]+ import |import [\w.]+\s*$|import [\w.]+ as \w+\s*$)/m,
  },
  javascript: {
    fences: ["js", "javascript", "mjs", "cjs", "node", "jsx"],
    looks: /\brequire\(["'][^"'\n]+["']\)|^import .+ from ["'][^"'\n]+["'];?\s*$/m,
  },
  typescript: { fences: ["ts", "typescript", "mts", "cts"], looks: undefined },
  go: { fences: ["go", "golang"], looks: /^package main\s*$/m },
  rust: { fences: ["rust", "rs"], looks: /^(?:use [\w:]+.*;|(?:pub )?fn main\(\) ?(?:->.*)?\{)\s*$/m },
} as const;
type Language = keyof typeof LANGUAGES;

interface Named extends CodeBlock {
  readonly file: string | undefined;
}

/**
 * The code blocks and commands of a report that use something of the repository and can be run as they are: whole programs of
 * Python, JavaScript, TypeScript, Go and Rust, and single commands of the project, over files that the report shows. Text of a
 * report is hostile: what is found here is run in the sandbox alone.
 */
export async function reportedPrograms(
  blocks: readonly CodeBlock[],
  project: ReportedProject,
): Promise<readonly ReportedProgram[]> {
  const known = new Set(project.paths);
  const named: readonly Named[] = blocks.slice(0, MAX_BLOCKS).map((block) => ({
    ...block,
    file: fileNamed(block, known),
  }));
  const files = new Map(
    named.flatMap(({ file, text }) => (file === undefined ? [] : [[file, text] as const])),
  );
  const commands = commandsOf(project, files);
  const found: ReportedProgram[] = [];
  const isUsed = new Set<CodeBlock>();
  for (const block of named) {
    const command = projectCommand(commandLines(block.language, block.text), commands);
    if (command === undefined) continue;
    const own = named.filter(
      ({ file }) => file !== undefined && mentions(command, file) && files.get(file) !== undefined,
    );
    for (const one of own) isUsed.add(one);
    found.push(programOfCommand(command, [...own.map(({ text }) => text), block.text], files));
  }
  for (const [at, block] of named.entries()) {
    if (isUsed.has(block)) continue;
    const language = languageOf(block);
    if (language === undefined || block.text.length > MAX_SOURCE) continue;
    const earlier = named.slice(0, at).filter((one) => languageOf(one) === language);
    const program = await programOf(language, block, earlier, project, files);
    if (program !== undefined) found.push(program);
  }
  // A later program that holds all of an earlier one says more.
  return found
    .filter(
      ({ blocks: own }, at) =>
        !found.some((other, i) => i > at && own.every((text) => other.blocks.includes(text))),
    )
    .slice(0, MAX_PROGRAMS);
}

/** Why a report whose code is none of `reportedPrograms` has a whole program that cannot be built; a clause. */
export function whyNotBuilt(blocks: readonly CodeBlock[], { paths }: ReportedProject): string | undefined {
  const isGo = (block: CodeBlock): boolean =>
    languageOf(block) === "go" && /^package main\s*$/m.test(block.text) && /^func main\(\)/m.test(block.text);
  return blocks.slice(0, MAX_BLOCKS).some(isGo) && !paths.includes("go.mod")
    ? "the report has a program of Go, and the repository has no `go.mod`"
    : undefined;
}

function languageOf({ language, text }: CodeBlock): Language | undefined {
  const word = language?.toLowerCase() ?? "";
  for (const [name, { fences, looks }] of Object.entries(LANGUAGES))
    if (word === "" ? looks?.test(text) === true : (fences as readonly string[]).includes(word))
      return name as Language;
  return undefined;
}

const FILE =
  /^[\w-][\w.-]{0,80}\.(?:py|[cm]?js|[cm]?ts|json|ya?ml|toml|txt|html|css|md|cfg|ini|rs|go|csv|xml)$/;

/** The name under which a report saves a block: at the end of the line before it, or in its own first comment. */
function fileNamed({ before, text }: CodeBlock, known: ReadonlySet<string>): string | undefined {
  const last = /(?:^|[\s`"'*(])([\w.-]+\.\w{1,5})[`"'*)]*\s*:?\s*$/.exec(before ?? "")?.[1];
  const comment = /^\s*(?:#|\/\/)\s*([\w.-]+\.\w{1,5})\s*(?:\n|$)/.exec(text)?.[1];
  // A file of the repository is code that the report points to.
  return [comment, last].find((name) => name !== undefined && FILE.test(name) && !known.has(name));
}

function mentions(command: ProjectCommand, file: string): boolean {
  const words = "file" in command ? [command.file, ...command.args] : command.args;
  return words.some((word) => word.replace(/^\.\//, "").endsWith(file));
}

async function programOf(
  language: Language,
  block: Named,
  earlier: readonly CodeBlock[],
  project: ReportedProject,
  files: ReadonlyMap<string, string>,
): Promise<ReportedProgram | undefined> {
  switch (language) {
    case "python": {
      const { blocks, source, added, isSession } = await wholePython(block, earlier, project);
      const path = block.file?.endsWith(".py") === true ? block.file : `${NAME}.py`;
      if (!importsProject(source, project.paths) || !doesSomething(source)) return undefined;
      return {
        ...base(blocks, source, path, added, "python"),
        ...(/\bget_ipython\b/.test(source) ? { refused: "it needs IPython" } : {}),
        files: new Map([...files, [path, `${source}\n`]]),
        runtime: "python",
        needs: "python3",
        command: ["python3", "-c", PYTHON_START, isSession ? "session" : "file", path],
        env: PYTHON_ENV,
      };
    }
    case "javascript":
    case "typescript":
      return programOfNode(language, block, project, files);
    case "go":
      return programOfGo(block, project);
    case "rust":
      return programOfRust(block, project);
  }
}

function base(
  blocks: readonly string[],
  source: string,
  path: string,
  added: readonly string[],
  family: Family,
): Pick<ReportedProgram, "blocks" | "kind" | "shown" | "path" | "added" | "seconds" | "refused"> {
  const refused = whyRefused(source, family);
  return {
    blocks,
    kind: "code",
    shown: source,
    path,
    added,
    seconds: family === "go" || family === "rust" ? BUILD_SECONDS : SECONDS,
    ...(refused === undefined ? {} : { refused }),
  };
}

/** What can set the frames of a failure, or writes what Casebook records: then no end of the program says anything. */
const FORGES: Readonly<Partial<Record<Family, RegExp>>> = {
  python:
    /\bCodeType\b|__code__|co_filename|with_traceback|__traceback__|\btb_(?:next|frame|lineno|lasti)\b|\bos\s*\.\s*pwrite/,
  javascript: /\bstack\b|\bsource(?:URL|MappingURL)\b|\bfs\s*\.\s*writev?Sync\s*\(\s*\d/,
};

function whyRefused(source: string, family: Family): string | undefined {
  const [first] = findForbidden(maskText(source, family), family).filter(
    ({ what }) => what !== ENDS && what !== DEFINES && what !== PRINTS,
  );
  if (first !== undefined) return undecidable(first.line, first.what);
  const lines = source.split("\n").map((text) => FORGES[family]?.exec(text)?.[0]);
  const at = lines.findIndex((found) => found !== undefined);
  return at < 0
    ? undefined
    : undecidable(at + 1, `holds \`${lines[at]!}\`, which can set what a failure looks like`);
}

function undecidable(line: number, what: string): string {
  return `line ${line} of it ${what}, so nothing that it does decides anything`;
}

function programOfNode(
  language: "javascript" | "typescript",
  { text, file }: Named,
  { paths, manifests }: ReportedProject,
  files: ReadonlyMap<string, string>,
): ReportedProgram | undefined {
  const packages = packagesOf(manifests);
  const isModule = /^\s*import\s.+from\s|^\s*import\s*["']|^\s*export\s/m.test(text);
  const ending = language === "typescript" ? (isModule ? "mts" : "cts") : isModule ? "mjs" : "cjs";
  const path = file !== undefined && /\.[cm]?[jt]s$/.test(file) ? file : `${NAME}.${ending}`;
  const isNamed = (name: string): boolean =>
    [`"${name}"`, `'${name}'`, `"${name}/`, `'${name}/`].some((one) => text.includes(one));
  const own = packages.find(([name]) => camel(name) !== undefined && usesAlone(text, camel(name)!));
  const uses =
    packages.some(([name]) => isNamed(name)) ||
    (repositoryNames({ path, text, language }, paths) ?? []).length > 0;
  const added =
    uses || own === undefined || isModule
      ? []
      : [`const ${camel(own[0])!} = require(${JSON.stringify(own[0])});`];
  if ((!uses && added.length === 0) || !doesSomethingInNode(text)) return undefined;
  const source = [...added, text].join("\n");
  return {
    ...base([text], source, path, added, "javascript"),
    files: new Map([...files, [path, `${source}\n`]]),
    runtime: "node",
    needs: "node",
    command: ["node", "-e", NODE_START, path],
    env: { CASEBOOK_PACKAGES: JSON.stringify(packages) },
  };
}

/** As for Python: code that only defines something, and tests of a runner that gives them their functions, do nothing alone. */
function doesSomethingInNode(text: string): boolean {
  const { code } = maskText(text, "javascript");
  const top = code.split("\n").filter((line) => /^[^\s/*)\]}"'`]/.test(line));
  const isDefinition = (line: string): boolean =>
    /^(?:export\s|(?:async\s+)?function\b|(?:abstract\s+)?class\b|module\.exports\b|exports\.|interface\b|type\s|declare\s)/.test(
      line,
    ) ||
    /^(?:const|let|var)\s[^=]+=\s*(?:async\s*)?(?:function\b|(?:\([^)]*\)|\w+)\s*(?::[^=]+)?=>)/.test(line);
  const isImport = (line: string): boolean =>
    /^import\b|^(?:const|let|var)\s.*\brequire\s*\(/.test(line) && !/^import\s*\(/.test(line);
  const isTest = (line: string): boolean =>
    /^(?:describe|it|test)(?:\.\w+)?\s*\(/.test(line) &&
    !/\bimport\b[^;]*\b(?:describe|it|test)\b|\brequire\(\s*["'](?:node:)?test["']/.test(text);
  const rest = top.filter((line) => !isImport(line));
  return !rest.some(isTest) && (rest.length === 0 || !rest.every(isDefinition));
}

/** `my-package` as a program writes it; undefined for a name with a scope. */
function camel(name: string): string | undefined {
  return /^[a-z][\w.-]*$/.test(name)
    ? name.replaceAll(/[-.](\w)/g, (_, one: string) => one.toUpperCase())
    : undefined;
}

/** The package is used under its own name, which nothing in the text defines. */
function usesAlone(text: string, name: string): boolean {
  const { code } = maskText(text, "javascript");
  return (
    new RegExp(String.raw`(?<![\w.$])${name}\s*[.(]`).test(code) &&
    !new RegExp(String.raw`\b(?:const|let|var|function|class|import)\s+(?:\{[^}]*\b)?${name}\b`).test(code)
  );
}

/** Packages of the repository with their folders, its own first. */
function packagesOf(
  manifests: ReadonlyMap<string, string>,
): readonly (readonly [name: string, folder: string])[] {
  return [...manifests]
    .filter(([path]) => /(^|\/)package\.json$/.test(path))
    .toSorted(([a], [b]) => a.length - b.length)
    .flatMap(([path, text]) => {
      const name = /^\s*"name":\s*"([^"\n]{1,214})"/m.exec(text)?.[1];
      return name === undefined ? [] : [[name, path.replace(/\/?package\.json$/, "") || "."] as const];
    });
}

const GO_FOLDER = NAME;

function programOfGo({ text }: Named, { manifests }: ReportedProject): ReportedProgram | undefined {
  const module = /^module\s+(\S+)/m.exec(manifests.get("go.mod") ?? "")?.[1];
  if (module === undefined || !new RegExp(`"${module.replaceAll(".", "\\.")}[/"]`).test(text))
    return undefined;
  const whole = /^package main\s*$/m.test(text) ? text : wrappedGo(text);
  if (whole === undefined || !/^func main\(\)/m.test(whole)) return undefined;
  const source = whole.replace(/^func main\(\)/m, "func casebookMain()");
  const path = `${GO_FOLDER}/main.go`;
  return {
    ...base([text], whole, path, [], "go"),
    files: new Map([
      [path, `${source}\n`],
      [`${GO_FOLDER}/casebook_start.go`, GO_START],
    ]),
    runtime: "go",
    needs: "go",
    // `go run` ends with 1, whatever status the program ends with.
    command: ["sh", "-c", `go build -o /tmp/${NAME} ./${GO_FOLDER} && exec /tmp/${NAME}`],
    env: {
      GOFLAGS: "-mod=mod",
      GOPROXY: "off",
      GOSUMDB: "off",
      GOTOOLCHAIN: "local",
      GOCACHE: "/tmp/go-build",
      GOPATH: "/tmp/go",
    },
  };
}

/** Imports and statements as a program. */
function wrappedGo(text: string): string | undefined {
  const imports = /^import\s*(?:\([^)]*\)|"[^"\n]+")/m.exec(text)?.[0];
  if (imports === undefined || /^(?:package|func)\s/m.test(text)) return undefined;
  return `package main\n\n${imports}\n\nfunc main() {\n${text.replace(imports, "")}\n}\n`;
}

function programOfRust({ text }: Named, { manifests }: ReportedProject): ReportedProgram | undefined {
  if (!/^(?:pub )?fn main\(\)/m.test(text)) return undefined;
  const crates = [...manifests].flatMap(([path, manifest]) => {
    const [, body] = /(?:^|\n)\[package\]([^]*?)(?=\n\[|$)/.exec(manifest) ?? [];
    const name = /^\s*name\s*=\s*"([\w-]+)"/m.exec(body ?? "")?.[1];
    return path.endsWith("Cargo.toml") && name !== undefined ? [{ name, path, manifest }] : [];
  });
  const crate = crates
    .filter(({ name }) => new RegExp(String.raw`\b${name.replaceAll("-", "_")}::`).test(text))
    .toSorted((a, b) => b.name.length - a.name.length)[0];
  if (crate === undefined) return undefined;
  const folder = crate.path.replace(/\/?Cargo\.toml$/, "");
  const path = `${folder === "" ? "" : `${folder}/`}examples/${NAME}.rs`;
  const [, listed = ""] = /\n\[features\]([^]*?)(?=\n\[|$)/.exec(crate.manifest) ?? [];
  const features = [...listed.matchAll(/^([\w-]+)\s*=/gm)]
    .map(([, name]) => name!)
    .filter((name) => name !== "default" && new RegExp(String.raw`\b${name}\b`).test(text));
  const source = text.replace(/^(?:pub )?fn main\(\)/m, "fn casebook_main()");
  return {
    ...base([text], text, path, [], "rust"),
    files: new Map([[path, `${source}\n${RUST_START}`]]),
    runtime: "rust",
    needs: "cargo",
    command: [
      "cargo",
      "run",
      "--offline",
      "--quiet",
      "--manifest-path",
      crate.path,
      "--example",
      NAME,
      ...(features.length === 0 ? [] : ["--features", features.join(",")]),
    ],
    env: CARGO_ENV,
  };
}

const CARGO_ENV = { CARGO_HOME: "/tmp/cargo", CARGO_TARGET_DIR: "/tmp/target", RUST_BACKTRACE: "0" } as const;

function commandsOf({ paths, manifests }: ReportedProject, files: ReadonlyMap<string, string>): Commands {
  const modules = new Set(
    paths
      .filter((path) => path.endsWith(".py"))
      .map((path) =>
        path
          .replace(/^(?:src|lib|python)\//, "")
          .replace(/(?:\/__(?:main|init)__)?\.py$/, "")
          .replaceAll("/", "."),
      ),
  );
  const entries = new Map<string, string>();
  const bins = new Map<string, string>();
  const cargoBins = new Set<string>();
  for (const [path, text] of manifests) {
    const name = path.split("/").at(-1)!;
    if (/^(?:pyproject\.toml|setup\.(?:cfg|py))$/.test(name))
      for (const [, command, module, target] of text.matchAll(
        /["']?([A-Za-z][\w.-]{0,60})["']?\s*=\s*["']?([A-Za-z_][\w.]{0,200}):([A-Za-z_][\w.]{0,100})/g,
      ))
        if (modules.has(module!)) entries.set(command!, `${module}:${target}`);
    if (name === "package.json") for (const [bin, file] of binsOf(path, text)) bins.set(bin, file);
    if (name === "Cargo.toml")
      for (const [, section] of text.matchAll(/(?:^|\n)\[\[?(?:package|bin)\]\]?([^]*?)(?=\n\[|$)/g)) {
        const bin = /^\s*name\s*=\s*"([\w-]+)"/m.exec(section!)?.[1];
        if (bin !== undefined) cargoBins.add(bin);
      }
  }
  return {
    paths: new Set([...paths, ...files.keys()]),
    shown: new Set(files.keys()),
    modules,
    entries,
    bins,
    cargoBins,
  };
}

function binsOf(path: string, text: string): readonly (readonly [string, string])[] {
  const folder = path.replace(/package\.json$/, "");
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    return [];
  }
  const { name, bin } = Object(manifest) as { readonly name?: unknown; readonly bin?: unknown };
  const entries =
    typeof bin === "string" && typeof name === "string"
      ? [[name.split("/").at(-1)!, bin]]
      : Object.entries(Object(bin) as Record<string, unknown>);
  return entries.flatMap(([command, file]) =>
    typeof command === "string" && typeof file === "string"
      ? [[command, `${folder}${file.replace(/^\.\//, "")}`] as const]
      : [],
  );
}

function programOfCommand(
  command: ProjectCommand,
  blocks: readonly string[],
  files: ReadonlyMap<string, string>,
): ReportedProgram {
  const own = [...files].find(([path]) => "file" in command && path === command.file);
  const family = command.kind === "node-file" ? "javascript" : "python";
  const refused = own === undefined ? undefined : whyRefused(own[1], family);
  const shared = {
    blocks,
    kind: "command" as const,
    path: `${NAME}.sh`,
    added: [],
    files,
    seconds: command.kind === "cargo-bin" ? BUILD_SECONDS : SECONDS,
    ...(refused === undefined ? {} : { refused }),
  };
  const python = (mode: string, what: string, args: readonly string[], shown: readonly string[]) => ({
    ...shared,
    shown: shown.join(" "),
    runtime: "python" as const,
    needs: "python3",
    command: ["python3", "-c", PYTHON_START, mode, what, ...args],
    env: PYTHON_ENV,
  });
  const { args } = command;
  switch (command.kind) {
    case "python-file":
      return python("file", command.file, args, ["python", command.file, ...args]);
    case "python-tests":
      return python("tests", command.file, args, ["python", "-m", "pytest", ...args]);
    case "python-module":
      return python("module", command.module, args, ["python", "-m", command.module, ...args]);
    case "python-entry":
      return python("entry", command.entry, [command.name, ...args], [command.name, ...args]);
    case "node-file":
      return {
        ...shared,
        shown: ["node", command.file, ...args].join(" "),
        runtime: "node",
        needs: "node",
        command: ["node", "-e", NODE_START, command.file, ...args],
        env: {},
      };
    case "cargo-bin":
      return {
        ...shared,
        shown: [command.name, ...args].join(" "),
        runtime: "rust",
        needs: "cargo",
        command: ["cargo", "run", "--offline", "--quiet", "--bin", command.name, "--", ...args],
        env: CARGO_ENV,
      };
  }
}
