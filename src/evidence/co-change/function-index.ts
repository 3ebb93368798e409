import { languageNamed } from "../../languages/languages.ts";
import { isFunctionLike, type FileSyntax, type SymbolDefinition } from "../../languages/syntax.ts";
import type { Codebase } from "../../repository/codebase.ts";
import type { SymbolIndex, Definition } from "../references/build-symbol-index.ts";

/** A function that may have to change, with where to find its references. */
export interface Candidate extends Definition {
  readonly syntax: FileSyntax;
  /** Its place in `syntax.symbols`, which references name. */
  readonly at: number;
}

/** Every function, tests left out, of the source files of a symbol index, by path and line, and the ways to one of them. */
export interface FunctionIndex {
  readonly all: readonly Candidate[];
  inFile(path: string): readonly Candidate[];
  named(name: string): readonly Candidate[];
  /** The candidate that this definition is; undefined when it is no function of a source file. */
  find(path: string, start: number, name: string): Candidate | undefined;
}

const NONE: readonly Candidate[] = [];

export function functionIndex(symbolIndex: SymbolIndex, roleOf: Codebase["roleOf"]): FunctionIndex {
  const all: Candidate[] = [];
  const byFile = new Map<string, Candidate[]>();
  const byName = new Map<string, Candidate[]>();
  for (const [path, syntax] of [...symbolIndex.files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (roleOf(path) !== "source") continue;
    const own: Candidate[] = [];
    for (const [at, symbol] of syntax.symbols.entries())
      if (isFunctionLike(symbol) && !isInTests(symbol, syntax)) own.push({ path, symbol, syntax, at });
    own.sort((a, b) => a.symbol.start - b.symbol.start);
    byFile.set(path, own);
    for (const candidate of own) {
      all.push(candidate);
      const same = byName.get(candidate.symbol.name);
      if (same === undefined) byName.set(candidate.symbol.name, [candidate]);
      else same.push(candidate);
    }
  }
  return {
    all,
    inFile: (path) => byFile.get(path) ?? NONE,
    named: (name) => byName.get(name) ?? NONE,
    find: (path, start, name) =>
      byFile.get(path)?.find(({ symbol }) => symbol.start === start && symbol.name === name),
  };
}

/** The place in `symbols` of the smallest function that holds the line. */
export function innermostFunction({ symbols }: FileSyntax, line: number): number | undefined {
  let best: number | undefined;
  for (const [at, symbol] of symbols.entries())
    if (isFunctionLike(symbol) && symbol.start <= line && line <= symbol.end)
      if (best === undefined || lengthOf(symbol) < lengthOf(symbols[best]!)) best = at;
  return best;
}

/** Tests inside a source file, as in Rust. */
export function isInTests({ container }: SymbolDefinition, { language }: FileSyntax): boolean {
  const modules = languageNamed(language)?.names.testModules ?? [];
  return container.some((name) => modules.includes(name));
}

function lengthOf({ start, end }: SymbolDefinition): number {
  return end - start;
}
