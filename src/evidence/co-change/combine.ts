import type { Reason, Weighted } from "../ranking/signal.ts";

interface Named {
  readonly name: string;
}

/** Signal name to its score, 0 to 1. */
export type Shares = ReadonlyMap<string, number>;

/** A signal below this share of the score is not named as a reason. */
const MIN_PART = 0.05;

/** The weighted sum. */
export function scoreOf(shares: Shares, signals: readonly Weighted<Named>[]): number {
  return signals.reduce((total, [{ name }, weight]) => total + (shares.get(name) ?? 0) * weight, 0);
}

/** The reasons of the signals that made the score, the strongest first. */
export async function explainStrongest<S extends Named>(
  shares: Shares,
  signals: readonly Weighted<S>[],
  explain: (signal: S) => Promise<readonly Reason[]> | readonly Reason[],
): Promise<readonly Reason[]> {
  const whole = scoreOf(shares, signals);
  const partOf = ([{ name }, weight]: Weighted<S>): number => ((shares.get(name) ?? 0) * weight) / whole;
  const strong = signals.filter((one) => partOf(one) >= MIN_PART).sort((a, b) => partOf(b) - partOf(a));
  const reasons: Reason[] = [];
  for (const [signal] of strong) reasons.push(...(await explain(signal)));
  return reasons;
}
