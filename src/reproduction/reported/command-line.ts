/** A command of the project that a report names, as far as Casebook runs one. */
export type ProjectCommand =
  | { readonly kind: "python-file" | "node-file"; readonly file: string; readonly args: readonly string[] }
  /** Tests that the report shows, by pytest. `args`: the file, or one of its tests. */
  | { readonly kind: "python-tests"; readonly file: string; readonly args: readonly string[] }
  | { readonly kind: "python-module"; readonly module: string; readonly args: readonly string[] }
  | {
      readonly kind: "python-entry";
      readonly name: string;
      /** `package.module:function` */
      readonly entry: string;
      readonly args: readonly string[];
    }
  | { readonly kind: "cargo-bin"; readonly name: string; readonly args: readonly string[] };

/** What the commands of a report may name. */
export interface Commands {
  readonly paths: ReadonlySet<string>;
  /** Files that the report shows. */
  readonly shown: ReadonlySet<string>;
  /** Modules of Python, dotted. */
  readonly modules: ReadonlySet<string>;
  /** Commands that the project installs, by name. */
  readonly entries: ReadonlyMap<string, string>;
  readonly bins: ReadonlyMap<string, string>;
  readonly cargoBins: ReadonlySet<string>;
}

const MAX_LINES = 40;
const MAX_LINE = 1_000;
const SHELLS: ReadonlySet<string> = new Set(
  "sh bash shell console shell-session zsh terminal sh-session".split(" "),
);
const INSTALLS =
  /^(?:(?:python3?|py) -m )?(?:pip3?|uv pip|npm|yarn|pnpm|poetry|conda) (?:i|install|add|ci)\b/;

/** The lines of a block that are commands; none where it is no block of commands. */
export function commandLines(language: string | undefined, text: string): readonly string[] {
  const lines = text
    .split("\n")
    .slice(0, MAX_LINES)
    .map((line) => line.trim());
  const prompted = lines.flatMap((line) => /^[$%] +(.+)$/.exec(line)?.[1] ?? []);
  const isShell = language !== undefined && SHELLS.has(language);
  if (prompted.length > 0 && (isShell || language === undefined || language === "")) return prompted;
  return isShell ? lines.filter((line) => line !== "" && !line.startsWith("#")) : [];
}

/**
 * The one command of the project among lines of a shell; undefined where there is none, several, or one beside commands that Casebook does
 * not run. What installs the project or its dependencies is left out: they are prepared.
 */
export function projectCommand(lines: readonly string[], commands: Commands): ProjectCommand | undefined {
  const kept = lines.filter((line) => !INSTALLS.test(line));
  if (kept.length !== 1) return undefined;
  const words = shellWords(kept[0]!);
  return words === undefined ? undefined : commandOf(words, commands);
}

function commandOf([program, ...args]: readonly string[], commands: Commands): ProjectCommand | undefined {
  const { paths, shown, modules, entries, bins, cargoBins } = commands;
  const [first, second, ...rest] = args;
  switch (program) {
    case undefined:
      return undefined;
    case "python":
    case "python3":
      if (first === "-m" && second === "pytest") return testsOf(rest, shown);
      if (first === "-m")
        return second !== undefined && modules.has(second)
          ? { kind: "python-module", module: second, args: rest }
          : undefined;
      return first !== undefined && paths.has(plain(first)) && first.endsWith(".py")
        ? { kind: "python-file", file: plain(first), args: args.slice(1) }
        : undefined;
    case "pytest":
      return testsOf(args, shown);
    case "node":
      return first !== undefined && paths.has(plain(first)) && /\.[cm]?[jt]s$/.test(first)
        ? { kind: "node-file", file: plain(first), args: args.slice(1) }
        : undefined;
    case "npx":
    case "yarn":
      return first === undefined || !bins.has(first)
        ? undefined
        : { kind: "node-file", file: bins.get(first)!, args: args.slice(1) };
    default: {
      const entry = entries.get(program);
      if (entry !== undefined) return { kind: "python-entry", name: program, entry, args };
      const bin = bins.get(program);
      if (bin !== undefined) return { kind: "node-file", file: bin, args };
      return cargoBins.has(program) ? { kind: "cargo-bin", name: program, args } : undefined;
    }
  }
}

/** Options of pytest that change how much it prints and nothing else. */
const PRINTS = /^(?:-[qvsxl]+|-r\w+|--tb=\w+|--color=\w+|--no-header)$/;

function testsOf(args: readonly string[], shown: ReadonlySet<string>): ProjectCommand | undefined {
  const chosen = args.filter((word) => !PRINTS.test(word));
  const [tests = "", ...more] = chosen.map(plain);
  const file = tests.split("::")[0]!;
  if (more.length > 0 || !file.endsWith(".py") || !shown.has(file)) return undefined;
  return { kind: "python-tests", file, args: [tests] };
}

function plain(path: string): string {
  return path.replace(/^\.\//, "");
}

/** The words of a command without anything that only a shell does; undefined where a shell would do more than split it. */
export function shellWords(line: string): readonly string[] | undefined {
  if (line.length > MAX_LINE) return undefined;
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const one = line[at]!;
    if (one === "'" || one === '"') {
      const end = line.indexOf(one, at + 1);
      const inside = end < 0 ? undefined : line.slice(at + 1, end);
      if (inside === undefined || (one === '"' && /[$`\\!]/.test(inside))) return undefined;
      word = (word ?? "") + inside;
      at = end;
    } else if (/\s/.test(one)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (/[|&;<>()$`*?~{}\\![\]#]/.test(one)) return undefined;
    else word = (word ?? "") + one;
  }
  if (word !== undefined) words.push(word);
  return words.length === 0 ? undefined : words;
}
