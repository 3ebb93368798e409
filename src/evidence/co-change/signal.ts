import type { CommitRecord } from "../../repository/history.ts";
import type { UseFinder } from "../references/find-uses.ts";
import type { SymbolIndex } from "../references/build-symbol-index.ts";
import type { Query } from "../ranking/query.ts";
import type { Reason } from "../ranking/signal.ts";
import type { IndexedCodebase } from "../../repository/open-codebase.ts";
import type { Candidate, FunctionIndex } from "./function-index.ts";

/** What the co-change candidates of a file are ranked from. */
export interface FileContext {
  readonly codebase: IndexedCodebase;
  /** Newest first, nothing later than the commit of the codebase; empty when there is no history. */
  readonly commits: readonly CommitRecord[];
  /** Paths that may be ranked, in tree order. */
  readonly candidates: readonly string[];
  /** Spares reading files again when a symbol index was made anyway. */
  readonly uses?: UseFinder | undefined;
}

/** What the co-change candidates of a function are ranked from. */
export interface FunctionContext extends FileContext {
  readonly symbolIndex: SymbolIndex;
  readonly uses: UseFinder;
  readonly index: FunctionIndex;
  /** The issue, when there is one. */
  readonly query: Query | undefined;
}

/**
 * One kind of evidence that a file changes with the seed. Scores lie between 0 and 1 and mean the same for every seed,
 * so that one weight serves all; what has no evidence is left out.
 */
export interface FileSignal {
  readonly name: string;
  score(
    seed: string,
    context: FileContext,
  ): Promise<ReadonlyMap<string, number>> | ReadonlyMap<string, number>;
  /** Why this file, asked only for what is shown. Empty when there is nothing to cite. */
  explain(path: string, seed: string, context: FileContext): Promise<readonly Reason[]> | readonly Reason[];
}

/** The same for a function of a source file. */
export interface FunctionSignal {
  readonly name: string;
  score(seed: Candidate, context: FunctionContext): ReadonlyMap<Candidate, number>;
  explain(candidate: Candidate, seed: Candidate, context: FunctionContext): readonly Reason[];
}
