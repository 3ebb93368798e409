import type { CommitRecord } from "../../repository/history.ts";
import type { SymbolDefinition } from "../../languages/syntax.ts";
import type { IndexedCodebase } from "../../repository/open-codebase.ts";
import { type Query, saysEnough } from "./query.ts";
import { rankFiles } from "./rank-files.ts";
import { rankFunctions, type RankedFunction } from "./rank-functions.ts";
import type { Reason, SignalContext } from "./signal.ts";
import { inlineCode } from "../../text/inline-code.ts";

/** A likelihood in words: `strong` from `LIKELY` on, `weak` below 15 %. Reliability: docs/benchmarks.md. */
export type Strength = "strong" | "moderate" | "weak";

/** From here on a file is told as likely, and a function as strong: of first files from here on one in seven was wrong. */
export const LIKELY = 0.65;
/** The set of files ends before one that is less likely. Of the files in it every second one was changed by the fix. */
export const MODERATE = 0.15;

export interface LocatedFile {
  readonly path: string;
  /** A logit; only comparable within one ranking. */
  readonly score: number;
  /** How likely it is that a fix changes this file, 0 to 1. */
  readonly confidence: number;
  readonly strength: Strength;
  /** Strongest first; each with what it rests on. */
  readonly reasons: readonly Reason[];
}

export interface LocatedFunction {
  readonly path: string;
  readonly symbol: SymbolDefinition;
  /** A logit; only comparable within one ranking. */
  readonly score: number;
  /** How likely it is that a fix changes this function, 0 to 1. */
  readonly confidence: number;
  readonly strength: Strength;
  readonly reasons: readonly Reason[];
}

export interface Ranking {
  /** Best first. */
  readonly files: readonly LocatedFile[];
  /** Best first, from the best files. */
  readonly functions: readonly LocatedFunction[];
  /** How many files were compared. */
  readonly candidates: number;
  /** Files whose content the repository does not hold, so that nothing is known of them. */
  readonly unreadable: readonly string[];
}

export interface LocateOptions {
  /** How many files and functions come back. */
  readonly top: number;
  readonly signal?: AbortSignal;
  /** Source files for which it is false are not ranked. Default: all are. */
  readonly isCandidate?: ((path: string) => boolean) | undefined;
}

/** Functions are looked for in this many of the best files; the gold file of 19 in 20 development cases is among ten. */
const FILES_FOR_FUNCTIONS = 20;

/** Ranks the source files and functions of a codebase by how likely a fix of the issue changes them, with the reasons. */
export async function locate(
  codebase: IndexedCodebase,
  query: Query,
  commits: readonly CommitRecord[],
  { top, signal, isCandidate = () => true }: LocateOptions,
): Promise<Ranking> {
  const candidates = codebase.tree.entries
    .map(({ path }) => path)
    .filter(
      (path) =>
        codebase.roleOf(path) === "source" && codebase.invertedIndex(path) !== undefined && isCandidate(path),
    );
  const { unreadable } = codebase;
  if (!saysEnough(query)) return { files: [], functions: [], candidates: candidates.length, unreadable };
  const context: SignalContext = { codebase, candidates, commits, signal };
  const { files: ranked, explain } = await rankFiles(query, context);
  const confidences = likelihoodsOf(ranked.map(({ score }) => score));
  const functions = await rankFunctions(ranked.slice(0, FILES_FOR_FUNCTIONS), query, context);
  const files: LocatedFile[] = [];
  for (const [place, file] of ranked.slice(0, top).entries()) {
    signal?.throwIfAborted();
    const confidence = confidences[place]!;
    files.push({
      path: file.path,
      score: file.score,
      confidence,
      strength: strengthOf(confidence),
      reasons: await explain(file),
    });
  }
  const confidenceOf = new Map(ranked.map(({ path }, place) => [path, confidences[place]!]));
  // A function is no likelier than its file.
  const likely = confidencesOf(functions.map(({ score }) => score)).map((one, place) =>
    Math.min(one, confidenceOf.get(functions[place]!.path)!),
  );
  return {
    files,
    functions: functions.slice(0, top).map((item, place) => ({
      path: item.path,
      symbol: item.symbol,
      score: item.score,
      confidence: likely[place]!,
      strength: strengthOf(likely[place]!),
      reasons: reasonsOf(item),
    })),
    candidates: candidates.length,
    unreadable,
  };
}

function reasonsOf({
  path,
  symbol,
  words,
  inTrace,
  inRun,
  pointedTo,
  sharing,
}: RankedFunction): readonly Reason[] {
  const lines = { kind: "lines", path, start: symbol.start, end: symbol.end } as const;
  const reasons: Reason[] = [];
  if (pointedTo !== undefined)
    reasons.push({
      signal: "named line",
      text: "the report points to lines of it",
      citations: [lines, { kind: "issue", quote: pointedTo }],
    });
  if (inTrace)
    reasons.push({
      signal: "stack frame",
      text: "a frame of the reported stack trace lies in it",
      citations: [lines],
    });
  else if (inRun)
    reasons.push({
      signal: "stack frame",
      text: "the failure of the report's own program passes it",
      citations: [lines],
    });
  if (sharing > 0)
    reasons.push({
      signal: "name",
      text:
        sharing === 1
          ? "the issue writes its name"
          : `the issue writes its name, which ${sharing} functions share`,
      citations: [lines, { kind: "issue", quote: symbol.name }],
    });
  if (words.length > 0)
    reasons.push({
      signal: "words",
      text: `the issue's ${words.length === 1 ? "word" : "words"} ${words.map((word) => inlineCode(word)).join(", ")} ${words.length === 1 ? "stands in it or names" : "stand in it or name"} it`,
      citations: [lines],
    });
  return reasons;
}

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

/**
 * How likely a fix changes each file: a fix changes 1.5 files on average, so that the likelihoods of all files sum to more than 1.
 * A logistic curve over the log odds of `confidencesOf`, learned from 120 issues and 345 fix commits (docs/benchmarks.md). Scores
 * best first; the answers in the same order, 0 to 1.
 */
export function likelihoodsOf(scores: readonly number[]): readonly number[] {
  return confidencesOf(scores).map((share) => {
    const changed = ODDS * share ** SLOPE;
    return changed / (changed + (1 - share) ** SLOPE);
  });
}

const ODDS = 1.6;
const SLOPE = 0.88;

export function strengthOf(confidence: number): Strength {
  if (confidence >= LIKELY) return "strong";
  return confidence >= MODERATE ? "moderate" : "weak";
}
