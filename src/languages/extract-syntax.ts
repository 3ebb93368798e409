import type { FileSyntax, RenamedExport, SymbolDefinition } from "./syntax.ts";
import { BraceEnds } from "./brace-ends.ts";
import { CommentLines } from "./comment-lines.ts";
import { own, TOKEN, type CompiledRules } from "./compiled-rules.ts";
import type { FlatTree } from "./flat-tree.ts";
import type { DefinitionNode, Import, NodeContext, ReferenceKind, SymbolKind } from "./grammar-rules.ts";
import type { LanguageName } from "./languages.ts";
import { nameUse, receiverText } from "./name-use.ts";
import { type Locals, ReferenceList } from "./reference-list.ts";
import { hash32 } from "../text/hash.ts";
import { bodyShape } from "./shape.ts";
import { signatureOf } from "./signature.ts";

/** Of a macro's body; longer ones are tables of data. */
const MAX_OPAQUE = 10_000;
/** Deeper containers are not distinguished: their lists of names would grow with the square of the depth. */
const MAX_CONTAINERS = 20;
/** Of one file; a table of data can be an exported object as well. */
const MAX_RENAMED = 1_000;
const FUNCTIONS: ReadonlySet<SymbolKind> = new Set(["function", "method", "constructor"]);
const INSIDE: ReadonlySet<SymbolKind> = new Set([
  "function",
  "method",
  "constructor",
  "class",
  "interface",
  "enum",
]);
const SCOPES: ReadonlySet<SymbolKind> = new Set([...INSIDE, "module", "macro"]);

interface Scope {
  /** The last node in it. */
  readonly last: number;
  readonly names: readonly string[];
  readonly kind: SymbolKind | undefined;
  readonly name: string | undefined;
  /** Index of the innermost symbol that references in it belong to. */
  readonly inside: number | undefined;
  readonly locals: Locals | undefined;
  sectionIsPublic: boolean;
}

/**
 * Everything Casebook keeps of one file, in one pass over its flat tree: linear in the number of nodes, apart from a
 * bounded climb for each identifier.
 */
export function extractSyntax(
  language: LanguageName,
  tree: FlatTree,
  compiled: CompiledRules,
  hasErrors: boolean,
): FileSyntax {
  return new Extraction(tree, compiled, hasErrors).run(language);
}

class Extraction implements NodeContext {
  private readonly tree: FlatTree;
  private readonly compiled: CompiledRules;
  private readonly found: DefinitionNode[] = [];
  private readonly containers: (readonly string[])[] = [];
  private readonly references = new ReferenceList();
  private readonly imports: Import[] = [];
  private readonly tokens = { nodes: [] as number[], hashes: [] as number[] };
  private readonly calls = { nodes: [] as number[], names: [] as string[] };
  private readonly definedHere: Uint8Array;
  private readonly variables = new Set<string>();
  private readonly exported = new Set<string>();
  private readonly renamedExports: RenamedExport[] = [];
  private readonly comments: CommentLines;
  private readonly hasErrors: boolean;
  /** Undefined where the tree itself is right. */
  private readonly braces: BraceEnds | undefined;
  private readonly scopes: Scope[] = [];
  private scope: Scope;
  /** Ends of the function nodes that hold the current node. */
  private readonly functionEnds: number[] = [];
  /** Ends of the string literals and of the code within them, innermost last; strings have an even depth. */
  private readonly literalEnds: number[] = [];

  constructor(tree: FlatTree, compiled: CompiledRules, hasErrors: boolean) {
    this.tree = tree;
    this.compiled = compiled;
    this.definedHere = new Uint8Array(tree.count);
    this.comments = new CommentLines(tree);
    this.hasErrors = hasErrors;
    this.braces = hasErrors ? new BraceEnds(tree, compiled) : undefined;
    this.scope = {
      last: tree.count,
      names: [],
      kind: undefined,
      name: undefined,
      inside: undefined,
      locals: undefined,
      sectionIsPublic: true,
    };
  }

  get inFunction(): boolean {
    return this.functionEnds.length > 0;
  }
  get scopeKind(): SymbolKind | undefined {
    return this.scope.kind;
  }
  get scopeName(): string | undefined {
    return this.scope.name;
  }
  get sectionIsPublic(): boolean {
    return this.scope.sectionIsPublic;
  }
  exports(name: string, as: string = name): void {
    this.exported.add(name);
    if (as !== name && name !== "" && this.renamedExports.length < MAX_RENAMED)
      this.renamedExports.push({ name, as });
  }

  run(language: LanguageName): FileSyntax {
    const { tree, compiled } = this;
    const errorRow = compiled.named.length - 1;
    let node = 0;
    while (node < tree.count) {
      this.leave(node);
      const type = Math.min(tree.type[node] ?? errorRow, errorRow);
      if (compiled.hasRule[type] === 1) {
        const next = this.applyRules(node);
        if (next > node) {
          node = next;
          continue;
        }
      }
      if (compiled.isFunction[type] === 1)
        this.functionEnds.push(this.lastOf(node, tree.child(node, "body")));
      if (compiled.comment[type] === 1) {
        this.comments.add(node, false);
        // Rust's comments have parts.
        node = tree.lastOf(node) + 1;
        continue;
      }
      if (compiled.attribute[type] === 1) this.comments.add(node, true);
      this.addToken(node, type);
      if (compiled.identifier[type] !== 0) this.addUse(node, type);
      else if (compiled.opaque[type] === 1) this.addWords(node);
      node++;
    }
    return {
      language,
      symbols: this.symbols(),
      references: this.references.all(),
      imports: this.imports,
      ...(this.renamedExports.length === 0 ? {} : { renamedExports: this.renamedExports }),
      hasErrors: this.hasErrors,
    };
  }

  /** The last node of a definition: of its body, where the braces say something else than the tree. */
  private lastOf(node: number, body: number): number {
    const end = this.braces?.endOf(body);
    return end === undefined ? this.tree.lastOf(node) : this.braces!.lastNodeAt(end);
  }

  private leave(node: number): void {
    while (node > this.scope.last) {
      const outer = this.scopes.pop();
      if (outer === undefined) break;
      this.scope = outer;
    }
    while (node > (this.functionEnds.at(-1) ?? node)) this.functionEnds.pop();
    while (node > (this.literalEnds.at(-1) ?? node)) this.literalEnds.pop();
  }

  /** Returns the node to continue with when the rest of this one is done; otherwise the node itself. */
  private applyRules(node: number): number {
    const { tree } = this;
    const { rules } = this.compiled;
    const kind = tree.kind(node);
    const imports = own(rules.imports, kind)?.(tree, node);
    if (imports !== undefined) {
      this.imports.push(...imports);
      return tree.lastOf(node) + 1;
    }
    const calls = own(rules.importCalls, kind)?.(tree, node);
    if (calls !== undefined) this.imports.push(...calls);

    const section = own(rules.sections, kind)?.(tree, node);
    if (section !== undefined) {
      this.scope.sectionIsPublic = section;
      return tree.lastOf(node) + 1;
    }

    const names = own(rules.scopes, kind)?.(tree, node);
    if (names !== undefined) {
      this.enter(node, tree.lastOf(node), names, undefined, names.at(-1), this.scope.inside);
    }

    for (const definition of own(rules.definitions, kind)?.(tree, node, this) ?? []) {
      // `int f(), g();`: the second is not inside the first.
      this.leave(definition.node);
      this.define(definition);
    }
    return node;
  }

  private define(definition: DefinitionNode): void {
    const { name, kind, node, nameNode } = definition;
    if (name === "") return;
    const holder = definition.hoisted === true ? this.scope.names.slice(0, -1) : this.scope.names;
    const container = [...holder, ...(definition.container ?? [])];
    if (kind === "variable") {
      // `x = 1` and then `x = 2`: the second is a use of the first.
      const key = [...container, name].join("\0");
      if (this.variables.has(key)) return;
      this.variables.add(key);
    }
    if (nameNode >= 0) this.definedHere.fill(1, nameNode, this.tree.lastOf(nameNode) + 1);
    const index = this.found.push(definition) - 1;
    this.containers.push(container);
    const until = definition.until === undefined ? undefined : this.tree.lastOf(definition.until);
    const last = definition.reach ?? until ?? this.lastOf(node, definition.body ?? -1);
    if (!SCOPES.has(kind) || last === node) return;
    const names = [...(definition.container ?? []), name];
    this.enter(node, last, names, kind, name, INSIDE.has(kind) ? index : this.scope.inside);
  }

  private enter(
    node: number,
    last: number,
    names: readonly string[],
    kind: SymbolKind | undefined,
    name: string | undefined,
    inside: number | undefined,
  ): void {
    const outer = this.scope;
    const ownLocals = kind !== undefined && (FUNCTIONS.has(kind) || kind === "macro");
    this.scopes.push(outer);
    this.scope = {
      last,
      names: outer.names.length < MAX_CONTAINERS ? [...outer.names, ...names] : outer.names,
      kind: kind ?? "class",
      name,
      inside,
      locals: ownLocals ? { names: new Set(), free: new Set(), outer: outer.locals } : outer.locals,
      sectionIsPublic: this.compiled.rules.privateAtFirst?.includes(this.tree.kind(node)) !== true,
    };
  }

  private addToken(node: number, type: number): void {
    const { tree, compiled } = this;
    const kind = compiled.tokenKind[type];
    if (kind === TOKEN.dropped) return;
    if (kind === TOKEN.interpolation) {
      if (this.literalEnds.length % 2 === 1) this.literalEnds.push(tree.lastOf(node));
      return;
    }
    const isLeaf = tree.last[node] === node;
    if (this.literalEnds.length % 2 === 1 || (kind !== TOKEN.literal && !isLeaf)) return;
    this.tokens.nodes.push(node);
    this.tokens.hashes.push(
      compiled.operator[type] === 1 ? hash32(tree.text(node)) : (compiled.tokenHash[type] ?? 0),
    );
    if (kind === TOKEN.literal && !isLeaf) this.literalEnds.push(tree.lastOf(node));
  }

  private addUse(node: number, type: number): void {
    const { tree } = this;
    if (this.definedHere[node] === 1) return;
    const { use, member } = nameUse(tree, this.compiled, node, type);
    if (use === "skip") return;
    const text = tree.text(node);
    if (this.compiled.rules.ignored?.includes(text) === true) return;
    const { locals } = this.scope;
    // Ruby's `@size = 1` sets a field, and `:size` names a method.
    const isField = text.startsWith("@") || text.startsWith("$");
    if (use === "bind" && !isField) {
      locals?.names.add(text);
      return;
    }
    if (use === "free") locals?.free.add(text);
    const isPath = this.compiled.rules.qualified?.includes(tree.kind(node)) === true;
    const cut = isPath ? text.lastIndexOf(".") : text.startsWith(":") ? 0 : -1;
    const name = text.slice(cut + 1);
    const kind: ReferenceKind = use === "free" || use === "bind" ? "name" : use;
    if (kind === "call" || kind === "new") {
      this.calls.nodes.push(node);
      this.calls.names.push(name);
    }
    const start = tree.startOf(node);
    const receiver =
      isPath && cut > 0
        ? text.slice(0, cut)
        : member < 0
          ? undefined
          : receiverText(tree.source, tree.startOf(member), start);
    const { inside } = this.scope;
    this.references.add(
      {
        name,
        kind,
        line: tree.lineOf(node),
        ...(receiver === undefined ? {} : { receiver }),
        ...(member >= 0 && receiver === undefined ? { onValue: true as const } : {}),
        ...(inside === undefined ? {} : { inside }),
      },
      kind !== "type" && member < 0 && use !== "free" ? locals : undefined,
    );
  }

  /** Every identifier in text that the grammar does not look into (the body of a C macro). */
  private addWords(node: number): void {
    const { tree } = this;
    const { inside } = this.scope;
    let line = tree.lineOf(node);
    for (const word of tree
      .text(node)
      .slice(0, MAX_OPAQUE)
      .matchAll(/\n|[A-Za-z_]\w*/g)) {
      if (word[0] === "\n") line++;
      else {
        const reference = {
          name: word[0],
          kind: "name" as const,
          line,
          ...(inside === undefined ? {} : { inside }),
        };
        this.references.add(reference, this.scope.locals);
      }
    }
  }

  private symbols(): SymbolDefinition[] {
    const { tree, compiled } = this;
    // Functions in functions repeat the tokens of the inner ones; deep nests must not multiply a file's size.
    let budget = 10_000 + 4 * this.tokens.nodes.length;
    return this.found.map((definition, index) => {
      const { name, kind, node, nameNode, body = -1 } = definition;
      const outer = definition.outer ?? node;
      const container = this.containers[index] ?? [];
      const end = this.braces?.endOf(body);
      const lines = this.comments.before(tree.lineOf(outer));
      const docstring = body >= 0 ? (compiled.rules.docstring?.(tree, body) ?? -1) : -1;
      const doc =
        docstring >= 0 ? { start: tree.lineOf(docstring), end: tree.endLineOf(docstring) } : lines.doc;
      const hasShape = FUNCTIONS.has(kind) && body >= 0 && budget > 0;
      const shape = hasShape
        ? bodyShape(tree, compiled.rules, body, docstring, this.lastOf(body, body), this.tokens, this.calls)
        : undefined;
      budget -= shape?.tokens.length ?? 0;
      return {
        name,
        kind,
        container,
        start: lines.start,
        end: end === undefined ? tree.endLineOf(definition.until ?? outer) : tree.lineAt(end),
        nameLine: tree.lineOf(nameNode >= 0 ? nameNode : node),
        signature: signatureOf(tree, outer, body, compiled.rules),
        isPublic: definition.isPublic || (container.length === 0 && this.exported.has(name)),
        ...(doc === undefined ? {} : { doc }),
        ...(shape === undefined ? {} : { shape }),
      };
    });
  }
}
