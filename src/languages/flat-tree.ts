import type { Language, Tree } from "web-tree-sitter";
import { addressOf, type CursorCalls } from "./cursor-calls.ts";

/** Fewer nodes than a 1 MB file of brackets has; more are cut off, which no file that a person wrote reaches. */
const MAX_NODES = 4_000_000;
const ERROR_TYPE = 65_535;

/**
 * A syntax tree copied out of the parser's memory into number arrays, in pre-order: a node is its index, the root is 0,
 * and the descendants of `n` are `n + 1` to `last[n]`. One pass with a cursor makes it; after that no call into the
 * parser is needed, and no object is made for a node. The arrays belong to the reader and are used again for the next file.
 */
export class FlatTree {
  readonly source: string;
  readonly language: Language;
  readonly count: number;
  readonly type: Uint16Array;
  readonly field: Uint16Array;
  readonly start: Uint32Array;
  /** Not set for tokens without a name (`{`, `def`). */
  readonly end: Uint32Array;
  /** 1-based. */
  readonly line: Uint32Array;
  readonly last: Uint32Array;
  readonly parent: Int32Array;
  private readonly lineStarts: Uint32Array;

  constructor(source: string, language: Language, columns: Columns, count: number) {
    this.source = source;
    this.language = language;
    this.count = count;
    this.type = columns.type;
    this.field = columns.field;
    this.start = columns.start;
    this.end = columns.end;
    this.line = columns.line;
    this.last = columns.last;
    this.parent = columns.parent;
    this.lineStarts = columns.lineStarts;
  }

  /** The node's type in the grammar's words; `ERROR` for what could not be placed; "" for no node. */
  kind(node: number): string {
    if (node < 0) return "";
    const type = this.type[node] ?? ERROR_TYPE;
    return type === ERROR_TYPE ? "ERROR" : (this.language.types[type] ?? "");
  }

  parentOf(node: number): number {
    return node < 0 ? -1 : (this.parent[node] ?? -1);
  }

  startOf(node: number): number {
    return this.start[node] ?? 0;
  }

  endOf(node: number): number {
    return this.end[node] ?? 0;
  }

  lastOf(node: number): number {
    return this.last[node] ?? node;
  }

  lineOf(node: number): number {
    return this.line[node] ?? 1;
  }

  /** The last line that holds a character of the node: a line ending at its end does not count. */
  endLineOf(node: number): number {
    const end = this.endOf(node);
    return this.lineAt(end > this.startOf(node) ? end - 1 : end);
  }

  /** The 1-based line of an offset into the source. */
  lineAt(offset: number): number {
    let low = 0;
    let high = this.lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  /** The offset at which a 1-based line starts. */
  lineStart(line: number): number {
    return this.lineStarts[line - 1] ?? 0;
  }

  /** The offset of a 1-based line's ending. */
  lineEnd(line: number): number {
    const next = this.lineStarts[line];
    return next === undefined ? this.source.length : next - 1;
  }

  text(node: number): string {
    return node < 0 ? "" : this.source.slice(this.startOf(node), this.endOf(node));
  }

  /** Children, tokens without a name included. */
  children(node: number): number[] {
    const found: number[] = [];
    if (node < 0) return found;
    const last = this.lastOf(node);
    for (let child = node + 1; child <= last; child = this.lastOf(child) + 1) found.push(child);
    return found;
  }

  /** Children that have a name of their own in the grammar. */
  named(node: number): number[] {
    return this.children(node).filter((child) => this.language.nodeTypeIsNamed(this.type[child] ?? 0));
  }

  /** The first child in this field, or -1. */
  child(node: number, field: string): number {
    if (node < 0) return -1;
    const id = this.language.fieldIdForName(field);
    if (id === null) return -1;
    const last = this.lastOf(node);
    for (let child = node + 1; child <= last; child = this.lastOf(child) + 1) {
      if (this.field[child] === id) return child;
    }
    return -1;
  }

  /** All children in this field. */
  childrenIn(node: number, field: string): number[] {
    const id = this.language.fieldIdForName(field);
    return this.children(node).filter((child) => this.field[child] === id);
  }

  /** The first child of one of these types (tokens such as `static` are types too), or -1. */
  childOf(node: number, ...types: readonly string[]): number {
    if (node < 0) return -1;
    const last = this.lastOf(node);
    for (let child = node + 1; child <= last; child = this.lastOf(child) + 1) {
      if (types.includes(this.kind(child))) return child;
    }
    return -1;
  }

  has(node: number, ...types: readonly string[]): boolean {
    return this.childOf(node, ...types) >= 0;
  }

  /** The nodes of these types anywhere below, itself excluded. */
  below(node: number, ...types: readonly string[]): number[] {
    const found: number[] = [];
    if (node < 0) return found;
    const last = this.lastOf(node);
    for (let n = node + 1; n <= last; n++) if (types.includes(this.kind(n))) found.push(n);
    return found;
  }
}

interface Columns {
  type: Uint16Array;
  field: Uint16Array;
  start: Uint32Array;
  end: Uint32Array;
  line: Uint32Array;
  last: Uint32Array;
  parent: Int32Array;
  lineStarts: Uint32Array;
}

/** Makes flat trees one after the other; each is valid until the next is made. `leaves` are types known to have no children. */
export class TreeFlattener {
  private size = 0;
  private columns: Columns = {
    type: new Uint16Array(0),
    field: new Uint16Array(0),
    start: new Uint32Array(0),
    end: new Uint32Array(0),
    line: new Uint32Array(0),
    last: new Uint32Array(0),
    parent: new Int32Array(0),
    lineStarts: new Uint32Array(0),
  };

  /**
   * Walks without recursion, so depth costs nothing, and asks the cursor as little as it can: a call into wasm costs
   * as much as the rest of the work on a node.
   */
  flatten(tree: Tree, source: string, calls: CursorCalls, named: Uint8Array, leaf: Uint8Array): FlatTree {
    // Twice: `f{a}` has more nodes than characters in some grammars.
    this.reserve(Math.min(MAX_NODES, 4096 + 2 * source.length));
    const { type, field, start, end, line, last, parent } = this.columns;
    const lineStarts = lineStartsOf(source);
    const lines = lineStarts.length;
    const limit = this.size;
    const address = addressOf(tree);
    calls.open(address);
    let count = 0;
    let up = -1;
    let row = 0;
    walk: for (;;) {
      const node = count;
      const id = calls.type(address);
      const isNamed = id === ERROR_TYPE || named[id] === 1;
      const at = calls.start(address);
      while (row + 1 < lines && (lineStarts[row + 1] ?? 0) <= at) row++;
      type[node] = id;
      start[node] = at;
      line[node] = row + 1;
      parent[node] = up;
      last[node] = node;
      if (isNamed) {
        end[node] = calls.end(address);
        field[node] = calls.field(address);
      } else {
        end[node] = at;
        field[node] = 0;
      }
      count++;
      if (count === limit) {
        for (let n = up; n >= 0; n = parent[n] ?? -1) last[n] = count - 1;
        break;
      }
      if (isNamed && leaf[id] !== 1 && calls.toFirstChild(address) !== 0) {
        up = node;
        continue;
      }
      while (calls.toNextSibling(address) === 0) {
        if (up < 0) break walk;
        last[up] = count - 1;
        up = parent[up] ?? -1;
        calls.toParent(address);
      }
    }
    calls.close(address);
    return new FlatTree(source, tree.language, { ...this.columns, lineStarts }, count);
  }

  private reserve(size: number): void {
    if (size <= this.size) return;
    this.size = size;
    this.columns = {
      type: new Uint16Array(size),
      field: new Uint16Array(size),
      start: new Uint32Array(size),
      end: new Uint32Array(size),
      line: new Uint32Array(size),
      last: new Uint32Array(size),
      parent: new Int32Array(size),
      lineStarts: new Uint32Array(0),
    };
  }
}

function lineStartsOf(source: string): Uint32Array {
  let count = 1;
  for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1)) count++;
  const starts = new Uint32Array(count);
  let line = 1;
  for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1)) starts[line++] = at + 1;
  return starts;
}
