import type { FlatTree } from "./flat-tree.ts";
import {
  define,
  type DefinitionNode,
  definitions,
  type Import,
  type GrammarRules,
  type NameUse,
  type NodeContext,
} from "./grammar-rules.ts";
import { C_TEXT, type Language, vscodeGrammar } from "./language.ts";

const MAX_USE_DEPTH = 30;

/** `pub(self)` is private; `pub(crate)` and `pub(super)` can be used from other files. Trait members share the trait's. */
function isPublic(tree: FlatTree, node: number): boolean {
  const modifier = tree.childOf(node, "visibility_modifier");
  if (modifier >= 0) return tree.text(modifier) !== "pub(self)";
  const holder = tree.parentOf(tree.parentOf(node));
  const kind = tree.kind(holder);
  return kind === "trait_item" || (kind === "impl_item" && tree.child(holder, "trait") >= 0);
}

const item = definitions(isPublic);

function functionItem(tree: FlatTree, node: number): readonly DefinitionNode[] {
  const holder = tree.kind(tree.parentOf(tree.parentOf(node)));
  const kind = holder === "impl_item" || holder === "trait_item" ? "method" : "function";
  return [define(tree, node, kind, { isPublic: isPublic(tree, node) })];
}

function constant(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  return at.inFunction ? [] : [define(tree, node, "variable", { body: -1, isPublic: isPublic(tree, node) })];
}

/** The type that an `impl` is for, generics and paths left out: `Store` for `impl<T> fmt::Display for Store<T>`. */
function implTarget(tree: FlatTree, node: number): readonly string[] {
  let type = tree.child(node, "type");
  for (let n = 0; n < 5; n++) {
    const kind = tree.kind(type);
    if (kind === "generic_type" || kind === "reference_type") type = tree.child(type, "type");
    else if (kind === "scoped_type_identifier") type = tree.child(type, "name");
    else break;
  }
  const name = tree.text(type);
  return name === "" || name.length > 80 ? [] : [name];
}

/** `use a::{b, c::d}` as one import for each path; `as` is left out, `self` is the path before it. */
function usedPaths(tree: FlatTree, node: number, prefix: string, depth: number): Import[] {
  if (depth > MAX_USE_DEPTH) return [];
  const line = tree.lineOf(node);
  const join = (path: string) => (prefix === "" ? path : path === "" ? prefix : `${prefix}::${path}`);
  switch (tree.kind(node)) {
    case "use_list":
      return tree.named(node).flatMap((one) => usedPaths(tree, one, prefix, depth + 1));
    case "scoped_use_list":
      return usedPaths(tree, tree.child(node, "list"), join(tree.text(tree.child(node, "path"))), depth + 1);
    case "use_as_clause":
      return usedPaths(tree, tree.child(node, "path"), prefix, depth + 1);
    case "use_wildcard":
      return [{ source: join(tree.text(tree.named(node)[0] ?? -1)), names: ["*"], line }];
    case "line_comment":
    case "block_comment":
    case "":
      return [];
    default: {
      const source = tree.kind(node) === "self" && prefix !== "" ? prefix : join(tree.text(node));
      return [{ source, names: [source.slice(source.lastIndexOf("::") + 1).replace(/^:/, "")], line }];
    }
  }
}

/** What a macro is given is tokens, not a tree: a name before `(` or `!` is called. */
function useInMacro(tree: FlatTree, node: number): NameUse {
  const next = tree.lastOf(node) + 1;
  const isCall = tree.kind(next) === "token_tree" && tree.kind(next + 1) === "(";
  const isMacro = tree.kind(next) === "!" && tree.kind(next + 1) === "token_tree";
  return tree.parentOf(next) === tree.parentOf(node) && (isCall || isMacro) ? "call" : "name";
}

const rules: GrammarRules = {
  identifiers: {
    identifier: "name",
    type_identifier: "type",
    field_identifier: "name",
    shorthand_field_identifier: "name",
  },
  literals: {
    string_literal: "string",
    raw_string_literal: "string",
    char_literal: "character",
    integer_literal: "number",
    float_literal: "number",
    boolean_literal: "boolean",
  },
  interpolations: [],
  comments: ["line_comment", "block_comment"],
  annotations: ["attribute_item"],
  attributes: ["attribute_item"],
  functions: ["function_item", "closure_expression"],
  blocks: ["block"],
  members: {
    field_expression: "field",
    scoped_identifier: "name",
    scoped_type_identifier: "name",
  },
  wrappers: {
    generic_type: "",
    generic_function: "",
    generic_type_with_turbofish: "",
    parenthesized_expression: "",
    tuple_pattern: "",
    ref_pattern: "",
    mut_pattern: "",
    reference_pattern: "",
    slice_pattern: "",
    captured_pattern: "",
    match_pattern: "",
    or_pattern: "",
  },
  roles: {
    "call_expression.function": "call",
    "macro_invocation.macro": "call",
    "struct_expression.name": "new",
    "impl_item.trait": "inherit",
    "impl_item.type": "type",
    "trait_item.bounds": "inherit",
    "field_declaration.name": "skip",
    "attribute.^": "name",
    "parameter.pattern": "bind",
    closure_parameters: "bind",
    "let_declaration.pattern": "bind",
    "for_expression.pattern": "bind",
    "let_condition.pattern": "name",
    "tuple_struct_pattern.type": "name",
    tuple_struct_pattern: "bind",
    "struct_pattern.type": "name",
    "field_pattern.pattern": "bind",
    "type_parameter.name": "skip",
    "const_parameter.name": "bind",
    lifetime: "skip",
    "lifetime.^": "skip",
    label: "skip",
    "label.^": "skip",
    "extern_crate_declaration.name": "skip",
  },
  contexts: {
    token_tree: useInMacro,
    // `Mode::Write { at }` in a pattern makes a variable.
    field_pattern: (tree, node) => (tree.kind(node) === "shorthand_field_identifier" ? "bind" : undefined),
  },
  definitions: {
    function_item: functionItem,
    function_signature_item: functionItem,
    struct_item: item("class"),
    union_item: item("class"),
    enum_item: item("enum"),
    trait_item: item("interface"),
    type_item: item("type"),
    associated_type: item("type"),
    mod_item: (tree, node, at) => (tree.child(node, "body") < 0 ? [] : item("module")(tree, node, at)),
    macro_definition: (tree, node) => {
      const body = tree.childOf(node, "{", "(", "[");
      return [define(tree, node, "macro", { body, isPublic: true })];
    },
    const_item: constant,
    static_item: constant,
    field_declaration: (tree, node, at) => (at.scopeKind === "class" ? item("variable")(tree, node, at) : []),
    enum_variant: (tree, node) => [define(tree, node, "variable", { body: -1, isPublic: true })],
  },
  scopes: { impl_item: implTarget },
  imports: {
    use_declaration: (tree, node) => usedPaths(tree, tree.child(node, "argument"), "", 0),
    // A module kept in its own file: its name says which, so it is marked apart from paths.
    mod_item: (tree, node) =>
      tree.child(node, "body") < 0
        ? [{ source: `mod:${tree.text(tree.child(node, "name"))}`, names: ["*"], line: tree.lineOf(node) }]
        : undefined,
    extern_crate_declaration: (tree, node) => [
      { source: tree.text(tree.child(node, "name")), names: ["*"], line: tree.lineOf(node) },
    ],
  },
};

/** A path of the same crate; its last part may be a name in the module. */
const resolve: Language["resolve"] = ({ source }, _folder, files) => {
  if (!/^(crate|self|super)\b/.test(source)) return [];
  const parts = source
    .split("::")
    .filter((part) => part !== "" && !["crate", "self", "super"].includes(part));
  const whole = files.endingWith(parts);
  return whole.length > 0 ? whole : files.endingWith(parts.slice(0, -1));
};

export const rust: Language = {
  endings: ["rs"],
  text: { ...C_TEXT, quotes: `"`, long: [], typeFirst: false },
  files: {
    // The unit tests of a module in a file of their own.
    tests: /(^|_)tests\.rs$/,
    manifests: ["cargo.toml"],
    locks: ["cargo.lock"],
  },
  wasm: vscodeGrammar("rust"),
  rules,
  family: "rust",
  packageFiles: ["mod", "lib", "main"],
  names: { hasNamespaces: true, noOverloads: true, testModules: ["test", "tests"] },
  resolve,
};
