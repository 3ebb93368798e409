import { discriminating } from "../claims/discriminating.ts";
import { executed } from "../claims/executed.ts";
import { minimal } from "../claims/minimal.ts";
import { necessary } from "../claims/necessary.ts";
import { sufficient } from "../claims/sufficient.ts";
import type { Block, StatedClaim } from "../documents/finding.ts";
import type { RecordedRun } from "../documents/recorded-run.ts";
import { probePlace } from "../execution/probe-place.ts";
import { takeApart } from "../execution/necessary.ts";
import { placeKey } from "../execution/executed.ts";
import { fuseOrders, spectrumOf, suspicions } from "../execution/spectrum.ts";
import { traceTests } from "../execution/trace-tests.ts";
import { watchValues } from "../execution/watch-values.ts";
import { MOST_WATCHED } from "../execution/watched.ts";
import type { ResearchContext } from "../phases/builtin/research-context.ts";
import { unknown } from "../phases/builtin/statements.ts";
import type { Judgement } from "../phases/decide-criterion.ts";
import type { TestRun } from "../reproduction/run-tests.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { inlineCode } from "../text/inline-code.ts";
import { type FailingTest, openCause } from "./cause-bench.ts";
import { codeRunner } from "./code-runner.ts";
import { keepWith, rangesOf } from "./keep-with.ts";
import { plainStatement } from "./submission/plain-statement.ts";
import type { PhaseRun } from "./phase-run.ts";
import { watchedClaims } from "./watched-claims.ts";

export interface CauseShown {
  readonly blocks: readonly Block[];
  /** Of "The cause is confirmed"; absent where runs do not decide it. */
  readonly judgement?: Judgement;
}

/** Functions that a page names, and in which changes are tried. */
const MOST_SHOWN = 3;
/** Changes that nobody proposed: so many of a function are tried, on lines that so many passing tests run. */
const PROBES = { changes: 12, watching: 1 };
/** Passing tests that make a spectrum; below, the nearest test files are run too. */
const ENOUGH_PASSING = 10;
const CONFIRMED = "The cause is confirmed by runs: the change there is necessary, and all of it is needed.";
/** Runs of a model are numbered from 1; those that no model asked for have numbers of their own. */
const FIRST_RUN = 901;

/** The functions that a failing test runs, and how well each tells it from the nearest passing tests, as claims. */
export async function showCause(
  sandbox: Sandbox,
  test: FailingTest,
  context: ResearchContext,
  signal: AbortSignal,
): Promise<readonly Block[]> {
  const open = await openCause(sandbox, test, context, signal);
  if (open.kind === "none") return open.why === undefined ? [] : [unknownCause(open.why)];
  const { framework, failing: first, nearest, situation, plain } = open;
  const { limits } = situation;
  const traced = await traceTests(
    sandbox,
    framework,
    { changes: situation.laid, file: test.path, text: test.text, limits },
    signal,
    plain,
  );
  if (traced.kind === "none" || traced.run.report.kind === "none")
    return [unknownCause(traced.kind === "none" ? traced.why : "it gives no report")];
  const { tests } = traced.run.report;
  const spectrum = spectrumOf(traced.trace, tests, new Set([first.name]));
  const passing = [...spectrum.passing];
  if (passing.length < ENOUGH_PASSING)
    for (const file of nearest) {
      const text = (await context.codebase.text(file))?.text ?? "";
      const near = await traceTests(sandbox, framework, { changes: new Map(), file, text, limits }, signal);
      if (near.kind === "traced" && near.run.report.kind === "report")
        passing.push(...spectrumOf(near.trace, near.run.report.tests, new Set()).passing);
    }
  const { functions } = await context.ranking();
  const ranked = new Map(
    functions.map(({ path, symbol, score }) => [
      placeKey({ path, start: symbol.start, end: symbol.end }),
      score,
    ]),
  );
  const suspects = await suspicions({ failing: spectrum.failing, passing }, context.codebase);
  const fused = fuseOrders(suspects, [({ score }) => score, (one) => ranked.get(placeKey(one))]);
  const best = fused.slice(0, MOST_SHOWN);
  const runner = codeRunner({ kind: "ready", sandbox }, "");
  const runs: RecordedRun[] = [];
  const next = (): string => `run-${FIRST_RUN + runs.length}`;
  const keep = (run: TestRun, changed: readonly string[], claims: readonly StatedClaim[]): void => {
    const name = next();
    runs.push({ ...keepWith(runner, run, changed, claims), name });
  };
  const named = { path: test.path, name: first.name };
  const base = { run: next(), test: named };
  const claims: StatedClaim[] = best.flatMap(
    ({ path, name, start, end, lines, suspectLines }): StatedClaim[] => {
      const at = { path, name, start, end };
      const [line] = suspectLines;
      if (lines.length === 0) return [];
      // The higher rung says the lower one too. What every passing test runs as well tells nothing apart.
      return line === undefined || line.passing >= passing.length
        ? [executed.of({ ...base, at, lines: rangesOf(lines) })]
        : [discriminating.of({ ...base, at, line: line.line, passing: line.passing, of: passing.length })];
    },
  );
  if (claims.length === 0) return [unknown("what the failing test runs: no function of the repository")];
  keep(traced.run, [test.path], claims);
  const watching = await watchValues(
    sandbox,
    framework,
    { changes: new Map([[test.path, test.text]]), file: test.path, text: test.text, limits },
    {
      plain: traced.plain,
      test: first.name,
      watched: { functions: fused.slice(0, MOST_WATCHED), asked: [] },
    },
    signal,
  );
  if (watching.kind === "watched") {
    const shown = watchedClaims(next(), { path: test.path, result: first }, suspects, watching.events);
    // The exception, or else what the first of the functions gives back.
    const told =
      shown.find(({ type }) => type === "raised") ??
      shown.find(({ type, data }) => type === "returned" && isAt(data, best[0]!));
    if (told !== undefined) {
      keep(watching.run, [test.path], [told]);
      claims.unshift(told);
    }
  }
  for (const place of best) {
    const probed = await probePlace(
      { ...situation, failing: [first] },
      place,
      context.codebase,
      { history: context.history, base: context.baseCommit },
      PROBES,
      signal,
    );
    if (probed === undefined) continue;
    const { path, name, start, end } = place;
    const { change, shown } = probed;
    const changed = [test.path, path];
    const [run, withRun] = [next(), `run-${FIRST_RUN + runs.length + 1}`];
    const claim = necessary.of({
      run,
      test: named,
      at: { path, name, start, end },
      with: withRun,
      change: change.kind,
      ...(change.commit === undefined ? {} : { commit: change.commit }),
      line: change.line,
      guarded: shown.guarded,
    });
    keep(shown.without, [test.path], [claim]);
    keep(shown.with[0]!, changed, []);
    claims.unshift(claim);
    break;
  }
  return [
    {
      kind: "claims",
      form: "table",
      columns: ["what", `of ${suspects.length} functions that ran`],
      items: claims,
    },
    ...runs.map((run): Block => ({ kind: "run", run })),
  ];
}

function unknownCause(why: string): Block {
  return unknown(`what the failing test runs: ${plainStatement(why).markdown}`);
}

/** What a change that works shows about the cause: its necessary functions, and whether all of it is needed. */
export async function showFix(
  { sandbox: state, context, runner, signal }: PhaseRun,
  test: FailingTest,
  files: ReadonlyMap<string, string>,
  change: "the fix" | "the proposed change" = "the fix",
): Promise<CauseShown> {
  if (state.kind === "none") return { blocks: [] };
  const open = await openCause(state.sandbox, test, context, signal);
  if (open.kind === "none")
    return {
      blocks:
        open.why === undefined
          ? []
          : [unknown(`what of the change is needed: ${plainStatement(open.why).markdown}`)],
    };
  const shown = await takeApart(open.situation, files, context.codebase, signal);
  if (shown.kind === "none")
    return { blocks: [unknown(`what of the change is needed: ${plainStatement(shown.why).markdown}`)] };

  const named = { path: test.path, name: open.failing.name };
  const hunks = shown.needed.length + shown.unneeded.length;
  const changed = [test.path, ...files.keys()];
  const next = (): string => `run-${runner.runs.length + 1}`;
  const withRun = next();
  const whole = minimal.of({
    run: withRun,
    test: named,
    hunks,
    unneeded: shown.unneeded.map(({ path, start, removed }) => ({
      path,
      start,
      end: start + Math.max(0, removed.length - 1),
    })),
  });
  const runs = [keepWith(runner, shown.whole.with[0]!, changed, [whole])];
  const claims: StatedClaim[] = [];
  for (const { place, run } of shown.necessary) {
    const claim = necessary.of({
      run: next(),
      test: named,
      at: place,
      with: withRun,
      change,
      guarded: shown.whole.guarded,
    });
    claims.push(claim);
    runs.push(keepWith(runner, run, changed, [claim]));
  }
  for (const { place, run } of shown.sufficient) {
    const claim = sufficient.of({ run: next(), test: named, at: place, change });
    claims.push(claim);
    runs.push(keepWith(runner, run, changed, [claim]));
  }
  const isConfirmed = claims.length > 0 && shown.unneeded.length === 0;
  return {
    blocks: [
      { kind: "claims", form: "table", columns: ["what", "shown"], items: [...claims, whole] },
      ...(isConfirmed ? [{ kind: "note", text: CONFIRMED } as const] : []),
      ...runs.map((run): Block => ({ kind: "run", run })),
    ],
    ...(isConfirmed
      ? {
          judgement: {
            result: "met",
            how: "run",
            evidence: `necessary and minimal: without the change of ${shown.necessary.map(({ place }) => inlineCode(place.name)).join(", ")} the same failure is back, and each of its parts is needed`,
          },
        }
      : {}),
  };
}

function isAt(data: unknown, { path, start, end }: Parameters<typeof placeKey>[0]): boolean {
  const { at } = data as { readonly at: Parameters<typeof placeKey>[0] };
  return placeKey(at) === placeKey({ path, start, end });
}
