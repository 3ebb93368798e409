import type { FlatTree } from "./flat-tree.ts";
import {
  define,
  type DefinitionNode,
  definitions,
  type Import,
  type GrammarRules,
  type NodeContext,
} from "./grammar-rules.ts";
import { C_TEXT, type Language, vscodeGrammar } from "./language.ts";

/** Members are public unless they say otherwise; a name outside of a class always is. */
function isPublic(tree: FlatTree, node: number): boolean {
  const modifier = tree.childOf(node, "visibility_modifier");
  return modifier < 0 || tree.text(modifier) === "public";
}

const definition = definitions(isPublic);

function method(tree: FlatTree, node: number): readonly DefinitionNode[] {
  const isConstructor = tree.text(tree.child(node, "name")) === "__construct";
  return [define(tree, node, isConstructor ? "constructor" : "method", { isPublic: isPublic(tree, node) })];
}

/** `$size` is called `size`, as `->size` uses it. */
function variableName(tree: FlatTree, node: number): number {
  return tree.childOf(node, "name");
}

function properties(tree: FlatTree, node: number): readonly DefinitionNode[] {
  return tree.named(node).flatMap((element): DefinitionNode[] => {
    if (tree.kind(element) !== "property_element") return [];
    const nameNode = variableName(tree, tree.child(element, "name"));
    return [define(tree, node, "variable", { nameNode, isPublic: isPublic(tree, node) })];
  });
}

/** `__construct(private Foo $foo)` declares the property too. */
function promoted(tree: FlatTree, node: number): readonly DefinitionNode[] {
  const nameNode = variableName(tree, tree.child(node, "name"));
  return [define(tree, node, "variable", { nameNode, isPublic: isPublic(tree, node), hoisted: true })];
}

function constants(tree: FlatTree, node: number): readonly DefinitionNode[] {
  return tree.named(node).flatMap((element): DefinitionNode[] => {
    if (tree.kind(element) !== "const_element") return [];
    const nameNode = tree.childOf(element, "name");
    return [define(tree, node, "variable", { nameNode, isPublic: isPublic(tree, node) })];
  });
}

/** Variables at the top of a file are global; `$fn = function () {}` is a function. */
function assignment(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  const left = tree.child(node, "left");
  if (tree.kind(left) !== "variable_name" || at.inFunction) return [];
  const value = tree.child(node, "right");
  const isFunction = ["anonymous_function", "arrow_function"].includes(tree.kind(value));
  return [
    define(tree, node, isFunction ? "function" : "variable", {
      nameNode: variableName(tree, left),
      isPublic: true,
      body: isFunction ? tree.child(value, "body") : -1,
    }),
  ];
}

/** `define('OTHER', 2)` */
function definedConstant(tree: FlatTree, node: number): readonly DefinitionNode[] {
  if (tree.text(tree.child(node, "function")) !== "define") return [];
  const first = tree.named(tree.child(node, "arguments"))[0] ?? -1;
  const text = tree.childOf(first, "string", "encapsed_string");
  if (text < 0) return [];
  const name = tree.text(text).slice(1, -1);
  return [define(tree, node, "variable", { name, nameNode: -1, isPublic: true })];
}

function used(tree: FlatTree, node: number): readonly Import[] {
  const group = tree.child(node, "body");
  const prefix = group >= 0 ? `${tree.text(tree.childOf(node, "namespace_name"))}\\` : "";
  const clauses = tree
    .named(group >= 0 ? group : node)
    .filter((n) => tree.kind(n) === "namespace_use_clause");
  return clauses.map((clause) => {
    const path = tree.text(tree.childOf(clause, "qualified_name", "name", "namespace_name"));
    const source = `${prefix}${path}`;
    return { source, names: [source.slice(source.lastIndexOf("\\") + 1)], line: tree.lineOf(clause) };
  });
}

/** `__DIR__ . '/x.php'` is given as `./x.php`. */
function required(tree: FlatTree, node: number): readonly Import[] {
  const strings = tree.below(node, "string", "encapsed_string");
  const only = strings[0];
  if (only === undefined || strings.length > 1) return [];
  const path = tree.text(only).slice(1, -1);
  const isHere = tree.below(node, "name").some((n) => tree.text(n) === "__DIR__");
  return [{ source: isHere ? `.${path}` : path, names: ["*"], line: tree.lineOf(node) }];
}

const rules: GrammarRules = {
  identifiers: { name: "name" },
  ignored: ["static"],
  literals: {
    string: "string",
    encapsed_string: "string",
    heredoc: "string",
    nowdoc: "string",
    shell_command_expression: "string",
    integer: "number",
    float: "number",
    boolean: "boolean",
  },
  interpolations: [],
  comments: ["comment"],
  annotations: ["attribute_list"],
  functions: ["function_definition", "method_declaration", "anonymous_function", "arrow_function"],
  blocks: ["compound_statement"],
  members: {
    member_access_expression: "name",
    nullsafe_member_access_expression: "name",
    member_call_expression: "name",
    nullsafe_member_call_expression: "name",
    scoped_call_expression: "name",
    scoped_property_access_expression: "name",
    class_constant_access_expression: "*",
    qualified_name: "*",
  },
  wrappers: {
    variable_name: "skip",
    parenthesized_expression: "",
    optional_type: "type",
    type_list: "type",
    argument: "",
  },
  roles: {
    "function_call_expression.function": "call",
    "member_call_expression.name": "call",
    "nullsafe_member_call_expression.name": "call",
    "scoped_call_expression.name": "call",
    "scoped_call_expression.scope": "type",
    "class_constant_access_expression.^": "type",
    "scoped_property_access_expression.scope": "type",
    "scoped_property_access_expression.name": "name",
    "binary_expression.right": "name",
    object_creation_expression: "new",
    base_clause: "inherit",
    class_interface_clause: "inherit",
    use_declaration: "inherit",
    "use_declaration.^": "inherit",
    named_type: "type",
    "named_type.^": "type",
    attribute: "type",
    "attribute.^": "type",
    namespace_definition: "skip",
  },
  definitions: {
    class_declaration: definition("class"),
    interface_declaration: definition("interface"),
    trait_declaration: definition("class"),
    enum_declaration: definition("enum"),
    enum_case: definition("variable"),
    function_definition: definition("function"),
    method_declaration: method,
    property_declaration: properties,
    property_promotion_parameter: promoted,
    const_declaration: constants,
    assignment_expression: assignment,
    function_call_expression: definedConstant,
  },
  imports: {
    namespace_use_declaration: used,
    namespace_definition: (tree, node) => (tree.child(node, "body") < 0 ? [] : undefined),
  },
  importCalls: {
    require_expression: required,
    require_once_expression: required,
    include_expression: required,
    include_once_expression: required,
  },
};

export const php: Language = {
  endings: ["php", "phtml"],
  text: { ...C_TEXT, line: ["//", "#"] },
  files: {
    // PHPUnit and Codeception.
    tests: /\w(Tests?|Cest)\.php$/,
    manifests: ["composer.json"],
    locks: ["composer.lock"],
  },
  wasm: vscodeGrammar("php"),
  rules,
  family: "php",
  names: { hasNamespaces: true },
  resolve: ({ source }, _folder, files) => files.endingWith(source.split(/[\\/]/).filter(Boolean)),
};
