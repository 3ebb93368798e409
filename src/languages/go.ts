import type { Import, SymbolKind } from "./syntax.ts";
import type { FlatTree } from "./flat-tree.ts";
import type { Definition, LanguageRules, Surroundings } from "./language-rules.ts";

/** Go exports what starts with a capital letter. */
function isPublic(name: string): boolean {
  const first = name[0] ?? "_";
  return first !== first.toLowerCase();
}

function functionDeclaration(tree: FlatTree, node: number): readonly Definition[] {
  const nameNode = tree.child(node, "name");
  const receiver = tree.below(tree.child(node, "receiver"), "type_identifier")[0];
  const name = tree.text(nameNode);
  const body = tree.child(node, "body");
  if (receiver === undefined)
    return [{ name, kind: "function", node, nameNode, body, isPublic: isPublic(name) }];
  const container = [tree.text(receiver)];
  return [{ name, kind: "method", node, nameNode, body, isPublic: isPublic(name), container }];
}

/** The declaration itself when it holds one name, so that its `type` and its comment count as the name's own. */
function outerOf(tree: FlatTree, node: number): number {
  const parent = tree.parentOf(node);
  return tree.kind(parent).endsWith("_declaration") && !tree.has(parent, "(") ? parent : node;
}

function typeSpec(tree: FlatTree, node: number, at: Surroundings): readonly Definition[] {
  const nameNode = tree.child(node, "name");
  const name = tree.text(nameNode);
  const type = tree.child(node, "type");
  const shapes: Readonly<Record<string, SymbolKind>> = { struct_type: "class", interface_type: "interface" };
  const kind = shapes[tree.kind(type)] ?? "type";
  const body = kind === "type" ? -1 : tree.childOf(type, "field_declaration_list", "{");
  return [
    {
      name,
      kind,
      node,
      nameNode,
      outer: outerOf(tree, node),
      body,
      isPublic: isPublic(name) && !at.inFunction,
    },
  ];
}

function variables(tree: FlatTree, node: number, at: Surroundings): readonly Definition[] {
  if (at.inFunction) return [];
  return tree
    .childrenIn(node, "name")
    .concat(tree.children(node).filter((n) => tree.kind(n) === "identifier"))
    .filter((n, index, all) => tree.kind(n) === "identifier" && all.indexOf(n) === index)
    .map((nameNode) => ({
      name: tree.text(nameNode),
      kind: "variable" as const,
      node,
      nameNode,
      outer: outerOf(tree, node),
      isPublic: isPublic(tree.text(nameNode)),
    }));
}

/** The fields of a named struct; those of a struct type in a function are local. */
function fieldNames(tree: FlatTree, node: number, at: Surroundings): readonly Definition[] {
  if (at.scopeKind !== "class") return [];
  return tree
    .named(node)
    .filter((n) => tree.kind(n) === "field_identifier")
    .map((nameNode) => ({
      name: tree.text(nameNode),
      kind: "variable",
      node,
      nameNode,
      isPublic: isPublic(tree.text(nameNode)),
    }));
}

function importSpec(tree: FlatTree, node: number): readonly Import[] {
  const source = tree.text(tree.child(node, "path")).slice(1, -1);
  const alias = tree.child(node, "name");
  const line = tree.lineOf(node);
  if (tree.kind(alias) === "blank_identifier") return [{ source, names: [], line }];
  // Without an alias it is the name that the package gives itself, nearly always the last part of its path.
  const local = tree.kind(alias) === "package_identifier" ? tree.text(alias) : undefined;
  return [{ source, names: ["*"], ...(local === undefined ? {} : { locals: [local] }), line }];
}

export const go: LanguageRules = {
  identifiers: {
    identifier: "name",
    type_identifier: "type",
    field_identifier: "name",
    package_identifier: "name",
    label_name: "skip",
    blank_identifier: "skip",
  },
  ignored: ["_"],
  literals: {
    interpreted_string_literal: "string",
    raw_string_literal: "string",
    rune_literal: "character",
    int_literal: "number",
    float_literal: "number",
    imaginary_literal: "number",
    true: "boolean",
    false: "boolean",
  },
  interpolations: [],
  comments: ["comment"],
  annotations: [],
  functions: ["function_declaration", "method_declaration", "func_literal"],
  blocks: ["block", "statement_list"],
  members: { selector_expression: "field", qualified_type: "name" },
  wrappers: {
    generic_type: "",
    parenthesized_expression: "",
    expression_list: "",
    literal_element: "name",
    pointer_type: "type",
  },
  roles: {
    "call_expression.function": "call",
    "composite_literal.type": "new",
    // `NewStore[int](10)`: the grammar cannot tell it from a conversion, which is the rarer one.
    "type_conversion_expression.type": "call",
    "parameter_declaration.name": "bind",
    "parameter_declaration.type": "type",
    "variadic_parameter_declaration.name": "bind",
    "type_parameter_declaration.name": "skip",
    "short_var_declaration.left": "bind",
    "range_clause.left": "bind",
    "var_spec.name": "bind",
    "const_spec.name": "bind",
    var_spec: "bind",
    const_spec: "bind",
    "var_spec.type": "type",
    "const_spec.type": "type",
    "var_spec.value": "name",
    "const_spec.value": "name",
    "type_switch_statement.alias": "bind",
    "field_declaration.type": "type",
    package_clause: "skip",
    "package_clause.^": "skip",
  },
  definitions: {
    function_declaration: functionDeclaration,
    method_declaration: functionDeclaration,
    type_spec: typeSpec,
    type_alias: typeSpec,
    const_spec: variables,
    var_spec: variables,
    field_declaration: fieldNames,
    method_elem: (tree, node, at) => {
      const nameNode = tree.child(node, "name");
      const name = tree.text(nameNode);
      if (at.scopeKind !== "interface") return [];
      return [{ name, kind: "method", node, nameNode, isPublic: isPublic(name) }];
    },
  },
  imports: { import_spec: importSpec },
};
