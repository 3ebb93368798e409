import type { FlatTree } from "./flat-tree.ts";
import {
  define,
  type DefinitionNode,
  type GrammarRules,
  type Import,
  type NameUse,
  type NodeContext,
} from "./grammar-rules.ts";
import { type Language, vscodeGrammar } from "./language.ts";
import { folderOf, joinPath } from "./paths.ts";

const isPublic = (name: string) => !name.startsWith("_") || (name.startsWith("__") && name.endsWith("__"));

function outerOf(tree: FlatTree, node: number): number {
  const parent = tree.parentOf(node);
  return tree.kind(parent) === "decorated_definition" ? parent : node;
}

function functionDefinition(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  const name = tree.text(tree.child(node, "name"));
  const inClass = at.scopeKind === "class";
  const kind = inClass ? (name === "__init__" ? "constructor" : "method") : "function";
  // What a function keeps to itself cannot be reached from outside.
  return [
    define(tree, node, kind, { outer: outerOf(tree, node), isPublic: isPublic(name) && !at.inFunction }),
  ];
}

/** Module constants and class attributes; assignments in functions are local. */
function assignment(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  if (at.inFunction && at.scopeKind !== "class") return [];
  const left = tree.child(node, "left");
  const names = tree.kind(left) === "identifier" ? [left] : listed(tree, left);
  return names.map((nameNode) =>
    define(tree, node, "variable", { nameNode, isPublic: isPublic(tree.text(nameNode)) }),
  );
}

function listed(tree: FlatTree, left: number): number[] {
  if (tree.kind(left) !== "pattern_list" && tree.kind(left) !== "tuple_pattern") return [];
  return tree.named(left).filter((n) => tree.kind(n) === "identifier");
}

/** Each imported name as it is elsewhere, and as the file calls it. */
function importedNames(tree: FlatTree, node: number): (readonly [name: string, local: string])[] {
  return tree.childrenIn(node, "name").map((n) => {
    const name = tree.text(tree.kind(n) === "aliased_import" ? tree.child(n, "name") : n);
    return [name, tree.kind(n) === "aliased_import" ? tree.text(tree.child(n, "alias")) : name];
  });
}

function importStatement(tree: FlatTree, node: number): readonly Import[] {
  return importedNames(tree, node).map(([source, local]) => ({
    source,
    names: ["*"],
    locals: [local],
    line: tree.lineOf(node),
  }));
}

function importFrom(tree: FlatTree, node: number): readonly Import[] {
  const module = tree.child(node, "module_name");
  const imported = tree.has(node, "wildcard_import") ? [["*", "*"] as const] : importedNames(tree, node);
  const isRenamed = imported.some(([name, local]) => name !== local);
  return [
    {
      // `from . import x`: white space between the dots and the name is allowed, and never meant.
      source: tree.text(module).replaceAll(" ", "") || "__future__",
      names: imported.map(([name]) => name),
      ...(isRenamed ? { locals: imported.map(([, local]) => local) } : {}),
      line: tree.lineOf(node),
    },
  ];
}

/** A plain name in a `case` is a new variable, a dotted one a constant that is looked up. */
function captured(tree: FlatTree, node: number): NameUse | undefined {
  const dotted = tree.parentOf(node);
  const holder = tree.kind(tree.parentOf(dotted));
  return tree.lastOf(dotted) === node &&
    node === dotted + 1 &&
    (holder === "case_pattern" || holder === "keyword_pattern")
    ? "bind"
    : undefined;
}

/** `class Box(Generic[T])` builds on `Generic`; the brackets do not matter. */
function subscripted(tree: FlatTree, node: number): NameUse | undefined {
  const holder = tree.parentOf(node);
  const list = tree.parentOf(holder);
  const isBase = tree.kind(list) === "argument_list" && tree.kind(tree.parentOf(list)) === "class_definition";
  return isBase && node === holder + 1 ? "inherit" : undefined;
}

const rules: GrammarRules = {
  identifiers: { identifier: "name" },
  literals: {
    string: "string",
    integer: "number",
    float: "number",
    true: "boolean",
    false: "boolean",
  },
  interpolations: ["interpolation"],
  comments: ["comment"],
  annotations: ["decorator"],
  functions: ["function_definition", "lambda"],
  blocks: ["block"],
  members: { attribute: "attribute" },
  wrappers: {
    parenthesized_expression: "",
    argument_list: "",
    type: "type",
    generic_type: "type",
    dotted_name: "",
    pattern_list: "",
    tuple_pattern: "",
    list_pattern: "",
    list_splat_pattern: "",
    dictionary_splat_pattern: "",
    union_type: "type",
    await: "",
  },
  roles: {
    "call.function": "call",
    "class_definition.superclasses": "inherit",
    "parameters.^": "bind",
    parameters: "bind",
    lambda_parameters: "bind",
    "default_parameter.name": "bind",
    "typed_default_parameter.name": "bind",
    typed_parameter: "bind",
    "typed_parameter.type": "type",
    "assignment.left": "bind",
    "named_expression.name": "bind",
    "for_statement.left": "bind",
    "for_in_clause.left": "bind",
    as_pattern_target: "bind",
    global_statement: "free",
    nonlocal_statement: "free",
    "import_statement.name": "skip",
    class_pattern: "type",
    "type_alias_statement.left": "skip",
    type_parameter: "type",
    splat_pattern: "bind",
  },
  contexts: {
    dotted_name: captured,
    subscript: subscripted,
    // `case … as name`; `with` and `except` have a node of their own for the name.
    as_pattern: (tree, node) => (node === tree.parentOf(node) + 1 ? undefined : "bind"),
  },
  definitions: {
    function_definition: functionDefinition,
    class_definition: (tree, node, at) =>
      functionDefinition(tree, node, at).map((one) => ({ ...one, kind: "class" })),
    assignment,
    type_alias_statement: (tree, node) => {
      const nameNode = tree.below(tree.child(node, "left"), "identifier")[0] ?? -1;
      return [define(tree, node, "type", { nameNode, isPublic: true })];
    },
  },
  imports: {
    import_statement: importStatement,
    import_from_statement: importFrom,
    future_import_statement: importFrom,
  },
  docstring: (tree, body) => {
    const first = tree.named(body)[0] ?? -1;
    const isString = tree.kind(first) === "expression_statement" && tree.lastOf(first) > first;
    return isString && tree.kind(first + 1) === "string" && tree.lastOf(first + 1) === tree.lastOf(first)
      ? first
      : -1;
  },
};

/** A module by its dotted name; each imported name may be a module of the package. */
const resolve: Language["resolve"] = ({ source, names }, folder, files) => {
  const dots = source.length - source.replace(/^\.+/, "").length;
  const parts = source.slice(dots).split(".").filter(Boolean);
  const base = dots === 0 ? undefined : joinPath(folder, "../".repeat(dots - 1));
  const look = (module: readonly string[]): readonly string[] =>
    base === undefined
      ? files.endingWith(module)
      : [files.at(joinPath(base, module.join("/")))].filter((path) => path !== undefined);
  const modules = names.filter((name) => name !== "*").map((name) => [...parts, name]);
  return [...new Set([...modules, parts].flatMap(look))];
};

export const python: Language = {
  endings: ["py", "pyi", "pyw"],
  text: { line: ["#"], block: [], quotes: `"'`, long: [`"""`, `'''`], typeFirst: false },
  files: {
    // pytest and unittest; Django keeps the tests of an app in tests.py.
    tests: /^(test_.*|tests|conftest)\.pyw?$/,
    build: /^(setup|noxfile)\.py$/,
    generated: /_pb2(_grpc)?\.pyi?$/,
    manifests: ["pyproject.toml", "setup.cfg", "pipfile", "manifest.in"],
    locks: ["poetry.lock", "pdm.lock", "uv.lock", "pipfile.lock"],
  },
  wasm: vscodeGrammar("python"),
  rules,
  family: "python",
  packageFiles: ["__init__"],
  names: {
    needsImport: true,
    isNeverScript: true,
    submodules: (path, name) =>
      path.endsWith("/__init__.py")
        ? [`${folderOf(path)}/${name}.py`, `${folderOf(path)}/${name}/__init__.py`]
        : [],
  },
  resolve,
};
