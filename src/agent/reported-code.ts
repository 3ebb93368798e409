import { reportCodeRan, readRun } from "../claims/report-code-ran.ts";
import type { Block, ResearchDocument, StatedClaim } from "../documents/finding.ts";
import { fenceWord } from "../languages/languages.ts";
import type { Phase } from "../phases/phase.ts";
import type { Judgement } from "../phases/decide-criterion.ts";
import { builtinResearcher, type PhaseDraft, type Researcher } from "../phases/builtin/researcher.ts";
import type { ResearchContext } from "../phases/builtin/research-context.ts";
import { type ReportedProgram, reportedPrograms } from "../reproduction/reported-program.ts";
import type { SandboxState } from "../sandbox/sandbox.ts";
import { safeTitle } from "../text/safe-text.ts";
import { codeRunner } from "./code-runner.ts";
import { nonceOf } from "./untrusted.ts";

/** Once can be chance. */
const TIMES = 3;
const SECONDS = 60;
const MAX_TITLE = 160;
const REPRODUCTION = "reproduction";

/**
 * The built-in researcher where code may run: it runs the code that a report brings, and says how that ended. `sandbox`: opened when
 * there is something to run.
 */
export function runningResearcher(sandbox: () => Promise<SandboxState>): Researcher {
  return {
    cannot: (phase) => (phase.type === REPRODUCTION ? undefined : builtinResearcher.cannot(phase)),
    async withholds(phase, context) {
      if (phase.type !== REPRODUCTION) return builtinResearcher.withholds?.(phase, context);
      if ((await programsOf(context)).length === 0) return "it needs a model, or code in the report";
      const state = await sandbox();
      return state.kind === "none" ? `no code is run here: ${state.why}` : undefined;
    },
    async write(phase, context, earlier) {
      if (phase.type !== REPRODUCTION) return builtinResearcher.write(phase, context, earlier);
      return runReported(phase, context, await sandbox());
    },
  };
}

async function programsOf({ codebase, reading }: ResearchContext): Promise<readonly ReportedProgram[]> {
  const manifest = (await codebase.text("package.json"))?.text;
  const name = /^\s*"name":\s*"([^"\n]{1,214})"/m.exec(manifest ?? "")?.[1];
  return reportedPrograms(
    reading.codeBlocks,
    codebase.tree.entries.map(({ path }) => path),
    name,
  );
}

async function runReported(phase: Phase, context: ResearchContext, state: SandboxState): Promise<PhaseDraft> {
  const runner = codeRunner(state, nonceOf("reported"));
  const ran: { readonly program: ReportedProgram; readonly claim: StatedClaim | undefined }[] = [];
  for (const program of await programsOf(context))
    ran.push({ program, claim: await runOne(program, context, state, runner) });
  const claims = ran.flatMap(({ claim }) => claim ?? []);
  const best = claims.find(({ data }) => kindOf(data) === "as-reported") ?? claims[0];
  const others = claims.filter((claim) => claim !== best);
  const { key, title } = context.issue;
  const document: ResearchDocument = {
    phase: phase.type,
    title: `${phase.title} of issue ${key}: ${safeTitle(title.text, MAX_TITLE)}`,
    baseCommit: context.baseCommit,
    ...(best === undefined ? {} : { headline: best }),
    lead: [],
    sections: phase.sections.map((section) => ({
      ...section,
      blocks: blocksFor(section.id, best, others, ran),
    })),
  };
  return {
    document,
    researcher: "builtin",
    dropped: 0,
    runs: runner.runs,
    judgements: new Map(["reproduced", "suite-runs"].map((check) => [check, judgementOf(check, best)])),
  };
}

/** Undefined where it does not end the same way each time. */
async function runOne(
  program: ReportedProgram,
  context: ResearchContext,
  state: SandboxState,
  runner: ReturnType<typeof codeRunner>,
): Promise<StatedClaim | undefined> {
  if (state.kind === "none" || !state.sandbox.environment.toolchains.has(program.needs)) return undefined;
  const signal = context.signal ?? new AbortController().signal;
  const { path, source, command, env, text } = program;
  const runs = [];
  for (let time = 0; time < TIMES; time++)
    runs.push(
      runner.keep(
        await state.sandbox.run(
          { changes: new Map([[path, `${source}\n`]]), command, env, limits: { seconds: SECONDS } },
          signal,
        ),
        { command, changed: [path] },
      ),
    );
  const [first, ...rest] = runs.map((run) => readRun(run, context.report.messages, context));
  const isSame = rest.every((one) => JSON.stringify(one) === JSON.stringify(first));
  return isSame ? reportCodeRan.of({ ...first!, program: text, times: TIMES, run: runs[0]! }) : undefined;
}

function kindOf(data: unknown): string {
  return (data as { readonly kind: string }).kind;
}

function blocksFor(
  section: string,
  best: StatedClaim | undefined,
  others: readonly StatedClaim[],
  ran: readonly { readonly program: ReportedProgram; readonly claim: StatedClaim | undefined }[],
): readonly Block[] {
  switch (section) {
    case "reproduction-result":
      return best === undefined
        ? [{ kind: "unknown", text: "how the report's code ends; it does not end the same way every time" }]
        : [
            {
              kind: "note",
              text: `Casebook ran it ${TIMES} times on the base commit, each in a fresh copy.`,
            },
            ...(others.length === 0
              ? []
              : [{ kind: "claims" as const, form: "list" as const, items: others }]),
          ];
    case "test":
      return [
        { kind: "note", text: "The report's own code, as it was run:" },
        ...ran.map(({ program }): Block => ({
          kind: "code",
          language: fenceWord(program.path),
          text: program.source.replace(/\n+$/, ""),
        })),
      ];
    case "steps-for-a-person":
      return [{ kind: "note", text: "Running the code above does what a person would do." }];
    default:
      return [];
  }
}

/** A report's code is no test of the project, so the criterion stays open for a person; what was seen is said. */
function judgementOf(check: string, best: StatedClaim | undefined): Judgement {
  return {
    result: "undecided",
    how: "run",
    evidence:
      check === "suite-runs"
        ? "no test was added"
        : best === undefined
          ? "the report's code does not end the same way every time"
          : `${best.text}; it is no test of the project's own framework`,
  };
}
