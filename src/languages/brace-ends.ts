import type { CompiledRules } from "./compiled-rules.ts";
import type { FlatTree } from "./flat-tree.ts";

/**
 * The closing brace of each opening one, counted over the tokens of a tree with errors. Where a parser loses its way, its tokens are
 * still right; those of comments and strings are no braces.
 */
export class BraceEnds {
  private readonly tree: FlatTree;
  private readonly closing = new Map<number, number>();
  /** Whether every brace of the file has its partner. */
  private readonly isBalanced: boolean;

  constructor(tree: FlatTree, compiled: CompiledRules) {
    this.tree = tree;
    const open: number[] = [];
    let strays = 0;
    let before = -1;
    for (let node = 0; node < tree.count; node++) {
      const type = tree.type[node] ?? 0;
      if (compiled.comment[type] === 1 || compiled.opaque[type] === 1) node = tree.lastOf(node);
      else if (compiled.named[type] !== 1) {
        const token = tree.kind(node);
        const at = tree.startOf(node);
        // A brace that the parser only assumes has no width: another token starts there.
        if (!(token.endsWith("{") || token === "}") || at <= before || !tree.source.startsWith(token, at))
          continue;
        before = at;
        if (token !== "}") open.push(at);
        else if (open.length > 0) this.closing.set(open.pop()!, at);
        else strays++;
      }
    }
    this.isBalanced = open.length + strays === 0;
  }

  /** The offset of the brace that closes a body; undefined where the tree has it right, or nothing better is known. */
  endOf(body: number): number | undefined {
    const { tree } = this;
    if (body < 0 || tree.source[tree.startOf(body)] !== "{") return undefined;
    const close = this.closing.get(tree.startOf(body));
    const said = tree.endOf(body) - 1;
    if (close === undefined || close === said || (close > said && !this.isBalanced)) return undefined;
    return close;
  }

  /** The last node that starts at this offset or before it. */
  lastNodeAt(offset: number): number {
    const { start, count } = this.tree;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((start[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
