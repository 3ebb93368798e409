import type { FlatTree } from "./flat-tree.ts";
import {
  define,
  type DefinitionNode,
  type GrammarRules,
  type NodeContext,
  type SymbolKind,
} from "./grammar-rules.ts";
import { C_TEXT, type Language, vscodeGrammar } from "./language.ts";

/** What an interface holds is public without saying so. */
function isPublic(tree: FlatTree, node: number, at: NodeContext): boolean {
  const modifiers = tree
    .children(node)
    .filter((n) => tree.kind(n) === "modifier")
    .map((n) => tree.text(n));
  if (modifiers.includes("public")) return true;
  return at.scopeKind === "interface" && !modifiers.includes("private");
}

function definition(kind: SymbolKind) {
  return (tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] => [
    define(tree, node, kind, { body: bodyOf(tree, node), isPublic: isPublic(tree, node, at) }),
  ];
}

function bodyOf(tree: FlatTree, node: number): number {
  const body = tree.child(node, "body");
  return body >= 0 ? body : tree.childOf(node, "arrow_expression_clause");
}

function fields(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  const declarators = tree.named(tree.childOf(node, "variable_declaration"));
  return declarators
    .filter((declarator) => tree.kind(declarator) === "variable_declarator")
    .map((declarator) =>
      define(tree, node, "variable", {
        nameNode: tree.child(declarator, "name"),
        isPublic: isPublic(tree, node, at),
      }),
    );
}

/** A property with code in it is a method to its readers; one without is a variable. */
function property(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  const arrow = tree.child(node, "value");
  const accessors = tree.child(node, "accessors");
  const hasCode =
    tree.kind(arrow) === "arrow_expression_clause" ||
    tree.below(accessors, "block", "arrow_expression_clause").length > 0;
  const body = tree.kind(arrow) === "arrow_expression_clause" ? arrow : accessors;
  const name = tree.text(tree.child(node, "name")) || "this";
  return [
    define(tree, node, hasCode ? "method" : "variable", { name, body, isPublic: isPublic(tree, node, at) }),
  ];
}

/** `operator==`, `operator int`. */
function operator(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  const children = tree.children(node);
  const sign = children[children.findIndex((n) => tree.kind(n) === "operator") + 1] ?? -1;
  const isConversion = tree.kind(node) === "conversion_operator_declaration";
  const name = isConversion
    ? `operator ${tree.text(tree.child(node, "type"))}`
    : `operator${tree.kind(sign)}`;
  const isOpen = isPublic(tree, node, at);
  return [define(tree, node, "method", { name, nameNode: -1, body: bodyOf(tree, node), isPublic: isOpen })];
}

/** `namespace App.Core;` holds everything after it in the file. */
function namespace(tree: FlatTree, node: number): readonly DefinitionNode[] {
  const parts = tree.text(tree.child(node, "name")).split(".");
  const name = parts.at(-1) ?? "";
  const container = parts.slice(0, -1);
  const reach = tree.lastOf(tree.child(node, "body") < 0 ? tree.parentOf(node) : node);
  return [define(tree, node, "module", { name, isPublic: true, container, reach })];
}

/** A record's parameters are its properties. */
function record(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  const parameters = tree
    .named(tree.childOf(node, "parameter_list"))
    .filter((parameter) => tree.child(parameter, "name") >= 0)
    .map((parameter) => define(tree, parameter, "variable", { isPublic: true }));
  return [...definition("class")(tree, node, at), ...parameters];
}

const rules: GrammarRules = {
  identifiers: { identifier: "name", implicit_parameter: "bind" },
  literals: {
    string_literal: "string",
    verbatim_string_literal: "string",
    raw_string_literal: "string",
    interpolated_string_expression: "string",
    character_literal: "character",
    integer_literal: "number",
    real_literal: "number",
    boolean_literal: "boolean",
  },
  interpolations: ["interpolation"],
  comments: ["comment"],
  annotations: ["attribute_list"],
  functions: [
    "method_declaration",
    "constructor_declaration",
    "destructor_declaration",
    "operator_declaration",
    "conversion_operator_declaration",
    "local_function_statement",
    "lambda_expression",
    "anonymous_method_expression",
    "accessor_declaration",
  ],
  blocks: ["block"],
  members: {
    member_access_expression: "name",
    qualified_name: "name",
    conditional_access_expression: "*",
    member_binding_expression: "name",
  },
  wrappers: {
    generic_name: "",
    nullable_type: "type",
    array_type: "type",
    pointer_type: "type",
    parenthesized_expression: "",
    primary_constructor_base_type: "",
    argument_list: "name",
    postfix_unary_expression: "",
  },
  roles: {
    "invocation_expression.function": "call",
    "object_creation_expression.type": "new",
    base_list: "inherit",
    "base_list.^": "inherit",
    "*.type": "type",
    "*.returns": "type",
    type_argument_list: "type",
    type_parameter_constraints_clause: "type",
    "attribute.name": "type",
    "is_expression.right": "type",
    "as_expression.right": "type",
    "parameter.name": "bind",
    parameter_list: "bind",
    "parameter_list.name": "bind",
    "variable_declarator.name": "bind",
    "foreach_statement.left": "bind",
    "catch_declaration.name": "bind",
    "declaration_pattern.name": "bind",
    "declaration_expression.name": "bind",
    "lambda_expression.parameters": "bind",
    "type_parameter.name": "skip",
    "labeled_statement.^": "skip",
    "argument.name": "name",
    "typeof_expression.type": "type",
  },
  definitions: {
    namespace_declaration: namespace,
    file_scoped_namespace_declaration: namespace,
    class_declaration: definition("class"),
    struct_declaration: definition("class"),
    record_declaration: record,
    interface_declaration: definition("interface"),
    enum_declaration: definition("enum"),
    enum_member_declaration: (tree, node) => [define(tree, node, "variable", { isPublic: true })],
    delegate_declaration: definition("type"),
    method_declaration: definition("method"),
    local_function_statement: definition("function"),
    constructor_declaration: definition("constructor"),
    destructor_declaration: (tree, node, at) =>
      definition("method")(tree, node, at).map((one) => ({ ...one, name: `~${one.name}` })),
    operator_declaration: operator,
    conversion_operator_declaration: operator,
    property_declaration: property,
    indexer_declaration: property,
    event_declaration: property,
    field_declaration: fields,
    event_field_declaration: fields,
  },
  imports: {
    using_directive: (tree, node) => {
      const source = tree.text(tree.named(node).at(-1) ?? -1);
      const isAlias = tree.child(node, "name") >= 0;
      const path = source.slice(0, source.includes("<") ? source.indexOf("<") : source.length);
      const names = isAlias ? [path.slice(path.lastIndexOf(".") + 1)] : ["*"];
      return [{ source, names, line: tree.lineOf(node) }];
    },
  },
};

export const csharp: Language = {
  endings: ["cs"],
  text: C_TEXT,
  files: {
    tests: /\wTests?\.cs$/,
    // A test project is named after the one that it tests.
    testPaths: /(^|\/)[\w.]{1,100}\.(unit|integration|functional)?tests?\//i,
    generated: /\.designer\.cs$|\.g\.(i\.)?cs$/i,
    locks: ["packages.lock.json"],
  },
  wasm: vscodeGrammar("c-sharp"),
  rules,
  family: "csharp",
  names: { bareMembers: true, hasNamespaces: true },
  // `using` names a namespace, which can be in any file.
  resolve: () => [],
};
