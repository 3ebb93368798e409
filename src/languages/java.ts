import type { FlatTree } from "./flat-tree.ts";
import { define, type DefinitionNode, definitions, type GrammarRules } from "./grammar-rules.ts";
import { C_TEXT, type FileRules, type Language, vscodeGrammar } from "./language.ts";

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

const definition = definitions(isPublic);

function fields(tree: FlatTree, node: number): readonly DefinitionNode[] {
  return tree.childrenIn(node, "declarator").map((declarator) =>
    define(tree, node, "variable", {
      nameNode: tree.child(declarator, "name"),
      isPublic: isPublic(tree, node),
    }),
  );
}

/** A record's components are its fields. */
function record(tree: FlatTree, node: number): readonly DefinitionNode[] {
  const components = tree
    .named(tree.child(node, "parameters"))
    .filter((parameter) => tree.child(parameter, "name") >= 0)
    .map((parameter) => define(tree, parameter, "variable", { isPublic: true }));
  return [define(tree, node, "class", { isPublic: isPublic(tree, node) }), ...components];
}

const rules: GrammarRules = {
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
    enum_constant: (tree, node) => [define(tree, node, "variable", { isPublic: true })],
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

/** A class by its package, or what a class holds. */
export const resolveByPackage: Language["resolve"] = ({ source, names }, _folder, files) => {
  const parts = [...source.split("."), ...names.filter((name) => name !== "*")].filter(Boolean);
  const named = files.endingWith(parts);
  return named.length > 0 ? named : files.endingWith(source.split("."));
};

/** Maven's and Gradle's source sets decide: `src/main` is the program, also in a package that is called `test`. */
export const JVM_FILES: FileRules = {
  programPaths: /(^|\/)src\/(\w{1,40}M|m)ain\//,
  testPaths: /(^|\/)src\/(\w{1,40}T|[\w-]{1,40}-t|t)est(Fixtures)?\//,
};

export const java: Language = {
  endings: ["java"],
  text: C_TEXT,
  files: {
    ...JVM_FILES,
    // Surefire and Failsafe.
    tests: /\w(Tests?|TestCase)\.java$|[a-z0-9]IT(Case)?\.java$/,
    manifests: ["pom.xml", "build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts"],
    locks: ["gradle.lockfile"],
  },
  wasm: vscodeGrammar("java"),
  rules,
  listFiles: ["package-info"],
  family: "jvm",
  names: { sharesFolder: true, bareMembers: true, hasNamespaces: true },
  resolve: resolveByPackage,
};
