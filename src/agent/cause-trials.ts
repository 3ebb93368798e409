import { CLAIM_TYPES } from "../claims/claim-types.ts";
import { changeTried } from "../claims/change-tried.ts";
import { executed } from "../claims/executed.ts";
import { notCalled } from "../claims/not-called.ts";
import type { StatedClaim } from "../documents/finding.ts";
import type { RecordedRun } from "../documents/recorded-run.ts";
import { recordsOf } from "../documents/run-record.ts";
import { executedFunctions, placeKey } from "../execution/executed.ts";
import { intervene } from "../execution/intervene.ts";
import { spectrumOf } from "../execution/spectrum.ts";
import { traceTests } from "../execution/trace-tests.ts";
import { joinCovered } from "../execution/trace.ts";
import { watchValues } from "../execution/watch-values.ts";
import { MOST_WATCHED, type Watched } from "../execution/watched.ts";
import { isFunctionLike, qualifiedName } from "../languages/syntax.ts";
import type { ResearchContext } from "../phases/builtin/research-context.ts";
import type { TestRun } from "../reproduction/run-tests.ts";
import type { SandboxState } from "../sandbox/sandbox.ts";
import { sha256 } from "../text/hash.ts";
import type { Location } from "../text/location.ts";
import { type CauseBench, type FailingTest, openCause } from "./cause-bench.ts";
import type { CodeRunner } from "./code-runner.ts";
import { keepWith, rangesOf } from "./keep-with.ts";
import { watchedClaims } from "./watched-claims.ts";

/** What runs of the failing test say about what a model proposes. */
export interface CauseTrials {
  /**
   * Tries a change: a claim where it removes the failure, a text where it does not; undefined where nothing can be tried. A change that an
   * earlier run of this investigation tried is not tried again.
   */
  change(files: ReadonlyMap<string, string>, signal: AbortSignal): Promise<StatedClaim | string | undefined>;
  /** Whether the failing test calls the function at a place; undefined where that is not known. */
  calls(place: Location, signal: AbortSignal): Promise<StatedClaim | undefined>;
  /** What happens in some functions while it runs, as claims that one recorded run shows; a text says why there are none. */
  watch(
    watched: Pick<Watched, "asked"> & { readonly functions: readonly { path: string; start: number }[] },
    signal: AbortSignal,
  ): Promise<readonly StatedClaim[] | string>;
}

/** Of one run: a document keeps so many records of it. */
const MOST_CLAIMS = 20;

/** The claims that records of runs hold. */
export function recordedClaims(runs: readonly RecordedRun[]): readonly {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly claim: StatedClaim;
}[] {
  return runs.flatMap((run) =>
    recordsOf(run).flatMap((line) => {
      const { type, ...data } = JSON.parse(line) as Readonly<Record<string, unknown>> & {
        readonly type: string;
      };
      const claim = CLAIM_TYPES.get(type)?.read({ ...data, run: run.name });
      return claim === undefined ? [] : [{ type, data, claim }];
    }),
  );
}

/** Undefined where there is no failing test or no code is run. */
export function causeTrials(
  state: SandboxState,
  test: FailingTest | undefined,
  context: ResearchContext,
  runner: CodeRunner,
): CauseTrials | undefined {
  if (state.kind === "none" || test === undefined) return undefined;
  const { sandbox } = state;
  let opening: ReturnType<typeof openCause> | undefined;
  const open = async (signal: AbortSignal): Promise<CauseBench | string> => {
    const bench = await (opening ??= openCause(sandbox, test, context, signal));
    return bench.kind === "open" ? bench : (bench.why ?? "no framework here runs it");
  };
  let tracing: ReturnType<typeof traceTests> | undefined;
  /** What a run of this phase shows already, also one that was made before a restart. */
  const recorded = (
    isWanted: (one: { readonly type: string; readonly data: Readonly<Record<string, unknown>> }) => boolean,
  ): StatedClaim | undefined => recordedClaims(runner.runs).find(isWanted)?.claim;
  const next = (): string => `run-${runner.runs.length + 1}`;
  const keep = (run: TestRun, changed: readonly string[], claims: readonly StatedClaim[]): void =>
    void keepWith(runner, run, [test.path, ...changed], claims);
  return {
    async change(files, signal) {
      const change = sha256(JSON.stringify([...files])).slice(0, 16);
      const known = recorded(({ type, data }) => type === changeTried.name && data["change"] === change);
      if (known !== undefined) return known;
      const bench = await open(signal);
      if (typeof bench === "string") return undefined;
      const shown = await intervene(bench.situation, files, signal);
      if (shown.kind !== "gone") return shown.why;
      const claim = changeTried.of({
        run: next(),
        test: { path: test.path, name: bench.failing.name },
        paths: [...files.keys()],
        change,
        guarded: shown.guarded,
      });
      keep(shown.with[0]!, [...files.keys()], [claim]);
      return claim;
    },
    async calls({ path, start }, signal) {
      const { codebase } = context;
      const symbol = (await codebase.syntax(path))?.symbols
        .filter((one) => isFunctionLike(one) && one.start <= start && start <= one.end)
        .sort((a, b) => a.end - a.start - (b.end - b.start))[0];
      if (symbol === undefined) return undefined;
      const at = { path, name: qualifiedName(symbol), start: symbol.start, end: symbol.end };
      const known = recorded(
        ({ type, data }) =>
          (type === executed.name || type === notCalled.name) &&
          JSON.stringify(data["at"]) === JSON.stringify(at),
      );
      if (known !== undefined) return known;
      const bench = await open(signal);
      if (typeof bench === "string") return undefined;
      const { framework, situation, plain, failing } = bench;
      const request = { changes: situation.laid, file: test.path, text: test.text, limits: situation.limits };
      const traced = await (tracing ??= traceTests(sandbox, framework, request, signal, plain));
      if (traced.kind === "none" || traced.run.report.kind === "none") return undefined;
      const ran = spectrumOf(traced.trace, traced.run.report.tests, new Set([failing.name])).failing;
      if (ran.length === 0) return undefined;
      const found = (await executedFunctions(joinCovered(ran), codebase)).find(
        (one) => placeKey(one) === placeKey(at),
      );
      // Only its name is known to have run.
      if (found?.lines.length === 0) return undefined;
      const base = { run: next(), test: { path: test.path, name: failing.name }, at };
      const claim =
        found === undefined ? notCalled.of(base) : executed.of({ ...base, lines: rangesOf(found.lines) });
      keep(traced.run, [], [claim]);
      return claim;
    },
    async watch({ functions, asked }, signal) {
      const bench = await open(signal);
      if (typeof bench === "string") return bench;
      const { framework, situation, plain, failing } = bench;
      const request = { changes: situation.laid, file: test.path, text: test.text, limits: situation.limits };
      const places = [];
      for (const { path, start } of functions.slice(0, MOST_WATCHED)) {
        const symbol = (await context.codebase.syntax(path))?.symbols.find(
          (one) => isFunctionLike(one) && one.start <= start && start <= one.end,
        );
        if (symbol !== undefined)
          places.push({ path, name: qualifiedName(symbol), start: symbol.start, end: symbol.end });
      }
      if (places.length === 0) return "no function is on these lines";
      const watching = await watchValues(
        sandbox,
        framework,
        request,
        {
          plain,
          test: failing.name,
          watched: {
            functions: places.map(({ name, ...place }) => ({ ...place, name: name.split(".").at(-1)! })),
            asked,
          },
        },
        signal,
      );
      if (watching.kind === "none") return watching.why;
      const claims = watchedClaims(
        next(),
        { path: test.path, result: failing },
        places,
        watching.events,
      ).slice(0, MOST_CLAIMS);
      if (claims.length === 0) return "the test shows nothing there";
      keep(watching.run, [], claims);
      return claims;
    },
  };
}
