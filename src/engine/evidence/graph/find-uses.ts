import type { FileSyntax, Reference, SymbolDefinition } from "../../syntax/syntax.ts";
import type { CodeSurvey, Definition } from "./survey-code.ts";
import { importResolver, type ImportResolver } from "./resolve-imports.ts";

/**
 * How sure it is that a use means this definition: `resolved` through the same file or an import; `only-one` because
 * nothing else in the repository has the name; `by-name` when several definitions share it.
 */
export type Certainty = "resolved" | "only-one" | "by-name";

export interface Use {
  readonly path: string;
  readonly line: number;
  readonly kind: Reference["kind"];
  readonly certainty: Certainty;
  /** The innermost function, method or class that it stands in. */
  readonly inside: SymbolDefinition | undefined;
}

/** Answers who uses what, over one survey. */
export interface UseFinder {
  /** Every use outside the definition itself, by path and line. */
  usesOf(definition: Definition): readonly Use[];
  /** Files that import this file, by path. */
  readonly importersOf: (path: string) => readonly { readonly path: string; readonly line: number }[];
}

export function useFinder(survey: CodeSurvey): UseFinder {
  const resolver = importResolver(survey.files.keys());
  const imports = new Map<string, ReadonlySet<string>>();
  const importsOf = (path: string, syntax: FileSyntax): ReadonlySet<string> => {
    let known = imports.get(path);
    if (known === undefined) imports.set(path, (known = resolveAll(path, syntax, resolver)));
    return known;
  };
  const byName = indexReferences(survey);
  let importers: ReadonlyMap<string, readonly { path: string; line: number }[]> | undefined;

  return {
    usesOf(definition) {
      const { path: home, symbol } = definition;
      const rivals = (survey.definitions.get(symbol.name) ?? []).filter(
        (other) =>
          !(other.path === home && other.symbol.start === symbol.start) && isSameSort(other.symbol, symbol),
      );
      const owner = symbol.container.at(-1);
      const uses: Use[] = [];
      for (const { path, reference } of byName.get(symbol.name) ?? []) {
        const syntax = survey.files.get(path)!;
        const inside = reference.inside === undefined ? undefined : syntax.symbols[reference.inside];
        if (path === home && isWithin(reference.line, symbol)) continue;
        // A plain name says nothing about a member: `set` may be any variable.
        if (reference.kind === "name" && owner !== undefined && reference.receiver === undefined) continue;
        const certainty = judge(reference, path, inside, definition, rivals, importsOf(path, syntax));
        if (certainty !== undefined)
          uses.push({ path, line: reference.line, kind: reference.kind, certainty, inside });
      }
      return uses.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line));
    },
    importersOf(path) {
      importers ??= indexImporters(survey, resolver);
      return importers.get(path) ?? [];
    },
  };
}

const SELF = new Set(["self", "this", "cls", "super", "@", "static", "Self"]);

function judge(
  reference: Reference,
  path: string,
  inside: SymbolDefinition | undefined,
  { path: home, symbol }: Definition,
  rivals: readonly Definition[],
  imported: ReadonlySet<string>,
): Certainty | undefined {
  const owner = symbol.container.at(-1);
  const receiver = reference.receiver?.replace(/^\$|^\*|^&/, "");
  const first = receiver?.split(/[.:]/)[0] ?? "";
  if (owner !== undefined && receiver !== undefined && SELF.has(first) && !receiver.includes(".")) {
    // `self.set()` means the class that it stands in.
    if (path !== home || inside?.container.includes(owner) !== true)
      return rivals.length === 0 && path !== home ? "only-one" : undefined;
    return "resolved";
  }
  if (owner !== undefined && receiver === owner)
    return path === home || imported.has(home) ? "resolved" : undefined;
  const near = path === home || imported.has(home);
  const rivalNear = rivals.some((rival) => rival.path === path || imported.has(rival.path));
  if (near && !rivalNear)
    return owner === undefined || receiver !== undefined || path === home ? "resolved" : "by-name";
  if (rivals.length === 0) return "only-one";
  // Something nearer has the same name.
  if (!near && rivalNear) return undefined;
  return "by-name";
}

/** Members compete with members, functions with functions. */
function isSameSort(a: SymbolDefinition, b: SymbolDefinition): boolean {
  return a.container.length > 0 === b.container.length > 0;
}

function isWithin(line: number, { start, end }: SymbolDefinition): boolean {
  return start <= line && line <= end;
}

function indexReferences(
  survey: CodeSurvey,
): ReadonlyMap<string, readonly { path: string; reference: Reference }[]> {
  const index = new Map<string, { path: string; reference: Reference }[]>();
  for (const [path, { references }] of survey.files)
    for (const reference of references) {
      const same = index.get(reference.name);
      if (same === undefined) index.set(reference.name, [{ path, reference }]);
      else same.push({ path, reference });
    }
  return index;
}

function resolveAll(
  path: string,
  { imports, language }: FileSyntax,
  resolver: ImportResolver,
): ReadonlySet<string> {
  return new Set(imports.flatMap((imported) => resolver.resolve(path, language, imported)));
}

function indexImporters(
  survey: CodeSurvey,
  resolver: ImportResolver,
): ReadonlyMap<string, readonly { path: string; line: number }[]> {
  const index = new Map<string, { path: string; line: number }[]>();
  for (const [path, { imports, language }] of [...survey.files].sort(([a], [b]) => (a < b ? -1 : 1)))
    for (const imported of imports)
      for (const target of resolver.resolve(path, language, imported)) {
        if (target === path) continue;
        const known = index.get(target);
        if (known === undefined) index.set(target, [{ path, line: imported.line }]);
        else if (known.at(-1)!.path !== path) known.push({ path, line: imported.line });
      }
  return index;
}
