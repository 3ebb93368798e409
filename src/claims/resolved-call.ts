import { isFunctionLike, qualifiedName, type Reference, type SymbolDefinition } from "../languages/syntax.ts";
import { languageNamed } from "../languages/languages.ts";
import type { Use } from "../evidence/references/find-uses.ts";
import { type ClaimEvidence, isTestLine } from "./claim-evidence.ts";
import type { DefinitionData } from "./claim-data.ts";

const OWN_OBJECT = new Set(["self", "this", "cls", "@", "static", "Self"]);

/** A call site whose callee is certain. */
export interface ResolvedCall {
  readonly path: string;
  readonly line: number;
  /** The function around the call; undefined at the top of a file. */
  readonly caller: DefinitionData | undefined;
  /** It is in a test. */
  readonly inTest: boolean;
}

/**
 * Calls of a definition that name it for certain: a bare name that the file defines or imports, a member of the object's own class, a
 * module or class by its name, or a value whose declaration in the same function or class names the class. A call
 * whose receiver has an unknown type is left out: it may be `io.Copy` as well as `Context.Copy`.
 */
export async function resolvedCalls(
  definition: { readonly path: string; readonly symbol: SymbolDefinition },
  evidence: ClaimEvidence,
): Promise<readonly ResolvedCall[]> {
  const found: ResolvedCall[] = [];
  if (await hasOverload(definition, evidence)) return found;
  for (const use of (await evidence.uses()).usesOf(definition)) {
    if (!(await isCertain(use, definition, evidence))) continue;
    const { path, line, inside } = use;
    found.push({
      path,
      line,
      inTest: await isTestLine(use, evidence),
      caller:
        inside === undefined
          ? undefined
          : { path, name: qualifiedName(inside), start: inside.start, end: inside.end },
    });
  }
  return found;
}

/** Another function of the same name stands beside it: a call may mean either. */
async function hasOverload(
  { path, symbol }: { readonly path: string; readonly symbol: SymbolDefinition },
  { codebase }: ClaimEvidence,
): Promise<boolean> {
  return ((await codebase.syntax(path))?.symbols ?? []).some(
    (other) =>
      other.start !== symbol.start && isFunctionLike(other) && qualifiedName(other) === qualifiedName(symbol),
  );
}

async function isCertain(
  use: Use,
  { path: home, symbol }: { readonly path: string; readonly symbol: SymbolDefinition },
  evidence: ClaimEvidence,
): Promise<boolean> {
  if (use.certainty !== "resolved" || (use.kind !== "call" && use.kind !== "new")) return false;
  const syntax = await evidence.codebase.syntax(use.path);
  if (syntax === undefined) return false;
  for (const reference of syntax.references)
    if (
      reference.line === use.line &&
      reference.name === symbol.name &&
      reference.kind === use.kind &&
      (await isSurely(reference))
    )
      return true;
  return false;

  async function isSurely({ receiver, onValue }: Reference): Promise<boolean> {
    const owner = symbol.container.at(-1);
    const isOwn = use.path === home && owner !== undefined && use.inside?.container.includes(owner) === true;
    if (onValue === true) return false;
    if (receiver === undefined) {
      // A bare name: of this file or imported, or a member in a language that leaves `this` out.
      if (owner === undefined || use.kind === "new") return true;
      return isOwn && languageNamed(syntax!.language)?.names.bareMembers === true;
    }
    const plain = receiver.replace(/^[$*&]/, "");
    if (OWN_OBJECT.has(plain)) return isOwn;
    if (owner === undefined) return isModule(plain, use.line);
    return plain.split(/[.:>-]+/).at(-1) === owner || isDeclaredAs(plain, owner, use, evidence);
  }

  /** What is before the dot is a module of this repository and no value: `pkg::run()`, or a name that an import brings. */
  async function isModule(receiver: string, line: number): Promise<boolean> {
    const text = (await evidence.codebase.text(use.path))?.lines[line - 1] ?? "";
    if (new RegExp(`::\\s*${escapeName(symbol.name)}(?![\\w$])`).test(text)) return true;
    const first = receiver.split(/[.:]+/)[0]!;
    const { imports, language } = syntax!;
    const bringing = imports.filter(({ source, names, locals }) =>
      [...(locals ?? names), source.split(/[./\\:]+/).at(-1)].some(
        (local) => local === receiver || local?.split(".")[0] === first,
      ),
    );
    return bringing.some(({ source }) => language !== "python" || isOwnPackage(source, evidence));
  }
}

const ownPackages = new WeakMap<object, Map<string, boolean>>();

/** Python finds `import a` where programs start, so that no folder `a` inside of a package is meant. */
function isOwnPackage(source: string, { codebase: { tree } }: ClaimEvidence): boolean {
  const [name = ""] = source.split(".");
  if (name === "") return true;
  let known = ownPackages.get(tree);
  if (known === undefined) ownPackages.set(tree, (known = new Map()));
  let isOwn = known.get(name);
  if (isOwn === undefined) {
    isOwn = tree.entries.some(({ path }) => {
      const parts = path.split("/");
      const at = parts.findIndex((one) => one === name || one === `${name}.py`);
      return at >= 0 && tree.find([...parts.slice(0, at), "__init__.py"].join("/")) === undefined;
    });
    known.set(name, isOwn);
  }
  return isOwn;
}

/** True where the function or the class around the call declares the value as an object of the class. */
async function isDeclaredAs(
  receiver: string,
  owner: string,
  use: Use,
  { codebase }: ClaimEvidence,
): Promise<boolean> {
  const lines = (await codebase.text(use.path))?.lines ?? [];
  const value = receiver.split(/[.:>-]+/).at(-1) ?? "";
  if (!/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(value)) return false;
  const classOf = (await codebase.syntax(use.path))?.symbols.find(
    (outer) =>
      !isFunctionLike(outer) &&
      outer.name === use.inside?.container.at(-1) &&
      outer.start <= use.line &&
      use.line <= outer.end,
  );
  const isMember = /[.:>-]/.test(receiver);
  const [from, to] = isMember
    ? [classOf?.start ?? 0, classOf?.end ?? -1]
    : [use.inside?.start ?? 1, use.line];
  const name = escapeName(value);
  const type = escapeName(owner);
  // `x: Store`, `x = Store(`, `x = new Store(`, `x := &Store{`, `Store x`, `x *Store`, `let x = Store::new(`
  const declared = new RegExp(
    `(?<![\\w$])${name}(?:\\s*[:=]{1,2}\\s*|\\s+)(?:new\\s+|await\\s+|&|\\*|mut\\s+|\\w{1,40}\\.){0,3}${type}(?![\\w$])|(?<![\\w$])${type}\\s*[*&]?\\s+${name}(?![\\w$])`,
    "u",
  );
  return lines.slice(Math.max(0, from - 1), to).some((line) => line.length < 2_000 && declared.test(line));
}

function escapeName(name: string): string {
  return name.replace(/[$\\^.*+?()[\]{}|]/g, "\\$&");
}
