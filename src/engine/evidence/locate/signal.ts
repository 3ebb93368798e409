import type { Citation } from "../../../domain/citation/citation.ts";
import type { CommitRecord } from "../../source/history.ts";
import type { IndexedCodebase } from "../open-codebase.ts";
import type { Query } from "./query.ts";

/**
 * One kind of evidence that a file is meant. One signal, one file, one test, one line in the explanation.
 * Scores need no common scale: the best file of a signal counts as 1, the others in proportion.
 */
export interface Signal {
  readonly name: string;
  /** Share of the whole when this signal is at its best; see `docs/benchmarks.md` for how it was chosen. */
  readonly weight: number;
  score(
    query: Query,
    context: SignalContext,
  ): Promise<ReadonlyMap<string, number>> | ReadonlyMap<string, number>;
  /** Why this file, strongest first; asked only for files that are shown. Empty when there is nothing to cite. */
  explain(path: string, query: Query, context: SignalContext): Promise<readonly Reason[]>;
}

export interface SignalContext {
  readonly codebase: IndexedCodebase;
  /** Paths that may be ranked, in tree order. */
  readonly candidates: readonly string[];
  /** Newest first; empty when there is no history. */
  readonly commits: readonly CommitRecord[];
}

export interface Reason {
  /** Name of the signal. */
  readonly signal: string;
  /** A sentence part in words a maintainer accepts, Markdown inline code allowed: "defines `Store`, which the issue names". */
  readonly text: string;
  readonly citations: readonly Citation[];
}
