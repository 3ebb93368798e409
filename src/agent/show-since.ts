import { failingSince, olderRunRecord } from "../claims/failing-since.ts";
import { type DefinitionData, part } from "../claims/claim-data.ts";
import type { Block, StatedClaim } from "../documents/finding.ts";
import type { RecordedRun } from "../documents/recorded-run.ts";
import type { End } from "../execution/first-bad.ts";
import { findSince, type Since, type Trial, type UndecidedSince } from "../execution/find-since.ts";
import { tryTest } from "../execution/try-test.ts";
import { RunFailure } from "../failure.ts";
import { projectVersions, tagOf } from "../evidence/reported-places/version-tag.ts";
import type { ResearchContext } from "../phases/builtin/research-context.ts";
import { definitionOf } from "../phases/builtin/suspects.ts";
import { unknown } from "../phases/builtin/statements.ts";
import { normaliseFailure } from "../reproduction/compare-reports.ts";
import { ERRORS } from "../reproduction/reported/program.ts";
import { compareWithReport, isReproduced, type ReadEnd } from "../claims/report-code-ran.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { dateOf } from "../text/date-of.ts";
import { inlineCode } from "../text/inline-code.ts";
import { codeRunner } from "./code-runner.ts";
import { type FailingTest, openCause } from "./cause-bench.ts";
import { type RanProgram, runProgramOnce } from "./reported-runs.ts";
import { readEnd } from "../reproduction/reported/read-end.ts";
import { formatReport } from "./trial.ts";

export type { Trial };

/** Older commits as they can be run. */
export interface OlderTrees {
  /** The files of a commit in a sandbox; a sentence says why it cannot be. */
  readonly at: (commit: string) => Promise<Sandbox | string>;
  /** A run that was recorded before the search was broken off; undefined: there is none. */
  readonly recorded: (commit: string, nth: number) => Trial | undefined;
  readonly record: (commit: string, nth: number, trial: Trial) => void;
  /** True when there is no time for another run. */
  readonly isLate: () => boolean;
}

/** What is run on the base commit and on older ones. */
export interface Subject {
  /** Absent: code of the report. */
  readonly test?: { readonly path: string; readonly name: string };
  /** Files that are laid over each commit. */
  readonly changed: readonly string[];
  /** Runs it once in a tree. */
  readonly run: (sandbox: Sandbox, nth: number) => Promise<Trial>;
}

const SECONDS = 180;
/** Characters of the report of a run that a document keeps. */
const MOST_OUTPUT = 4_000;
/** Characters of what a program printed. */
const MOST_SHOWN = 3_000;
/** Places whose changes are suspects. */
const MOST_PLACES = 8;
/** Changes of one place that are looked at. */
const MOST_CHANGES = 40;
/** Documents number these runs behind those of the tracer. */
const FIRST_RUN = 911;
/** Parents whose runs a document shows. */
const MOST_PARENTS = 8;

/** A failing test as what is looked for in older commits; undefined where it does not fail on the base commit. */
export async function testSubject(
  sandbox: Sandbox,
  test: FailingTest,
  context: ResearchContext,
  signal: AbortSignal,
): Promise<Subject | undefined> {
  const opened = await openCause(sandbox, test, context, signal);
  if (opened.kind === "none") return undefined;
  const { framework, failing, situation } = opened;
  const { laid, file, before } = situation;
  const tried = { framework, laid, file, failing, limits: { seconds: SECONDS } };
  const alone =
    before.tests.length > 1 && (await tryTest(sandbox, { ...tried, alone: true }, 0, signal)).end === "same";
  return {
    test: { path: file, name: failing.name },
    changed: [file],
    async run(tree, nth) {
      const { end, run } = await tryTest(tree, { ...tried, alone }, nth, signal);
      const { result, command, report } = run;
      return {
        end,
        command,
        code: result.end.kind === "exit" ? result.end.code : undefined,
        report: formatReport(report),
      };
    },
  };
}

/** A program of the report that does what the report says, as what is looked for in older commits; undefined for another. */
export function programSubject(
  { program, shown }: RanProgram,
  context: ResearchContext,
  signal: AbortSignal,
): Subject | undefined {
  if (shown === undefined || !isReproduced(shown.kind)) return undefined;
  const { kind, ended: base } = shown;
  const isFailure = kind === "fails-as-reported" || kind === "hangs-as-reported";
  return {
    changed: [...program.files.keys()],
    async run(tree, nth) {
      const seeded = { ...program, env: { ...program.env, PYTHONHASHSEED: String(nth + 1) } };
      const result = await runProgramOnce(seeded, tree, signal);
      // An older commit has other files: what is not of a package beside it is its own.
      const ended = readEnd(result, program, (path) => !PACKAGES.test(path));
      const now = compareWithReport(ended, program.blocks, context.report, context.reading);
      const end = (): End => {
        if (now === kind && toldBy(ended) === toldBy(base)) return "same";
        if (now === "as-expected" || (isFailure && now === "no-failure")) return "passes";
        return now === "not-runnable" ? "no-start" : "other";
      };
      return {
        end: end(),
        command: program.command,
        code: result.end.kind === "exit" ? result.end.code : undefined,
        report: [result.output, result.files.get(ERRORS) ?? ""].join("\n").slice(0, MOST_SHOWN),
      };
    },
  };
}

const PACKAGES = /(?:^|\/)(?:\.deps|node_modules|site-packages|vendor)\//;

/** What an end is, wherever its lines are on another commit. */
function toldBy({ end, exit, failure, printed }: ReadEnd): string {
  const message = failure === undefined ? "" : normaliseFailure(failure);
  return JSON.stringify([end, exit, message, failure === undefined ? printed : undefined]);
}

/**
 * Since which commit it fails, as a claim with its runs, or why that was not decided. `blocks`: what runs showed before, with the
 * functions that they ran.
 */
export async function showSince(
  subject: Subject,
  blocks: readonly Block[],
  sandbox: Sandbox,
  older: OlderTrees,
  context: ResearchContext,
  signal: AbortSignal,
): Promise<readonly Block[]> {
  try {
    const since = await searchSince(subject, await placesOf(blocks, context), older, context, signal);
    // That it fails on the base commit is known.
    if (since.kind === "back-to" && since.commit === context.baseCommit) return [];
    return await sinceBlocks(since, subject, sandbox, context);
  } catch (error) {
    if (!(error instanceof RunFailure)) throw error;
    return [unknown(`since which commit it fails: ${inlineCode(error.message, 300)}`)];
  }
}

/**
 * Looks for the commit since which it fails. `places`: functions that may hold the cause, the likeliest first. Throws RunFailure where a
 * commit cannot be read or written.
 */
export async function searchSince(
  { run }: Pick<Subject, "run">,
  places: readonly DefinitionData[],
  older: OlderTrees,
  context: ResearchContext,
  signal: AbortSignal,
): Promise<Since> {
  const { baseCommit: base, history } = context;
  const suspects: (readonly string[])[] = [];
  for (const { path, start, end } of places.slice(0, MOST_PLACES))
    suspects.push(await history.touching(base, path, { start, end }, MOST_CHANGES, signal));
  return findSince(
    {
      base,
      history,
      suspects,
      first: await reportedCommits(context),
      isLate: older.isLate,
      async run(commit, nth) {
        const known = older.recorded(commit, nth);
        if (known !== undefined) return known;
        const tree = await older.at(commit);
        const trial: Trial =
          typeof tree === "string"
            ? { end: "no-start", command: ["git", "checkout"], code: undefined, report: tree }
            : await run(tree, nth);
        older.record(commit, nth, trial);
        return trial;
      },
    },
    signal,
  );
}

/** The commit as a claim with its runs, or why it was not decided. */
async function sinceBlocks(
  since: Since,
  { test, changed }: Pick<Subject, "test" | "changed">,
  sandbox: Sandbox,
  { history }: Pick<ResearchContext, "history">,
): Promise<readonly Block[]> {
  if (since.kind === "undecided")
    return [unknown(`since which commit it fails: ${sayUndecided(since.why)}; ${countsOf(since)}`)];
  const facts = await history.facts(since.commit);
  const parents = since.kind === "since" ? since.parents : since.parent === undefined ? [] : [since.parent];
  if (facts === undefined || parents.length > MOST_PARENTS) return [];
  const runner = codeRunner({ kind: "ready", sandbox }, "");
  const tried = [since.commit, ...parents].map((oid, i) => ({
    oid,
    run: `run-${FIRST_RUN + i}`,
    times: since.trials.get(oid)!.length,
  }));
  const search = {
    ...(test === undefined ? {} : { test }),
    commits: since.trials.size,
    runs: [...since.trials.values()].flat().length,
  };
  const claim: StatedClaim = failingSince.of({
    ...search,
    kind: since.kind,
    first: tried[0]!,
    subject: facts.subject,
    date: dateOf(facts.authored),
    ...(facts.tag === undefined ? {} : { tag: facts.tag }),
    parents: tried.slice(1),
    ...(since.kind === "back-to" ? { older: since.older } : {}),
  });
  return [
    { kind: "claims", form: "table", columns: ["what", "shown"], items: [claim] },
    ...tried.map(({ oid, run: name }): Block => {
      const trials = since.trials.get(oid)!;
      const record = olderRunRecord(
        oid,
        trials.map(({ end }) => end),
        search,
      );
      const kept = keep(runner, oid, trials, changed, record);
      return { kind: "run", run: { ...kept, name } };
    }),
  ];
}

/** Functions that a block of claims names, then those of the ranking. */
async function placesOf(
  blocks: readonly Block[],
  context: ResearchContext,
): Promise<readonly DefinitionData[]> {
  const named = blocks.flatMap((block) =>
    block.kind === "claims"
      ? block.items.map(({ data }) => part.definition.safeParse((data as { at?: unknown }).at).data)
      : [],
  );
  const { functions } = await context.ranking();
  const ranked = functions.map(({ path, symbol }) => definitionOf(path, symbol));
  const found = new Map<string, DefinitionData>();
  for (const place of [...named, ...ranked])
    if (place !== undefined) found.set(JSON.stringify([place.path, place.start]), place);
  return [...found.values()].slice(0, MOST_PLACES);
}

/** Commits of the versions that the report names: where it worked, where it fails, and the ones in use. */
async function reportedCommits({ report, history, issue }: ResearchContext): Promise<readonly string[]> {
  const { regression, versions } = report;
  const names = [regression?.good, regression?.bad, ...projectVersions(versions, [])].filter(
    (name) => name !== undefined && name !== "",
  );
  if (names.length === 0) return [];
  const tags = await history.tags();
  const project = issue.url?.split("/").slice(3, 5) ?? [];
  const found: string[] = [];
  for (const name of names) {
    const commit = tagOf(name!, tags, project)?.commit ?? (await history.findCommit(name!));
    if (commit !== undefined) found.push(commit);
  }
  return found;
}

/** The runs on one commit as one run of the document. */
function keep(
  runner: ReturnType<typeof codeRunner>,
  oid: string,
  trials: readonly Trial[],
  changed: readonly string[],
  record: object,
): RecordedRun {
  const [first] = trials;
  const said = `On the files of commit ${oid}, ${trials.length} times, each with another hash seed; the first:`;
  return runner.keep(
    {
      end:
        first!.code === undefined ? { kind: "limit", limit: "seconds" } : { kind: "exit", code: first!.code },
      output: `${said}\n${first!.report}`,
      cut: 0,
      milliseconds: 0,
      files: new Map(),
    },
    { command: first!.command, changed, maxOutput: MOST_OUTPUT, records: [record] },
  );
}

function countsOf({ trials }: Since): string {
  const runs = [...trials.values()].flat().length;
  return `Casebook ran ${trials.size} commits in ${runs} runs`;
}

function sayUndecided(why: UndecidedSince): string {
  const short = (oid: string): string => inlineCode(oid.slice(0, 10));
  switch (why.kind) {
    case "base":
      return "it does not fail in the same way each time on the base commit";
    case "between":
      return `it passes at ${short(why.good)} and fails at ${short(why.bad)}; of the commits between them none ends in the same way each time`;
    case "mixed":
      return `it does not end in the same way each time at ${short(why.commit)}`;
    case "branch":
      return `it came with the merge ${short(why.merge)}, and the merged branch does not tell which commit`;
    case "most":
      return "too many commits do not start, or do not end in the same way each time";
    case "late":
      return "the time for it was over";
  }
}
