import type { Query } from "./query.ts";
import type { Reason, Signal, SignalContext } from "./signal.ts";
import { fileName } from "./signals/file-name.ts";
import { history } from "./signals/history.ts";
import { mention } from "./signals/mention.ts";
import { message } from "./signals/message.ts";
import { stackFrame } from "./signals/stack-frame.ts";
import { words } from "./signals/words.ts";

/** In the order in which reasons of equal strength are told: the most direct first. */
export const SIGNALS: readonly Signal[] = [stackFrame, message, mention, fileName, history, words];

export interface RankedFile {
  readonly path: string;
  /** Sum of the signals' shares; only comparable within one ranking. */
  readonly score: number;
  /** Signal name to its share of the score, strongest first. */
  readonly shares: ReadonlyMap<string, number>;
}

/** All candidates with any evidence, best first; ties in path order, so that the same input gives the same ranking. */
export async function rankFiles(query: Query, context: SignalContext): Promise<readonly RankedFile[]> {
  const shares = new Map<string, Map<string, number>>();
  for (const signal of SIGNALS) {
    const scores = await signal.score(query, context);
    let best = 0;
    for (const score of scores.values()) best = Math.max(best, score);
    if (best === 0) continue;
    for (const [path, score] of scores) {
      let own = shares.get(path);
      if (own === undefined) shares.set(path, (own = new Map()));
      own.set(signal.name, (signal.weight * score) / best);
    }
  }
  return [...shares]
    .map(([path, own]) => ({
      path,
      score: [...own.values()].reduce((total, share) => total + share, 0),
      shares: new Map([...own].sort((a, b) => b[1] - a[1])),
    }))
    .sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : 1));
}

/** Why a file was ranked, strongest signal first; signals with a share below a tenth of their weight are left out. */
export async function explainFile(
  file: RankedFile,
  query: Query,
  context: SignalContext,
): Promise<readonly Reason[]> {
  const reasons: Reason[] = [];
  for (const signal of SIGNALS) {
    if ((file.shares.get(signal.name) ?? 0) < signal.weight / 10) continue;
    reasons.push(...(await signal.explain(file.path, query, context)));
  }
  return reasons;
}
