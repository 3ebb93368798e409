import { z } from "zod";
import type { Detected } from "../reproduction/frameworks/test-framework.ts";
import type { TestRun } from "../reproduction/run-tests.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import type { Watched } from "./watched.ts";
import { compact } from "./spectrum.ts";
import { runTraced, type TraceRequest } from "./trace-tests.ts";
import { recordsIn } from "./trace.ts";

const place = { call: z.int(), path: z.string(), line: z.int() };
const values = z.record(z.string(), z.string().nullable()).default({});
const eventForm = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("call"), ...place, values }),
  z.object({ kind: z.literal("line"), ...place, values }),
  z.object({
    kind: z.literal("raise"),
    ...place,
    type: z.string(),
    message: z.string(),
    /** Raised here, not below. */
    own: z.boolean(),
    values,
  }),
  z.object({ kind: z.literal("return"), ...place, value: z.string().nullable() }),
]);

/** What happened in a watched function, in its order. `call` numbers the calls; a value is a shortened `repr`. */
export type WatchedEvent = z.infer<typeof eventForm>;

const recordForm = z.object({
  test: z.string(),
  /** It runs them in threads, or leaves and enters one call many times. */
  unsure: z.boolean(),
  events: z.array(eventForm).max(5_000),
});

export type Watching =
  | { readonly kind: "watched"; readonly run: TestRun; readonly events: readonly WatchedEvent[] }
  | { readonly kind: "none"; readonly why: string };

/**
 * Runs the tests of a file twice while some functions are watched. In: `plain`, how they end unwatched, and the name of the test that is
 * asked about. Returns what happened in that test, where both runs tell the same and end as `plain`; else why there is nothing.
 */
export async function watchValues(
  sandbox: Sandbox,
  detected: Detected,
  request: TraceRequest,
  { plain, test, watched }: { readonly plain: TestRun; readonly test: string; readonly watched: Watched },
  signal: AbortSignal,
): Promise<Watching> {
  const runs = [];
  for (let time = 0; time < 2; time++) {
    const ran = await runTraced(sandbox, detected, request, plain, signal, watched);
    if (ran.kind === "none") return ran;
    const record = [...recordsIn(ran.written, recordForm)].findLast(
      (one) => compact(one.test) === compact(test),
    );
    if (record === undefined) return { kind: "none", why: "the watcher noted nothing of the test" };
    if (record.unsure)
      return { kind: "none", why: "they run in threads, or pause in the middle, and their order is chance" };
    runs.push({ run: ran.run, events: record.events });
  }
  const [first, second] = runs;
  const events = sameIn(first!.events, second!.events);
  if (events === undefined) return { kind: "none", why: "a second run goes another way" };
  return events.length === 0
    ? { kind: "none", why: "the test runs none of these functions" }
    : { kind: "watched", run: first!.run, events };
}

/** The events of the first run with the values that both runs have; undefined where the runs go different ways. */
function sameIn(
  first: readonly WatchedEvent[],
  second: readonly WatchedEvent[],
): readonly WatchedEvent[] | undefined {
  if (first.length !== second.length) return undefined;
  const way = ({ kind, call, path, line }: WatchedEvent): string => JSON.stringify([kind, call, path, line]);
  if (first.some((event, at) => way(event) !== way(second[at]!))) return undefined;
  return first.map((event, at) => {
    const other = second[at]!;
    if (event.kind === "return")
      return { ...event, value: other.kind === "return" && other.value === event.value ? event.value : null };
    const theirs = other.kind === "return" ? {} : other.values;
    return {
      ...event,
      values: Object.fromEntries(
        Object.entries(event.values).map(([name, value]) => [name, theirs[name] === value ? value : null]),
      ),
    };
  });
}
