import { type Compared, isReproduced } from "../claims/report-code-ran.ts";
import type { Block, ResearchDocument } from "../documents/finding.ts";
import { fenceWord } from "../languages/languages.ts";
import type { Phase } from "../phases/phase.ts";
import type { Judgement } from "../phases/decide-criterion.ts";
import { builtinResearcher, type PhaseDraft, type Researcher } from "../phases/builtin/researcher.ts";
import type { ResearchContext } from "../phases/builtin/research-context.ts";
import { unknown } from "../phases/builtin/statements.ts";
import { safeHeading } from "../text/safe-text.ts";
import { counted } from "../text/counted.ts";
import type { RanProgram, ReportedRuns } from "./reported-runs.ts";

const MAX_TITLE = 160;
const REPRODUCTION = "reproduction";
/** Characters of a program that a page shows. */
const MOST_SHOWN = 6_000;

/** The built-in researcher where code may run: it runs the code that a report brings, and says how that ended. */
export function runningResearcher(reported: ReportedRuns): Researcher {
  return {
    cannot: (phase) => (phase.type === REPRODUCTION ? undefined : builtinResearcher.cannot(phase)),
    async withholds(phase, context) {
      if (phase.type !== REPRODUCTION) return builtinResearcher.withholds?.(phase, context);
      if (context.reading.codeBlocks.length === 0) return "it needs a model, or code in the report";
      const none =
        "it needs a model; Casebook found no whole program in the report that uses the project, in a language that it runs";
      const { programs, why } = await reported.found();
      if (programs.length === 0) return why === undefined ? none : `it needs a model; ${why}`;
      const state = await reported.sandbox();
      if (state.kind === "none") return `no code is run here: ${state.why}`;
      const ran = await reported.ran();
      const [first] = ran;
      if (first === undefined) return none;
      // A page that says only what is missing on this machine is none of the issue.
      return first.hindered !== undefined && ran.every(({ hindered }) => hindered !== undefined)
        ? `the report's code does not run here: ${first.hindered}`
        : undefined;
    },
    async write(phase, context, earlier) {
      if (phase.type !== REPRODUCTION) return builtinResearcher.write(phase, context, earlier);
      return writeReproduction(phase, context, await reported.ran());
    },
  };
}

/** The ends that say most come first. */
const ORDER: readonly Compared[] = [
  "fails-as-reported",
  "hangs-as-reported",
  "prints-as-reported",
  "exits-as-reported",
  "as-expected",
  "otherwise",
  "hangs",
  "no-failure",
  "floods",
  "not-runnable",
];

function writeReproduction(phase: Phase, context: ResearchContext, ran: readonly RanProgram[]): PhaseDraft {
  const [best, ...others] = ran
    .flatMap(({ shown }) => shown ?? [])
    .toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  const { key, title } = context.issue;
  const blocks: Readonly<Record<string, readonly Block[]>> = {
    "reproduction-result": [
      ...(best === undefined
        ? []
        : [
            { kind: "note", text: "Casebook ran it on the base commit, each time in a fresh copy." } as const,
          ]),
      ...ran.flatMap(({ why }) => (why === undefined ? [] : [unknown(`how the report's code ends: ${why}`)])),
      ...(others.length === 0
        ? []
        : [{ kind: "claims", form: "list", items: others.map(({ claim }) => claim) } as const]),
      ...[best, ...others].flatMap((one): readonly Block[] =>
        one === undefined ? [] : [{ kind: "run", run: one.run }],
      ),
    ],
    test: ran.flatMap(codeBlocks),
  };
  const document: ResearchDocument = {
    phase: phase.type,
    title: `${phase.title} of issue ${key}: ${safeHeading(title.text, MAX_TITLE)}`,
    baseCommit: context.baseCommit,
    ...(best === undefined ? {} : { headline: best.claim }),
    lead: [],
    sections: phase.sections.map((section) => ({ ...section, blocks: blocks[section.id] ?? [] })),
  };
  return {
    document,
    researcher: "builtin",
    dropped: 0,
    runs: ran.flatMap(({ shown }) => shown?.run ?? []),
    judgements: new Map(
      ["reproduced", "suite-runs"].map((check) => [check, judgementOf(check, best)] as const),
    ),
  };
}

function codeBlocks({ program: { shown, path, added, kind }, shown: end }: RanProgram): readonly Block[] {
  const what = `The report's own ${kind}, ${end === undefined ? "which was not run" : "as it was run"}`;
  const lines =
    added.length === 0
      ? ""
      : `; the report leaves out the first ${added.length === 1 ? "line" : counted(added.length, "line")}, which files of the repository have`;
  const text = shown.replace(/\n+$/, "");
  return [
    { kind: "note", text: `${what}${lines}:` },
    {
      kind: "code",
      language: fenceWord(path),
      text: text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN).toWellFormed()}\n…`,
    },
  ];
}

/** A report's code is no test of the project, so the criterion stays open for a person; what was seen is said. */
function judgementOf(check: string, best: Required<RanProgram>["shown"] | undefined): Judgement {
  return {
    result: "undecided",
    how: "run",
    evidence:
      check === "suite-runs"
        ? "no test was added"
        : best === undefined
          ? "no end of the report's code decides anything"
          : `${best.claim.text}${isReproduced(best.kind) ? "" : "; whether that is what the report says is open"}; it is no test of the project's own framework`,
  };
}
