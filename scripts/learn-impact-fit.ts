/** Learns weights of signals by which the changed functions of past fixes rank before the others. Pure. */

/** One seed of a fix: the rows that may be ranked, each with one number a signal. */
export interface Example {
  readonly fix: string;
  readonly repo: string;
  /** Row after row. */
  readonly values: Float32Array;
  /** Rows that changed with the seed. */
  readonly gold: readonly number[];
  /** Those of them that stand in another file than the seed. */
  readonly outside: readonly number[];
  /** How many changed with it, those that no row stands for included. */
  readonly wanted: number;
}

export interface FitOptions {
  readonly signals: number;
  readonly start?: readonly number[];
  readonly rounds: number;
  /** How many times a changed row of another file counts. */
  readonly outsideCounts?: number;
  /** Keeps weights of rare signals small; the more, the stronger. */
  readonly ridge?: number;
  /** Signals that stay without weight. */
  readonly without?: ReadonlySet<number>;
}

const RIDGE = 0.0005;
const STEP = 0.15;

/**
 * Conditional logistic regression: the weights under which the changed rows are likeliest to be drawn from all rows of
 * their example. Every fix counts the same. No weight below zero: evidence for a change is never evidence against it.
 */
export function fit(
  examples: readonly Example[],
  { signals, start, rounds, outsideCounts = 1, ridge = RIDGE, without = new Set() }: FitOptions,
): readonly number[] {
  const weights = Float64Array.from({ length: signals }, (_, i) => (without.has(i) ? 0 : (start?.[i] ?? 1)));
  const [mean, square] = [new Float64Array(signals), new Float64Array(signals)];
  const perFix = new Map<string, number>();
  for (const { fix, gold } of examples) if (gold.length > 0) perFix.set(fix, (perFix.get(fix) ?? 0) + 1);
  for (let round = 1; round <= rounds; round++) {
    const gradient = new Float64Array(signals);
    for (const example of examples)
      if (example.gold.length > 0)
        addGradient(example, weights, 1 / (perFix.get(example.fix)! * perFix.size), outsideCounts, gradient);
    // Adam (Kingma and Ba 2015): signals differ a hundredfold in how often they speak.
    for (let i = 0; i < signals; i++) {
      const slope = gradient[i]! - ridge * weights[i]!;
      mean[i] = 0.9 * mean[i]! + 0.1 * slope;
      square[i] = 0.99 * square[i]! + 0.01 * slope * slope;
      const [m, v] = [mean[i]! / (1 - 0.9 ** round), square[i]! / (1 - 0.99 ** round)];
      const rate = STEP / Math.sqrt(1 + round / 50);
      weights[i] = without.has(i) ? 0 : Math.max(0, weights[i]! + (rate * m) / (Math.sqrt(v) + 1e-8));
    }
  }
  return [...weights];
}

/**
 * An example for each right row, with the `count` wrong rows that score highest by `weights`: right rows do not compete with each
 * other, and rows that are out of the question teach nothing. The examples of one fix share its worth.
 */
export function againstRivals(
  examples: readonly Example[],
  weights: ArrayLike<number>,
  count: number,
): readonly Example[] {
  return examples.flatMap((example) => {
    const { values, gold } = example;
    const scores = scoresOf(values, weights);
    const isGold = new Set(gold);
    const rivals = [...scores.keys()]
      .filter((row) => !isGold.has(row))
      .sort((a, b) => scores[b]! - scores[a]! || a - b)
      .slice(0, count);
    return gold.map((row) => ({
      ...example,
      values: rowsOf(values, [row, ...rivals], weights.length),
      gold: [0],
      outside: example.outside.includes(row) ? [0] : [],
    }));
  });
}

function rowsOf(values: Float32Array, rows: readonly number[], signals: number): Float32Array {
  const taken = new Float32Array(rows.length * signals);
  for (const [at, row] of rows.entries())
    taken.set(values.subarray(row * signals, (row + 1) * signals), at * signals);
  return taken;
}

function addGradient(
  { values, gold, outside }: Example,
  weights: Float64Array,
  share: number,
  outsideCounts: number,
  out: Float64Array,
): void {
  const signals = weights.length;
  const scores = scoresOf(values, weights);
  const top = Math.max(...scores);
  const each = share / gold.length;
  const all = each * (gold.length + (outsideCounts - 1) * outside.length);
  let total = 0;
  for (let row = 0; row < scores.length; row++) total += scores[row] = Math.exp(scores[row]! - top);
  for (let row = 0; row < scores.length; row++) {
    const chance = (all * scores[row]!) / total;
    if (chance < 1e-9) continue;
    for (let i = 0; i < signals; i++) out[i]! -= chance * values[row * signals + i]!;
  }
  const draw = (row: number, weight: number): void => {
    for (let i = 0; i < signals; i++) out[i]! += weight * values[row * signals + i]!;
  };
  for (const row of gold) draw(row, each);
  for (const row of outside) draw(row, each * (outsideCounts - 1));
}

export function scoresOf(values: Float32Array, weights: ArrayLike<number>): Float64Array {
  const signals = weights.length;
  const scores = new Float64Array(values.length / signals);
  for (let row = 0; row < scores.length; row++) {
    let score = 0;
    for (let i = 0; i < signals; i++) score += values[row * signals + i]! * weights[i]!;
    scores[row] = score;
  }
  return scores;
}

/** The share of the wanted rows among the first `k`, for each fix the mean over its seeds. */
export function recallByFix(
  examples: readonly Example[],
  weightsOf: (repo: string) => ArrayLike<number>,
  k: number,
): ReadonlyMap<string, number> {
  const sums = new Map<string, { total: number; seeds: number }>();
  for (const { fix, repo, values, gold, wanted } of examples) {
    const scores = scoresOf(values, weightsOf(repo));
    let hits = 0;
    for (const row of gold) {
      let before = 0;
      for (let other = 0; other < scores.length; other++)
        if (scores[other]! > scores[row]! || (scores[other] === scores[row] && other < row)) before++;
      if (before < k) hits++;
    }
    const sum = sums.get(fix) ?? { total: 0, seeds: 0 };
    sums.set(fix, { total: sum.total + hits / wanted, seeds: sum.seeds + 1 });
  }
  return new Map([...sums].map(([fix, { total, seeds }]) => [fix, total / seeds]));
}

export function meanOf(values: Iterable<number>): number {
  let [total, n] = [0, 0];
  for (const value of values) [total, n] = [total + value, n + 1];
  return n === 0 ? 0 : total / n;
}
