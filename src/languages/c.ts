import { blankMacros } from "./blank-macros.ts";
import { chooseBranches } from "./choose-branches.ts";
import type { GrammarRules } from "./grammar-rules.ts";
import { C_TEXT, type Language, vscodeGrammar } from "./language.ts";
import { joinPath, stemOf } from "./paths.ts";
import {
  aliasDefinition,
  declaration,
  functionDefinition,
  namespaceDefinition,
  publicName,
  typedefDefinition,
  typeSpecifier,
} from "./c-definitions.ts";

const include: GrammarRules["imports"] = {
  preproc_include: (tree, node) => {
    const path = tree.child(node, "path");
    const isQuoted = ["string_literal", "system_lib_string"].includes(tree.kind(path));
    const source = isQuoted ? tree.text(path).slice(1, -1) : tree.text(path);
    return [{ source, names: ["*"], line: tree.lineOf(node) }];
  },
};

const cRules: GrammarRules = {
  identifiers: {
    identifier: "name",
    type_identifier: "type",
    field_identifier: "name",
    statement_identifier: "skip",
  },
  literals: {
    string_literal: "string",
    raw_string_literal: "string",
    concatenated_string: "string",
    char_literal: "character",
    number_literal: "number",
    true: "boolean",
    false: "boolean",
  },
  interpolations: [],
  comments: ["comment"],
  opaque: ["preproc_arg"],
  annotations: ["attribute_declaration"],
  repair: (text) => {
    const blanked = blankMacros(text);
    return chooseBranches(blanked ?? text) ?? blanked;
  },
  functions: ["function_definition", "lambda_expression"],
  blocks: ["compound_statement"],
  members: { field_expression: "field" },
  wrappers: {
    parenthesized_expression: "",
    pointer_expression: "name",
    pointer_declarator: "",
    reference_declarator: "",
    array_declarator: "",
    parenthesized_declarator: "",
    function_declarator: "",
    init_declarator: "",
    structured_binding_declarator: "",
  },
  roles: {
    "call_expression.function": "call",
    "parameter_declaration.declarator": "bind",
    "optional_parameter_declaration.declarator": "bind",
    "variadic_parameter_declaration.declarator": "bind",
    "parameter_list.^": "bind",
    parameter_list: "bind",
    preproc_params: "bind",
    "declaration.declarator": "bind",
    "init_declarator.value": "name",
    "array_declarator.size": "name",
    "for_range_loop.declarator": "bind",
    "labeled_statement.label": "skip",
    "goto_statement.label": "skip",
  },
  definitions: {
    function_definition: functionDefinition,
    declaration,
    field_declaration: declaration,
    type_definition: typedefDefinition,
    struct_specifier: typeSpecifier("class"),
    union_specifier: typeSpecifier("class"),
    enum_specifier: typeSpecifier("enum"),
    enumerator: publicName("variable"),
    preproc_def: publicName("macro"),
    preproc_function_def: publicName("macro"),
  },
  imports: include,
};

const cppRules: GrammarRules = {
  ...cRules,
  ignored: ["static_cast", "dynamic_cast", "const_cast", "reinterpret_cast"],
  identifiers: { ...cRules.identifiers, namespace_identifier: "name" },
  members: { ...cRules.members, qualified_identifier: "name" },
  wrappers: {
    ...cRules.wrappers,
    template_function: "",
    template_method: "",
    template_type: "",
    dependent_name: "",
    destructor_name: "",
  },
  roles: {
    ...cRules.roles,
    "new_expression.type": "new",
    base_class_clause: "inherit",
    "base_class_clause.^": "inherit",
    "field_initializer.^": "name",
    field_initializer: "name",
    type_parameter_declaration: "skip",
    "optional_type_parameter_declaration.name": "skip",
    variadic_type_parameter_declaration: "skip",
  },
  definitions: {
    ...cRules.definitions,
    class_specifier: typeSpecifier("class"),
    namespace_definition: namespaceDefinition,
    alias_declaration: aliasDefinition("type"),
    concept_definition: aliasDefinition("type"),
    namespace_alias_definition: aliasDefinition("module"),
  },
  sections: {
    access_specifier: (tree, node) =>
      tree.kind(tree.parentOf(node)) === "field_declaration_list" ? tree.text(node) === "public" : undefined,
  },
  privateAtFirst: ["class_specifier"],
  imports: {
    ...include,
    using_declaration: (tree, node) => {
      const source = tree.text(tree.childOf(node, "qualified_identifier", "identifier"));
      const names = tree.has(node, "namespace") ? ["*"] : [source.slice(source.lastIndexOf(":") + 1)];
      return [{ source, names, line: tree.lineOf(node) }];
    },
  },
};

/** A header beside the file, or below a folder of headers. */
const resolve: Language["resolve"] = ({ source }, folder, files) => {
  const beside = files.at(stemOf(joinPath(folder, source)));
  return beside === undefined ? files.endingWith(stemOf(source).split("/")) : [beside];
};

export const c: Language = {
  endings: ["c"],
  text: C_TEXT,
  files: {
    // GoogleTest, Ceedling and Unity, Catch2.
    tests: /(^test_.*|_tests|_unittests?|[a-z0-9]Tests?)\.(c|cc|cpp|cxx|h|hpp)$/,
    generated: /\.pb\.(cc|h)$/,
    manifests: [
      "cmakelists.txt",
      "meson.build",
      "meson_options.txt",
      "configure",
      "conanfile.txt",
      "vcpkg.json",
    ],
  },
  wasm: "tree-sitter-c/tree-sitter-c.wasm",
  rules: cRules,
  family: "c",
  names: {},
  resolve,
};

export const cpp: Language = {
  ...c,
  // `h` too: this grammar reads headers of C, and that of C does not read those of C++.
  endings: ["cc", "cpp", "cxx", "c++", "h", "hh", "hpp", "hxx", "h++", "inl", "ipp", "tpp"],
  wasm: vscodeGrammar("cpp"),
  rules: cppRules,
  names: { bareMembers: true, hasNamespaces: true },
};
