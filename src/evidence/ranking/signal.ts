import type { Citation } from "../../documents/citation.ts";
import type { CommitRecord } from "../../repository/history.ts";
import type { IndexedCodebase } from "../../repository/open-codebase.ts";
import type { Query } from "./query.ts";

/** One kind of evidence that a file is meant. One signal, one file, one test, one line in the explanation. */
export interface Signal {
  /** No other signal has it. */
  readonly name: string;
  /** `absolute`: scores are 0 to 1 as they are. `relative`: the best file of the signal counts as 1, the others in proportion. */
  readonly scale: "absolute" | "relative";
  /** Path to score, above 0 (below 0 where it speaks against the file); files that are left out have none. */
  score(query: Query, context: SignalContext): Promise<Scores> | Scores;
  /** Why this file, strongest first; asked only for files that are shown. Empty when there is nothing to cite. */
  explain(path: string, query: Query, context: SignalContext): Promise<readonly Reason[]>;
}

/** A signal that spreads from the files that the direct signals found: what is near a good file may be the right one. */
export interface NearSignal {
  readonly name: string;
  readonly scale: "absolute" | "relative";
  /** `first`: what the direct signals alone rank, best first; always the same for one query and context. */
  score(query: Query, context: SignalContext, first: DirectRanking): Promise<Scores> | Scores;
  explain(
    path: string,
    query: Query,
    context: SignalContext,
    first: DirectRanking,
  ): Promise<readonly Reason[]>;
}

/** A signal in a table: without a weight it does not compile. */
export type Weighted<S> = readonly [signal: S, weight: number];

export type Scores = ReadonlyMap<string, number>;

export interface SignalContext {
  readonly codebase: IndexedCodebase;
  /** Paths that may be ranked, in tree order. */
  readonly candidates: readonly string[];
  /** Newest first; empty when there is no history. */
  readonly commits: readonly CommitRecord[];
  readonly signal?: AbortSignal | undefined;
}

export type DirectRanking = readonly Pick<RankedFile, "path" | "score">[];

export interface RankedFile {
  readonly path: string;
  /** Sum of the signals' shares: a logit, so that `exp(a - b)` is how much likelier a file with a is than one with b. */
  readonly score: number;
  /** Signal name to its share of the score, strongest first. */
  readonly shares: ReadonlyMap<string, number>;
}

export interface Reason {
  /** Name of the signal. */
  readonly signal: string;
  /** A sentence part in words a maintainer accepts, Markdown inline code allowed: "defines `Store`, which the issue names". */
  readonly text: string;
  readonly citations: readonly Citation[];
}
