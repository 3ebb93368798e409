import type { FlatTree } from "./flat-tree.ts";
import {
  define,
  type DefinitionNode,
  type Import,
  type GrammarRules,
  type NodeContext,
} from "./grammar-rules.ts";
import { type Language, vscodeGrammar } from "./language.ts";
import { joinPath, stemOf } from "./paths.ts";

const REQUIRES = ["require", "require_relative", "load", "autoload"];
const ACCESSORS = ["attr_reader", "attr_writer", "attr_accessor"];

/** `def x` after `private` on a line of its own, or as its argument, is not public. */
function isPublic(tree: FlatTree, node: number, at: NodeContext): boolean {
  const call = tree.parentOf(tree.parentOf(node));
  const word =
    tree.kind(tree.parentOf(node)) === "argument_list" ? tree.text(tree.child(call, "method")) : "";
  if (word === "private" || word === "protected" || word === "private_class_method") return false;
  return word === "public" || at.sectionIsPublic;
}

function method(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  const name = tree.text(tree.child(node, "name"));
  const isSingleton = tree.kind(node) === "singleton_method";
  const inType = at.scopeKind === "class" || at.scopeKind === "module";
  const kind = name === "initialize" ? "constructor" : inType || isSingleton ? "method" : "function";
  const owner = tree.text(tree.child(node, "object"));
  const container = isSingleton && owner !== "self" ? [owner] : [];
  return [define(tree, node, kind, { isPublic: isSingleton || isPublic(tree, node, at), container })];
}

function typeDefinition(kind: "class" | "module") {
  return (tree: FlatTree, node: number): readonly DefinitionNode[] => {
    const path = tree.child(node, "name");
    const nameNode = tree.kind(path) === "scope_resolution" ? tree.child(path, "name") : path;
    const parts = tree.text(path).split("::");
    const container = parts.slice(0, -1).filter((part) => part !== "");
    return [define(tree, node, kind, { nameNode, isPublic: true, container })];
  };
}

function constant(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  const nameNode = tree.child(node, "left");
  if (tree.kind(nameNode) !== "constant" || at.inFunction) return [];
  return [define(tree, node, "variable", { nameNode, isPublic: true })];
}

/** `attr_reader :size`, `define_method(:dyn) { … }`, `alias_method :old, :get`: methods that no `def` shows. */
function madeMethod(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  const word = tree.child(node, "receiver") < 0 ? tree.text(tree.child(node, "method")) : "";
  const symbols = tree.named(tree.child(node, "arguments")).filter((n) => tree.kind(n) === "simple_symbol");
  const made = (symbol: number, body: number): DefinitionNode => ({
    name: tree.text(symbol).slice(1),
    kind: "method",
    node: body >= 0 ? node : symbol,
    nameNode: symbol,
    outer: node,
    body,
    isPublic: at.sectionIsPublic,
  });
  if (ACCESSORS.includes(word)) return symbols.map((symbol) => made(symbol, -1));
  if (word !== "define_method" && word !== "alias_method") return [];
  return symbols.slice(0, 1).map((symbol) => made(symbol, tree.child(tree.child(node, "block"), "body")));
}

function requireCall(tree: FlatTree, node: number): readonly Import[] {
  const word = tree.child(node, "receiver") < 0 ? tree.text(tree.child(node, "method")) : "";
  if (!REQUIRES.includes(word)) return [];
  const value = tree.named(tree.child(node, "arguments")).find((n) => tree.kind(n) === "string");
  if (value === undefined || tree.has(value, "interpolation")) return [];
  const path = tree.text(value).slice(1, -1);
  const source = word === "require_relative" && !path.startsWith(".") ? `./${path}` : path;
  return [{ source, names: ["*"], line: tree.lineOf(node) }];
}

/** `private` on a line of its own holds for the rest of the class. */
function section(tree: FlatTree, node: number): boolean | undefined {
  if (tree.kind(tree.parentOf(node)) !== "body_statement") return undefined;
  const word = tree.text(node);
  return word === "private" || word === "protected" ? false : word === "public" ? true : undefined;
}

const rules: GrammarRules = {
  identifiers: {
    identifier: "name",
    constant: "name",
    instance_variable: "name",
    class_variable: "name",
    global_variable: "name",
    simple_symbol: "name",
  },
  literals: {
    string: "string",
    heredoc_body: "string",
    subshell: "string",
    string_array: "string",
    symbol_array: "string",
    character: "character",
    integer: "number",
    float: "number",
    rational: "number",
    complex: "number",
    simple_symbol: "string",
    delimited_symbol: "string",
    regex: "regex",
    true: "boolean",
    false: "boolean",
  },
  interpolations: ["interpolation"],
  comments: ["comment"],
  annotations: [],
  functions: ["method", "singleton_method", "lambda"],
  blocks: ["body_statement", "block_body", "do_block", "block"],
  members: { call: "method", scope_resolution: "name" },
  wrappers: { parenthesized_statements: "", left_assignment_list: "", rest_assignment: "" },
  roles: {
    "call.method": "call",
    superclass: "inherit",
    "superclass.^": "inherit",
    "method_parameters.^": "bind",
    method_parameters: "bind",
    "block_parameters.^": "bind",
    block_parameters: "bind",
    lambda_parameters: "bind",
    "keyword_parameter.name": "bind",
    "optional_parameter.name": "bind",
    "splat_parameter.name": "bind",
    "hash_splat_parameter.name": "bind",
    "block_parameter.name": "bind",
    "assignment.left": "bind",
    "for.pattern": "bind",
    exception_variable: "bind",
    "alias.name": "skip",
    "alias.alias": "name",
  },
  definitions: {
    module: typeDefinition("module"),
    class: typeDefinition("class"),
    method,
    singleton_method: method,
    assignment: constant,
    call: madeMethod,
    alias: (tree, node, at) => {
      const nameNode = tree.child(node, "name");
      return [define(tree, nameNode, "method", { nameNode, outer: node, isPublic: at.sectionIsPublic })];
    },
  },
  scopes: { singleton_class: () => [] },
  sections: { identifier: section },
  imports: {},
  importCalls: { call: requireCall },
};

/** Beside the file, or below a folder of the load path. */
const resolve: Language["resolve"] = ({ source }, folder, files) => {
  const relative = files.at(joinPath(folder, source));
  if (relative !== undefined) return [relative];
  return files.endingWith(
    stemOf(source)
      .split("/")
      .filter((part) => part !== "." && part !== ".."),
  );
};

export const ruby: Language = {
  endings: ["rb", "rake", "gemspec", "ru"],
  fileNames: ["rakefile", "gemfile", "guardfile", "vagrantfile", "podfile", "fastfile"],
  text: { line: ["#"], block: [["=begin", "=end"]], quotes: `"'`, long: ["`"], typeFirst: false },
  files: {
    // RSpec and Minitest; what specs need is kept in `spec`, too.
    tests: /(^test_.*|_spec)\.rb$/,
    testFolder: "spec",
    build: /\.gemspec$|^config\.ru$/,
    manifests: ["gemfile", "rakefile"],
    locks: ["gemfile.lock"],
  },
  wasm: vscodeGrammar("ruby"),
  rules,
  family: "ruby",
  names: { bareMembers: true, bareCalls: true, hasNamespaces: true },
  resolve,
};
