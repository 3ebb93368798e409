import type { Shape } from "./syntax.ts";

/** What a longer function is cut to: enough to recognise it, and a bound on what one file can cost. */
export const MAX_SHAPE_TOKENS = 2_000;
const MAX_STATEMENTS = 500;
const MAX_CALLS = 500;

/** FNV-1a (Fowler, Noll, Vo), 32 bit: the same number for the same text in every version and on every machine. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** The tokens of a whole file in order: the node of each, and what it counts as. */
export interface TokenStream {
  readonly nodes: readonly number[];
  readonly hashes: readonly number[];
}

/**
 * The shape of what lies from node `from` to node `to`. `statements` are node ranges within it; `calls` the callees of the
 * file with the node of each, in order.
 */
export function shapeOf(
  tokens: TokenStream,
  from: number,
  to: number,
  statements: readonly (readonly [from: number, to: number])[],
  calls: { readonly nodes: readonly number[]; readonly names: readonly string[] },
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
      return stop > start ? [hashAll(tokens.hashes, start, stop)] : [];
    }),
  };
}

function hashAll(hashes: readonly number[], start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) {
    const value = hashes[at] ?? 0;
    hash = Math.imul(hash ^ (value & 0xffff), 0x01000193);
    hash = Math.imul(hash ^ (value >>> 16), 0x01000193);
  }
  return hash >>> 0;
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
