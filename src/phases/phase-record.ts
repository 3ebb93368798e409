import type { PhaseCost, PhaseOutcome } from "./outcome.ts";

export type PhaseStatus =
  "waiting" | "running" | "completed" | "needs_attention" | "failed" | "skipped" | "left-out";

export interface CriterionRecord {
  readonly text: string;
  readonly result: "met" | "unmet" | "undecided";
  readonly how: "machine" | "run" | "model" | "human";
  readonly evidence: string;
}

/** What is known of one phase; its spec and document on the branch are the truth, this is for showing it. */
export interface PhaseRecord {
  readonly type: string;
  readonly status: PhaseStatus;
  /** ISO 8601; of the last start and the last end. */
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** First sentence of the document. */
  readonly lead?: string;
  readonly criteria?: readonly CriterionRecord[];
  /** Statements that failed their check and were not published. */
  readonly dropped?: number;
  readonly reason?: string;
  /** A legal end other than "continue"; each text of it is one line. */
  readonly outcome?: PhaseOutcome;
  /** Undefined: no model was asked. */
  readonly cost?: PhaseCost;
  /** `builtin`, or a model's name. */
  readonly researcher?: string;
  /** The limit that ended it early; what was found until then is published. */
  readonly partial?: string;
}
