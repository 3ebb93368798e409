import type { FlatTree } from "./flat-tree.ts";
import {
  define,
  type DefinitionNode,
  type GrammarRules,
  type Import,
  type NameUse,
} from "./grammar-rules.ts";
import type { Language } from "./language.ts";
import { ruby } from "./ruby.ts";

const MODULES = new Set(["defmodule", "defprotocol"]);
const FUNCTIONS = new Set(["def", "defp", "defmacro", "defmacrop", "defguard", "defguardp", "defdelegate"]);
const IMPORTS = new Set(["alias", "import", "require", "use"]);
const TYPE_ATTRIBUTES = new Set(["spec", "type", "typep", "opaque", "callback", "macrocallback"]);
const MAX_CLIMB = 20;
/** How far back the clause before this one is looked for: over its documentation and type. */
const MAX_BETWEEN = 6;

/** Calls of the language itself. */
const IGNORED = [
  ...MODULES,
  ...FUNCTIONS,
  ...IMPORTS,
  "defimpl",
  "defstruct",
  "defexception",
  "if",
  "unless",
  "case",
  "cond",
  "for",
  "with",
  "quote",
  "unquote",
  "receive",
  "try",
];

/** The word that a call starts with: `def`, `alias`, `put_in`; "" for a call on a module or value. */
function wordOf(tree: FlatTree, node: number): string {
  if (tree.kind(node) !== "call") return "";
  const target = tree.child(node, "target");
  return tree.kind(target) === "identifier" ? tree.text(target) : "";
}

function firstArgument(tree: FlatTree, node: number): number {
  return tree.named(tree.childOf(node, "arguments"))[0] ?? -1;
}

/** The value of `key:` among the arguments of a call, -1 without one. */
function keyword(tree: FlatTree, node: number, key: string): number {
  const pairs = tree.below(tree.childOf(node, "arguments"), "pair");
  const pair = pairs.find((one) => tree.text(tree.child(one, "key")).trim() === `${key}:`) ?? -1;
  return tree.child(pair, "value");
}

interface Head {
  readonly nameNode: number;
  readonly arity: number;
}

/** `open` and 2 of `def open(path, n) when …`; undefined for operators and for names that are made up at compile time. */
function headOf(tree: FlatTree, node: number): Head | undefined {
  const first = firstArgument(tree, node);
  const isGuarded = tree.kind(first) === "binary_operator" && tree.has(first, "when");
  const head = isGuarded ? tree.child(first, "left") : first;
  const nameNode = tree.kind(head) === "call" ? tree.child(head, "target") : head;
  if (tree.kind(nameNode) !== "identifier") return undefined;
  return { nameNode, arity: tree.named(tree.childOf(head, "arguments")).length };
}

/** A module is called `Store` in `App.Core`. */
function moduleDefinition(tree: FlatTree, node: number): readonly DefinitionNode[] {
  const nameNode = firstArgument(tree, node);
  if (tree.kind(nameNode) !== "alias") return [];
  const parts = tree.text(nameNode).split(".");
  const container = parts.slice(0, -1);
  return [
    define(tree, node, "module", {
      name: parts.at(-1) ?? "",
      nameNode,
      container,
      body: tree.childOf(node, "do_block"),
      isPublic: true,
    }),
  ];
}

/** All clauses of a function are one definition, which ends with the last of them. */
function functionDefinition(tree: FlatTree, node: number): readonly DefinitionNode[] {
  const head = headOf(tree, node);
  if (head === undefined || clauseBefore(tree, node, head)) return [];
  let until = node;
  let between = 0;
  const holder = tree.lastOf(tree.parentOf(node));
  for (let next = tree.lastOf(node) + 1; next <= holder; next = tree.lastOf(next) + 1) {
    if (isSameFunction(tree, next, node, head)) {
      until = next;
      between = 0;
    } else if (FUNCTIONS.has(wordOf(tree, next)) || ++between > MAX_BETWEEN) break;
  }
  const body = tree.childOf(node, "do_block");
  return [
    define(tree, node, "function", {
      nameNode: head.nameNode,
      body: body < 0 ? tree.childOf(tree.childOf(node, "arguments"), "keywords") : body,
      isPublic: !wordOf(tree, node).endsWith("p"),
      ...(until === node ? {} : { until }),
    }),
  ];
}

function clauseBefore(tree: FlatTree, node: number, head: Head): boolean {
  const holder = tree.parentOf(node);
  let at = node;
  for (let step = 0; step <= MAX_BETWEEN; step++) {
    at--;
    while (at > holder && tree.parentOf(at) !== holder) at = tree.parentOf(at);
    if (at <= holder) return false;
    if (FUNCTIONS.has(wordOf(tree, at))) return isSameFunction(tree, at, node, head);
  }
  return false;
}

function isSameFunction(tree: FlatTree, node: number, other: number, { nameNode, arity }: Head): boolean {
  if (wordOf(tree, node) !== wordOf(tree, other)) return false;
  const head = headOf(tree, node);
  return head !== undefined && head.arity === arity && tree.text(head.nameNode) === tree.text(nameNode);
}

/** `alias App.{Item, Reader}`, `alias App.Io, as: Disk`, `import App.Util`, `use App.Web`. */
function imported(tree: FlatTree, node: number): readonly Import[] | undefined {
  const word = wordOf(tree, node);
  if (!IMPORTS.has(word)) return undefined;
  const first = firstArgument(tree, node);
  const line = tree.lineOf(node);
  const group = tree.kind(first) === "dot" ? tree.child(first, "right") : -1;
  const prefix = group < 0 ? "" : `${tree.text(tree.child(first, "left"))}.`;
  const aliases = group < 0 ? [first] : tree.named(group);
  return aliases
    .filter((alias) => tree.kind(alias) === "alias")
    .flatMap((alias): Import[] => {
      const source = `${prefix}${tree.text(alias)}`;
      const name = source.slice(source.lastIndexOf(".") + 1);
      const as = tree.text(keyword(tree, node, "as"));
      const module = { source, names: [name], locals: [as === "" ? name : as], line };
      return word === "alias" ? [module] : [{ source, names: ["*"], locals: [""], line }];
    });
}

/** Without parentheses a name is a variable, but after a pipe and in `&name/1`. */
function inOperator(tree: FlatTree, node: number): NameUse | undefined {
  const operation = tree.parentOf(node);
  if (tree.has(operation, "|>") && tree.child(operation, "right") === node) return "call";
  const isCaptured = tree.has(operation, "/") && tree.text(tree.parentOf(operation)).startsWith("&");
  return isCaptured && tree.child(operation, "left") === node ? "name" : undefined;
}

/** What follows `@spec` and `@doc` names types and no calls, and the attribute itself is no function. */
function called(tree: FlatTree, node: number): NameUse | undefined {
  let at = tree.parentOf(node);
  for (let climb = 0; climb < MAX_CLIMB && at >= 0 && tree.kind(at) !== "do_block"; climb++) {
    const holder = tree.parentOf(at);
    if (tree.kind(holder) === "unary_operator" && tree.has(holder, "@"))
      return tree.parentOf(node) === at || TYPE_ATTRIBUTES.has(wordOf(tree, at)) ? "skip" : undefined;
    at = holder;
  }
  return undefined;
}

const rules: GrammarRules = {
  identifiers: { identifier: "skip", alias: "type" },
  qualified: ["alias"],
  ignored: IGNORED,
  literals: {
    string: "string",
    charlist: "string",
    sigil: "string",
    atom: "string",
    quoted_atom: "string",
    char: "character",
    integer: "number",
    float: "number",
    boolean: "boolean",
    nil: "boolean",
  },
  interpolations: ["interpolation"],
  comments: ["comment"],
  annotations: [],
  functions: ["anonymous_function"],
  blocks: ["do_block"],
  members: { dot: "right" },
  wrappers: {},
  roles: { "call.target": "call" },
  contexts: { binary_operator: inOperator, call: called },
  definitions: {
    call: (tree, node) => {
      const word = wordOf(tree, node);
      if (MODULES.has(word)) return moduleDefinition(tree, node);
      return FUNCTIONS.has(word) ? functionDefinition(tree, node) : [];
    },
  },
  scopes: {
    call: (tree, node) => {
      if (wordOf(tree, node) !== "defimpl") return undefined;
      const owner = keyword(tree, node, "for");
      return tree.text(owner < 0 ? firstArgument(tree, node) : owner).split(".");
    },
  },
  imports: { call: imported },
};

/** `App.Core.HTTPStore` stands in `app/core/http_store.ex` by custom. */
function pathParts(source: string): readonly string[] {
  return source.split(".").map((part) =>
    part
      .replaceAll(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
      .replaceAll(/([a-z\d])([A-Z])/g, "$1_$2")
      .toLowerCase(),
  );
}

export const elixir: Language = {
  endings: ["ex", "exs"],
  text: ruby.text,
  files: { tests: /_test\.exs$/, manifests: ["mix.exs"], locks: ["mix.lock"] },
  wasm: "tree-sitter-elixir/tree-sitter-elixir.wasm",
  rules,
  family: "elixir",
  names: { hasNamespaces: true },
  resolve: ({ source }, _folder, files) => files.endingWith(pathParts(source)),
};
