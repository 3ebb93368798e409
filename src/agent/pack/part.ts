/** One thing that a first message can tell, with how much it helps. */
export interface PackItem {
  /** Foreign text and ours mixed, to be quoted; the longest form first, later ones say the most important of it. */
  readonly forms: readonly string[];
  /** How much it helps, next to the other items of the phase; what it costs is counted apart. */
  readonly value: number;
  /** Has a quotation of its own, with this label. */
  readonly source?: string;
  /** Where it stands among the items that were chosen, when that is not their order of value. */
  readonly order?: number;
}

/** Things of one kind under one heading. */
export interface PackPart {
  readonly name: PackPartName;
  /** In our words. */
  readonly heading: string;
  /** What the quotation under it holds, in our words. */
  readonly source: string;
  /** Most helpful first: an item is taken only after those before it. */
  readonly items: readonly PackItem[];
  /** How to get what was left out, in our words. */
  readonly more: (left: number) => string;
}

export type PackPartName =
  | "issue"
  | "comments"
  | "missing"
  | "layout"
  | "files"
  | "prior-work"
  | "earlier-documents"
  | "suspects"
  | "shown-by-run"
  | "sequence"
  | "callers"
  | "line-history"
  | "test-example"
  | "tests"
  | "similar"
  | "uses"
  | "docs"
  | "co-change"
  | "risks";

/** Of the n-th item, when each next one helps this much less. */
export function falling(first: number, share: number): (n: number) => number {
  return (n) => first * share ** n;
}
