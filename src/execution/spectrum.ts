import type { TestResult } from "../reproduction/test-report.ts";
import { executedFunctions, placeKey, type RanFunction } from "./executed.ts";
import { type Covered, joinCovered, type Trace } from "./trace.ts";

type Code = Parameters<typeof executedFunctions>[1];

/** How strongly the runs of a function go with the failure. */
export interface Suspicion extends RanFunction {
  /** Its lines that ran, most suspicious first, each with the passing tests that run it. */
  readonly suspectLines: readonly { readonly line: number; readonly passing: number }[];
  /** Ochiai, 0 to 1. */
  readonly score: number;
  /** Failing tests that run the line that decides the score, and passing ones. */
  readonly failing: number;
  readonly passing: number;
}

/** Tests by how they ended, each with what it ran. */
export interface Spectrum {
  readonly failing: readonly Covered[];
  readonly passing: readonly Covered[];
}

/**
 * Sorts the tests of a run by their end. `failing`: names of the tests that show the failure; another test that does not pass is
 * left out. What ran outside of all tests ran for each of them.
 */
export function spectrumOf(
  trace: Trace,
  tests: readonly TestResult[],
  failing: ReadonlySet<string>,
): Spectrum {
  const ends = new Map(tests.map((test) => [compact(test.name), test]));
  const sorted = { failing: [] as Covered[], passing: [] as Covered[] };
  for (const [name, covered] of trace.tests) {
    const test = ends.get(compact(name));
    if (test === undefined) continue;
    const whole = joinCovered([covered, trace.outside]);
    if (failing.has(test.name)) sorted.failing.push(whole);
    else if (test.outcome === "passed") sorted.passing.push(whole);
  }
  return sorted;
}

/** The name of a test for comparing: runners join the names of suites in different ways in a report and inside the test. */
export function compact(name: string): string {
  return name.replaceAll(/[\s>›]+/g, " ").trim();
}

/**
 * The functions that the failing tests ran, most suspicious first. Each line has the coefficient of Ochiai, ef / sqrt(F · (ef + ep)): ef
 * and ep failing and passing tests that run it, F all failing ones; a function has that of its most suspicious line. (Abreu,
 * Zoeteweij, van Gemund: On the accuracy of spectrum-based fault localization, 2007; a method by its highest statement: Sohn, Yoo:
 * FLUCCS, 2017.)
 */
export async function suspicions({ failing, passing }: Spectrum, code: Code): Promise<readonly Suspicion[]> {
  const ran = await executedFunctions(joinCovered(failing), code);
  const counts = (tests: readonly Covered[], path: string, line: number): number =>
    tests.filter(({ lines }) => lines.get(path)?.has(line)).length;
  return ran
    .map((one): Suspicion => {
      const scored = one.lines.map((line) => {
        const [ef, ep] = [counts(failing, one.path, line), counts(passing, one.path, line)];
        const score = ef === 0 ? 0 : ef / Math.sqrt(failing.length * (ef + ep));
        return { line, score, failing: ef, passing: ep };
      });
      scored.sort((a, b) => b.score - a.score || a.line - b.line);
      // Where only the name is known to have run, every test is taken to run it.
      const [best = { score: 0, failing: failing.length, passing: passing.length }] = scored;
      return {
        ...one,
        score: best.score,
        failing: best.failing,
        passing: best.passing,
        suspectLines: scored.map(({ line, passing: ep }) => ({ line, passing: ep })),
      };
    })
    .sort((a, b) => b.score - a.score || compare(placeKey(a), placeKey(b)));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Tempers the first places; the value of the authors. */
const RRF_K = 60;

/**
 * One order out of several: each item has the sum of 1 / (60 + its place) over the orders; an order that does not hold it counts
 * as if it stood behind its end. Places that share a score share their mean place. (Reciprocal rank fusion: Cormack, Clarke,
 * Büttcher, 2009.)
 */
export function fuseOrders<T>(
  items: readonly T[],
  orders: readonly ((item: T) => number | undefined)[],
): readonly T[] {
  const sums = new Map<T, number>(items.map((item) => [item, 0]));
  for (const scoreOf of orders) {
    const scores = items.map((item) => scoreOf(item));
    for (const [at, item] of items.entries()) {
      const own = scores[at];
      const above = scores.filter(
        (other) => other !== undefined && (own === undefined || other > own),
      ).length;
      const equal = scores.filter((other) => other === own).length;
      sums.set(item, sums.get(item)! + 1 / (RRF_K + above + (equal + 1) / 2));
    }
  }
  return items.toSorted((a, b) => sums.get(b)! - sums.get(a)!);
}
