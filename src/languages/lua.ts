import type { FlatTree } from "./flat-tree.ts";
import {
  define,
  type DefinitionNode,
  type GrammarRules,
  type Import,
  type NodeContext,
} from "./grammar-rules.ts";
import type { Language } from "./language.ts";

interface Target {
  readonly nameNode: number;
  readonly container: readonly string[];
  readonly isMethod: boolean;
}

/** `open` of `M.open`, `M:open` and plain `open`, with the tables around it. */
function targetOf(tree: FlatTree, node: number): Target {
  const isMethod = tree.kind(node) === "method_index_expression";
  if (!isMethod && tree.kind(node) !== "dot_index_expression")
    return { nameNode: tree.kind(node) === "identifier" ? node : -1, container: [], isMethod };
  const container = tree.text(tree.child(node, "table")).split(".");
  return { nameNode: tree.child(node, isMethod ? "method" : "field"), container, isMethod };
}

function functionDeclaration(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  const { nameNode, container, isMethod } = targetOf(tree, tree.child(node, "name"));
  const isPublic = !tree.has(node, "local") && !at.inFunction;
  return [define(tree, node, isMethod ? "method" : "function", { nameNode, container, isPublic })];
}

/** `M.find = function (key) … end`, and names at the top of a file. */
function assignment(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  const names = tree.childrenIn(tree.childOf(node, "variable_list"), "name");
  const values = tree.childrenIn(tree.childOf(node, "expression_list"), "value");
  const declared = tree.kind(tree.parentOf(node)) === "variable_declaration" ? tree.parentOf(node) : -1;
  const more = { isPublic: declared < 0 && !at.inFunction, ...(declared < 0 ? {} : { outer: declared }) };
  return names.flatMap((name, index): DefinitionNode[] => {
    const { nameNode, container } = targetOf(tree, name);
    const value = values[index] ?? -1;
    if (nameNode < 0) return [];
    if (tree.kind(value) === "function_definition")
      return [define(tree, node, "function", { nameNode, container, body: bodyOf(tree, value), ...more })];
    if (at.inFunction || container.length > 0) return [];
    return [define(tree, node, "variable", { nameNode, body: -1, ...more })];
  });
}

function bodyOf(tree: FlatTree, node: number): number {
  return tree.child(node, "body");
}

/** A function in the table that a name gets: `Store = { get = function () … end }`. */
function field(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  const value = tree.child(node, "value");
  if (tree.kind(value) !== "function_definition" || tree.child(node, "name") < 0) return [];
  const list = tree.parentOf(tree.parentOf(node));
  const names = tree.childrenIn(tree.childOf(tree.parentOf(list), "variable_list"), "name");
  const holder = tree.kind(list) === "expression_list" && names.length === 1 ? tree.text(names[0] ?? -1) : "";
  const container = holder === "" ? [] : holder.split(".");
  return [define(tree, node, "function", { container, isPublic: !at.inFunction, body: bodyOf(tree, value) })];
}

/** `local io = require("app.io")` */
function required(tree: FlatTree, node: number): readonly Import[] {
  if (tree.text(tree.child(node, "name")) !== "require") return [];
  const source = tree.text(tree.below(node, "string_content")[0] ?? -1);
  if (source === "") return [];
  const list = tree.parentOf(node);
  const names = tree.childrenIn(tree.childOf(tree.parentOf(list), "variable_list"), "name");
  const local = names[tree.childrenIn(list, "value").indexOf(node)];
  const locals = [local === undefined ? "" : tree.text(local)];
  return [{ source, names: ["*"], locals, line: tree.lineOf(node) }];
}

const rules: GrammarRules = {
  identifiers: { identifier: "name" },
  ignored: ["self", "_"],
  literals: { string: "string", number: "number", true: "boolean", false: "boolean" },
  interpolations: [],
  comments: ["comment"],
  annotations: [],
  functions: ["function_declaration", "function_definition"],
  blocks: ["block"],
  members: { dot_index_expression: "field", method_index_expression: "method" },
  wrappers: { parenthesized_expression: "" },
  roles: {
    "function_call.name": "call",
    "parameters.name": "bind",
    "for_numeric_clause.name": "bind",
    goto_statement: "skip",
    "goto_statement.^": "skip",
    label_statement: "skip",
    "field.name": "skip",
  },
  contexts: { variable_list: () => "bind" },
  definitions: { function_declaration: functionDeclaration, assignment_statement: assignment, field },
  imports: {},
  importCalls: { function_call: required },
};

export const lua: Language = {
  endings: ["lua"],
  text: {
    line: ["--"],
    block: [["--[[", "]]"]],
    quotes: `"'`,
    long: [],
    typeFirst: false,
  },
  // Busted.
  files: { tests: /_spec\.lua$/, testFolder: "spec", build: /\.rockspec$/ },
  wasm: "@tree-sitter-grammars/tree-sitter-lua/tree-sitter-lua.wasm",
  rules,
  packageFiles: ["init"],
  family: "lua",
  names: { hasNamespaces: true },
  resolve: ({ source }, _folder, files) => files.endingWith(source.split(/[./]/).filter(Boolean)),
};
