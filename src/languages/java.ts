import type { SymbolKind } from "./syntax.ts";
import type { FlatTree } from "./flat-tree.ts";
import type { Definition, LanguageRules } from "./language-rules.ts";

function hasModifier(tree: FlatTree, node: number, modifier: string): boolean {
  return tree.has(tree.childOf(node, "modifiers"), modifier);
}

/** Members of interfaces and annotations are public without saying so. */
function isPublic(tree: FlatTree, node: number): boolean {
  if (hasModifier(tree, node, "public")) return true;
  const holder = tree.kind(tree.parentOf(node));
  const implied = holder === "interface_body" || holder === "annotation_type_body";
  return implied && !hasModifier(tree, node, "private");
}

function definition(kind: SymbolKind) {
  return (tree: FlatTree, node: number): readonly Definition[] => {
    const nameNode = tree.child(node, "name");
    const body = tree.child(node, "body");
    return [{ name: tree.text(nameNode), kind, node, nameNode, body, isPublic: isPublic(tree, node) }];
  };
}

function fields(tree: FlatTree, node: number): readonly Definition[] {
  return tree.childrenIn(node, "declarator").map((declarator) => {
    const nameNode = tree.child(declarator, "name");
    return { name: tree.text(nameNode), kind: "variable", node, nameNode, isPublic: isPublic(tree, node) };
  });
}

/** A record's components are its fields. */
function record(tree: FlatTree, node: number): readonly Definition[] {
  const components = tree.named(tree.child(node, "parameters")).flatMap((parameter): Definition[] => {
    const nameNode = tree.child(parameter, "name");
    return nameNode < 0
      ? []
      : [{ name: tree.text(nameNode), kind: "variable", node: parameter, nameNode, isPublic: true }];
  });
  return [...definition("class")(tree, node), ...components];
}

export const java: LanguageRules = {
  identifiers: { identifier: "name", type_identifier: "type" },
  literals: {
    string_literal: "string",
    character_literal: "character",
    decimal_integer_literal: "number",
    hex_integer_literal: "number",
    octal_integer_literal: "number",
    binary_integer_literal: "number",
    decimal_floating_point_literal: "number",
    hex_floating_point_literal: "number",
    true: "boolean",
    false: "boolean",
  },
  interpolations: ["string_interpolation"],
  comments: ["line_comment", "block_comment"],
  annotations: ["marker_annotation", "annotation"],
  functions: [
    "method_declaration",
    "constructor_declaration",
    "compact_constructor_declaration",
    "lambda_expression",
  ],
  blocks: ["block", "constructor_body"],
  members: {
    method_invocation: "name",
    field_access: "field",
    scoped_identifier: "name",
    scoped_type_identifier: "*",
    method_reference: "*",
  },
  wrappers: { generic_type: "type", type_list: "", array_type: "type", annotated_type: "type" },
  roles: {
    "method_invocation.name": "call",
    "object_creation_expression.type": "new",
    superclass: "inherit",
    "superclass.^": "inherit",
    super_interfaces: "inherit",
    extends_interfaces: "inherit",
    "marker_annotation.name": "type",
    "annotation.name": "type",
    "element_value_pair.key": "name",
    "formal_parameter.name": "bind",
    "catch_formal_parameter.name": "bind",
    "enhanced_for_statement.name": "bind",
    "resource.name": "bind",
    "variable_declarator.name": "bind",
    "lambda_expression.parameters": "bind",
    inferred_parameters: "bind",
    "type_pattern.name": "bind",
    "instanceof_expression.name": "bind",
    "type_parameter.^": "skip",
    labeled_statement: "skip",
    break_statement: "skip",
    continue_statement: "skip",
  },
  definitions: {
    class_declaration: definition("class"),
    interface_declaration: definition("interface"),
    annotation_type_declaration: definition("interface"),
    enum_declaration: definition("enum"),
    record_declaration: record,
    method_declaration: definition("method"),
    annotation_type_element_declaration: definition("method"),
    constructor_declaration: definition("constructor"),
    compact_constructor_declaration: definition("constructor"),
    field_declaration: fields,
    constant_declaration: fields,
    enum_constant: (tree, node) =>
      definition("variable")(tree, node).map((one) => ({ ...one, isPublic: true })),
  },
  imports: {
    package_declaration: () => [],
    import_declaration: (tree, node) => {
      const source = tree.text(tree.childOf(node, "scoped_identifier", "identifier"));
      const names = tree.has(node, "asterisk") ? ["*"] : [source.slice(source.lastIndexOf(".") + 1)];
      return [{ source, names, line: tree.lineOf(node) }];
    },
  },
};
