import { yielder } from "../../process/clock.ts";
import type { Query } from "./query.ts";
import type { NearSignal, RankedFile, Reason, Scores, Signal, SignalContext } from "./signal.ts";
import { calledBy } from "./signals/called-by.ts";
import { changeWords } from "./signals/change-words.ts";
import { entryPoint } from "./signals/entry-point.ts";
import { fileName } from "./signals/file-name.ts";
import { folder } from "./signals/folder.ts";
import { functionWords } from "./signals/function.ts";
import { history } from "./signals/history.ts";
import { importedBy } from "./signals/imported-by.ts";
import { mention } from "./signals/mention.ts";
import { message } from "./signals/message.ts";
import { stackFrame } from "./signals/stack-frame.ts";
import { testName } from "./signals/test-name.ts";
import { words } from "./signals/words.ts";
import { WEIGHTS } from "./weights.ts";

/** What speaks for a file by itself. */
export const DIRECT_SIGNALS = [
  stackFrame,
  message,
  mention,
  fileName,
  testName,
  history,
  changeWords,
  words,
] as const satisfies readonly Signal[];
/** What needs the ranking of the direct ones. */
export const NEAR_SIGNALS = [
  functionWords,
  calledBy,
  importedBy,
  folder,
  entryPoint,
] as const satisfies readonly NearSignal[];

export interface FileRanking {
  /** Candidates with any evidence, best first; ties in path order, so that the same input gives the same ranking. */
  readonly files: readonly RankedFile[];
  /** Why this file and not the others: first the signal that sets it apart most from the best files. */
  readonly explain: (file: RankedFile) => Promise<readonly Reason[]>;
}

/** What a signal gives to so many of the best files is no reason for one of them. */
const COMPARED = 20;
/** Logits that a signal must give beyond that to be told. */
const MIN_LEAD = 0.1;
const MAX_REASONS = 5;

/** Ranks in two passes: the direct signals alone, then with what is near the files they found. */
export async function rankFiles(
  query: Query,
  context: SignalContext,
  weights: Readonly<Record<string, number>> = WEIGHTS,
): Promise<FileRanking> {
  const shares = new Map<string, Map<string, number>>();
  const giveWay = yielder(context.signal);
  for (const signal of DIRECT_SIGNALS) {
    addShares(shares, signal, await signal.score(query, context), weights);
    await giveWay();
  }
  const first = ranked(shares);
  for (const signal of NEAR_SIGNALS) {
    addShares(shares, signal, await signal.score(query, context, first), weights);
    await giveWay();
  }
  const files = ranked(shares);
  return {
    files,
    async explain(file) {
      const reasons: Reason[] = [];
      const signals = [...DIRECT_SIGNALS, ...NEAR_SIGNALS];
      for (const { name, lead } of leadsOf(file, files.slice(0, COMPARED))) {
        // Below that it is told only when there is nothing better.
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
  { name, scale }: Pick<Signal, "name" | "scale">,
  scores: Scores,
  weights: Readonly<Record<string, number>>,
): void {
  const weight = weights[name] ?? 0;
  if (weight === 0) return;
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
