import type { FlatTree } from "./flat-tree.ts";

export type SymbolKind =
  | "function"
  | "method"
  | "constructor"
  | "class"
  | "interface"
  | "enum"
  | "type"
  | "module"
  | "variable"
  | "macro";

export type ReferenceKind = "call" | "new" | "type" | "inherit" | "name";

export interface Import {
  /** As written, quotes removed: `./store.ts`, `storage.store`, `std::fs`, `stdio.h`. */
  readonly source: string;
  /** The names it brings in (before renaming), or `*`. */
  readonly names: readonly string[];
  /**
   * What the file calls each of them, in the same order: `y` for `import { x as y }`, `np` for `import numpy as np`, `a.b`
   * for Python's `import a.b`; "" for `*` when the names come in bare. Absent when every name is kept and every `*` is bare.
   */
  readonly locals?: readonly string[];
  readonly line: number;
}

/** What a language's rules find at a node of the tree. Numbers are nodes; -1 is none. */
export interface DefinitionNode {
  readonly name: string;
  readonly kind: SymbolKind;
  /** What the definition spans; references in it are inside it. */
  readonly node: number;
  /** Holds the name; it is not listed as a reference. */
  readonly nameNode: number;
  /** What decorators, `export` or `template` wrap around `node`; `node` when absent. */
  readonly outer?: number;
  /** Where the head ends; for functions what the shape is taken of. */
  readonly body?: number;
  readonly isPublic: boolean;
  /** The last node of its scope, when that is beyond `node`: `namespace App;` holds the rest of the file. */
  readonly reach?: number;
  /** The node that it ends with, when that is beyond `node`: the last clause of a function in Elixir. */
  readonly until?: number;
  /** It belongs to the definition around its scope: a parameter of a constructor that is a property of the class. */
  readonly hoisted?: boolean;
  /** Names between its scope and itself: `["Store"]` for Go's `func (s *Store) Get`. */
  readonly container?: readonly string[];
}

/** What is true around the node that a rule looks at. */
export interface NodeContext {
  /** Within a function, named or not. */
  readonly inFunction: boolean;
  /** Kind and name of the innermost definition that holds it. */
  readonly scopeKind: SymbolKind | undefined;
  readonly scopeName: string | undefined;
  /** Whether the section around the node is public: `private:` in C++, `private` in Ruby. */
  readonly sectionIsPublic: boolean;
  /** Records that the file exports a top-level name that is defined elsewhere in it, and as what. */
  exports(name: string, as?: string): void;
}

/**
 * How an identifier is used at a place in the tree. `skip`: not a use (a label, an alias). `bind`: introduces a local name;
 * plain uses of it in the same function are not listed. `free`: a use that says the name is not local (`global x`).
 */
export type NameUse = ReferenceKind | "skip" | "bind" | "free";

/** A use of a member, with the node of the whole access. */
export interface MemberUse {
  readonly use: NameUse;
  readonly member: number;
}

type LiteralKind = "string" | "number" | "character" | "boolean" | "regex";

/** One language as data: node types of its grammar and what they mean. Tables are keyed by node type. */
export interface GrammarRules {
  /** The leaf types that are names, with the use that holds where nothing more is known. */
  readonly identifiers: Readonly<Record<string, NameUse>>;
  readonly literals: Readonly<Record<string, LiteralKind>>;
  /** Code within a string literal. */
  readonly interpolations: readonly string[];
  readonly comments: readonly string[];
  /** Leaves with text that the grammar does not look into; the words in it are listed as uses. */
  readonly opaque?: readonly string[];
  /** Decorators and annotations inside a definition's node: not part of its signature. */
  readonly annotations: readonly string[];
  /** Leaves that mean what they say: operators that the grammar does not tell apart. */
  readonly operators?: readonly string[];
  /** For a text with errors: one of the same length that the grammar may read better; undefined where there is none. */
  readonly repair?: (text: string) => string | undefined;
  /** Attributes before a definition, as its siblings (Rust). */
  readonly attributes?: readonly string[];
  /** Functions of every kind, also those without a name. */
  readonly functions: readonly string[];
  /** What holds the statements of a body. */
  readonly blocks: readonly string[];
  /** `a.b`: the field that holds the last name; `"*"` when it is any child but the first. */
  readonly members: Readonly<Record<string, string>>;
  /** Looked through when asking how a name is used; the value is the use that holds unless an outer node says otherwise. */
  readonly wrappers: Readonly<Record<string, NameUse | "">>;
  /**
   * `type.field`, `type.^` (first child without a field), `type` (anywhere in it), `*.field` (that field of any type);
   * the more exact one wins.
   */
  readonly roles: Readonly<Record<string, NameUse>>;
  /** Identifiers that hold a whole path: the last part is the name, the rest what it is a member of. */
  readonly qualified?: readonly string[];
  /** By the type of the parent: how a name is used, where that takes a look around; and what it is then a member of. */
  readonly contexts?: Readonly<
    Record<string, (tree: FlatTree, node: number) => NameUse | MemberUse | undefined>
  >;
  /** Names that name nothing in the source: Go's `_`, Kotlin's `it`. */
  readonly ignored?: readonly string[];
  readonly definitions: Readonly<
    Record<string, (tree: FlatTree, node: number, at: NodeContext) => readonly DefinitionNode[]>
  >;
  /** Nodes that name what they hold without defining it (Rust `impl`). */
  readonly scopes?: Readonly<Record<string, (tree: FlatTree, node: number) => readonly string[] | undefined>>;
  /** Nodes that change whether what follows in the same scope is public. */
  readonly sections?: Readonly<Record<string, (tree: FlatTree, node: number) => boolean | undefined>>;
  /** Types whose members are private until a section says otherwise (`class` in C++). */
  readonly privateAtFirst?: readonly string[];
  /** Statements that only import: nothing in them is listed as a reference. */
  readonly imports: Readonly<Record<string, (tree: FlatTree, node: number) => readonly Import[] | undefined>>;
  /** Calls that import besides being calls. */
  readonly importCalls?: Readonly<Record<string, (tree: FlatTree, node: number) => readonly Import[]>>;
  /** The docstring in a body, when the language has them there. */
  readonly docstring?: (tree: FlatTree, body: number) => number;
}

type Defined = Partial<DefinitionNode> & Pick<DefinitionNode, "isPublic">;

/** A definition as most grammars write it: its name in the field `name`, its body in the field `body`. */
export function define(tree: FlatTree, node: number, kind: SymbolKind, more: Defined): DefinitionNode {
  const nameNode = more.nameNode ?? tree.child(node, "name");
  return { name: tree.text(nameNode), kind, node, nameNode, body: tree.child(node, "body"), ...more };
}

/** Definitions of one kind, by a rule of the language for what is public. */
export function definitions(
  isPublic: (tree: FlatTree, node: number, at: NodeContext) => boolean,
): (kind: SymbolKind) => (tree: FlatTree, node: number, at: NodeContext) => readonly DefinitionNode[] {
  return (kind) => (tree, node, at) => [define(tree, node, kind, { isPublic: isPublic(tree, node, at) })];
}
