import type { Reason } from "../ranking/signal.ts";

/** Signal name to its score, 0 to 1. */
export type Shares = ReadonlyMap<string, number>;
/** Signal name to its weight; a signal without one counts nothing. */
export type Weights = Readonly<Record<string, number>>;

/** Below this share of the whole a signal is not told as a reason. */
const MIN_PART = 0.05;

/** The weighted sum. */
export function scoreOf(shares: Shares, weights: Weights): number {
  let total = 0;
  for (const [name, score] of shares) total += score * (weights[name] ?? 0);
  return total;
}

/** The reasons of the signals that made the score, the strongest first. */
export async function explainStrongest<S extends { readonly name: string }>(
  shares: Shares,
  weights: Weights,
  signals: readonly S[],
  explain: (signal: S) => Promise<readonly Reason[]> | readonly Reason[],
): Promise<readonly Reason[]> {
  const whole = scoreOf(shares, weights);
  const partOf = ({ name }: S): number => ((shares.get(name) ?? 0) * (weights[name] ?? 0)) / whole;
  const strong = signals.filter((one) => partOf(one) >= MIN_PART).sort((a, b) => partOf(b) - partOf(a));
  const reasons: Reason[] = [];
  for (const one of strong) reasons.push(...(await explain(one)));
  return reasons;
}
