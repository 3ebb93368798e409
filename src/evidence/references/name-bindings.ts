import { LANGUAGES, languageNamed } from "../../languages/languages.ts";
import type { FileSyntax } from "../../languages/syntax.ts";
import type { ImportResolver } from "./resolve-imports.ts";
import type { SymbolIndex } from "./build-symbol-index.ts";

/** What an import ties a name of a file to. */
interface Binding {
  /** The name in its module; `*` for the module itself. */
  readonly name: string;
  /** Files that can be the module; none for third-party code. */
  readonly files: readonly string[];
}

/** Follows names through imports. Files are paths; a place is a path and the name that it defines there. */
export interface NameBindings {
  /** Every import of a plain or dotted name of a file; a name can be imported in two branches. */
  bindingsOf(path: string, local: string): readonly Binding[];
  /** What files call a definition at the top of a file, where they call it otherwise: `y` for `import { x as y }`. */
  otherNames(place: ExportedName): ReadonlyMap<string, ReadonlySet<string>>;
  /** Files that bring in all of their names bare; undefined among them means a third-party module. */
  openImports(path: string): readonly (string | undefined)[];
  /** Where a name of these modules is defined, followed through their own imports. */
  origins(files: readonly string[], name: string): readonly ExportedName[];
  /** The modules behind a plain or dotted name of a file; undefined when no import brings it. */
  modules(path: string, dotted: string): Modules | undefined;
  /** Every file that a file's imports mean. */
  importsOf(path: string): ReadonlySet<string>;
  /** Whether imports lead from one file to another, over others too. */
  reaches(from: string, to: string): boolean;
}

interface Modules {
  /** None for third-party code. */
  readonly files: readonly string[];
  /** The name is a module's own; else it is something in one of them. */
  readonly isModule: boolean;
}

export interface ExportedName {
  readonly path: string;
  readonly name: string;
}

/** Chains of re-exports are two or three long; circles end as well. */
const MAX_HOPS = 8;
/** One import can bring in a whole folder (Go), and a chain of those must not multiply. */
const MAX_PLACES = 50;
const MAX_FOLLOWED = 5_000;

interface FileNames {
  readonly bound: ReadonlyMap<string, readonly Binding[]>;
  readonly open: readonly (string | undefined)[];
  readonly all: ReadonlySet<string>;
  readonly own: ReadonlySet<string>;
  /** What the file calls what it gives out under another name. */
  readonly given: ReadonlyMap<string, string>;
}

export function nameBindings(symbolIndex: SymbolIndex, resolver: ImportResolver): NameBindings {
  const known = new Map<string, FileNames>();
  const namesOf = (path: string): FileNames | undefined => {
    const syntax = symbolIndex.files.get(path);
    let names = known.get(path);
    if (names === undefined && syntax !== undefined)
      known.set(path, (names = readNames(path, syntax, resolver)));
    return names;
  };
  const origins = (files: readonly string[], name: string): readonly ExportedName[] => {
    const places: ExportedName[] = [];
    const seen = new Set<string>();
    const visit = (path: string, wanted: string, hops: number): void => {
      const names = namesOf(path);
      const key = `${path}\0${wanted}`;
      if (names === undefined || seen.has(key) || hops > MAX_HOPS || places.length >= MAX_PLACES) return;
      seen.add(key);
      if (names.own.has(wanted)) {
        places.push({ path, name: wanted });
        return;
      }
      const given = names.given.get(wanted);
      if (given !== undefined) visit(path, given, hops + 1);
      const bound = names.bound.get(wanted) ?? [];
      for (const { name: next, files: targets } of bound)
        for (const target of targets) visit(target, next, hops + 1);
      if (bound.length === 0)
        for (const target of names.open) if (target !== undefined) visit(target, wanted, hops + 1);
    };
    for (const path of files) visit(path, name, 0);
    return places;
  };
  const bindingsOf = (path: string, local: string): readonly Binding[] =>
    namesOf(path)?.bound.get(local) ?? [];
  const reaching = new Map<string, ReadonlySet<string>>();
  let importers: ReadonlyMap<string, readonly string[]> | undefined;
  let takers: ReadonlyMap<string, readonly Taker[]> | undefined;

  return {
    bindingsOf,
    otherNames: (place) => followOut(place, (takers ??= indexTakers(symbolIndex, namesOf)), namesOf),
    openImports: (path) => namesOf(path)?.open ?? [],
    origins,
    modules(path, dotted) {
      const parts = dotted.split(/\.|::/);
      for (let length = parts.length; length > 0; length--) {
        const found = bindingsOf(path, parts.slice(0, length).join("."));
        if (found.length === 0) continue;
        let files: readonly string[] = [...new Set(found.flatMap((one) => one.files))];
        let isModule = found.every((one) => one.name === "*" || origins(one.files, one.name).length === 0);
        for (const part of parts.slice(length)) {
          const members = membersOf(files, part, symbolIndex, bindingsOf);
          isModule &&= members.length > 0;
          // A member that is no module is a value or class of the module.
          if (members.length === 0) break;
          files = members;
        }
        return { files, isModule };
      }
      return undefined;
    },
    importsOf: (path) => namesOf(path)?.all ?? new Set(),
    reaches(from, to) {
      let known = reaching.get(to);
      if (known === undefined)
        reaching.set(to, (known = reachingFiles(to, (importers ??= indexImporters(symbolIndex, namesOf)))));
      return known.has(from);
    },
  };
}

/** The modules `a.part` of modules `a`: imported there under that name, or a file in the package's folder. */
function membersOf(
  files: readonly string[],
  part: string,
  symbolIndex: SymbolIndex,
  bindingsOf: NameBindings["bindingsOf"],
): readonly string[] {
  const found = new Set<string>();
  for (const path of files) {
    for (const { files: targets } of bindingsOf(path, part)) for (const target of targets) found.add(target);
    const submodules = languageNamed(symbolIndex.files.get(path)?.language)?.names.submodules;
    for (const child of submodules?.(path, part) ?? []) if (symbolIndex.files.has(child)) found.add(child);
  }
  return [...found].slice(0, MAX_PLACES);
}

function readNames(path: string, syntax: FileSyntax, resolver: ImportResolver): FileNames {
  const bound = new Map<string, Binding[]>();
  const open: (string | undefined)[] = [];
  const all = new Set<string>();
  const { packageName, hasNamespaces } = LANGUAGES[syntax.language].names;
  for (const imported of syntax.imports) {
    const files = resolver.resolve(path, syntax.language, imported);
    for (const file of files) all.add(file);
    imported.names.forEach((name, at) => {
      const local = imported.locals?.[at] ?? (name === "*" ? (packageName?.(imported.source) ?? "") : name);
      if (name === "*" && (local === "" || local === "*")) {
        open.push(...(files.length === 0 ? [undefined] : files));
        return;
      }
      const same = bound.get(local);
      const binding = { name, files };
      if (same === undefined) bound.set(local, [binding]);
      else same.push(binding);
    });
  }
  const own = new Set<string>();
  for (const symbol of syntax.symbols)
    if (symbol.container.length === 0 || hasNamespaces) own.add(symbol.name);
  const given = new Map((syntax.renamedExports ?? []).map(({ name, as }) => [as, name] as const));
  return { bound, open, all, own, given };
}

function indexImporters(
  symbolIndex: SymbolIndex,
  namesOf: (path: string) => FileNames | undefined,
): ReadonlyMap<string, readonly string[]> {
  const index = new Map<string, string[]>();
  for (const path of symbolIndex.files.keys())
    for (const target of namesOf(path)?.all ?? []) {
      const known = index.get(target);
      if (known === undefined) index.set(target, [path]);
      else known.push(path);
    }
  return index;
}

function reachingFiles(to: string, importers: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const found = new Set([to]);
  // A set hands out what is added while it is walked.
  for (const path of found) for (const importer of importers.get(path) ?? []) found.add(importer);
  return found;
}

/** A file that takes a name, or with `local` undefined all names, from another. */
interface Taker {
  readonly path: string;
  readonly name: string;
  readonly local: string | undefined;
}

function indexTakers(
  symbolIndex: SymbolIndex,
  namesOf: (path: string) => FileNames | undefined,
): ReadonlyMap<string, readonly Taker[]> {
  const index = new Map<string, Taker[]>();
  const put = (from: string, taker: Taker): void => {
    const known = index.get(from);
    if (known === undefined) index.set(from, [taker]);
    else known.push(taker);
  };
  for (const path of symbolIndex.files.keys()) {
    const names = namesOf(path);
    for (const [local, bindings] of names?.bound ?? [])
      for (const { name, files } of bindings)
        // A whole module that is called is what the module gives out as a whole.
        for (const file of files) put(file, { path, name: name === "*" ? "default" : name, local });
    for (const file of names?.open ?? [])
      if (file !== undefined) put(file, { path, name: "*", local: undefined });
  }
  return index;
}

/** Follows a definition from file to file, each with the name that it has there. */
function followOut(
  start: ExportedName,
  takers: ReadonlyMap<string, readonly Taker[]>,
  namesOf: (path: string) => FileNames | undefined,
): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  const seen = new Set<string>();
  const pending: ExportedName[] = [start];
  for (let at = pending.pop(); at !== undefined && seen.size < MAX_FOLLOWED; at = pending.pop()) {
    const key = `${at.path}\0${at.name}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (at.name !== start.name && at.name !== "default")
      found.set(at.path, (found.get(at.path) ?? new Set()).add(at.name));
    for (const [as, name] of namesOf(at.path)?.given ?? [])
      if (name === at.name) pending.push({ path: at.path, name: as });
    for (const { path, name, local } of takers.get(at.path) ?? [])
      if (local === undefined || name === at.name) pending.push({ path, name: local ?? at.name });
  }
  return found;
}
