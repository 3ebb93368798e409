import type { FlatTree } from "./flat-tree.ts";
import {
  define,
  type DefinitionNode,
  type GrammarRules,
  type Import,
  type NodeContext,
  type SymbolKind,
} from "./grammar-rules.ts";
import { C_TEXT, type Language, vscodeGrammar } from "./language.ts";
import { folderOf } from "./paths.ts";

/** Go exports what starts with a capital letter. */
function isPublic(name: string): boolean {
  const first = name[0] ?? "_";
  return first !== first.toLowerCase();
}

function functionDeclaration(tree: FlatTree, node: number): readonly DefinitionNode[] {
  const receiver = tree.below(tree.child(node, "receiver"), "type_identifier")[0];
  const access = isPublic(tree.text(tree.child(node, "name")));
  if (receiver === undefined) return [define(tree, node, "function", { isPublic: access })];
  return [define(tree, node, "method", { isPublic: access, container: [tree.text(receiver)] })];
}

/** The declaration itself when it holds one name, so that its `type` and its comment count as the name's own. */
function outerOf(tree: FlatTree, node: number): number {
  const parent = tree.parentOf(node);
  return tree.kind(parent).endsWith("_declaration") && !tree.has(parent, "(") ? parent : node;
}

function typeSpec(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  const name = tree.text(tree.child(node, "name"));
  const type = tree.child(node, "type");
  const shapes: Readonly<Record<string, SymbolKind>> = { struct_type: "class", interface_type: "interface" };
  const kind = shapes[tree.kind(type)] ?? "type";
  const body = kind === "type" ? -1 : tree.childOf(type, "field_declaration_list", "{");
  return [
    define(tree, node, kind, {
      outer: outerOf(tree, node),
      body,
      isPublic: isPublic(name) && !at.inFunction,
    }),
  ];
}

function variables(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  if (at.inFunction) return [];
  return tree
    .childrenIn(node, "name")
    .concat(tree.children(node).filter((n) => tree.kind(n) === "identifier"))
    .filter((n, index, all) => tree.kind(n) === "identifier" && all.indexOf(n) === index)
    .map((nameNode) => variable(tree, node, nameNode, outerOf(tree, node)));
}

/** The fields of a named struct; those of a struct type in a function are local. */
function fieldNames(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  if (at.scopeKind !== "class") return [];
  return tree
    .named(node)
    .filter((n) => tree.kind(n) === "field_identifier")
    .map((nameNode) => variable(tree, node, nameNode, node));
}

function variable(tree: FlatTree, node: number, nameNode: number, outer: number): DefinitionNode {
  return define(tree, node, "variable", { nameNode, outer, isPublic: isPublic(tree.text(nameNode)) });
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

const rules: GrammarRules = {
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
    method_elem: (tree, node, at) =>
      at.scopeKind === "interface"
        ? [define(tree, node, "method", { isPublic: isPublic(tree.text(tree.child(node, "name"))) })]
        : [],
  },
  imports: { import_spec: importSpec },
};

/** A package is a folder with all of its files. */
const resolve: Language["resolve"] = ({ source }, _folder, files) => {
  const parts = source.split("/");
  const suffix = parts.slice(-2).join("/");
  return files.inFolder(parts.at(-1) ?? "").filter((path) => {
    const own = folderOf(path);
    return parts.length === 1
      ? own === source
      : own === suffix || own.endsWith(`/${suffix}`) || source.endsWith(`/${own}`);
  });
};

/** `…/redis/v8` is package redis. */
function packageName(source: string): string {
  const parts = source.split("/");
  const last = parts.at(-1) ?? "";
  return /^v\d+$/.test(last) ? (parts.at(-2) ?? last) : last;
}

export const go: Language = {
  endings: ["go"],
  text: C_TEXT,
  // Only `_test.go` is a test to Go: the folder `testing` has no meaning to it.
  files: {
    generated: /\.pb\.(gw\.)?go$|^zz_generated\.|^bindata\.go$/,
    manifests: ["go.mod", "go.work"],
    locks: ["go.sum", "go.work.sum"],
  },
  wasm: vscodeGrammar("go"),
  rules,
  family: "go",
  names: { sharesFolder: true, packageName },
  resolve,
};
