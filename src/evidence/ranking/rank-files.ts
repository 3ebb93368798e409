import { yielder } from "../../process/clock.ts";
import type { Query } from "./query.ts";
import type { RankedFile, Reason, Scores, Signal, SignalContext, Weighted } from "./signal.ts";
import { type RankingSignals, SIGNALS } from "./signals.ts";

export interface FileRanking {
  /** Candidates with any evidence, best first; ties in path order, so that the same input gives the same ranking. */
  readonly files: readonly RankedFile[];
  /** Why this file and not the others: first the signal that sets it apart most from the best files. */
  readonly explain: (file: RankedFile) => Promise<readonly Reason[]>;
}

/** What a signal gives to so many of the best files is no reason for one of them. */
const COMPARED = 20;
/** A signal is named as a reason when it gives this many logits more than to the best files. */
const MIN_LEAD = 0.1;
const MAX_REASONS = 5;

/** Ranks in two passes: the direct signals alone, then with what is near the files they found. */
export async function rankFiles(
  query: Query,
  context: SignalContext,
  { direct, near }: RankingSignals = SIGNALS,
): Promise<FileRanking> {
  const shares = new Map<string, Map<string, number>>();
  const yieldNow = yielder(context.signal);
  for (const weighted of direct) {
    addShares(shares, weighted, await weighted[0].score(query, context));
    await yieldNow();
  }
  const first = ranked(shares);
  for (const weighted of near) {
    addShares(shares, weighted, await weighted[0].score(query, context, first));
    await yieldNow();
  }
  const files = ranked(shares);
  return {
    files,
    async explain(file) {
      const reasons: Reason[] = [];
      const signals = [...direct, ...near].map(([signal]) => signal);
      for (const { name, lead } of leadsOf(file, files.slice(0, COMPARED))) {
        // A smaller lead is named only when there is no larger one.
        if (reasons.length >= (lead >= MIN_LEAD ? MAX_REASONS : 1)) break;
        const signal = signals.find((one) => one.name === name);
        if (signal !== undefined) reasons.push(...(await signal.explain(file.path, query, context, first)));
      }
      return reasons;
    },
  };
}

/** How much more each signal gives to a file than to the best others, the greatest lead first. */
function leadsOf(
  file: RankedFile,
  best: readonly RankedFile[],
): readonly { readonly name: string; readonly lead: number }[] {
  const others = best.filter(({ path }) => path !== file.path);
  return [...file.shares]
    .map(([name, share]) => {
      const total = others.reduce((sum, { shares }) => sum + (shares.get(name) ?? 0), 0);
      return { name, lead: share - total / Math.max(1, others.length) };
    })
    .sort((a, b) => b.lead - a.lead);
}

/** Scores of one signal, 0 to 1. */
export function scaled(scale: Signal["scale"], scores: Scores): Scores {
  if (scale === "absolute") return scores;
  let best = 0;
  for (const score of scores.values()) best = Math.max(best, score);
  return new Map([...scores].map(([path, score]) => [path, score / best]));
}

function addShares(
  shares: Map<string, Map<string, number>>,
  [{ name, scale }, weight]: Weighted<Pick<Signal, "name" | "scale">>,
  scores: Scores,
): void {
  for (const [path, score] of scaled(scale, scores)) {
    let own = shares.get(path);
    if (own === undefined) shares.set(path, (own = new Map()));
    own.set(name, weight * score);
  }
}

function ranked(shares: ReadonlyMap<string, ReadonlyMap<string, number>>): readonly RankedFile[] {
  return [...shares]
    .map(([path, own]) => ({
      path,
      score: [...own.values()].reduce((total, share) => total + share, 0),
      shares: new Map([...own].sort((a, b) => b[1] - a[1])),
    }))
    .sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : 1));
}
