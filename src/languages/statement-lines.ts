import type { FlatTree } from "./flat-tree.ts";

/** The lines of one statement, 1-based and inclusive, whatever is in it. */
export interface StatementLines {
  readonly from: number;
  readonly to: number;
  /** The last line before a statement inside it begins on a line of its own; `to` where none does. */
  readonly head: number;
}

/** What grammars call what stands for itself: statements, declarations, definitions, clauses, items, and macros of Rust. */
const STATEMENT =
  /(?:^|_)(?:statement|declaration|definition|clause|item|macro_invocation)$|^(?:arrow_expression_clause)$/;
const NOT_ONE =
  /^(?:empty_statement|with_clause|with_item|compound_statement|attribute_item|import_clause|type_parameter_declaration|parameter_declaration|optional_parameter_declaration|for_in_clause|if_clause|named_imports|package_clause|trait_item|for_clause|range_clause)$/;

/** The statements of a file, outer before inner, in the order of their first lines. Text that could not be placed has none of its own. */
export function statementLines(tree: FlatTree): readonly StatementLines[] {
  const kinds = new Map<number, boolean>();
  const isStatement = (node: number): boolean => {
    const type = tree.type[node] ?? 0;
    let known = kinds.get(type);
    if (known === undefined) {
      const kind = tree.kind(node);
      kinds.set(type, (known = STATEMENT.test(kind) && !NOT_ONE.test(kind)));
    }
    return known;
  };
  const found: { readonly from: number; readonly to: number; readonly last: number; head: number }[] = [];
  const open: (typeof found)[number][] = [];
  for (let node = 1; node < tree.count; node++) {
    while (open.length > 0 && open.at(-1)!.last < node) open.pop();
    if (!isStatement(node)) continue;
    const from = tree.lineOf(node);
    const to = Math.max(from, tree.endLineOf(node));
    // Only the first of the statements inside ends the head of those around it.
    for (const outer of open) if (from > outer.from && from <= outer.head) outer.head = from - 1;
    const statement = { from, to, last: tree.lastOf(node), head: to };
    found.push(statement);
    open.push(statement);
  }
  return found.map(({ from, to, head }) => ({ from, to, head }));
}
