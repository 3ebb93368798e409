import type { FlatTree } from "./flat-tree.ts";
import {
  define,
  type DefinitionNode,
  type GrammarRules,
  type MemberUse,
  type NodeContext,
  type SymbolKind,
} from "./grammar-rules.ts";
import { C_TEXT, type Language } from "./language.ts";

/** Swift shows a name to other modules only where it says so; a protocol shows all of it. */
function isPublic(tree: FlatTree, node: number, at: NodeContext): boolean {
  const visibility = tree.text(tree.childOf(tree.childOf(node, "modifiers"), "visibility_modifier"));
  return visibility === "public" || visibility === "open" || at.scopeKind === "interface";
}

/** The grammar has one node for `class`, `struct`, `enum`, `actor` and `extension`, which defines nothing. */
function declaration(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  if (tree.has(node, "extension")) return [];
  const kind = tree.has(node, "enum") ? "enum" : "class";
  return [define(tree, node, kind, { isPublic: isPublic(tree, node, at) })];
}

/** `extension Store` adds to what is defined elsewhere. */
function extended(tree: FlatTree, node: number): readonly string[] | undefined {
  if (!tree.has(node, "extension")) return undefined;
  return tree.below(tree.child(node, "name"), "type_identifier").map((part) => tree.text(part));
}

function functionDeclaration(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  const isMember = ["class", "interface", "enum"].includes(at.scopeKind ?? "");
  const nameNode = tree.childOf(node, "simple_identifier");
  const children = tree.children(node);
  // `func ==`: the sign is the name.
  const sign = children[children.findIndex((child) => tree.kind(child) === "func") + 1] ?? -1;
  const name = nameNode < 0 ? tree.kind(sign) : tree.text(nameNode);
  return [
    define(tree, node, isMember ? "method" : "function", {
      name,
      nameNode,
      isPublic: isPublic(tree, node, at),
    }),
  ];
}

/** `init`, `deinit` and `subscript` are called by what they are. */
function unnamed(name: string, kind: SymbolKind) {
  return (tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] => {
    const body = tree.child(node, "body") < 0 ? tree.childOf(node, "computed_property") : undefined;
    const more = body === undefined ? {} : { body };
    return [define(tree, node, kind, { name, nameNode: -1, isPublic: isPublic(tree, node, at), ...more })];
  };
}

/** A property that is computed is a method to its readers. */
function property(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  if (at.inFunction) return [];
  const body = tree.child(node, "computed_value");
  const names = tree.childrenIn(node, "name").flatMap((pattern) => boundNames(tree, pattern));
  return names.map((nameNode) =>
    define(tree, node, body < 0 ? "variable" : "method", {
      nameNode,
      body,
      isPublic: isPublic(tree, node, at),
    }),
  );
}

/** `a` and `b` of `let (a, b)`. */
function boundNames(tree: FlatTree, pattern: number): readonly number[] {
  return tree.below(pattern, "simple_identifier");
}

function enumCases(tree: FlatTree, node: number): readonly DefinitionNode[] {
  return tree
    .childrenIn(node, "name")
    .map((nameNode) => define(tree, node, "variable", { nameNode, isPublic: true }));
}

/** The name after the dot of `.some(let x)` is a case, the others are new. */
function inPattern(tree: FlatTree, node: number): MemberUse {
  const isCase = tree.kind(node - 1) === ".";
  return { use: isCase ? "name" : "bind", member: isCase ? node - 1 : -1 };
}

/** `.read` is a member of a type that only the compiler knows. */
function implicitMember(tree: FlatTree, node: number): MemberUse | undefined {
  const member = tree.parentOf(node);
  if (!tree.has(member, ".")) return undefined;
  const call = tree.parentOf(member);
  const isCalled = tree.kind(call) === "call_expression" && member === call + 1;
  return { use: isCalled ? "call" : "name", member };
}

const rules: GrammarRules = {
  identifiers: { simple_identifier: "name", type_identifier: "type" },
  ignored: ["_", "$0", "$1", "$2", "$3"],
  literals: {
    line_string_literal: "string",
    multi_line_string_literal: "string",
    raw_string_literal: "string",
    regex_literal: "regex",
    integer_literal: "number",
    hex_literal: "number",
    oct_literal: "number",
    bin_literal: "number",
    real_literal: "number",
    boolean_literal: "boolean",
  },
  interpolations: ["interpolated_expression"],
  comments: ["comment", "multiline_comment"],
  annotations: ["attribute"],
  functions: [
    "function_declaration",
    "init_declaration",
    "deinit_declaration",
    "computed_property",
    "willset_didset_block",
    "lambda_literal",
  ],
  blocks: ["function_body", "statements"],
  members: { navigation_expression: "suffix" },
  wrappers: { navigation_suffix: "", user_type: "type", identifier: "" },
  roles: {
    "call_expression.^": "call",
    "inheritance_specifier.inherits_from": "inherit",
    "*.bound_identifier": "bind",
    value_argument_label: "skip",
    "inheritance_constraint.constrained_type": "skip",
  },
  contexts: {
    parameter: (tree, node) => (tree.child(tree.parentOf(node), "external_name") === node ? "skip" : "bind"),
    lambda_parameter: () => "bind",
    pattern: inPattern,
    prefix_expression: implicitMember,
    type_parameter: () => "skip",
    directive: () => "skip",
  },
  definitions: {
    class_declaration: declaration,
    protocol_declaration: (tree, node, at) => [
      define(tree, node, "interface", { isPublic: isPublic(tree, node, at) }),
    ],
    function_declaration: functionDeclaration,
    protocol_function_declaration: functionDeclaration,
    init_declaration: unnamed("init", "constructor"),
    deinit_declaration: unnamed("deinit", "method"),
    subscript_declaration: unnamed("subscript", "method"),
    property_declaration: property,
    protocol_property_declaration: property,
    typealias_declaration: (tree, node, at) => [
      define(tree, node, "type", { isPublic: isPublic(tree, node, at) }),
    ],
    associatedtype_declaration: (tree, node) => [define(tree, node, "type", { isPublic: true })],
    enum_entry: enumCases,
  },
  scopes: { class_declaration: extended },
  imports: {
    import_declaration: (tree, node) => [
      { source: tree.text(tree.childOf(node, "identifier")), names: ["*"], line: tree.lineOf(node) },
    ],
  },
};

export const swift: Language = {
  endings: ["swift"],
  text: C_TEXT,
  files: {
    tests: /\wTests?\.swift$/,
    generated: /\.pb\.swift$/,
    manifests: ["package.swift", "podfile"],
    locks: ["package.resolved", "podfile.lock"],
  },
  wasm: "@repomix/tree-sitter-wasms/out/tree-sitter-swift.wasm",
  rules,
  family: "swift",
  names: { bareMembers: true, hasNamespaces: true },
  // `import` names a module, which is a whole target; names of the own one need none.
  resolve: () => [],
};
