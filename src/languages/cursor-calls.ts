import type { Tree } from "web-tree-sitter";

/**
 * The calls into the parser's wasm that a walk over a tree needs. `TreeCursor` makes the same calls, but copies its state
 * into the wasm memory and back around each: without that a walk takes half the time. The state lies in the one transfer
 * buffer, so nothing else may use the parser between `open` and `close`.
 */
export interface CursorCalls {
  readonly open: (tree: number) => void;
  readonly close: (tree: number) => void;
  /** 0 when there is none. */
  readonly toFirstChild: (tree: number) => number;
  /** 0 when there is none. */
  readonly toNextSibling: (tree: number) => number;
  readonly toParent: (tree: number) => number;
  readonly type: (tree: number) => number;
  readonly field: (tree: number) => number;
  /** UTF-16 units. */
  readonly start: (tree: number) => number;
  /** UTF-16 units. */
  readonly end: (tree: number) => number;
  /** Makes the parser's memory usable again after any call into it threw. Parsers and trees in use then are lost. */
  readonly recover: () => void;
}

/** The tree's address in the wasm memory, as web-tree-sitter 0.27 keeps it (the version is pinned). */
export function addressOf(tree: Tree): number {
  return (tree as unknown as { readonly 0: number })[0];
}
