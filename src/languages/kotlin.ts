import type { SymbolKind } from "./syntax.ts";
import type { FlatTree } from "./flat-tree.ts";
import type { Definition, LanguageRules, Role, Surroundings } from "./language-rules.ts";

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

function declaration(tree: FlatTree, node: number, at: Surroundings): readonly Definition[] {
  const nameNode = tree.child(node, "name");
  const body = tree.childOf(node, "class_body", "enum_class_body");
  const access = isPublic(tree, node) && !at.inFunction;
  return [{ name: tree.text(nameNode), kind: classKind(tree, node), node, nameNode, body, isPublic: access }];
}

/** `val` and `var` in a primary constructor are properties. */
function classProperty(tree: FlatTree, node: number): readonly Definition[] {
  if (!tree.has(node, "val", "var")) return [];
  const nameNode = tree.childOf(node, "identifier");
  return [{ name: tree.text(nameNode), kind: "variable", node, nameNode, isPublic: isPublic(tree, node) }];
}

function functionDeclaration(tree: FlatTree, node: number, at: Surroundings): readonly Definition[] {
  const nameNode = tree.child(node, "name");
  const isMember = ["class", "interface", "enum"].includes(at.scopeKind ?? "");
  const isExtension = tree.kind(nameNode - 1) === ".";
  const receiver = isExtension ? receiverType(tree, node, nameNode) : undefined;
  return [
    {
      name: tree.text(nameNode),
      kind: isMember || receiver !== undefined ? "method" : "function",
      node,
      nameNode,
      body: tree.childOf(node, "function_body"),
      isPublic: isPublic(tree, node) && !at.inFunction,
      ...(receiver === undefined ? {} : { container: [receiver] }),
    },
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
function property(tree: FlatTree, node: number, at: Surroundings): readonly Definition[] {
  if (at.inFunction) return [];
  const declared = tree.childOf(node, "variable_declaration", "multi_variable_declaration");
  const variables = tree.kind(declared) === "multi_variable_declaration" ? tree.named(declared) : [declared];
  const accessor = tree.childOf(node, "getter", "setter");
  const body = tree.childOf(accessor, "function_body");
  return variables.flatMap((variable): Definition[] => {
    const { nameNode, container } = propertyName(tree, node, variable);
    if (nameNode < 0) return [];
    const one = { name: tree.text(nameNode), node, nameNode, isPublic: isPublic(tree, node), container };
    return body < 0 ? [{ ...one, kind: "variable" }] : [{ ...one, kind: "method", body }];
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
function bound(tree: FlatTree, node: number): Role {
  return tree.childOf(tree.parentOf(node), "identifier") === node ? "bind" : "name";
}

export const kotlin: LanguageRules = {
  identifiers: { identifier: "name" },
  ignored: ["it", "null", "class"],
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
    companion_object: (tree, node) => {
      const nameNode = tree.child(node, "name");
      const name = nameNode < 0 ? "Companion" : tree.text(nameNode);
      return [
        {
          name,
          kind: "class",
          node,
          nameNode,
          body: tree.childOf(node, "class_body"),
          isPublic: isPublic(tree, node),
        },
      ];
    },
    class_parameter: classProperty,
    function_declaration: functionDeclaration,
    secondary_constructor: (tree, node, at) => [
      {
        name: at.scopeName ?? "constructor",
        kind: "constructor",
        node,
        nameNode: -1,
        body: tree.childOf(node, "block", "function_body"),
        isPublic: isPublic(tree, node),
      },
    ],
    property_declaration: property,
    type_alias: (tree, node) => {
      const nameNode =
        tree.child(node, "type") >= 0 ? tree.child(node, "type") : tree.childOf(node, "identifier");
      return [{ name: tree.text(nameNode), kind: "type", node, nameNode, isPublic: isPublic(tree, node) }];
    },
    enum_entry: (tree, node) => {
      const nameNode = tree.childOf(node, "identifier");
      return [{ name: tree.text(nameNode), kind: "variable", node, nameNode, isPublic: true }];
    },
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
