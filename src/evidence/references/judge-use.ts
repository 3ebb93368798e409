import type { NameRules } from "../../languages/language.ts";
import { languageNamed } from "../../languages/languages.ts";
import type { Reference, SymbolDefinition } from "../../languages/syntax.ts";
import { folderOf } from "../../languages/paths.ts";
import { type ClassHierarchy, classHierarchy } from "./class-hierarchy.ts";
import type { NameBindings } from "./name-bindings.ts";
import type { SymbolIndex, Definition } from "./build-symbol-index.ts";

/**
 * How sure it is that a use means this definition: `resolved` through the same file, an import or a class; `only-one`
 * because nothing else in the repository has the name; `by-name` when several definitions share it, or when what it hangs
 * on is not known.
 */
export type Certainty = "resolved" | "only-one" | "by-name";

/** A use of a name and its location. */
interface UseSite {
  readonly path: string;
  readonly reference: Reference;
  readonly inside: SymbolDefinition | undefined;
}

/** How sure it is that a use means the definition; undefined when it means something else. */
type Judge = (place: UseSite) => Certainty | undefined;

const FUNCTIONS: ReadonlySet<string> = new Set(["function", "method", "constructor"]);
const OBJECT = new Set(["self", "this", "cls", "@", "static", "Self"]);
const ABOVE = new Set(["super", "parent", "base"]);

/** What is the same for all uses of one definition. */
interface Wanted extends Definition {
  readonly rules: NameRules;
  /** The innermost name around it. */
  readonly owner: string | undefined;
  /** The class that it is a member of. */
  readonly ownClass: Definition | undefined;
  /** Other definitions of its name that a use could mean. */
  readonly rivals: readonly Definition[];
  /** The certainty when only the imports between files are known; `most` is the best possible one. */
  readonly byNearness: (path: string, most: Certainty) => Certainty | undefined;
  /** Whether a name of these modules is the definition; undefined when the modules do not define it. */
  readonly isOrigin: (files: readonly string[], name: string) => boolean | undefined;
}

/**
 * Decides about uses over one symbol index. A definition is local to a function, stands at the top of a file, or is a member of
 * something; a use is a bare name, or hangs on `self`, a class, a module or a value of unknown type. Every pair has a rule
 * of its own; nearness decides where none of them knows.
 */
export function useJudge(symbolIndex: SymbolIndex, names: NameBindings): (definition: Definition) => Judge {
  const classes = classHierarchy(symbolIndex, names);
  return (definition) => {
    const around = enclosing(symbolIndex, definition);
    if (around !== undefined && FUNCTIONS.has(around.kind) && definition.symbol.kind !== "method")
      return localJudge(definition.path, around);
    const wanted = describe(definition, symbolIndex, names, classes);
    const onReceiver = receiverJudge(wanted, names, classes);
    const bare =
      wanted.owner === undefined ? topLevelJudge(wanted, symbolIndex, names) : memberJudge(wanted, classes);
    return (place) => {
      const { receiver, onValue } = place.reference;
      if (receiver !== undefined) return onReceiver(place, receiver.replace(/^[$*&]/, ""));
      if (onValue !== true) return bare(place);
      // A function at the top of a file is no member of a value.
      if (wanted.owner === undefined)
        return wanted.rules.needsImport ? undefined : wanted.byNearness(place.path, "by-name");
      return wanted.byNearness(place.path, "by-name");
    };
  };
}

/** What a function keeps to itself. */
function localJudge(home: string, around: SymbolDefinition): Judge {
  return ({ path, reference: { receiver, onValue, line } }) =>
    path === home && receiver === undefined && onValue !== true && around.start <= line && line <= around.end
      ? "resolved"
      : undefined;
}

/** The bare name of something at the top of a file. */
function topLevelJudge(wanted: Wanted, symbolIndex: SymbolIndex, names: NameBindings): Judge {
  const { path: home, symbol, rules, rivals, byNearness, isOrigin } = wanted;
  const isAlone = !rivals.some(({ path }) => path === home);
  return ({ path, reference: { name, isLocal } }) => {
    if (isLocal === true) return undefined;
    if (path === home && name === symbol.name) return isAlone || rules.needsImport ? "resolved" : "by-name";
    const bound = names.bindingsOf(path, name);
    if (bound.length > 0) {
      const found = bound.map((one) => isOrigin(one.files, one.name === "*" ? "default" : one.name));
      if (found.includes(true)) return "resolved";
      if (found.every((one) => one === false)) return undefined;
      if (bound.every(({ files }) => files.length === 0))
        return rules.needsImport ? undefined : byNearness(path, "by-name");
      return name === symbol.name ? "by-name" : undefined;
    }
    if (name !== symbol.name) return undefined;
    const open = names.openImports(path);
    if (open.some((file) => file !== undefined && isOrigin([file], name) === true)) return "resolved";
    if (!rules.needsImport) return byNearness(path, "resolved");
    return open.includes(undefined) || isScript(symbolIndex, path) ? "by-name" : undefined;
  };
}

/** The bare name of a member: a call in the languages that leave `this` out; else any variable may have the name. */
function memberJudge(wanted: Wanted, classes: ClassHierarchy): Judge {
  const { path: home, symbol, rules, ownClass, byNearness } = wanted;
  return ({ path, inside, reference: { kind, name, isLocal } }) => {
    if (kind === "name" || name !== symbol.name || rules.needsImport || isLocal === true) return undefined;
    const of = classes.around(path, inside);
    if (of !== undefined && ownClass !== undefined && rules.bareMembers)
      return onClass(of, false, wanted, classes) ?? undefined;
    return byNearness(path, path === home ? "resolved" : "by-name");
  };
}

function receiverJudge(
  wanted: Wanted,
  names: NameBindings,
  classes: ClassHierarchy,
): (place: UseSite, receiver: string) => Certainty | undefined {
  const { path: home, symbol, owner, ownClass, rules, rivals, byNearness, isOrigin } = wanted;

  const onObject = ({ path, inside }: UseSite, isAbove: boolean): Certainty | undefined => {
    if (owner === undefined) return undefined;
    const of = classes.around(path, inside);
    if (of !== undefined && ownClass !== undefined) return onClass(of, isAbove, wanted, classes);
    if (path === home) return inside?.container.includes(owner) === true ? "resolved" : undefined;
    return rivals.length === 0 ? "only-one" : undefined;
  };

  return (place, receiver) => {
    const { path } = place;
    if (OBJECT.has(receiver) || ABOVE.has(receiver)) return onObject(place, ABOVE.has(receiver));
    if (ownClass !== undefined) {
      const named = classes.named(path, receiver);
      if (named.length > 0) return onClass(named[0]!, false, wanted, classes);
    }
    if (owner !== undefined && receiver === owner && names.importsOf(path).has(home)) return "resolved";
    const modules = names.modules(path, receiver);
    if (owner === undefined) {
      const found = modules === undefined ? undefined : isOrigin(modules.files, symbol.name);
      if (found !== undefined) return found ? "resolved" : undefined;
      // A function is no member of a value.
      return rules.needsImport ? undefined : byNearness(path, "resolved");
    }
    // Third-party code, or a module, which has no members of classes.
    if (rules.needsImport && modules !== undefined && (modules.isModule || modules.files.length === 0))
      return undefined;
    return byNearness(path, "resolved");
  };
}

/** A member used on an object of a class that is known. */
function onClass(
  of: Definition,
  isAbove: boolean,
  { path, symbol, ownClass, rivals }: Wanted,
  classes: ClassHierarchy,
): Certainty | undefined {
  const members = classes.membersOf(of, symbol.name, isAbove);
  if (members.some((one) => isSame(one, { path, symbol }))) return "resolved";
  // An object of a class further down has the member that overrides this one.
  if (ownClass !== undefined && !isAbove && classes.lineOf(ownClass).classes.some((one) => isSame(one, of)))
    return "by-name";
  if (members.length > 0 || classes.lineOf(of).isWhole) return undefined;
  return rivals.length === 0 ? "only-one" : "by-name";
}

function describe(
  definition: Definition,
  symbolIndex: SymbolIndex,
  names: NameBindings,
  classes: ClassHierarchy,
): Wanted {
  const { path: home, symbol } = definition;
  const rules = languageNamed(symbolIndex.files.get(home)?.language)?.names ?? {};
  const owner = symbol.container.at(-1);
  const rivals = rivalsOf(symbolIndex, definition);
  // A common name has thousands of uses and of rivals: each file is asked for once, and by what it imports.
  const isByFolder = rules.sharesFolder === true;
  const rivalsAt = new Map<string, Set<string>>();
  for (const rival of rivals)
    for (const at of isByFolder ? [rival.path, folderOf(rival.path)] : [rival.path])
      rivalsAt.set(at, (rivalsAt.get(at) ?? new Set()).add(placeOf(rival)));
  const known = new Map<string, { readonly isNear: boolean; readonly rivals: number }>();
  const nearnessOf = (path: string): { readonly isNear: boolean; readonly rivals: number } => {
    let nearness = known.get(path);
    if (nearness === undefined) {
      const around = new Set([path, ...names.importsOf(path), ...(isByFolder ? [folderOf(path)] : [])]);
      const places = new Set<string>();
      for (const at of around) for (const place of rivalsAt.get(at) ?? []) places.add(place);
      const isNear = around.has(home) || (isByFolder && folderOf(path) === folderOf(home));
      known.set(path, (nearness = { isNear, rivals: places.size }));
    }
    return nearness;
  };
  return {
    path: home,
    symbol,
    rules,
    owner,
    ownClass: owner === undefined ? undefined : classes.classOf(definition),
    rivals,
    byNearness(path, most) {
      const { isNear: near, rivals: nearRivals } = nearnessOf(path);
      if (near && nearRivals === 0) return most;
      if (rivals.length === 0) return names.reaches(path, home) ? "only-one" : "by-name";
      // It means the one that is near. Of several it may be any, also one of a value that came from far.
      return !near && (owner === undefined ? nearRivals > 0 : nearRivals === 1) ? undefined : "by-name";
    },
    isOrigin(files, name) {
      const places = names.origins(files, name);
      if (places.length === 0) return name === symbol.name && files.includes(home) ? true : undefined;
      return places.some((place) => place.path === home && place.name === symbol.name);
    },
  };
}

/** Members compete with members; overloads of one thing do not compete. */
function rivalsOf(symbolIndex: SymbolIndex, { path, symbol }: Definition): readonly Definition[] {
  const own = placeOf({ path, symbol });
  return (symbolIndex.definitions.get(symbol.name) ?? []).filter((other) => {
    const isOverload = placeOf(other) === own;
    return !isOverload && other.symbol.container.length > 0 === symbol.container.length > 0;
  });
}

/** The same for all overloads of one thing. */
function placeOf({ path, symbol }: Definition): string {
  return [path, ...symbol.container].join("\0");
}

/** The innermost definition around it. */
function enclosing(symbolIndex: SymbolIndex, { path, symbol }: Definition): SymbolDefinition | undefined {
  const owner = symbol.container.at(-1);
  let best: SymbolDefinition | undefined;
  for (const other of symbolIndex.files.get(path)?.symbols ?? [])
    if (
      other !== symbol &&
      other.name === owner &&
      other.start <= symbol.start &&
      symbol.end <= other.end &&
      (best === undefined || other.start >= best.start)
    )
      best = other;
  return best;
}

/** A file without imports can be a page's script, which sees the names of the others. */
function isScript(symbolIndex: SymbolIndex, path: string): boolean {
  const syntax = symbolIndex.files.get(path);
  return (
    syntax !== undefined &&
    syntax.imports.length === 0 &&
    !languageNamed(syntax.language)?.names.isNeverScript
  );
}

function isSame(a: Definition, b: Definition): boolean {
  return a.path === b.path && a.symbol.start === b.symbol.start && a.symbol.name === b.symbol.name;
}
