import type { History } from "../repository/history.ts";
import { type End, type Line, nextStep, type Older } from "./first-bad.ts";

/** One run of the failing test on an older commit. */
export interface Trial {
  readonly end: End;
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Its exit code; undefined where it was ended by a signal or a limit. */
  readonly code: number | undefined;
  /** What the runner reported, for people. */
  readonly report: string;
}

export interface SinceQuestion {
  /** Where the test fails. */
  readonly base: string;
  readonly history: Pick<History, "lineage" | "shallow">;
  /** Commits that changed one suspect place, newest first; the likeliest place first. */
  readonly suspects: readonly (readonly string[])[];
  /** Commits that are run first, e.g. those of the versions that the report names. */
  readonly first: readonly string[];
  /** Runs the test on the files of a commit. `nth`: how often it was run there before; each run has another hash seed. */
  readonly run: (commit: string, nth: number) => Promise<Trial>;
  /** True when there is no time for another run. */
  readonly isLate: () => boolean;
}

type Trials = ReadonlyMap<string, readonly Trial[]>;

/** Since when a test fails. Every commit that is named was run; `trials` has all runs, in the order of the first of each commit. */
export type Since = { readonly trials: Trials } & (
  | {
      /** It passes on each parent of the commit. */
      readonly kind: "since";
      readonly commit: string;
      readonly parents: readonly string[];
    }
  | {
      readonly kind: "back-to";
      readonly commit: string;
      /** `first`: there is no older one. `cut`: the clone has none. */
      readonly older: Exclude<Older, "none"> | "first" | "cut";
      /** The commit before, which cannot tell. */
      readonly parent: string | undefined;
    }
  | { readonly kind: "undecided"; readonly why: UndecidedSince }
);

export type UndecidedSince =
  /** The test does not fail in the same way each time on the base commit. */
  | { readonly kind: "base" }
  /** No commit between them ends in the same way each time. */
  | { readonly kind: "between"; readonly bad: string; readonly good: string }
  | { readonly kind: "mixed"; readonly commit: string }
  /** It came with a merge, and the merged branch cannot tell. */
  | { readonly kind: "branch"; readonly merge: string }
  | { readonly kind: "most" }
  | { readonly kind: "late" };

/** Commits of the history that are looked at. */
const MOST_LINEAGE = 50_000;
/** Commits of one line that are run at most. Without any that do not start, 1,000 commits need 13. */
const MOST_COMMITS = 30;

type Lineage = ReadonlyMap<string, readonly string[]>;

/**
 * Finds since which commit a test fails. First along the first parents of the base commit; where the first bad one is a merge, along the
 * merged branch. A commit is named only where it fails in the same way as the base commit and all of its parents pass, each in several
 * runs.
 */
export async function findSince(question: SinceQuestion, signal: AbortSignal): Promise<Since> {
  const { base, history } = question;
  const lineage = await history.lineage(base, MOST_LINEAGE, signal);
  const trials = new Map<string, Trial[]>();
  const older = history.shallow ? "cut" : "first";
  // That it fails there is known, and there is nothing else to run.
  if ((lineage.get(base) ?? []).length === 0)
    return { kind: "back-to", commit: base, older, parent: undefined, trials };
  const main = lineFrom(base, lineage, new Set());
  const step = await search(main, new Set(), lineage, question, trials);
  const done = (why: UndecidedSince): Since => ({ kind: "undecided", why, trials });
  switch (step.kind) {
    case "late":
      return done({ kind: "late" });
    case "undecided": {
      const { why } = step;
      if (why.kind === "newest") return done({ kind: "base" });
      if (why.kind === "between")
        return done({ kind: "between", bad: main[why.bad]!, good: main[why.good]! });
      return done(why.kind === "mixed" ? { kind: "mixed", commit: main[why.at]! } : why);
    }
    case "back-to": {
      const commit = main[step.at]!;
      if (step.older === "none" && (lineage.get(commit)?.length ?? 0) > 0) return done({ kind: "most" });
      return {
        kind: "back-to",
        commit,
        older: step.older === "none" ? older : step.older,
        parent: main[step.at + 1],
        trials,
      };
    }
    case "since":
      return descend(main[step.at]!, main[step.at + 1]!, lineage, question, trials);
  }
}

/** The first bad commit of a line, followed into the branch that it merges. `good`: its parent on that line. */
async function descend(
  commit: string,
  good: string,
  lineage: Lineage,
  question: SinceQuestion,
  trials: Map<string, Trial[]>,
): Promise<Since> {
  const parents = lineage.get(commit) ?? [];
  const known = reachedFrom(good, lineage);
  for (const parent of parents) {
    if (parent === good) continue;
    const line = [commit, ...lineFrom(parent, lineage, known)];
    const step = await search(line, known, lineage, question, trials);
    if (step.kind === "late") return { kind: "undecided", why: step, trials };
    if (step.kind !== "since") return { kind: "undecided", why: { kind: "branch", merge: commit }, trials };
    if (step.at > 0) return descend(line[step.at]!, line[step.at + 1]!, lineage, question, trials);
  }
  return { kind: "since", commit, parents, trials };
}

type Searched = Exclude<ReturnType<typeof nextStep>, { kind: "run" }> | { readonly kind: "late" };

async function search(
  line: readonly string[],
  known: ReadonlySet<string>,
  lineage: Lineage,
  { suspects, first, run, isLate }: SinceQuestion,
  trials: Map<string, Trial[]>,
): Promise<Searched> {
  const numbers = numbersOn(line, known, lineage);
  const numbered = (commits: readonly string[]): readonly number[] => [
    ...new Set(commits.flatMap((commit) => numbers.get(commit) ?? [])),
  ];
  const asked: Line = {
    length: line.length,
    suspects: suspects.map((list) => numbered(list).toSorted((a, b) => a - b)),
    first: numbered(first),
    most: MOST_COMMITS,
  };
  for (;;) {
    const ends = new Map(
      line.flatMap((commit, at) => {
        const found = trials.get(commit);
        return found === undefined ? [] : [[at, found.map(({ end }) => end)] as const];
      }),
    );
    const step = nextStep(asked, ends);
    if (step.kind !== "run") return step;
    if (isLate()) return { kind: "late" };
    const commit = line[step.at]!;
    const before = trials.get(commit) ?? [];
    trials.set(commit, [...before, await run(commit, before.length)]);
  }
}

/** A commit and its first parents, as far as one that is known, which ends the line. */
function lineFrom(start: string, lineage: Lineage, known: ReadonlySet<string>): readonly string[] {
  const line: string[] = [];
  for (let at: string | undefined = start; at !== undefined && lineage.has(at); at = lineage.get(at)![0]) {
    line.push(at);
    if (known.has(at)) break;
  }
  return line;
}

function reachedFrom(start: string, lineage: Lineage): ReadonlySet<string> {
  const reached = new Set<string>();
  const left = [start];
  for (let at = left.pop(); at !== undefined; at = left.pop()) {
    if (reached.has(at)) continue;
    reached.add(at);
    left.push(...(lineage.get(at) ?? []));
  }
  return reached;
}

/** For each commit the number of the oldest one of the line that reaches it: a commit of a branch has that of its merge. */
function numbersOn(
  line: readonly string[],
  known: ReadonlySet<string>,
  lineage: Lineage,
): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (let number = line.length - 1; number >= 0; number--) {
    const left = [line[number]!];
    for (let at = left.pop(); at !== undefined; at = left.pop()) {
      if (numbers.has(at) || (known.has(at) && at !== line[number])) continue;
      numbers.set(at, number);
      left.push(...(lineage.get(at) ?? []));
    }
  }
  return numbers;
}
