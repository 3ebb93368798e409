import type { FlatTree } from "./flat-tree.ts";
import { define, type GrammarRules, type Import, type NameUse } from "./grammar-rules.ts";
import { type Language, vscodeGrammar } from "./language.ts";
import { stemOf } from "./paths.ts";
import { ruby } from "./ruby.ts";

const LOCAL = ["local", "declare", "typeset"];

/** `source lib/util.sh`, `. "$DIR/util.sh"`: of a path that is put together the part that is written. */
function sourced(tree: FlatTree, node: number): readonly Import[] {
  const word = tree.text(tree.child(node, "name"));
  if (word !== "source" && word !== ".") return [];
  const argument = tree.child(node, "argument");
  const written =
    tree.kind(argument) === "word" ? [argument] : tree.below(argument, "string_content", "word");
  const source = tree.text(written.at(-1) ?? -1).replace(/^\/+/, "");
  return source === "" ? [] : [{ source, names: ["*"], line: tree.lineOf(node) }];
}

/** An argument can be a name: `trap cleanup EXIT`. */
function argument(tree: FlatTree, node: number): NameUse {
  return /^[A-Za-z_]\w*$/.test(tree.text(node)) ? "name" : "skip";
}

function assigned(tree: FlatTree, node: number): NameUse {
  const declaration = tree.parentOf(tree.parentOf(node));
  return tree.kind(declaration) === "declaration_command" && tree.has(declaration, ...LOCAL)
    ? "bind"
    : "name";
}

const rules: GrammarRules = {
  identifiers: { word: "skip", variable_name: "name" },
  ignored: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
  literals: {
    string: "string",
    raw_string: "string",
    ansi_c_string: "string",
    heredoc_body: "string",
    number: "number",
    regex: "regex",
  },
  interpolations: ["command_substitution", "expansion", "simple_expansion"],
  comments: ["comment"],
  annotations: [],
  functions: ["function_definition"],
  blocks: ["compound_statement"],
  members: {},
  wrappers: {},
  roles: { "command_name.^": "call", "for_statement.variable": "bind" },
  contexts: { command: argument, variable_assignment: assigned },
  definitions: {
    function_definition: (tree, node, at) => [define(tree, node, "function", { isPublic: !at.inFunction })],
    variable_assignment: (tree, node, at) =>
      at.inFunction || tree.kind(tree.child(node, "name")) !== "variable_name"
        ? []
        : [define(tree, node, "variable", { isPublic: true, body: -1 })],
  },
  imports: {},
  importCalls: { command: sourced },
};

export const bash: Language = {
  endings: ["sh", "bash"],
  text: ruby.text,
  files: { tests: /\.bats$/ },
  wasm: vscodeGrammar("bash"),
  rules,
  family: "shell",
  names: {},
  resolve: ({ source }, _folder, files) =>
    files.endingWith(
      stemOf(source)
        .split("/")
        .filter((part) => part !== "." && part !== ".."),
    ),
};
