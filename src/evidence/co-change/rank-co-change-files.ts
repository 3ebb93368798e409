import type { CommitRecord } from "../../repository/history.ts";
import type { UseFinder } from "../references/find-uses.ts";
import type { Reason, Weighted } from "../ranking/signal.ts";
import type { IndexedCodebase } from "../../repository/open-codebase.ts";
import { explainStrongest, scoreOf, type Shares } from "./combine.ts";
import type { FileContext, FileSignal } from "./signal.ts";
import { FILE_SIGNALS } from "./signals.ts";

/** A file that may have to change when the seed changes. */
export interface CoChangeFile {
  readonly path: string;
  /** Only comparable within one ranking. */
  readonly score: number;
  /** Strongest first; for the first `top` files. */
  readonly reasons: readonly Reason[];
}

export interface CoChangeFileOptions {
  /** How many files come back. */
  readonly top: number;
  /** Makes the ranking quicker and surer when a symbol index was made anyway; without it a few files are read. */
  readonly uses?: UseFinder | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Files for which it is false are not ranked. Default: every source file is. */
  readonly isCandidate?: ((path: string) => boolean) | undefined;
}

/**
 * Which other files change with `seed`, best first: by the commits that changed it before, imports, words and folders.
 * `commits` newest first, nothing later than the commit of the codebase. A ranking, not a finding: the first ones are
 * the likeliest, and a fix may need none of them. Throws what `signal` is aborted with.
 */
export async function rankCoChangeFiles(
  seed: string,
  codebase: IndexedCodebase,
  commits: readonly CommitRecord[],
  { top, uses, signal, isCandidate = () => true }: CoChangeFileOptions,
): Promise<readonly CoChangeFile[]> {
  const context: FileContext = {
    codebase,
    commits,
    candidates: codebase.tree.entries
      .map(({ path }) => path)
      .filter((path) => codebase.roleOf(path) === "source" && isCandidate(path)),
    uses,
  };
  const shares = await measureFiles(seed, context, FILE_SIGNALS, signal);
  const ranked = [...shares]
    .map(([path, own]) => ({ path, own, score: scoreOf(own, FILE_SIGNALS) }))
    .sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : 1))
    .slice(0, top);
  const files: CoChangeFile[] = [];
  for (const { path, own, score } of ranked) {
    signal?.throwIfAborted();
    const reasons = await explainStrongest(own, FILE_SIGNALS, (one) => one.explain(path, seed, context));
    files.push({ path, score, reasons });
  }
  return files;
}

/** The scores of each file but the seed. */
export async function measureFiles(
  seed: string,
  context: FileContext,
  signals: readonly Weighted<FileSignal>[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Shares>> {
  const shares = new Map<string, Map<string, number>>();
  for (const [one] of signals) {
    signal?.throwIfAborted();
    for (const [path, score] of await one.score(seed, context)) {
      let own = shares.get(path);
      if (own === undefined) shares.set(path, (own = new Map()));
      own.set(one.name, score);
    }
  }
  return shares;
}
