/** A likelihood in words: `strong` from one half, `weak` below 15 %. Reliability: docs/benchmarks.md. */
export type Strength = "strong" | "moderate" | "weak";

const STRENGTHS = { strong: 0.5, moderate: 0.15 } as const;

/**
 * The scores are logits of a softmax that was learned to name one file of the fix, so that exp(score) over the sum is the
 * likelihood that this file is the one. Scores best first; the answers in the same order, 0 to 1.
 */
export function confidencesOf(scores: readonly number[]): readonly number[] {
  const best = scores[0] ?? 0;
  const odds = scores.map((score) => Math.exp(score - best));
  const total = odds.reduce((sum, one) => sum + one, 0);
  return odds.map((one) => one / total);
}

export function strengthOf(confidence: number): Strength {
  if (confidence >= STRENGTHS.strong) return "strong";
  return confidence >= STRENGTHS.moderate ? "moderate" : "weak";
}
