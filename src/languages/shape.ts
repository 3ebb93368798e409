import type { FlatTree } from "./flat-tree.ts";
import type { GrammarRules } from "./grammar-rules.ts";
import type { Shape } from "./syntax.ts";
import { hashNumbers } from "../text/hash.ts";

/** What a longer function is cut to: enough to recognise it, and a bound on what one file can cost. */
const MAX_SHAPE_TOKENS = 2_000;
const MAX_STATEMENTS = 500;
const MAX_CALLS = 500;

/** The tokens of a whole file in order: the node of each, and what it counts as. */
export interface TokenStream {
  readonly nodes: readonly number[];
  readonly hashes: readonly number[];
}

/**
 * The shape of what lies from node `from` to node `to`. `statements` are node ranges within it; `calls` the callees of the
 * file with the node of each, in order.
 */
function shapeOf(
  tokens: TokenStream,
  from: number,
  to: number,
  statements: readonly (readonly [from: number, to: number])[],
  calls: Calls,
): Shape {
  const first = lowerBound(tokens.nodes, from);
  const end = Math.min(lowerBound(tokens.nodes, to + 1), first + MAX_SHAPE_TOKENS);
  const firstCall = lowerBound(calls.nodes, from);
  const endCall = Math.min(lowerBound(calls.nodes, to + 1), firstCall + MAX_CALLS);
  return {
    tokens: tokens.hashes.slice(first, end),
    calls: calls.names.slice(firstCall, endCall),
    statements: statements.slice(0, MAX_STATEMENTS).flatMap(([a, b]) => {
      const start = lowerBound(tokens.nodes, a);
      const stop = Math.min(lowerBound(tokens.nodes, b + 1), end);
      return stop > start ? [hashNumbers(tokens.hashes, start, stop)] : [];
    }),
  };
}

/** The first position whose value is at least `value`. */
function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The callees of a file with the node of each, in order. */
export interface Calls {
  readonly nodes: readonly number[];
  readonly names: readonly string[];
}

/** The shape of a function's body up to the node `last`, its docstring left out. */
export function bodyShape(
  tree: FlatTree,
  rules: GrammarRules,
  body: number,
  docstring: number,
  last: number,
  tokens: TokenStream,
  calls: Calls,
): Shape {
  const from = docstring >= 0 ? tree.lastOf(docstring) + 1 : body;
  const statements = statementsOf(tree, rules, body)
    .filter((n) => (n >= from || n === body) && n <= last)
    .map((n) => [Math.max(n, from), Math.min(tree.lastOf(n), last)] as const);
  return shapeOf(tokens, from, last, statements, calls);
}

/** The statements directly in a body; a body that is an expression is its own one statement. */
function statementsOf(tree: FlatTree, rules: GrammarRules, body: number): number[] {
  let block = body;
  if (!rules.blocks.includes(tree.kind(block))) return [body];
  for (;;) {
    const inner = tree.named(block).filter((n) => !rules.comments.includes(tree.kind(n)));
    const only = inner[0];
    if (inner.length !== 1 || only === undefined || !rules.blocks.includes(tree.kind(only))) return inner;
    block = only;
  }
}
