import type { FlatTree } from "./flat-tree.ts";
import type { GrammarRules, NameUse } from "./grammar-rules.ts";
import { resolveModule } from "./javascript-packages.ts";
import { C_TEXT, type Language, vscodeGrammar } from "./language.ts";
import { importCall, importStatement, exportStatement } from "./javascript-imports.ts";
import {
  assignedFunction,
  declaration,
  enumDefinition,
  exportDefault,
  fieldDefinition,
  interfaceMember,
  methodDefinition,
  moduleDefinition,
  objectPair,
  parameterProperty,
  variableDeclarator,
} from "./javascript-definitions.ts";

/** `<div>` is the page's own; `<Row>` is a component of the source. */
function element(tree: FlatTree, node: number): NameUse | undefined {
  const first = tree.text(node)[0] ?? "";
  return tree.kind(node) === "identifier" && first !== first.toUpperCase() ? "skip" : undefined;
}

/** JavaScript, TypeScript and TSX: the first is the others without types, so one set of rules does for the three grammars. */
const rules: GrammarRules = {
  identifiers: {
    identifier: "name",
    type_identifier: "type",
    property_identifier: "name",
    private_property_identifier: "name",
    shorthand_property_identifier: "name",
    shorthand_property_identifier_pattern: "bind",
    statement_identifier: "skip",
  },
  literals: {
    string: "string",
    template_string: "string",
    number: "number",
    regex: "regex",
    true: "boolean",
    false: "boolean",
  },
  interpolations: ["template_substitution"],
  comments: ["comment", "html_comment", "hash_bang_line"],
  annotations: ["decorator"],
  attributes: ["decorator"],
  functions: [
    "function_declaration",
    "generator_function_declaration",
    "function_expression",
    "generator_function",
    "arrow_function",
    "method_definition",
  ],
  blocks: ["statement_block"],
  members: { member_expression: "property", nested_type_identifier: "name" },
  wrappers: {
    parenthesized_expression: "",
    await_expression: "",
    non_null_expression: "",
    instantiation_expression: "",
    generic_type: "",
    object_pattern: "",
    array_pattern: "",
    rest_pattern: "",
    object_assignment_pattern: "",
    assignment_pattern: "",
    nested_identifier: "name",
  },
  roles: {
    "call_expression.function": "call",
    "new_expression.constructor": "new",
    "jsx_opening_element.name": "call",
    "jsx_self_closing_element.name": "call",
    "jsx_closing_element.name": "skip",
    jsx_attribute: "name",
    class_heritage: "inherit",
    "class_heritage.^": "inherit",
    "extends_clause.value": "inherit",
    implements_clause: "inherit",
    extends_type_clause: "inherit",
    "decorator.^": "call",
    decorator: "call",
    formal_parameters: "bind",
    "formal_parameters.^": "bind",
    "required_parameter.pattern": "bind",
    "optional_parameter.pattern": "bind",
    "arrow_function.parameter": "bind",
    "variable_declarator.name": "bind",
    "for_in_statement.left": "bind",
    "catch_clause.parameter": "bind",
    "pair_pattern.value": "bind",
    "pair_pattern.key": "name",
    "assignment_pattern.right": "name",
    "object_assignment_pattern.right": "name",
    "function_expression.name": "bind",
    "class.name": "bind",
    "type_parameter.name": "skip",
    "export_specifier.alias": "skip",
    namespace_export: "skip",
    "required_parameter.name": "bind",
    "index_signature.name": "skip",
    meta_property: "skip",
    type_query: "name",
    "type_query.^": "name",
    "namespace_import.^": "skip",
  },
  contexts: {
    jsx_opening_element: element,
    jsx_self_closing_element: element,
    member_expression: (tree, node) =>
      tree.kind(tree.parentOf(tree.parentOf(node))) === "jsx_closing_element" ? "skip" : undefined,
  },
  definitions: {
    function_declaration: declaration("function"),
    generator_function_declaration: declaration("function"),
    function_signature: declaration("function"),
    class_declaration: declaration("class"),
    abstract_class_declaration: declaration("class"),
    interface_declaration: declaration("interface"),
    type_alias_declaration: declaration("type"),
    enum_declaration: enumDefinition,
    internal_module: moduleDefinition,
    module: moduleDefinition,
    method_definition: methodDefinition,
    method_signature: interfaceMember("method"),
    abstract_method_signature: interfaceMember("method"),
    property_signature: interfaceMember("variable"),
    public_field_definition: fieldDefinition,
    field_definition: fieldDefinition,
    required_parameter: parameterProperty,
    pair: objectPair,
    variable_declarator: variableDeclarator,
    assignment_expression: assignedFunction,
    export_statement: exportDefault,
  },
  imports: { import_statement: importStatement, export_statement: exportStatement },
  importCalls: { call_expression: importCall },
};

export const javascript: Language = {
  endings: ["js", "mjs", "cjs", "jsx"],
  text: C_TEXT,
  files: {
    // Node's own runner, Jasmine and Cypress; Jest, Vitest and Mocha use the names that every language has.
    tests: /(-test|\.cy)\.[cm]?[jt]sx?$|[a-z0-9]Spec\.[cm]?js$/,
    build: /^(gulpfile|gruntfile)\.[cm]?[jt]s$|\.config\.[cm]?[jt]s$|^\.\w{1,30}rc\.[cm]?[jt]s$/i,
    generated: /\.(min|bundle)\.[cm]?js$|_pb\.(d\.ts|js|ts)$/,
    manifests: ["package.json", "deno.json", "deno.jsonc"],
    locks: [
      "package-lock.json",
      "npm-shrinkwrap.json",
      "yarn.lock",
      "pnpm-lock.yaml",
      "bun.lock",
      "bun.lockb",
      "deno.lock",
    ],
  },
  wasm: vscodeGrammar("javascript"),
  rules,
  family: "javascript",
  packageFiles: ["index"],
  names: { needsImport: true },
  resolve: resolveModule,
};

export const typescript: Language = {
  ...javascript,
  endings: ["ts", "mts", "cts"],
  wasm: vscodeGrammar("typescript"),
};

export const tsx: Language = { ...javascript, endings: ["tsx"], wasm: vscodeGrammar("tsx") };
