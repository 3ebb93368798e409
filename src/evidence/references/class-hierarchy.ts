import { languageNamed } from "../../languages/languages.ts";
import type { SymbolDefinition } from "../../languages/syntax.ts";
import type { NameBindings, ExportedName } from "./name-bindings.ts";
import type { SymbolIndex, Definition } from "./build-symbol-index.ts";

/** Which class a member belongs to, and which classes that one builds on. */
export interface ClassHierarchy {
  /** The class that holds a member; undefined when what holds it is no class (an object, a namespace). */
  classOf(member: Definition): Definition | undefined;
  /** The class around a line of a function, method or class. */
  around(path: string, inside: SymbolDefinition | undefined): Definition | undefined;
  /** The classes that a name means in a file: its own, imported ones. */
  named(path: string, name: string): readonly Definition[];
  /** Itself first, then what it builds on, nearest first; `isWhole` is false when a base class is third-party code. */
  lineOf(of: Definition): { readonly classes: readonly Definition[]; readonly isWhole: boolean };
  /** The members of that name which a use on an object of the class can mean at once: the nearest ones. */
  membersOf(of: Definition, name: string, above: boolean): readonly Definition[];
}

const CLASSES: ReadonlySet<string> = new Set(["class", "interface", "enum"]);
const MAX_CLASSES = 60;

export function classHierarchy(symbolIndex: SymbolIndex, names: NameBindings): ClassHierarchy {
  const holders = new Map<SymbolDefinition, Definition | undefined>();
  const byName = new Map<string, readonly Definition[]>();
  const lines = new Map<SymbolDefinition, { classes: readonly Definition[]; isWhole: boolean }>();

  const around = (path: string, inside: SymbolDefinition | undefined): Definition | undefined => {
    if (inside === undefined) return undefined;
    if (CLASSES.has(inside.kind)) return { path, symbol: inside };
    return holderOf(path, inside);
  };
  /** The innermost class by lines. A method outside its class (Go, Rust) has none. */
  const holderOf = (path: string, symbol: SymbolDefinition): Definition | undefined => {
    if (holders.has(symbol)) return holders.get(symbol);
    let best: SymbolDefinition | undefined;
    for (const other of symbolIndex.files.get(path)?.symbols ?? [])
      if (
        CLASSES.has(other.kind) &&
        other !== symbol &&
        other.start <= symbol.start &&
        symbol.end <= other.end &&
        symbol.container.includes(other.name) &&
        (best === undefined || other.start >= best.start)
      )
        best = other;
    const holder = best === undefined ? undefined : { path, symbol: best };
    holders.set(symbol, holder);
    return holder;
  };

  const isClass = ({ symbol }: Definition): boolean => CLASSES.has(symbol.kind);
  const named = (path: string, name: string): readonly Definition[] => {
    const key = `${path}\0${name}`;
    let found = byName.get(key);
    if (found === undefined) byName.set(key, (found = find(path, name)));
    return found;
  };
  const find = (path: string, name: string): readonly Definition[] => {
    const cut = Math.max(name.lastIndexOf("."), name.lastIndexOf(":"));
    const short = name.slice(cut + 1);
    const all = (symbolIndex.definitions.get(short) ?? []).filter(isClass);
    if (cut >= 0) {
      const prefix = name.slice(0, cut).replace(/[.:]+$/, "");
      const places = names.origins(names.modules(path, prefix)?.files ?? [], short);
      if (places.length > 0) return at(places);
      const outer = prefix.split(/[.:]/).at(-1) ?? "";
      return all.filter((one) => one.path === path && one.symbol.container.includes(outer));
    }
    const bound = names.bindingsOf(path, short);
    if (bound.length > 0) return at(bound.flatMap((one) => names.origins(one.files, one.name)));
    const own = all.filter((one) => one.path === path);
    if (own.length > 0) return own;
    const open = names.openImports(path).filter((file) => file !== undefined);
    const brought = open.length === 0 ? [] : at(names.origins(open, short));
    if (brought.length > 0 || languageNamed(symbolIndex.files.get(path)?.language)?.names.needsImport)
      return brought;
    // Languages that need no import within a package: the only one of its name.
    return all.length === 1 ? all : [];
  };
  const at = (places: readonly ExportedName[]): readonly Definition[] =>
    places.flatMap(({ path, name }) =>
      (symbolIndex.definitions.get(name) ?? []).filter((one) => one.path === path && isClass(one)),
    );

  const basesOf = ({ path, symbol }: Definition): { bases: readonly Definition[]; isWhole: boolean } => {
    const syntax = symbolIndex.files.get(path);
    const index = syntax?.symbols.indexOf(symbol) ?? -1;
    const bases: Definition[] = [];
    let isWhole = true;
    for (const { kind, inside, name, receiver } of syntax?.references ?? []) {
      if (kind !== "inherit" || inside !== index) continue;
      const found = named(path, receiver === undefined ? name : `${receiver}.${name}`);
      if (found.length === 0 && !(name === "object" && receiver === undefined)) isWhole = false;
      bases.push(...found);
    }
    return { bases, isWhole };
  };

  const lineOf: ClassHierarchy["lineOf"] = (of) => {
    const known = lines.get(of.symbol);
    if (known !== undefined) return known;
    const classes: Definition[] = [];
    const seen = new Set<SymbolDefinition>();
    let isWhole = true;
    // Level by level, as nearest first asks for; Python's own order differs for diamonds only.
    for (let level: readonly Definition[] = [of]; level.length > 0 && classes.length < MAX_CLASSES;) {
      const next: Definition[] = [];
      for (const one of level) {
        if (seen.has(one.symbol)) continue;
        seen.add(one.symbol);
        classes.push(one);
        const { bases, isWhole: whole } = basesOf(one);
        isWhole &&= whole;
        next.push(...bases);
      }
      level = next;
    }
    const line = { classes, isWhole };
    lines.set(of.symbol, line);
    return line;
  };

  return {
    classOf: ({ path, symbol }) => holderOf(path, symbol),
    around,
    named,
    lineOf,
    membersOf(of, name, above) {
      const members = symbolIndex.definitions.get(name) ?? [];
      for (const { path, symbol } of lineOf(of).classes.slice(above ? 1 : 0)) {
        const own = members.filter(
          (one) => one.path === path && holderOf(path, one.symbol)?.symbol === symbol,
        );
        if (own.length > 0) return own;
      }
      return [];
    },
  };
}
