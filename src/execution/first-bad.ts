/** How one run of the failing test ended on an older commit, compared with how it fails on the base commit. */
export type End =
  /** It fails in the same way. */
  | "same"
  | "passes"
  /** It fails in another way, or was skipped. */
  | "other"
  /** It was not run: a collection error, a missing import, a build that fails, no report. */
  | "no-start";

/** A line of commits, newest first: number 0 fails, and each next one is the parent of the one before. */
export interface Line {
  readonly length: number;
  /** Commits of the line that changed one suspect place, newest first; the likeliest place first. */
  readonly suspects: readonly (readonly number[])[];
  /** Commits that are run before all others, e.g. those of the versions that a report names. */
  readonly first: readonly number[];
  /** Commits that may be run; beyond, nothing is decided. */
  readonly most: number;
}

/** Ends of the runs so far, by the commit's number. */
export type Ends = ReadonlyMap<number, readonly End[]>;

export type Step =
  | { readonly kind: "run"; readonly at: number }
  /** `at` fails in the same way in each run, and `at + 1` passes in each. */
  | { readonly kind: "since"; readonly at: number }
  /** `at` fails in the same way in each run; of the older ones none that was run can tell. */
  | { readonly kind: "back-to"; readonly at: number; readonly older: Older }
  | { readonly kind: "undecided"; readonly why: Undecided };

/** What the commit before the oldest failing one does: `none`: the line ends. */
export type Older = "no-start" | "other" | "none";

type Undecided =
  /** The test does not fail in the same way each time on the newest commit. */
  | { readonly kind: "newest" }
  /** It fails at `bad`, passes at `good`, and no commit between them can tell. */
  | { readonly kind: "between"; readonly bad: number; readonly good: number }
  /** Runs of the commit before the oldest failing one disagree. */
  | { readonly kind: "mixed"; readonly at: number }
  | { readonly kind: "most" };

/** Runs of the newest commit, of one that does not start before the oldest failing one, and of every bound once runs disagreed. */
export const RUNS_AT_BOUND = 3;
/**
 * Runs of the first bad commit and of its parent. In simulated histories with tests that fail by chance, 5 of each named a wrong
 * commit in 18 of 56,000, 7 in 2.
 */
export const RUNS_AT_BORDER = 7;
/** The same, once two runs of any commit disagreed. */
const RUNS_AT_BORDER_IN_DOUBT = 12;
/** Older commits that do not start, before the older ones are given up. */
const DEAD_NEEDED = 3;
/**
 * Later commits that are run before one is named, since the failure may have been gone in between: so many that changed the same place,
 * and so many of the likeliest suspects.
 */
const MOST_CHECKS = 8;
/** Commits above those of exact halving: two tries at suspects cost nothing of the promise. */
const SPARE = 2;
/** Of the expectation; the rest goes to all commits alike, newer ones before older ones. */
const SUSPECTED = 0.7;
const TEMPER = 8;

type State = "good" | "bad" | "no-start" | "other" | "mixed";

/**
 * The next run of a search for the first bad commit, or its end. In: the line and the ends so far; the same input gives the same
 * answer, so a search that was broken off continues from its records. Where every commit starts and no two runs of a commit disagree,
 * at most log2(length) + 2 older commits are run before the border is found.
 */
export function nextStep(line: Line, ends: Ends): Step {
  const states = new Map(
    [...ends].filter(([, list]) => list.length > 0).map(([at, list]) => [at, stateOf(list)]),
  );
  const runsAt = (at: number): number => ends.get(at)?.length ?? 0;
  const newest = states.get(0);
  if (newest !== undefined && newest !== "bad") return { kind: "undecided", why: { kind: "newest" } };
  if (runsAt(0) < RUNS_AT_BOUND) return { kind: "run", at: 0 };

  const good = Math.min(
    line.length,
    ...[...states].filter(([, state]) => state === "good").map(([at]) => at),
  );
  const bad = Math.max(
    0,
    ...[...states].filter(([at, state]) => state === "bad" && at < good).map(([at]) => at),
  );
  const hasGood = good < line.length;
  // One run leads the way only as long as no commit ended in two ways.
  const isDoubtful = [...states.values()].includes("mixed");
  if (isDoubtful)
    for (const at of hasGood ? [good, bad] : [bad])
      if (runsAt(at) < RUNS_AT_BOUND) return { kind: "run", at };

  const wanted = isDoubtful ? RUNS_AT_BORDER_IN_DOUBT : RUNS_AT_BORDER;
  const isFull = states.size >= line.most;
  const pick = (at: number): Step =>
    isFull && !states.has(at) ? { kind: "undecided", why: { kind: "most" } } : { kind: "run", at };
  if (hasGood && good - bad === 1) {
    const few = [good, bad].filter((at) => runsAt(at) < wanted).sort((a, b) => runsAt(a) - runsAt(b));
    if (few.length > 0) return { kind: "run", at: few[0]! };
    const check = unchecked(line, states, bad);
    return check === undefined ? { kind: "since", at: bad } : pick(check);
  }
  const next = hasGood ? between(line, states, bad, good) : further(line, states, bad);
  if (next !== undefined) return pick(next);
  if (hasGood) return { kind: "undecided", why: { kind: "between", bad, good } };
  const older = bad + 1 < line.length ? states.get(bad + 1)! : "none";
  if (older === "mixed") return { kind: "undecided", why: { kind: "mixed", at: bad + 1 } };
  if (runsAt(bad) < wanted) return { kind: "run", at: bad };
  if (older !== "none" && runsAt(bad + 1) < RUNS_AT_BOUND) return { kind: "run", at: bad + 1 };
  const check = unchecked(line, states, bad);
  return check === undefined ? { kind: "back-to", at: bad, older: older as Older } : pick(check);
}

function stateOf(list: readonly End[]): State {
  const [first] = list;
  if (!list.every((end) => end === first)) return "mixed";
  return first === "passes" ? "good" : first === "same" ? "bad" : first!;
}

/** A later change of a suspect place that was not run: there the failure may have been gone. */
function unchecked({ suspects }: Line, states: ReadonlyMap<number, State>, bad: number): number | undefined {
  const own = suspects.filter((list) => list.includes(bad)).flat();
  const others = ranked(suspects).map(({ at }) => at);
  const isLater = (at: number): boolean => at > 0 && at < bad;
  const later = [
    ...own
      .filter(isLater)
      .sort((a, b) => a - b)
      .slice(0, MOST_CHECKS),
    ...others.filter(isLater).slice(0, MOST_CHECKS),
  ];
  return later.find((at) => !states.has(at));
}

/** The next commit to run between a bad and an older good one; undefined where none of those left can tell. */
function between(
  line: Line,
  states: ReadonlyMap<number, State>,
  bad: number,
  good: number,
): number | undefined {
  const dead = deadIn(states, bad, good);
  const weights = weightsOf(line);
  if (dead.length === 0) return clamped(line, states, middle(weights, bad, good), bad, good);
  const gaps = [bad, ...dead]
    .map((from, i) => ({ from, to: dead[i] ?? good }))
    .filter(({ from, to }) => to - from > 1);
  const sum = ({ from, to }: { from: number; to: number }): number =>
    weights.slice(from, to).reduce((total, weight) => total + weight, 0);
  const [best] = gaps.toSorted((a, b) => sum(b) - sum(a));
  return best === undefined ? undefined : middle(weights, best.from, best.to);
}

/** The next commit to run behind the oldest bad one where none passed yet; undefined where the older ones cannot tell. */
function further(line: Line, states: ReadonlyMap<number, State>, bad: number): number | undefined {
  const { length, suspects, first } = line;
  const dead = deadIn(states, bad, length);
  const [newest] = dead;
  if (newest !== undefined) {
    // Commits that start are nearer than those that do not.
    if (newest - bad > 1) return middle(weightsOf(line), bad, newest);
    const last = dead.at(-1)!;
    if (dead.length >= DEAD_NEEDED || last === length - 1) return undefined;
    return Math.min(length - 1, last + 4 ** dead.length);
  }
  if (bad === length - 1) return undefined;
  const wanted = first.find((at) => at > bad && at < length);
  const [parent] = ranked(suspects)
    .map(({ at }) => at + 1)
    .filter((at) => at > bad && at < length);
  return clamped(line, states, wanted ?? parent ?? middle(weightsOf(line), bad, length), bad, length);
}

function deadIn(states: ReadonlyMap<number, State>, from: number, to: number): readonly number[] {
  return [...states]
    .filter(([at, state]) => at > from && at < to && state !== "good" && state !== "bad")
    .map(([at]) => at)
    .sort((a, b) => a - b);
}

/** As near to the wish as the number of commits allows that halving would need. */
function clamped(
  { length }: Line,
  states: ReadonlyMap<number, State>,
  wish: number,
  bad: number,
  good: number,
): number {
  const left = Math.ceil(Math.log2(length)) + SPARE - (states.size - 1);
  const most = 2 ** Math.max(0, left - 1);
  const [from, to] = [Math.max(bad + 1, good - most), Math.min(good - 1, bad + most)];
  return from > to ? Math.floor((bad + good) / 2) : Math.min(to, Math.max(from, wish));
}

/** The commit between two others that halves the expectation. */
function middle(weights: readonly number[], bad: number, good: number): number {
  const whole = weights.slice(bad, good).reduce((sum, weight) => sum + weight, 0);
  let [best, distance, sum] = [bad + 1, Number.POSITIVE_INFINITY, 0];
  for (let at = bad + 1; at < good; at++) {
    sum += weights[at - 1]!;
    const off = Math.abs(whole / 2 - sum);
    if (off < distance) [best, distance] = [at, off];
  }
  return best;
}

/** Suspects, the likeliest first: of the likeliest place the newest change. */
function ranked(suspects: Line["suspects"]): readonly { readonly at: number; readonly weight: number }[] {
  const weights = new Map<number, number>();
  for (const [place, list] of suspects.entries())
    for (const [age, at] of list.entries())
      weights.set(at, (weights.get(at) ?? 0) + 1 / ((place + 1) * (age + 1)));
  return [...weights]
    .map(([at, weight]) => ({ at, weight }))
    .sort((a, b) => b.weight - a.weight || a.at - b.at);
}

/** How much speaks for each commit being the first bad one. */
function weightsOf({ length, suspects }: Line): readonly number[] {
  const plain = Array.from({ length }, (_, at) => 1 / (at + TEMPER));
  const whole = plain.reduce((sum, weight) => sum + weight, 0);
  const found = ranked(suspects);
  const suspected = found.reduce((sum, { weight }) => sum + weight, 0);
  const weights = plain.map((weight) => ((suspected === 0 ? 1 : 1 - SUSPECTED) * weight) / whole);
  for (const { at, weight } of found) weights[at]! += (SUSPECTED * weight) / suspected;
  return weights;
}
