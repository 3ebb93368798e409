import type { CommitRecord } from "../../source/history.ts";
import type { UseFinder } from "../graph/find-uses.ts";
import type { CodeSurvey } from "../graph/survey-code.ts";
import type { Query } from "../locate/query.ts";
import type { Reason } from "../locate/signal.ts";
import type { IndexedCodebase } from "../open-codebase.ts";
import type { Candidate, FunctionIndex } from "./function-index.ts";

/** What the companions of a file are ranked from. */
export interface FileContext {
  readonly codebase: IndexedCodebase;
  /** Newest first, nothing later than the commit of the codebase; empty when there is no history. */
  readonly commits: readonly CommitRecord[];
  /** Paths that may be ranked, in tree order. */
  readonly candidates: readonly string[];
  /** Spares reading files again when a survey was made anyway. */
  readonly uses?: UseFinder | undefined;
}

/** What the companions of a function are ranked from. */
export interface FunctionContext extends FileContext {
  readonly survey: CodeSurvey;
  readonly uses: UseFinder;
  readonly index: FunctionIndex;
  /** What the issue says, when there is one. */
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
