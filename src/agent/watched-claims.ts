import { lineOrder } from "../claims/line-order.ts";
import { raised } from "../claims/raised.ts";
import { returned } from "../claims/returned.ts";
import { valueAt } from "../claims/value-at.ts";
import type { StatedClaim } from "../documents/finding.ts";
import type { WatchedEvent } from "../execution/watch-values.ts";
import type { TestResult } from "../reproduction/test-report.ts";
import { printable } from "../text/inline-code.ts";

interface Place {
  readonly path: string;
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

const MOST_VALUES = 3;
const MOST_LINES = 40;
/** Characters of a value that a sentence holds; a longer one is left out. */
const MOST_CHARACTERS = 80;

/**
 * What a watched test shows, as claims: the exception that ends it, how the last call of each function ended and which lines it ran, and
 * each value that was asked for. In: the run's name, the failing test, the watched functions, and what happened.
 */
export function watchedClaims(
  run: string,
  test: { readonly path: string; readonly result: TestResult },
  functions: readonly Place[],
  events: readonly WatchedEvent[],
): readonly StatedClaim[] {
  const named = { path: test.path, name: test.result.name };
  const base = { run, test: named };
  const at = ({ path, line }: WatchedEvent): Place | undefined =>
    functions
      .filter((one) => one.path === path && one.start <= line && line <= one.end)
      .sort((a, b) => a.end - a.start - (b.end - b.start))[0];
  const claims: StatedClaim[] = [];

  const final = finalRaise(events, test.result);
  const where = final === undefined ? undefined : at(final);
  if (final !== undefined && where !== undefined)
    claims.push(
      raised.of({
        ...base,
        at: plain(where),
        line: final.line,
        exception: final.type,
        own: final.own,
        values: valuesOf(final.values),
      }),
    );
  for (const place of functions) {
    const own = events.filter((event) => at(event) === place);
    const last = own.at(-1)?.call;
    const call = own.filter((event) => event.call === last);
    const [begin, end] = [call[0], call.at(-1)];
    if (begin?.kind !== "call") continue;
    if (end?.kind === "return" && end.value !== null && end.value.length <= MOST_CHARACTERS)
      claims.push(
        returned.of({ ...base, at: plain(place), values: valuesOf(begin.values), value: end.value }),
      );
    const lines = call.flatMap((event) => (event.kind === "line" ? [event.line] : []));
    if (lines.length > 0 && lines.length <= MOST_LINES)
      claims.push(lineOrder.of({ ...base, at: plain(place), lines }));
  }
  const asked = new Map<string, StatedClaim>();
  for (const event of events) {
    const place = event.kind === "line" ? at(event) : undefined;
    if (event.kind !== "line" || place === undefined) continue;
    for (const [expression, value] of Object.entries(event.values)) {
      const key = JSON.stringify([event.path, event.line, expression]);
      // What is told is the last time; where that has no value, nothing is.
      if (value === null || value.length > MOST_CHARACTERS) asked.delete(key);
      else asked.set(key, valueAt.of({ ...base, at: plain(place), line: event.line, expression, value }));
    }
  }
  return [...claims, ...asked.values()];
}

/** Where the exception that a test ends with comes from: the first event of the last one that is of its type and words. */
function finalRaise(
  events: readonly WatchedEvent[],
  { type, message }: TestResult,
): Extract<WatchedEvent, { kind: "raise" }> | undefined {
  if (type === undefined) return undefined;
  const words = printable(message ?? "");
  const isFinal = (event: WatchedEvent): event is Extract<WatchedEvent, { kind: "raise" }> =>
    event.kind === "raise" &&
    event.type === type.split(".").at(-1) &&
    (event.message === "" || words.includes(printable(event.message).slice(0, 100)));
  const at = events.findLastIndex(isFinal);
  if (at < 0) return undefined;
  // Nothing runs on after it in a watched function, so it was not caught there.
  if (events.slice(at + 1).some((event) => event.kind === "line" && event.call === events[at]!.call))
    return undefined;
  let first = at;
  while (first > 0 && isFinal(events[first - 1]!)) first--;
  return events[first] as Extract<WatchedEvent, { kind: "raise" }>;
}

function valuesOf(values: Readonly<Record<string, string | null>>): { name: string; value: string }[] {
  return Object.entries(values)
    .flatMap(([name, value]) =>
      value === null || value.length > MOST_CHARACTERS ? [] : [{ name, value: printable(value) }],
    )
    .slice(0, MOST_VALUES);
}

function plain({ path, name, start, end }: Place): Place {
  return { path, name, start, end };
}
