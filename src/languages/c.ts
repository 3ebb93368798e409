import type { LanguageRules } from "./language-rules.ts";
import {
  aliasDefinition,
  declaration,
  enumerators,
  functionDefinition,
  macroDefinition,
  namespaceDefinition,
  typedefDefinition,
  typeSpecifier,
} from "./c-definitions.ts";

const include: LanguageRules["imports"] = {
  preproc_include: (tree, node) => {
    const path = tree.child(node, "path");
    const isQuoted = ["string_literal", "system_lib_string"].includes(tree.kind(path));
    const source = isQuoted ? tree.text(path).slice(1, -1) : tree.text(path);
    return [{ source, names: ["*"], line: tree.lineOf(node) }];
  },
};

export const c: LanguageRules = {
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
    enumerator: enumerators,
    preproc_def: macroDefinition,
    preproc_function_def: macroDefinition,
  },
  imports: include,
};

export const cpp: LanguageRules = {
  ...c,
  ignored: ["static_cast", "dynamic_cast", "const_cast", "reinterpret_cast"],
  identifiers: { ...c.identifiers, namespace_identifier: "name" },
  members: { ...c.members, qualified_identifier: "name" },
  wrappers: {
    ...c.wrappers,
    template_function: "",
    template_method: "",
    template_type: "",
    dependent_name: "",
    destructor_name: "",
  },
  roles: {
    ...c.roles,
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
    ...c.definitions,
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
