import { languageNamed } from "../../languages/languages.ts";
import type { Reference, SymbolDefinition } from "../../languages/syntax.ts";
import { importResolver, type ImportResolver } from "./resolve-imports.ts";
import { type Certainty, useJudge } from "./judge-use.ts";
import { nameBindings } from "./name-bindings.ts";
import type { SymbolIndex, Definition } from "./build-symbol-index.ts";

export type { Certainty };

export interface Use {
  readonly path: string;
  readonly line: number;
  readonly kind: Reference["kind"];
  readonly certainty: Certainty;
  /** The innermost function, method or class around it. */
  readonly inside: SymbolDefinition | undefined;
}

/** Answers who uses what, over one symbol index. */
export interface UseFinder {
  /** Every use outside the definition itself, by path and line. */
  usesOf(definition: Definition): readonly Use[];
  /** Files that import this file, by path. */
  readonly importersOf: (path: string) => readonly { readonly path: string; readonly line: number }[];
}

export function useFinder(symbolIndex: SymbolIndex): UseFinder {
  const resolver = importResolver(symbolIndex.files.keys(), symbolIndex.importSettings);
  const names = nameBindings(symbolIndex, resolver);
  const judge = useJudge(symbolIndex, names);
  const byName = indexReferences(symbolIndex);
  let importers: ReadonlyMap<string, readonly { path: string; line: number }[]> | undefined;

  return {
    usesOf(definition) {
      const { path: home, symbol } = definition;
      const family = languageNamed(symbolIndex.files.get(home)?.language)?.family;
      const certaintyOf = judge(definition);
      const uses: Use[] = [];
      const consider = (path: string, reference: Reference): void => {
        const syntax = symbolIndex.files.get(path)!;
        if (languageNamed(syntax.language)?.family !== family) return;
        if (path === home && isWithin(reference.line, symbol)) return;
        const inside = reference.inside === undefined ? undefined : syntax.symbols[reference.inside];
        const certainty = certaintyOf({ path, reference, inside });
        if (certainty !== undefined)
          uses.push({ path, line: reference.line, kind: reference.kind, certainty, inside });
      };
      for (const { path, reference } of byName.get(symbol.name) ?? []) consider(path, reference);
      const elsewhere =
        symbol.container.length > 0 ? [] : names.otherNames({ path: home, name: symbol.name });
      for (const [path, locals] of elsewhere)
        for (const reference of symbolIndex.files.get(path)!.references)
          if (locals.has(reference.name)) consider(path, reference);
      return uses.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line));
    },
    importersOf(path) {
      importers ??= indexImporters(symbolIndex, resolver);
      return importers.get(path) ?? [];
    },
  };
}

function isWithin(line: number, { start, end }: SymbolDefinition): boolean {
  return start <= line && line <= end;
}

function indexReferences(
  symbolIndex: SymbolIndex,
): ReadonlyMap<string, readonly { path: string; reference: Reference }[]> {
  const index = new Map<string, { path: string; reference: Reference }[]>();
  for (const [path, { references }] of symbolIndex.files)
    for (const reference of references) {
      const same = index.get(reference.name);
      if (same === undefined) index.set(reference.name, [{ path, reference }]);
      else same.push({ path, reference });
    }
  return index;
}

function indexImporters(
  symbolIndex: SymbolIndex,
  resolver: ImportResolver,
): ReadonlyMap<string, readonly { path: string; line: number }[]> {
  const index = new Map<string, { path: string; line: number }[]>();
  for (const [path, { imports, language }] of [...symbolIndex.files].sort(([a], [b]) => (a < b ? -1 : 1)))
    for (const imported of imports)
      for (const target of resolver.resolve(path, language, imported)) {
        if (target === path) continue;
        const known = index.get(target);
        if (known === undefined) index.set(target, [{ path, line: imported.line }]);
        else if (known.at(-1)!.path !== path) known.push({ path, line: imported.line });
      }
  return index;
}
