import type { CheckName } from "./phase.ts";

/** What a check said about a criterion. Only `met` ticks its box. */
export interface Verdict {
  /** The criterion as it stands in the spec. */
  readonly criterion: string;
  readonly check: CheckName;
  readonly result: "met" | "unmet" | "undecided";
  /** Who can decide it: a program looked, a program was run, a model judged, a person said so. */
  readonly how: "machine" | "run" | "model" | "human";
  /** What was looked at, counted; or what is missing. Plain text with inline code. */
  readonly evidence: string;
}

/** How a run of a phase ends by its verdicts: what only a person can decide holds it, what failed fails it. */
export function outcomeOf(verdicts: readonly Verdict[]): "completed" | "needs_attention" | "failed" {
  // Zero criteria: nothing was verified, so nothing is complete.
  if (verdicts.length === 0 || verdicts.some(({ result }) => result === "unmet")) return "failed";
  return verdicts.some(({ result }) => result === "undecided") ? "needs_attention" : "completed";
}
