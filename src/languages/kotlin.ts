import { endStatements } from "./end-statements.ts";
import type { FlatTree } from "./flat-tree.ts";
import {
  define,
  type DefinitionNode,
  type GrammarRules,
  type NameUse,
  type NodeContext,
  type SymbolKind,
} from "./grammar-rules.ts";
import { JVM_FILES, resolveByPackage } from "./java.ts";
import { C_TEXT, type Language } from "./language.ts";

/** Kotlin is public unless it says otherwise. */
function isPublic(tree: FlatTree, node: number): boolean {
  const visibility = tree.childOf(tree.childOf(node, "modifiers"), "visibility_modifier");
  return visibility < 0 || tree.text(visibility) === "public";
}

function classKind(tree: FlatTree, node: number): SymbolKind {
  if (tree.has(node, "interface")) return "interface";
  const modifiers = tree
    .childrenIn(tree.childOf(node, "modifiers"), "")
    .concat(tree.named(tree.childOf(node, "modifiers")));
  if (modifiers.some((n) => tree.text(n) === "enum") || tree.has(node, "enum_class_body")) return "enum";
  return "class";
}

function declaration(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  const body = tree.childOf(node, "class_body", "enum_class_body");
  return [
    define(tree, node, classKind(tree, node), { body, isPublic: isPublic(tree, node) && !at.inFunction }),
  ];
}

/** `val` and `var` in a primary constructor are properties. */
function classProperty(tree: FlatTree, node: number): readonly DefinitionNode[] {
  if (!tree.has(node, "val", "var")) return [];
  return [
    define(tree, node, "variable", {
      nameNode: tree.childOf(node, "identifier"),
      isPublic: isPublic(tree, node),
    }),
  ];
}

function functionDeclaration(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  const nameNode = tree.child(node, "name");
  const isMember = ["class", "interface", "enum"].includes(at.scopeKind ?? "");
  const isExtension = tree.kind(nameNode - 1) === ".";
  const receiver = isExtension ? receiverType(tree, node, nameNode) : undefined;
  return [
    define(tree, node, isMember || receiver !== undefined ? "method" : "function", {
      body: tree.childOf(node, "function_body"),
      isPublic: isPublic(tree, node) && !at.inFunction,
      container: receiver === undefined ? [] : [receiver],
    }),
  ];
}

/** `String` for `fun String.shout()`, `List` for `fun <T> List<T>.second()`. */
function receiverType(tree: FlatTree, node: number, nameNode: number): string | undefined {
  const types = tree.children(node).filter((n) => n < nameNode && tree.kind(n) !== "modifiers");
  const type = types.findLast((n) => ["user_type", "nullable_type"].includes(tree.kind(n))) ?? -1;
  const user = tree.kind(type) === "nullable_type" ? tree.childOf(type, "user_type") : type;
  const name = tree.named(user).findLast((n) => tree.kind(n) === "identifier");
  return name === undefined ? undefined : tree.text(name);
}

/** A property with a getter or setter of its own is a method to its readers. */
function property(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  if (at.inFunction) return [];
  const declared = tree.childOf(node, "variable_declaration", "multi_variable_declaration");
  const variables = tree.kind(declared) === "multi_variable_declaration" ? tree.named(declared) : [declared];
  const accessor = tree.childOf(node, "getter", "setter");
  const body = tree.childOf(accessor, "function_body");
  return variables.flatMap((variable): DefinitionNode[] => {
    const { nameNode, container } = propertyName(tree, node, variable);
    if (nameNode < 0) return [];
    return [
      define(tree, node, body < 0 ? "variable" : "method", {
        nameNode,
        body,
        isPublic: isPublic(tree, node),
        container,
      }),
    ];
  });
}

/** The grammar reads `val String.ext` as a type followed by a property without a name. */
function propertyName(
  tree: FlatTree,
  node: number,
  variable: number,
): { nameNode: number; container: string[] } {
  const nameNode = tree.childOf(variable, "identifier");
  if (tree.text(nameNode) !== "") return { nameNode, container: [] };
  const [name, type] = tree.named(tree.childOf(node, "user_type")).toReversed();
  return { nameNode: name ?? -1, container: type === undefined ? [] : [tree.text(type)] };
}

/** The grammar has no fields here: the first name is the new one, what follows is its type or its default value. */
function bound(tree: FlatTree, node: number): NameUse {
  return tree.childOf(tree.parentOf(node), "identifier") === node ? "bind" : "name";
}

const rules: GrammarRules = {
  identifiers: { identifier: "name" },
  ignored: ["it", "null", "class"],
  repair: endStatements,
  literals: {
    string_literal: "string",
    multiline_string_literal: "string",
    character_literal: "character",
    number_literal: "number",
    float_literal: "number",
    boolean_literal: "boolean",
    true: "boolean",
    false: "boolean",
  },
  interpolations: ["interpolation"],
  comments: ["line_comment", "block_comment"],
  annotations: ["annotation"],
  functions: [
    "function_declaration",
    "secondary_constructor",
    "anonymous_function",
    "lambda_literal",
    "getter",
    "setter",
    "anonymous_initializer",
  ],
  blocks: ["block", "function_body"],
  members: { navigation_expression: "*" },
  wrappers: {
    user_type: "type",
    nullable_type: "type",
    constructor_invocation: "",
    parenthesized_expression: "",
    delegation_specifier: "",
  },
  roles: {
    "call_expression.^": "call",
    delegation_specifiers: "inherit",
    "delegation_specifiers.^": "inherit",
    "explicit_delegation.^": "inherit",
    explicit_delegation: "name",
    "lambda_parameters.^": "bind",
    label: "skip",
    callable_reference: "name",
  },
  contexts: {
    parameter: bound,
    parameter_with_optional_type: bound,
    class_parameter: bound,
    variable_declaration: bound,
    catch_block: bound,
    type_parameter: () => "skip",
  },
  definitions: {
    class_declaration: declaration,
    object_declaration: declaration,
    companion_object: (tree, node) => [
      define(tree, node, "class", {
        name: tree.text(tree.child(node, "name")) || "Companion",
        body: tree.childOf(node, "class_body"),
        isPublic: isPublic(tree, node),
      }),
    ],
    class_parameter: classProperty,
    function_declaration: functionDeclaration,
    secondary_constructor: (tree, node, at) => [
      define(tree, node, "constructor", {
        name: at.scopeName ?? "constructor",
        nameNode: -1,
        body: tree.childOf(node, "block", "function_body"),
        isPublic: isPublic(tree, node),
      }),
    ],
    property_declaration: property,
    type_alias: (tree, node) => {
      const nameNode =
        tree.child(node, "type") >= 0 ? tree.child(node, "type") : tree.childOf(node, "identifier");
      return [define(tree, node, "type", { nameNode, isPublic: isPublic(tree, node) })];
    },
    enum_entry: (tree, node) => [
      define(tree, node, "variable", { nameNode: tree.childOf(node, "identifier"), isPublic: true }),
    ],
  },
  imports: {
    package_header: () => [],
    import: (tree, node) => {
      const source = tree.text(tree.childOf(node, "qualified_identifier", "identifier"));
      const names = tree.has(node, "*") ? ["*"] : [source.slice(source.lastIndexOf(".") + 1)];
      return [{ source, names, line: tree.lineOf(node) }];
    },
  },
};

export const kotlin: Language = {
  endings: ["kt", "kts"],
  text: C_TEXT,
  files: { ...JVM_FILES, tests: /\w(Tests?|Spec)\.kt$/, build: /\.gradle\.kts$/ },
  wasm: "@tree-sitter-grammars/tree-sitter-kotlin/tree-sitter-kotlin.wasm",
  rules,
  family: "jvm",
  names: { sharesFolder: true, bareMembers: true, hasNamespaces: true },
  resolve: resolveByPackage,
};
