/** Legal ends of a phase other than "continue": they end or hold the investigation, say why, and are no failures. */
export const OUTCOMES = [
  "not-a-bug",
  "duplicate",
  "needs-info",
  "wont-fix",
  "cannot-reproduce",
  "several-causes",
] as const;
export type OutcomeKind = (typeof OUTCOMES)[number];

export interface PhaseOutcome {
  readonly kind: OutcomeKind;
  /** One or two sentences for people; plain text with inline code. */
  readonly reason: string;
  /** Of `needs-info`: what the reporter is asked, one question each. */
  readonly questions?: readonly string[];
  /** Of `duplicate`: the number of the other issue, or a commit that fixed it. */
  readonly of?: string;
  /** Of `several-causes`: one investigation each. */
  readonly parts?: readonly string[];
}

/** What a phase cost. */
export interface PhaseCost {
  /** Millionths of a US dollar. */
  readonly micros: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Calls of a model. */
  readonly calls: number;
  /** Names of the models that answered. */
  readonly models: readonly string[];
}
