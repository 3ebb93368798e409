import type { FlatTree } from "./flat-tree.ts";
import {
  define,
  type DefinitionNode,
  definitions,
  type GrammarRules,
  type Import,
  type NameUse,
  type NodeContext,
  type SymbolKind,
} from "./grammar-rules.ts";
import { JVM_FILES, resolveByPackage } from "./java.ts";
import { C_TEXT, type Language } from "./language.ts";

/** Scala is public unless it says otherwise. */
function isPublic(tree: FlatTree, node: number, at: NodeContext): boolean {
  return !tree.has(tree.childOf(node, "modifiers"), "access_modifier") && !at.inFunction;
}

const definition = definitions(isPublic);

function functionDefinition(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  const isMember = ["class", "interface", "enum"].includes(at.scopeKind ?? "") && !at.inFunction;
  const isConstructor = tree.text(tree.child(node, "name")) === "this";
  const kind: SymbolKind = isConstructor ? "constructor" : isMember ? "method" : "function";
  return [define(tree, node, kind, { isPublic: isPublic(tree, node, at) })];
}

/** `val a = 1`, `val (a, b) = pair()`. */
function values(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  if (at.inFunction) return [];
  const pattern = tree.child(node, "pattern") >= 0 ? tree.child(node, "pattern") : tree.child(node, "name");
  const names = tree.kind(pattern) === "identifier" ? [pattern] : tree.below(pattern, "identifier");
  return names.map((nameNode) =>
    define(tree, node, "variable", { nameNode, isPublic: isPublic(tree, node, at) }),
  );
}

/** Parameters with `val` or `var` are members, and all of a `case class`. */
function classParameter(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  const isCase = tree.has(tree.parentOf(tree.parentOf(node)), "case");
  if (!isCase && !tree.has(node, "val", "var")) return [];
  return [define(tree, node, "variable", { isPublic: isPublic(tree, node, at) })];
}

/** `import a.b.{C, D => E, _}`: one import, which names what it brings. */
function imported(tree: FlatTree, node: number): readonly Import[] {
  const path = tree.childrenIn(node, "path").map((part) => tree.text(part));
  const line = tree.lineOf(node);
  if (tree.has(node, "namespace_wildcard")) return [{ source: path.join("."), names: ["*"], line }];
  const selectors = tree.named(tree.childOf(node, "namespace_selectors"));
  if (selectors.length === 0) {
    const renamed = tree.childOf(node, "arrow_renamed_identifier", "as_renamed_identifier");
    const name = renamed < 0 ? (path.at(-1) ?? "") : tree.text(tree.child(renamed, "name"));
    const local = renamed < 0 ? name : tree.text(tree.child(renamed, "alias"));
    const source = renamed < 0 ? path.join(".") : `${path.join(".")}.${name}`;
    return [{ source, names: [name], locals: [local], line }];
  }
  return selectors.map((selector) => {
    const isAll = tree.kind(selector) === "namespace_wildcard";
    const isRenamed = tree.child(selector, "alias") >= 0;
    const name = isAll ? "*" : tree.text(isRenamed ? tree.child(selector, "name") : selector);
    const local = isAll ? "" : isRenamed ? tree.text(tree.child(selector, "alias")) : name;
    const source = isAll ? path.join(".") : `${path.join(".")}.${name}`;
    return { source, names: [name], locals: [local], line };
  });
}

/** In a pattern a name in lower case is new, and one with a capital names a value. */
function inPattern(tree: FlatTree, node: number): NameUse | undefined {
  const isPattern =
    tree.childrenIn(tree.parentOf(node), "pattern").includes(node) ||
    tree.kind(tree.parentOf(node)) === "tuple_pattern";
  if (!isPattern) return undefined;
  return /^\p{Lu}/u.test(tree.text(node)) ? "name" : "bind";
}

/** `x = 1` among arguments names a parameter of what is called. */
function assigned(tree: FlatTree, node: number): NameUse | undefined {
  const assignment = tree.parentOf(node);
  const isArgument = tree.kind(tree.parentOf(assignment)) === "arguments";
  return isArgument && tree.child(assignment, "left") === node ? "skip" : undefined;
}

const rules: GrammarRules = {
  identifiers: { identifier: "name", type_identifier: "type" },
  ignored: ["_", "null", "this", "super"],
  literals: {
    string: "string",
    interpolated_string: "string",
    character_literal: "character",
    symbol_literal: "string",
    integer_literal: "number",
    floating_point_literal: "number",
    boolean_literal: "boolean",
  },
  interpolations: ["interpolation"],
  comments: ["comment", "block_comment"],
  annotations: ["annotation"],
  operators: ["operator_identifier"],
  functions: ["function_definition", "lambda_expression", "case_block"],
  blocks: ["block", "indented_block"],
  members: {
    field_expression: "field",
    stable_type_identifier: "*",
    stable_identifier: "*",
    projected_type: "selector",
  },
  wrappers: { generic_type: "type", generic_function: "", compound_type: "type", infix_type: "type" },
  roles: {
    "call_expression.function": "call",
    "infix_expression.operator": "call",
    instance_expression: "new",
    "instance_expression.^": "new",
    "extends_clause.type": "inherit",
    "derives_clause.type": "inherit",
    "*.type": "type",
    "*.return_type": "type",
    "parameter.name": "bind",
    "class_parameter.name": "bind",
    "binding.name": "bind",
    "lambda_expression.parameters": "bind",
    "capture_pattern.name": "bind",
    "val_definition.pattern": "bind",
    "var_definition.pattern": "bind",
    "enumerator.^": "bind",
    "interpolated_string_expression.interpolator": "skip",
    type_parameters: "skip",
    "type_parameters.name": "skip",
    "annotation.name": "type",
  },
  contexts: {
    case_clause: inPattern,
    case_class_pattern: inPattern,
    tuple_pattern: inPattern,
    typed_pattern: inPattern,
    assignment_expression: assigned,
    access_qualifier: () => "skip",
  },
  definitions: {
    class_definition: definition("class"),
    object_definition: definition("class"),
    package_object: definition("class"),
    trait_definition: definition("interface"),
    enum_definition: definition("enum"),
    simple_enum_case: definition("variable"),
    full_enum_case: definition("class"),
    class_parameter: classParameter,
    function_definition: functionDefinition,
    function_declaration: functionDefinition,
    val_definition: values,
    var_definition: values,
    val_declaration: values,
    var_declaration: values,
    given_definition: definition("variable"),
    type_definition: definition("type"),
  },
  imports: {
    package_clause: (tree, node) => (tree.child(node, "body") < 0 ? [] : undefined),
    import_declaration: imported,
  },
};

export const scala: Language = {
  endings: ["scala", "sc"],
  text: C_TEXT,
  files: { ...JVM_FILES, tests: /\w(Tests?|Spec|Suite)\.scala$/ },
  wasm: "tree-sitter-scala/tree-sitter-scala.wasm",
  // 300 to 800 in cats-effect, for 5,120 characters.
  readings: 1_500,
  rules,
  family: "jvm",
  names: { sharesFolder: true, bareMembers: true, bareCalls: true, hasNamespaces: true },
  resolve: resolveByPackage,
};
