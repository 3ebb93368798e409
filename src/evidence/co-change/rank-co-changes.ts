import type { CommitRecord } from "../../repository/history.ts";
import type { SymbolDefinition } from "../../languages/syntax.ts";
import type { UseFinder } from "../references/find-uses.ts";
import type { SymbolIndex, Definition } from "../references/build-symbol-index.ts";
import { memoise } from "../memoise.ts";
import type { Query } from "../ranking/query.ts";
import type { Reason, Weighted } from "../ranking/signal.ts";
import type { IndexedCodebase } from "../../repository/open-codebase.ts";
import { explainStrongest, scoreOf, type Shares } from "./combine.ts";
import { type Candidate, functionIndex, type FunctionIndex } from "./function-index.ts";
import { measureFiles } from "./rank-co-change-files.ts";
import type { FunctionContext } from "./signal.ts";
import { FUNCTION_SIGNALS, SIGNALS_OF_ITS_FILE } from "./signals.ts";

/** A function that may have to change when the seed changes. */
export interface CoChangeCandidate {
  readonly path: string;
  readonly symbol: SymbolDefinition;
  /** Only comparable within one ranking. */
  readonly score: number;
  /** Strongest first. */
  readonly reasons: readonly Reason[];
}

export interface CoChangeSources {
  readonly codebase: IndexedCodebase;
  readonly symbolIndex: SymbolIndex;
  readonly uses: UseFinder;
  /** Newest first, nothing later than the commit of the codebase. */
  readonly commits: readonly CommitRecord[];
  readonly query?: Query | undefined;
}

export interface CoChangeOptions {
  readonly top: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Which other functions of source files change with the seed, best first. Empty when the seed is no function of a
 * source file. A ranking, not a finding. Throws what `signal` is aborted with.
 */
export async function rankCoChanges(
  { path, symbol }: Definition,
  sources: CoChangeSources,
  { top, signal }: CoChangeOptions,
): Promise<readonly CoChangeCandidate[]> {
  const context = coChangeContext(sources);
  const seed = context.index.find(path, symbol.start, symbol.name);
  if (seed === undefined) return [];
  const told = [
    ...SIGNALS_OF_ITS_FILE.map(([one, weight]) =>
      tellable(one.name, weight, (candidate) => one.explain(candidate.path, path, context)),
    ),
    ...FUNCTION_SIGNALS.map(([one, weight]) =>
      tellable(one.name, weight, (candidate) => one.explain(candidate, seed, context)),
    ),
  ];
  const measured = await measureFunctions(seed, context, signal);
  const ranked = [...measured]
    .map(([candidate, own]) => ({ candidate, own, score: scoreOf(own, told) }))
    .sort((a, b) => b.score - a.score || byPlace(a.candidate, b.candidate))
    .slice(0, top);
  const coChanges: CoChangeCandidate[] = [];
  for (const { candidate, own, score } of ranked) {
    signal?.throwIfAborted();
    const reasons = await explainStrongest(own, told, ({ tell }) => tell(candidate));
    coChanges.push({ path: candidate.path, symbol: candidate.symbol, score, reasons });
  }
  return coChanges;
}

type Tell = (candidate: Candidate) => Promise<readonly Reason[]> | readonly Reason[];

function tellable(name: string, weight: number, tell: Tell): Weighted<{ name: string; tell: Tell }> {
  return [{ name, tell }, weight];
}

/** What the signals read, made once for one commit. */
export function coChangeContext({
  codebase,
  symbolIndex,
  uses,
  commits,
  query,
}: CoChangeSources): FunctionContext {
  const index = indexOf(symbolIndex, codebase);
  return { codebase, symbolIndex, uses, commits, query, index, candidates: filesOf(index) };
}

const indexOf = memoise((symbolIndex: SymbolIndex, codebase: IndexedCodebase) =>
  functionIndex(symbolIndex, (path) => codebase.roleOf(path)),
);

/** The scores of each function but the seed; a function of another file has the scores of its file. */
export async function measureFunctions(
  seed: Candidate,
  context: FunctionContext,
  signal?: AbortSignal,
): Promise<ReadonlyMap<Candidate, Shares>> {
  const ofFiles = await measureFiles(seed.path, context, SIGNALS_OF_ITS_FILE, signal);
  const shares = new Map<Candidate, Map<string, number>>();
  for (const candidate of context.index.all)
    if (candidate !== seed) shares.set(candidate, new Map(ofFiles.get(candidate.path)));
  for (const [one] of FUNCTION_SIGNALS) {
    signal?.throwIfAborted();
    for (const [candidate, score] of one.score(seed, context)) shares.get(candidate)?.set(one.name, score);
  }
  return shares;
}

function filesOf({ all }: FunctionIndex): readonly string[] {
  return [...new Set(all.map(({ path }) => path))];
}

function byPlace(a: Candidate, b: Candidate): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : a.symbol.start - b.symbol.start;
}
