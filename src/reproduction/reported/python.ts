import { maskText } from "../static/mask-text.ts";
import type { CodeBlock, ReportedProject } from "./program.ts";

/** Code of one or several blocks that is run as one. */
export interface WholeCode {
  readonly blocks: readonly string[];
  readonly source: string;
  readonly added: readonly string[];
  /** A session of the interpreter: the value of each line is printed. */
  readonly isSession: boolean;
}

/** Names that a block may leave out. */
const MOST_ADDED = 8;

/**
 * The block as a whole program: after the earlier blocks that define what it uses, and with the imports that every file of the
 * repository writes in the same way (`import numpy as np`). In: the block and the blocks before it, of Python alone.
 */
export async function wholePython(
  block: CodeBlock,
  earlier: readonly CodeBlock[],
  { importOf }: Pick<ReportedProject, "importOf">,
): Promise<WholeCode> {
  const parts = [block];
  for (const before of earlier.toReversed()) {
    const known = definedIn(sourceOf(before.text));
    if (undefinedIn(parts.map(({ text }) => sourceOf(text)).join("\n")).some((name) => known.has(name)))
      parts.unshift(before);
  }
  const own = parts.map(({ text }) => sourceOf(text)).join("\n");
  const added: string[] = [];
  for (const name of missingIn(own).slice(0, MOST_ADDED)) {
    const line = await importOf(name);
    if (line !== undefined) added.push(line);
  }
  return {
    blocks: parts.map(({ text }) => text),
    source: [...added, own].join("\n"),
    added,
    isSession: parts.every(({ text }) => SESSION.test(text)),
  };
}

/** The code imports a module or package at the top of the repository, or of its `src`. */
export function importsProject(source: string, paths: readonly string[]): boolean {
  const tops = new Set(
    paths
      .filter((path) => path.endsWith(".py"))
      .map((path) =>
        path
          .replace(/^(?:src|lib|python)\//, "")
          .split("/")[0]!
          .replace(/\.py$/, ""),
      ),
  );
  return maskText(source, "python")
    .code.split("\n")
    .flatMap((line) => {
      const [, from, list = ""] = /^\s*(?:from\s+([\w.]+)\s+import\b|import\s+(.+)$)/.exec(line) ?? [];
      return from === undefined ? list.split(",") : [from];
    })
    .some((name) => tops.has(/^\s*(\w+)/.exec(name)?.[1] ?? ""));
}

/**
 * Code that only defines something does nothing when it is run as a program: tests, above all, with the constants that they use. A value
 * that a definition of the code makes is something, unless tests wait for it.
 */
export function doesSomething(source: string): boolean {
  const { code } = maskText(source, "python");
  const statements = code
    .replaceAll(/\([^()]*\)/g, (inside) => inside.replaceAll("\n", " "))
    .split(/\n(?=[^\s#)\]}"'])/)
    .filter((text) => /^[^\s#@)\]}]/.test(text) && !/^["'\s]*$/.test(text));
  const defined = statements.flatMap((text) => /^(?:async\s+def|def|class)\s+(\w+)/.exec(text)?.[1] ?? []);
  if (defined.length === 0) return true;
  const rest = statements.filter((text) => !/^(?:async\s+def|def|class|import|from)\b/.test(text));
  const isSetUp = rest.every((text) => ASSIGNS.test(text));
  const uses = defined.filter((name) => rest.some((text) => new RegExp(String.raw`\b${name}\b`).test(text)));
  return (
    rest.length > 0 &&
    (!isSetUp || (uses.length > 0 && !defined.some((name) => TEST.test(name) && !uses.includes(name))))
  );
}

/** `name = value`, also with a type. */
const ASSIGNS = /^[A-Za-z_][\w.,\s]*(?::[^=\n]+)?=(?!=)/;
const TEST = /^(?:test_|Test)/;

const SESSION = /^[ \t]*>>> /m;

/** The code of a session without its prompts and without what it printed. */
function sourceOf(text: string): string {
  if (SESSION.test(text))
    return dedented(text)
      .split("\n")
      .flatMap((line) => /^(?:>>>|\.\.\.) ?(.*)$/.exec(line)?.[1] ?? [])
      .join("\n");
  if (/^In \[\d+\]: /m.test(text))
    return text
      .split("\n")
      .flatMap((line) => /^(?:In \[\d+\]| *\.\.\.): ?(.*)$/.exec(line)?.[1] ?? [])
      .join("\n");
  return dedented(text);
}

function dedented(text: string): string {
  const lines = text.split("\n");
  const margins = lines.filter((line) => line.trim() !== "").map((line) => /^[ \t]*/.exec(line)![0].length);
  const margin = margins.length === 0 ? 0 : Math.min(...margins);
  return lines.map((line) => line.slice(margin)).join("\n");
}

/** Every name that stands for a value that nothing in the text defines. */
function undefinedIn(source: string): readonly string[] {
  const { code } = maskText(source, "python");
  const known = definedIn(source);
  const used = [...withoutImports(code).matchAll(/(?<![\w.])([A-Za-z_]\w*)(?!\w|\s*=(?!=))/g)].map(
    ([, name]) => name!,
  );
  return [...new Set(used)].filter((name) => !known.has(name));
}

/** Names that are called or asked for a part, and that nothing in the text defines. */
function missingIn(source: string): readonly string[] {
  const { code } = maskText(source, "python");
  const known = definedIn(source);
  const used = [...withoutImports(code).matchAll(/(?<![\w.@])@?([A-Za-z_]\w*)\s*[.(]/g)].map(
    ([, name]) => name!,
  );
  return [...new Set(used)].filter((name) => !known.has(name) && !BUILT_IN.has(name));
}

/** What an import names is no use of it. */
function withoutImports(code: string): string {
  return code.replaceAll(/^\s*(?:from\s+[\w.]+\s+)?import\b[^\n(]*(?:\([^)]*\))?/gm, "");
}

function definedIn(source: string): ReadonlySet<string> {
  const { code } = maskText(source, "python");
  const names = new Set<string>();
  const add = (text: string | undefined): void => {
    for (const name of text?.match(/[A-Za-z_]\w*/g) ?? []) names.add(name);
  };
  for (const line of code.split("\n")) {
    for (const [, targets] of line.matchAll(
      /(?:^|[^=!<>]=)\s*(\(?[A-Za-z_][\w\s,*]*\)?)\s*(?::[\w\s.[\],]+)?(?==(?!=))/g,
    ))
      add(targets);
    add(/^\s*(?:async\s+)?(?:def|class)\s+(\w+)/.exec(line)?.[1]);
    add(/^\s*(?:async\s+)?def\s+\w+\s*\((.*)$/.exec(line)?.[1]);
    add(/^\s*(?:from\s+[\w.]+\s+)?import\s+(.+)$/.exec(line)?.[1]);
    for (const [, name] of line.matchAll(/\bas\s+(\w+)/g)) names.add(name!);
    for (const [, list] of line.matchAll(/\bfor\s+([\w\s,()*]+?)\s+in\b/g)) add(list);
    for (const [, list] of line.matchAll(/\blambda\s+([\w\s,*=]+):/g)) add(list);
    for (const [, name] of line.matchAll(/(\w+)\s*:=/g)) names.add(name!);
  }
  // A list of imports over several lines.
  for (const [, list] of code.matchAll(/^\s*from\s+[\w.]+\s+import\s*\(([^)]*)\)/gm)) add(list);
  return names;
}

const BUILT_IN = new Set(
  `if elif while for in not and or is lambda return yield assert del raise with await except print print_ await self cls super len range list dict set tuple
   str int float bool bytes bytearray type isinstance issubclass object open repr sorted reversed enumerate zip map filter sum min max abs round any all
   iter next getattr setattr hasattr delattr callable id hash input vars dir format chr ord hex oct bin pow divmod slice property staticmethod classmethod
   memoryview frozenset complex ascii breakpoint compile eval exec globals locals exit quit Exception BaseException ValueError TypeError KeyError
   IndexError AttributeError RuntimeError NotImplementedError StopIteration OSError IOError ImportError LookupError AssertionError ZeroDivisionError
   ArithmeticError UnicodeDecodeError UnicodeEncodeError FileNotFoundError PermissionError TimeoutError KeyboardInterrupt SystemExit NameError
   Warning UserWarning DeprecationWarning True False None import from`.split(/\s+/),
);
