import { executed } from "../claims/executed.ts";
import { executedPlaces, ranIn } from "../claims/executed-places.ts";
import {
  type Compared,
  compareWithReport,
  isReproduced,
  type ReadEnd,
  hinderedBy,
  reportCodeRan,
} from "../claims/report-code-ran.ts";
import { recordFor } from "../claims/shown-by-run.ts";
import type { Block, StatedClaim } from "../documents/finding.ts";
import type { RecordedRun } from "../documents/recorded-run.ts";
import type { RanCode } from "../evidence/ranking/query.ts";
import { executedFunctions, type RanFunction } from "../execution/executed.ts";
import { joinCovered, readTrace } from "../execution/trace.ts";
import { tracedProgram } from "../execution/trace-program.ts";
import { TRACE } from "../execution/traced-plan.ts";
import type { Ran, ResearchContext } from "../phases/builtin/research-context.ts";
import { reportedPrograms, whyNotBuilt } from "../reproduction/reported/find-programs.ts";
import {
  END,
  ERRORS,
  HANG,
  type ReportedProgram,
  type ReportedProject,
} from "../reproduction/reported/program.ts";
import { readEnd } from "../reproduction/reported/read-end.ts";
import { OUT } from "../sandbox/places.ts";
import type { Sandbox, SandboxResult, SandboxState } from "../sandbox/sandbox.ts";
import { sha256 } from "../text/hash.ts";
import { codeRunner } from "./code-runner.ts";
import { rangesOf } from "./keep-with.ts";

/** Once can be chance. */
const TIMES = 3;
/** Runs of programs of reports have numbers of their own. */
const FIRST_RUN = 951;
/** Characters that a document keeps of what it prints, and of its errors. */
const MOST_PRINTED = 3_000;
const MOST_OUTPUT = 3 * MOST_PRINTED;
/** Functions that a run tells the ranking, and functions that a page names. */
const MOST_PLACES = 500;
const MOST_SHOWN = 5;

/** A program of a report, and what came of it. */
export interface RanProgram {
  readonly program: ReportedProgram;
  /** A clause: why there is no verdict. */
  readonly why?: string;
  /** A clause: what of this machine hinders it, so that nothing was learned. */
  readonly hindered?: string;
  readonly shown?: {
    readonly kind: Compared;
    readonly claim: StatedClaim;
    readonly ended: ReadEnd;
    readonly run: RecordedRun;
    /** Functions of the repository that it executes, where its runtime has a tracer. */
    readonly executed: readonly RanFunction[];
  };
}

/** What the programs of one report do; each is run once for an investigation. */
export interface ReportedRuns {
  /** `why`: a clause, why a whole program of the report is none that can be built. */
  found(): Promise<{ readonly programs: readonly ReportedProgram[]; readonly why?: string }>;
  /** Runs them. Throws for the signal alone. */
  ran(): Promise<readonly RanProgram[]>;
  readonly sandbox: () => Promise<SandboxState>;
}

/** The programs of the report that the context is about. `sandbox`: opened when there is something to run. */
export function reportedRuns(
  context: () => ResearchContext,
  sandbox: () => Promise<SandboxState>,
): ReportedRuns {
  let reading: ReturnType<ReportedRuns["found"]> | undefined;
  let running: Promise<readonly RanProgram[]> | undefined;
  const found: ReportedRuns["found"] = () => (reading ??= programsOf(context()));
  return {
    sandbox,
    found,
    ran: () =>
      (running ??= (async () => {
        const { programs: all } = await found();
        if (all.length === 0) return [];
        const state = await sandbox();
        if (state.kind === "none") return [];
        const ran: RanProgram[] = [];
        for (const program of all) {
          const one = await runProgram(program, `run-${FIRST_RUN + ran.length}`, state.sandbox, context());
          // What is not in its language is no program, and nothing is said of it.
          if (one.shown?.ended.hindrance !== "syntax") ran.push(one);
        }
        return ran;
      })()),
  };
}

async function programsOf(context: ResearchContext): ReturnType<ReportedRuns["found"]> {
  const { codebase, reading } = context;
  if (reading.codeBlocks.length === 0) return { programs: [] };
  const paths = codebase.tree.entries.map(({ path }) => path);
  const manifests = new Map<string, string>();
  for (const path of paths.filter((one) => MANIFEST.test(one)).slice(0, MOST_MANIFESTS)) {
    const text = (await codebase.text(path))?.text;
    if (text !== undefined) manifests.set(path, text);
  }
  const project = { paths, manifests, importOf: importFinder(context) };
  const why = whyNotBuilt(reading.codeBlocks, project);
  return {
    programs: await reportedPrograms(reading.codeBlocks, project),
    ...(why === undefined ? {} : { why }),
  };
}

const MANIFEST =
  /^(?:[\w.@-]+\/){0,2}(?:package\.json|pyproject\.toml|setup\.cfg|setup\.py|Cargo\.toml)$|^go\.mod$/;
const MOST_MANIFESTS = 200;
/** Lines that are compared. */
const MOST_LINES = 100;

/** How files of the repository import a name, when they do: the line that most of them have. */
function importFinder({ search, codebase }: ResearchContext): ReportedProject["importOf"] {
  return async (name) => {
    if (!/^[A-Za-z_]\w{0,60}$/.test(name)) return undefined;
    const { hits } = await search({
      kind: "regex",
      pattern: String.raw`^\s*(?:>>> )?(?:import [\w.]+ as ${name}|import ${name}|from [A-Za-z_][\w.]* import (?:[\w, ]+, )?${name}(?:, [\w, ]+)?)\s*$`,
      include: ["**/*.{py,rst,md}"],
      exclude: [],
    });
    const counts = new Map<string, number>();
    for (const { path, line } of hits.slice(0, MOST_LINES)) {
      const text = (await codebase.text(path))?.lines[line - 1]?.replace(/^\s*(?:>>> )?/, "").trim();
      const [, module] = /^from ([\w.]+) import /.exec(text ?? "") ?? [];
      const own = module === undefined ? text : `from ${module} import ${name}`;
      if (own !== undefined) counts.set(own, (counts.get(own) ?? 0) + 1);
    }
    return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0];
  };
}

/** One run of a program on the files of a sandbox. */
export function runProgramOnce(
  { files, command, env, seconds }: ReportedProgram,
  sandbox: Sandbox,
  signal: AbortSignal,
): Promise<SandboxResult> {
  return sandbox.run(
    {
      changes: files,
      // Its errors apart from what it prints.
      command: ["sh", "-c", `exec "$@" 2>${OUT}/${ERRORS}`, "sh", ...command],
      env,
      collect: [END, HANG, ERRORS, TRACE],
      limits: { seconds },
    },
    signal,
  );
}

/** How a run ended; lines of the repository are those of files of the base commit. */
function readProgram(
  result: SandboxResult,
  program: ReportedProgram,
  { codebase }: Pick<ResearchContext, "codebase">,
): ReadEnd {
  return readEnd(result, program, (path) => codebase.tree.find(path) !== undefined);
}

async function runProgram(
  program: ReportedProgram,
  name: string,
  sandbox: Sandbox,
  context: ResearchContext,
): Promise<RanProgram> {
  if (program.refused !== undefined) return { program, why: program.refused };
  if (!sandbox.environment.toolchains.has(program.needs))
    return {
      program,
      why: `there is no \`${program.needs}\` where code is run`,
      hindered: `there is no ${program.needs} where code is run`,
    };
  const signal = context.signal ?? new AbortController().signal;
  context.onStep?.("running the report's own code");
  const run = (one: ReportedProgram): Promise<SandboxResult> => runProgramOnce(one, sandbox, signal);
  const read = (result: SandboxResult): ReadEnd => readProgram(result, program, context);
  const blocks = program.blocks;
  const kindOf = (ended: ReadEnd): Compared =>
    compareWithReport(ended, blocks, context.report, context.reading);

  const first = await run(program);
  const ends = [read(first)];
  // What cannot run here cannot run here three times.
  while (kindOf(ends[0]!) !== "not-runnable" && ends.length < TIMES) ends.push(read(await run(program)));
  if (new Set(ends.map(sameness)).size > 1)
    return { program, why: `it does not end the same way in ${TIMES} runs` };
  const isPrintStable = new Set(ends.map(({ printed }) => printed)).size === 1;
  const { printed, ...rest } = ends[0]!;
  const ended: ReadEnd = isPrintStable && printed !== undefined ? { ...rest, printed } : rest;
  const kind = kindOf(ended);
  const executes = TRACED.has(kind) ? await traceOf(program, ended, run, read, context) : [];
  const data = {
    kind,
    program: program.kind,
    blocks: blocks.map(sha256),
    ended,
    times: ends.length,
    run: name,
  };
  const claim = reportCodeRan.of(data);
  const rows = executedClaims(executes, ended, name);
  const records = [
    recordFor("report-code-ran", data),
    ...rows.map(({ type, data: row }) => recordFor(type, row as { readonly run: string })),
    executedPlaces(codeOf(kind, ended, executes)),
  ];
  const errors = first.files.get(ERRORS) ?? "";
  const output = [shortened(first.output), shortened(errors)].filter((text) => text !== "").join("\n");
  const runner = codeRunner({ kind: "ready", sandbox }, "");
  const kept = runner.keep(
    {
      ...first,
      ...(ended.end === "hang" ? { end: { kind: "limit", limit: "seconds" } as const } : {}),
      output,
      cut: 0,
      // How long it took differs from run to run; the same phase again gives the same document.
      milliseconds: 0,
    },
    { command: program.command, changed: [...program.files.keys()], maxOutput: MOST_OUTPUT, records },
  );
  const hindered = hinderedBy(ended, kind);
  return {
    program,
    ...(hindered === undefined ? {} : { hindered }),
    shown: { kind, claim, ended, run: { ...kept, name }, executed: executes },
  };
}

/** Ends whose executed functions say something. */
const TRACED: ReadonlySet<Compared> = new Set([
  "fails-as-reported",
  "prints-as-reported",
  "exits-as-reported",
  "as-expected",
  "otherwise",
  "no-failure",
]);

/** What has to be the same each time. A loop that does not end is at another of its lines each time. */
function sameness(ended: ReadEnd): string {
  const at = ended.end === "hang" ? ended.at?.path : ended.at;
  return JSON.stringify({ ...ended, at, printed: undefined });
}

function shortened(text: string): string {
  if (text.length <= MOST_PRINTED) return text.trimEnd();
  const half = MOST_PRINTED / 2;
  return `${text.slice(0, half).toWellFormed()}\n[cut: ${text.length - MOST_PRINTED} characters]\n${text.slice(-half).toWellFormed()}`;
}

/** The functions that it runs: nothing where it ends in another way with the tracer. */
async function traceOf(
  program: ReportedProgram,
  ended: ReadEnd,
  run: (program: ReportedProgram) => Promise<SandboxResult>,
  read: (result: SandboxResult) => ReadEnd,
  { codebase }: ResearchContext,
): Promise<readonly RanFunction[]> {
  const traced = tracedProgram(program);
  if (traced === undefined) return [];
  const result = await run(traced);
  if (sameness(read(result)) !== sameness(ended)) return [];
  const { outside, tests } = readTrace(result.files.get(TRACE) ?? "");
  return (await executedFunctions(joinCovered([outside, ...tests.values()]), codebase)).slice(0, MOST_PLACES);
}

/** Rows for the functions nearest to the failure: the one that it passes first, then in the order of the ranking. */
function executedClaims(ran: readonly RanFunction[], { at }: ReadEnd, run: string): readonly StatedClaim[] {
  const failing = ran.filter(
    ({ path, start, end }) => at !== undefined && path === at.path && start <= at.line && at.line <= end,
  );
  const same = ran.filter(({ path }) => path === at?.path);
  return [...new Set([...failing.toSorted((a, b) => a.end - a.start - (b.end - b.start)), ...same])]
    .filter(({ lines }) => lines.length > 0)
    .slice(0, MOST_SHOWN)
    .map(({ path, name, start, end, lines }) =>
      executed.of({ run, at: { path, name, start, end }, lines: rangesOf(lines) }),
    );
}

/** What one run tells the ranking. Only the failure that is reported has frames that mean something. */
function codeOf(kind: Compared, { frames = [] }: ReadEnd, executes: readonly RanFunction[]): RanCode {
  return {
    places: executes.map(({ path, start, end }) => ({ path, start, end })),
    frames: isReproduced(kind) ? frames : [],
  };
}

/** What the runs give to the research. */
export function researchOf(ran: readonly RanProgram[]): Ran {
  const shown = ran.flatMap((one) => one.shown ?? []);
  return {
    // Read back as from a document, so that a check of it ranks in the same way.
    code: ranIn(shown.filter((one) => tellsRanking(one)).map(({ run }) => run)),
    points: shown.flatMap(({ kind, claim, ended: { at } }) =>
      isReproduced(kind) && at !== undefined ? [{ claim, ...at }] : [],
    ),
  };
}

/** Its run is part of the root cause. */
function tellsRanking({ kind, executed: functions }: Required<RanProgram>["shown"]): boolean {
  return isReproduced(kind) || functions.length > 0;
}

/** What the runs show about the cause: rows where a program does what the report says, and every run that the ranking knows. */
export function causeShownBy(ran: readonly RanProgram[]): readonly Block[] {
  const shown = ran.flatMap((one) => one.shown ?? []);
  const rows = shown
    .filter(({ kind }) => isReproduced(kind))
    .flatMap(({ claim, run, ended, executed: functions }) => [
      claim,
      ...executedClaims(functions, ended, run.name),
    ]);
  return [
    ...(rows.length === 0
      ? []
      : [{ kind: "claims", form: "table", columns: ["what", "shown"], items: rows } as const]),
    ...shown.filter(tellsRanking).map(({ run }): Block => ({ kind: "run", run })),
  ];
}
