import type { Import } from "../../../engine/syntax/syntax.ts";
import type { FlatTree } from "../flat-tree.ts";

/** The text of a string literal without its quotes, when it holds nothing to compute. */
function plainString(tree: FlatTree, node: number): string | undefined {
  const kind = tree.kind(node);
  if (kind !== "string" && kind !== "template_string") return undefined;
  if (tree.has(node, "template_substitution")) return undefined;
  return tree.text(node).slice(1, -1);
}

/** Every form of `import …`; `import "x"` brings in no name. */
export function importStatement(tree: FlatTree, node: number): readonly Import[] | undefined {
  const required = tree.childOf(node, "import_require_clause");
  const source = plainString(tree, tree.child(required >= 0 ? required : node, "source"));
  if (source === undefined) return undefined;
  const names: string[] = required >= 0 ? ["*"] : [];
  for (const part of tree.named(tree.childOf(node, "import_clause"))) {
    const kind = tree.kind(part);
    if (kind === "identifier") names.push("default");
    else if (kind === "namespace_import") names.push("*");
    else for (const one of tree.named(part)) names.push(tree.text(tree.child(one, "name")));
  }
  return [{ source, names: names.filter((name) => name !== ""), line: tree.lineOf(node) }];
}

/** `export … from "x"`; undefined for an export of what the file defines. */
export function exportStatement(tree: FlatTree, node: number): readonly Import[] | undefined {
  const source = plainString(tree, tree.child(node, "source"));
  if (source === undefined) return undefined;
  const clause = tree.childOf(node, "export_clause");
  const names = tree.named(clause).map((one) => tree.text(tree.child(one, "name")));
  return [{ source, names: clause >= 0 ? names : ["*"], line: tree.lineOf(node) }];
}

/** `require("x")` and `import("x")`, with the names taken out of it on the spot. */
export function importCall(tree: FlatTree, node: number): readonly Import[] {
  const callee = tree.child(node, "function");
  const isImport =
    tree.kind(callee) === "import" || (tree.kind(callee) === "identifier" && tree.text(callee) === "require");
  if (!isImport) return [];
  const source = plainString(tree, tree.named(tree.child(node, "arguments"))[0] ?? -1);
  return source === undefined ? [] : [{ source, names: takenNames(tree, node), line: tree.lineOf(node) }];
}

function takenNames(tree: FlatTree, call: number): string[] {
  let value = call;
  let parent = tree.parentOf(value);
  for (
    let n = 0;
    n < 3 && ["await_expression", "parenthesized_expression"].includes(tree.kind(parent));
    n++
  ) {
    value = parent;
    parent = tree.parentOf(value);
  }
  if (tree.kind(parent) === "member_expression") {
    const name = tree.text(tree.child(parent, "property"));
    // `import("x").then(…)` waits for the whole module.
    return tree.kind(tree.child(call, "function")) === "import" && value === call ? ["*"] : [name];
  }
  const pattern = tree.kind(parent) === "variable_declarator" ? tree.child(parent, "name") : -1;
  if (tree.kind(pattern) !== "object_pattern") return ["*"];
  return tree.named(pattern).map((one) => {
    if (tree.kind(one) === "pair_pattern") return tree.text(tree.child(one, "key"));
    return tree.text(tree.kind(one) === "object_assignment_pattern" ? tree.child(one, "left") : one);
  });
}
