import type { CodeSurvey, Definition } from "../graph/survey-code.ts";
import type { Language, Shape } from "../../syntax/syntax.ts";

/** A function that is built like the one asked about. */
export interface SimilarFunction extends Definition {
  /** Share of the tokens that both have in the same order, 0 to 1; 1 when only names and literals differ. */
  readonly similarity: number;
}

/** Shorter bodies are alike by chance. */
const MIN_TOKENS = 24;
const MIN_SIMILARITY = 0.7;
/** A body over this length is compared by its runs alone: the exact comparison is quadratic. */
const MAX_EXACT = 1_500;
const RUN = 4;

const FAMILY: Readonly<Partial<Record<Language, string>>> = {
  typescript: "js",
  tsx: "js",
  javascript: "js",
  c: "c",
  cpp: "c",
};

/**
 * Functions of the survey whose body has the structure of the target's: names and literals folded away, order kept. Most
 * similar first. Two steps: shared runs of four tokens (Dice coefficient) rule out what cannot be alike, then the
 * longest common subsequence decides.
 */
export function findSimilar(
  target: Definition,
  language: Language,
  survey: CodeSurvey,
): readonly SimilarFunction[] {
  const shape = target.symbol.shape;
  if (shape === undefined || shape.tokens.length < MIN_TOKENS) return [];
  const runs = runsOf(shape);
  const found: SimilarFunction[] = [];
  for (const [path, syntax] of survey.files) {
    if (familyOf(syntax.language) !== familyOf(language)) continue;
    for (const symbol of syntax.symbols) {
      if (symbol.shape === undefined || (path === target.path && symbol.start === target.symbol.start))
        continue;
      const [a, b] = [shape.tokens.length, symbol.shape.tokens.length];
      // The longest common subsequence is at most the shorter body.
      if (b < MIN_TOKENS || (2 * Math.min(a, b)) / (a + b) < MIN_SIMILARITY) continue;
      if (diceOf(runs, runsOf(symbol.shape)) < MIN_SIMILARITY / 2.5) continue;
      const similarity = similarityOf(shape.tokens, symbol.shape.tokens);
      if (similarity >= MIN_SIMILARITY) found.push({ path, symbol, similarity });
    }
  }
  return found.sort(
    (a, b) =>
      b.similarity - a.similarity ||
      (a.path < b.path ? -1 : a.path > b.path ? 1 : a.symbol.start - b.symbol.start),
  );
}

/** Twice the longest common subsequence over the sum of the lengths: 1 for equal sequences. */
export function similarityOf(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || b.length === 0) return 0;
  if (a.length > MAX_EXACT || b.length > MAX_EXACT) return diceOf(countRuns(a), countRuns(b));
  let previous = new Uint16Array(b.length + 1);
  let current = new Uint16Array(b.length + 1);
  for (const token of a) {
    for (let j = 0; j < b.length; j++)
      current[j + 1] = token === b[j] ? previous[j]! + 1 : Math.max(previous[j + 1]!, current[j]!);
    [previous, current] = [current, previous];
  }
  return (2 * previous[b.length]!) / (a.length + b.length);
}

const known = new WeakMap<Shape, ReadonlyMap<number, number>>();

function runsOf(shape: Shape): ReadonlyMap<number, number> {
  let runs = known.get(shape);
  if (runs === undefined) known.set(shape, (runs = countRuns(shape.tokens)));
  return runs;
}

function countRuns(tokens: readonly number[]): ReadonlyMap<number, number> {
  const runs = new Map<number, number>();
  for (let i = 0; i + RUN <= tokens.length; i++) {
    let hash = 0;
    for (let j = 0; j < RUN; j++) hash = (Math.imul(hash, 16_777_619) ^ tokens[i + j]!) >>> 0;
    runs.set(hash, (runs.get(hash) ?? 0) + 1);
  }
  return runs;
}

function diceOf(a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): number {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  let [shared, total] = [0, 0];
  for (const [run, n] of small) shared += Math.min(n, large.get(run) ?? 0);
  for (const n of a.values()) total += n;
  for (const n of b.values()) total += n;
  return total === 0 ? 0 : (2 * shared) / total;
}

function familyOf(language: Language): string {
  return FAMILY[language] ?? language;
}
