import type { Import } from "./grammar-rules.ts";
import type { FlatTree } from "./flat-tree.ts";

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
  const taken: Taken[] = [];
  if (required >= 0) taken.push(["*", tree.text(tree.named(required)[0] ?? -1)]);
  for (const part of tree.named(tree.childOf(node, "import_clause"))) {
    const kind = tree.kind(part);
    if (kind === "identifier") taken.push(["default", tree.text(part)]);
    else if (kind === "namespace_import") taken.push(["*", tree.text(tree.named(part)[0] ?? -1)]);
    else for (const one of tree.named(part)) taken.push(specifier(tree, one));
  }
  return [importOf(source, taken, tree.lineOf(node))];
}

/** `export … from "x"`; undefined for an export of what the file defines. */
export function exportStatement(tree: FlatTree, node: number): readonly Import[] | undefined {
  const source = plainString(tree, tree.child(node, "source"));
  if (source === undefined) return undefined;
  const clause = tree.childOf(node, "export_clause");
  const namespace = tree.childOf(node, "namespace_export");
  const taken: readonly Taken[] =
    clause >= 0
      ? tree.named(clause).map((one) => specifier(tree, one))
      : [["*", namespace >= 0 ? tree.text(tree.named(namespace)[0] ?? -1) : ""]];
  return [importOf(source, taken, tree.lineOf(node))];
}

/** `require("x")` and `import("x")`, with the names taken out of it on the spot. */
export function importCall(tree: FlatTree, node: number): readonly Import[] {
  const callee = tree.child(node, "function");
  const isImport =
    tree.kind(callee) === "import" || (tree.kind(callee) === "identifier" && tree.text(callee) === "require");
  if (!isImport) return [];
  const source = plainString(tree, tree.named(tree.child(node, "arguments"))[0] ?? -1);
  return source === undefined ? [] : [importOf(source, takenNames(tree, node), tree.lineOf(node))];
}

/** A name as its module has it, and as the file calls it; "" when it comes in bare or is used on the spot. */
type Taken = readonly [name: string, local: string];

function importOf(source: string, taken: readonly Taken[], line: number): Import {
  const named = taken.filter(([name]) => name !== "");
  const names = named.map(([name]) => name);
  const isPlain = named.every(([name, local]) => local === (name === "*" ? "" : name));
  return isPlain ? { source, names, line } : { source, names, locals: named.map(([, local]) => local), line };
}

function specifier(tree: FlatTree, node: number): Taken {
  const name = tree.text(tree.child(node, "name"));
  return [name, tree.text(tree.child(node, "alias")) || name];
}

function takenNames(tree: FlatTree, call: number): Taken[] {
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
    if (tree.kind(tree.child(call, "function")) === "import" && value === call) return [["*", ""]];
    const holder = tree.parentOf(parent);
    const isNamed =
      tree.kind(holder) === "variable_declarator" && tree.kind(tree.child(holder, "name")) === "identifier";
    return [[name, isNamed ? tree.text(tree.child(holder, "name")) : name]];
  }
  const pattern = tree.kind(parent) === "variable_declarator" ? tree.child(parent, "name") : -1;
  if (tree.kind(pattern) === "identifier") return [["*", tree.text(pattern)]];
  if (tree.kind(pattern) !== "object_pattern") return [["*", ""]];
  return tree.named(pattern).map((one): Taken => {
    if (tree.kind(one) === "pair_pattern") {
      const name = tree.text(tree.child(one, "key"));
      const value = tree.child(one, "value");
      return [name, tree.kind(value) === "identifier" ? tree.text(value) : name];
    }
    const name = tree.text(tree.kind(one) === "object_assignment_pattern" ? tree.child(one, "left") : one);
    return [name, name];
  });
}
