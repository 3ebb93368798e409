import { yielder } from "../../process/clock.ts";
import type { Query } from "./query.ts";
import type { DirectRanking, RankedFile, Reason, Scores, Signal, SignalContext, Weighted } from "./signal.ts";
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

/**
 * Ranks in three passes: the direct signals alone, then with what is near the files they found, then what goes with the first
 * file is moved up behind it.
 */
export async function rankFiles(
  query: Query,
  context: SignalContext,
  { direct, near, companions }: RankingSignals = SIGNALS,
): Promise<FileRanking> {
  const shares = new Map<string, Map<string, number>>();
  const yieldNow = yielder(context.signal);
  for (const weighted of direct) {
    addShares(shares, weighted, await weighted[0].score(query, context));
    await yieldNow();
  }
  const first = sums(shares);
  for (const weighted of near) {
    addShares(shares, weighted, await weighted[0].score(query, context, first));
    await yieldNow();
  }
  const files = await completed(ranked(shares), companions, context);
  const seed = files[0]?.path;
  return {
    files,
    async explain(file) {
      const reasons: Reason[] = [];
      const signals = [...direct, ...near].map(([signal]) => signal);
      const ties = companions.map(([signal]) => signal);
      for (const { name, lead } of leadsOf(file, files.slice(0, COMPARED))) {
        // A smaller lead is named only when there is no larger one.
        if (reasons.length >= (lead >= MIN_LEAD ? MAX_REASONS : 1)) break;
        const signal = signals.find((one) => one.name === name);
        if (signal !== undefined) reasons.push(...(await signal.explain(file.path, query, context, first)));
        const tie = ties.find((one) => one.name === name);
        if (tie !== undefined && seed !== undefined)
          reasons.push(...(await tie.explain(file.path, seed, context)));
      }
      return reasons;
    },
  };
}

/** The same files with the first in its place and what goes with it moved up; no score passes that of the first. */
async function completed(
  files: readonly RankedFile[],
  companions: RankingSignals["companions"],
  context: SignalContext,
): Promise<readonly RankedFile[]> {
  const [first, ...others] = files;
  if (first === undefined) return [];
  const gains = new Map<string, Map<string, number>>();
  for (const [signal, weight] of companions)
    for (const [path, score] of await signal.score(first.path, context)) {
      const own = gains.get(path) ?? new Map<string, number>();
      gains.set(path, own.set(signal.name, weight * score));
    }
  const raised = others
    .map((file) => {
      const own = gains.get(file.path) ?? new Map<string, number>();
      const gain = [...own.values()].reduce((total, one) => total + one, 0);
      return { file, own, gain, score: file.score + gain };
    })
    .sort((a, b) => b.score - a.score || (a.file.path < b.file.path ? -1 : 1));
  return [
    first,
    ...raised.map(({ file, own, gain, score }) => {
      if (gain === 0) return file;
      const part = Math.min(1, (first.score - file.score) / gain);
      const shares = [...file.shares, ...[...own].map(([name, share]) => [name, share * part] as const)];
      return {
        path: file.path,
        score: Math.min(first.score, score),
        shares: new Map(shares.sort((a, b) => b[1] - a[1])),
      };
    }),
  ];
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

/** Best first. Thousands of files are summed and few are explained: shares are put in order when they are asked for. */
function ranked(shares: ReadonlyMap<string, ReadonlyMap<string, number>>): readonly RankedFile[] {
  return sums(shares).map(({ path, score }) => ({
    path,
    score,
    get shares() {
      return new Map([...shares.get(path)!].sort((a, b) => b[1] - a[1]));
    },
  }));
}

function sums(shares: ReadonlyMap<string, ReadonlyMap<string, number>>): DirectRanking {
  return [...shares]
    .map(([path, own]) => {
      let score = 0;
      for (const share of own.values()) score += share;
      return { path, score };
    })
    .sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : 1));
}
