import type { FlatTree } from "./flat-tree.ts";
import {
  define,
  type DefinitionNode,
  type GrammarRules,
  type NameUse,
  type NodeContext,
  type SymbolKind,
} from "./grammar-rules.ts";
import type { Language } from "./language.ts";
import { ruby } from "./ruby.ts";

const ASSIGNMENTS = ["<-", "<<-", "=", ":="];
/** Calls of R's object systems that define what their first string names. */
const DEFINING: Readonly<Record<string, SymbolKind>> = {
  setGeneric: "function",
  setMethod: "function",
  setClass: "class",
  setRefClass: "class",
};
const CLASS_MAKERS = new Set(["R6Class", "setRefClass"]);

function isAssignment(tree: FlatTree, node: number): boolean {
  return tree.kind(node) === "binary_operator" && tree.has(node, ...ASSIGNMENTS);
}

/** `R6Class` of `R6::R6Class(…)`; "" for what is no call. */
function calledName(tree: FlatTree, node: number): string {
  if (tree.kind(node) !== "call") return "";
  const called = tree.text(tree.child(node, "function"));
  return called.slice(called.lastIndexOf(":") + 1);
}

/** A name that starts with a dot is for the package alone. */
function isPublic(name: string, at: NodeContext): boolean {
  return !at.inFunction && !name.startsWith(".");
}

function assignment(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  const nameNode = tree.child(node, "lhs");
  if (!isAssignment(tree, node) || tree.kind(nameNode) !== "identifier") return [];
  const value = tree.child(node, "rhs");
  const isFunction = tree.kind(value) === "function_definition";
  if (at.inFunction && !isFunction) return [];
  const kind = isFunction ? "function" : CLASS_MAKERS.has(calledName(tree, value)) ? "class" : "variable";
  const body = isFunction ? tree.child(value, "body") : -1;
  return [define(tree, node, kind, { nameNode, body, isPublic: isPublic(tree.text(nameNode), at) })];
}

/** `get = function (key) …` in a list that makes a class. */
function method(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  const value = tree.child(node, "value");
  const isMember = at.scopeKind === "class" && !at.inFunction;
  if (!isMember || tree.kind(value) !== "function_definition" || tree.child(node, "name") < 0) return [];
  return [define(tree, node, "method", { isPublic: true, body: tree.child(value, "body") })];
}

function definingCall(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  const kind = Object.entries(DEFINING).find(([name]) => name === calledName(tree, node))?.[1];
  if (kind === undefined || isAssignment(tree, tree.parentOf(node))) return [];
  const name = tree.text(tree.below(tree.child(node, "arguments"), "string_content")[0] ?? -1);
  const body = tree.child(tree.below(node, "function_definition")[0] ?? -1, "body");
  return [define(tree, node, kind, { name, nameNode: -1, body, isPublic: isPublic(name, at) })];
}

/** What is assigned in a function is local to it. */
function assigned(tree: FlatTree, node: number): NameUse | undefined {
  const operation = tree.parentOf(node);
  return isAssignment(tree, operation) && tree.child(operation, "lhs") === node ? "bind" : undefined;
}

const rules: GrammarRules = {
  identifiers: { identifier: "name" },
  ignored: [".", ".x", ".y", ".data", "self", "private"],
  literals: {
    string: "string",
    float: "number",
    integer: "number",
    complex: "number",
    true: "boolean",
    false: "boolean",
  },
  interpolations: [],
  comments: ["comment"],
  annotations: [],
  functions: ["function_definition"],
  blocks: ["braced_expression"],
  members: { extract_operator: "rhs", namespace_operator: "rhs" },
  wrappers: { parenthesized_expression: "" },
  roles: {
    "call.function": "call",
    "argument.name": "skip",
    "parameter.name": "bind",
    "for_statement.variable": "bind",
  },
  contexts: { binary_operator: assigned },
  definitions: { binary_operator: assignment, argument: method, call: definingCall },
  imports: {},
};

export const r: Language = {
  endings: ["r"],
  text: ruby.text,
  // testthat.
  files: { tests: /^test-.*\.r$/i, manifests: ["description"], locks: ["renv.lock"] },
  wasm: "@davisvaughan/tree-sitter-r/tree-sitter-r.wasm",
  rules,
  family: "r",
  // All files of a package share their names.
  names: {},
  resolve: () => [],
};
