import type { SymbolDefinition } from "../../languages/syntax.ts";
import type { Codebase } from "../../repository/codebase.ts";
import type { Query } from "../ranking/query.ts";
import { type BugPattern, callsFor, type SequenceLine } from "./bug-pattern.ts";
import { readChangeWrite } from "./read-change-write.ts";
import { swallowedError } from "./swallowed-error.ts";
import { unclosedResource } from "./unclosed-resource.ts";

export const BUG_PATTERNS: readonly BugPattern[] = [readChangeWrite, unclosedResource, swallowedError];

export interface BugPatternHit {
  readonly pattern: BugPattern;
  readonly path: string;
  readonly symbol: SymbolDefinition;
  readonly steps: readonly SequenceLine[];
}

/** Every function of these files in which a bug pattern that the issue calls for finds its sequence, in path and line order. */
export async function findBugPatterns(
  query: Query,
  paths: readonly string[],
  codebase: Codebase,
  signal?: AbortSignal,
): Promise<readonly BugPatternHit[]> {
  const patterns = BUG_PATTERNS.filter((pattern) => callsFor(query, pattern));
  if (patterns.length === 0) return [];
  const hits: BugPatternHit[] = [];
  for await (const { path, syntax } of codebase.syntaxes(paths, signal)) {
    const source = await codebase.text(path);
    if (source === undefined) continue;
    for (const symbol of syntax.symbols) {
      if (symbol.shape === undefined) continue;
      for (const pattern of patterns) {
        const steps = pattern.find(symbol, { syntax, source });
        if (steps !== undefined) hits.push({ pattern, path, symbol, steps });
      }
    }
  }
  return hits.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.symbol.start - b.symbol.start));
}
