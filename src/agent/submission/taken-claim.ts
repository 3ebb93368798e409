import type { Block, StatedClaim } from "../../documents/finding.ts";
import type { Conclusion } from "../../documents/withdraw.ts";
import type { HandedType } from "./submission.ts";

/** A claim that was taken, with its place in the document. */
export interface TakenClaim {
  /** From 1, in the order in which they were taken; an explanation refers to it. */
  readonly number: number;
  readonly section: string;
  readonly type: HandedType;
  /** One, or several where Casebook counted; none for a question, a gap or a step. */
  readonly claims: readonly StatedClaim[];
  readonly blocks: readonly Block[];
  readonly text?: string;
  readonly step?: number;
  /** What it takes back from an earlier document. */
  readonly withdrawal?: Withdrawal;
}

/** A conclusion of an earlier document that a model takes back. */
export interface Withdrawal {
  /** Path of the document. */
  readonly file: string;
  readonly statement: Conclusion;
  /** What speaks against it; at least one was not concluded itself. */
  readonly against: readonly TakenClaim[];
}
