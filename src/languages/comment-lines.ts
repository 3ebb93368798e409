import type { FlatTree } from "./flat-tree.ts";

interface Block {
  readonly start: number;
  readonly isAttribute: boolean;
}

/** A comment further right than this is not above anything; looking at more would cost the square of a long line. */
const MAX_INDENT = 300;
/** More comment blocks above a definition than this do not all belong to it. */
const MAX_BLOCKS = 500;

/** Which lines hold only a comment or an attribute, to tell what belongs to the definition below. */
export class CommentLines {
  private readonly tree: FlatTree;
  private readonly byLastLine = new Map<number, Block>();
  private readonly given = new Set<number>();

  constructor(tree: FlatTree) {
    this.tree = tree;
  }

  /** A comment that shares its lines with code belongs to that code and is left out. */
  add(node: number, isAttribute: boolean): void {
    const { tree } = this;
    const start = tree.lineOf(node);
    const before = tree.startOf(node) - tree.lineStart(start);
    if (before > MAX_INDENT) return;
    if (tree.source.slice(tree.lineStart(start), tree.startOf(node)).trim() !== "") return;
    const end = tree.endLineOf(node);
    const after = tree.source.slice(
      tree.endOf(node),
      Math.min(tree.lineEnd(end), tree.endOf(node) + MAX_INDENT),
    );
    if (after.trim() === "") this.byLastLine.set(end, { start, isAttribute });
  }

  /**
   * The lines directly above a definition that starts on `line`: where it starts when its attributes are counted
   * in, and the lines of its comment. It goes to the first that asks: in `struct a { int b; };` that is the struct.
   */
  before(line: number): { start: number; doc: { start: number; end: number } | undefined } {
    let start = line;
    let top = line;
    let doc: { start: number; end: number } | undefined;
    if (this.given.has(line)) return { start, doc };
    this.given.add(line);
    for (let n = 0; n < MAX_BLOCKS; n++) {
      const block = this.byLastLine.get(top - 1);
      if (block === undefined) break;
      if (block.isAttribute) start = block.start;
      else doc = { start: block.start, end: doc?.end ?? top - 1 };
      if (block.start >= top) break;
      top = block.start;
    }
    return { start, doc };
  }
}
