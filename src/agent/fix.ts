import { z } from "zod";
import type { Citation } from "../documents/citation.ts";
import { inlineCode } from "../text/inline-code.ts";
import { parseDocument } from "../documents/parse-document.ts";
import type { Block, Finding, ResearchDocument } from "../documents/finding.ts";
import { plainStatement } from "./submission/plain-statement.ts";
import { targetPaths } from "../phases/decide-criterion.ts";
import { documentFileOf } from "../phases/names.ts";
import { quoteUntrusted } from "./untrusted.ts";
import { defineTool, type Tool } from "./tool.ts";
import type { Judgement } from "../phases/decide-criterion.ts";
import type { Earlier, PhaseDraft } from "../phases/builtin/researcher.ts";
import { findings, hypothesis, measured, unknown } from "../phases/builtin/statements.ts";
import { counted } from "../text/counted.ts";
import { listed } from "../text/listed.ts";
import { mayFixTouch } from "../phases/fix-paths.ts";
import { isPlainPath } from "./code-runner.ts";
import { failingTestOf } from "./failing-test.ts";
import { type CauseShown, showFix } from "./show-cause.ts";
import { diffOf } from "./diff-of.ts";
import { blocksOfSection, explanationBlocks } from "./merge-document.ts";
import { explained } from "./submission/explanation.ts";
import { openSubmissions } from "./submission/submissions.ts";
import { openTestBench, type TestBench } from "./test-bench.ts";
import type { FixTrial } from "./trial.ts";
import type { PhaseRun } from "./phase-run.ts";

const MAX_TRIES = 6;
const MAX_EDITS = 40;
const MAX_TEXT = 60_000;
/** Characters of the earlier documents that appear in the first message. */
const MAX_DOCUMENT = 8_000;

const changeArgs = z.object({
  edits: z
    .array(
      z.object({
        path: z.string().min(1).max(500).describe("One of the target files."),
        old: z.string().min(1).max(MAX_TEXT).describe("Text of the file that stands there once, copied."),
        new: z.string().max(MAX_TEXT).describe("What stands there instead."),
      }),
    )
    .min(1)
    .max(MAX_EDITS),
});
type ChangeArgs = z.infer<typeof changeArgs>;

interface HandedIn {
  /** The files after the change, by path. */
  readonly files: ReadonlyMap<string, string>;
  readonly trial: FixTrial;
}

/**
 * Lets a model carry out the recommendation in the target files. Whether it works is what the failing test and the rest of
 * the suite say; a recommendation that does not work fails the phase and sends the question back to the root cause.
 */
export async function runFix(phaseRun: PhaseRun): Promise<PhaseDraft> {
  const { needs, from, limits, context, earlier } = phaseRun;
  const targets = targetsOf(context.issue.key, earlier);
  const test = failingTestOf(context.issue.key, earlier.files);
  const bench = await openTestBench(phaseRun);
  const hindrance =
    bench.why ??
    (test === undefined
      ? "no failing test shows the failure, so no change could be shown to mend it"
      : targets.length === 0
        ? "the impact map lists no target file"
        : undefined);
  if (hindrance !== undefined || test === undefined) return withoutFix(phaseRun, hindrance ?? "");

  const tries: HandedIn[] = [];
  const submissions = openSubmissions({
    needs,
    from,
    rounds: limits.rounds,
    mustHave: () =>
      tries.some(({ trial }) => trial.kind === "fixed") || tries.length >= MAX_TRIES
        ? undefined
        : "Hand in a change with `submit_change` that works, or end with `works: false` and say what stands in the way.",
  });
  const { partial } = await phaseRun.converse({
    submissions,
    tools: [submitChange(phaseRun, bench, { targets, test, tries })],
    request: requestFor(phaseRun, targets, test.path),
  });
  const best = tries.find(({ trial }) => trial.kind === "fixed") ?? tries.at(-1);
  const isFixed = best?.trial.kind === "fixed";
  const { explanation, withdrawn } = await explained(submissions, phaseRun);
  const shown = isFixed ? await showFix(phaseRun, test, best.files) : undefined;
  const document: ResearchDocument = {
    phase: phaseRun.phase.type,
    title: `${phaseRun.phase.title} of issue ${context.issue.key}`,
    baseCommit: context.baseCommit,
    lead: [leadOf(best)],
    sections: await Promise.all(
      phaseRun.phase.sections.map(async (section) => ({
        ...section,
        blocks:
          section.id === "explanation"
            ? explanationBlocks(explanation)
            : await blocksFor(
                section.id,
                best,
                phaseRun,
                blocksOfSection(section.id, submissions.taken),
                shown,
              ),
      })),
    ),
  };
  return {
    document,
    researcher: "",
    dropped: submissions.dropped(),
    runs: phaseRun.runner.runs,
    withdrawn,
    ...(isFixed && best !== undefined ? { files: new Map([...best.files, [test.path, test.text]]) } : {}),
    ...(partial === undefined ? {} : { partial }),
    ...(isFixed
      ? {}
      : {
          reason: `The recommendation did not work: ${plainStatement(best?.trial.reasons[0] ?? "no change was handed in").markdown}`,
        }),
    judgements: new Map([
      ...verdictsOf(best, targets),
      ...(shown?.judgement === undefined ? [] : [["cause-confirmed", shown.judgement] as const]),
    ]),
  };
}

/** The target files that the impact map lists. */
function targetsOf(issueKey: string, { files }: Earlier): readonly string[] {
  const text = files.get(documentFileOf(issueKey, { type: "impact-map" }));
  if (text === undefined) return [];
  return targetPaths(parseDocument(text)).filter((path) => isPlainPath(path) && mayFixTouch(path));
}

function requestFor({ context, earlier, nonce }: PhaseRun, targets: readonly string[], test: string): string {
  const documents = ["root-cause", "impact-map", "reproduction"].flatMap((type) => {
    const text = earlier.files.get(documentFileOf(context.issue.key, { type }));
    return text === undefined
      ? []
      : [quoteUntrusted(text.slice(0, MAX_DOCUMENT), { nonce, source: `the document of the phase ${type}` })];
  });
  return [
    `Target files: ${targets.join(", ")}. The failing test: ${test}. Nothing else may change. Hand in with \`submit_change\`, at most ${MAX_TRIES} times.`,
    ...documents,
  ].join("\n\n");
}

function submitChange(
  { context }: PhaseRun,
  bench: TestBench,
  {
    targets,
    test,
    tries,
  }: {
    readonly targets: readonly string[];
    readonly test: { readonly path: string; readonly text: string };
    readonly tries: HandedIn[];
  },
): Tool {
  const apply = async ({ edits }: ChangeArgs): Promise<ReadonlyMap<string, string> | string> => {
    const files = new Map<string, string>();
    for (const { path, old, new: replacement } of edits) {
      if (!targets.includes(path))
        return `Not run: ${inlineCode(path)} is no target file; there are ${targets.join(", ")}.`;
      const text = files.get(path) ?? (await context.codebase.text(path))?.text;
      if (text === undefined) return `Not run: ${path} is no text file of the commit.`;
      const at = text.indexOf(old);
      if (at < 0) return `Not run: ${path}: the old text does not stand there; copy it from read_file.`;
      if (text.indexOf(old, at + 1) >= 0)
        return `Not run: ${path}: the old text stands there more than once; take more of it.`;
      files.set(path, text.slice(0, at) + replacement + text.slice(at + old.length));
    }
    return files;
  };
  return defineTool({
    name: "submit_change",
    description:
      "Hands in the change, all of it at once. Casebook runs the failing test before and after it and the rest of the suite, and answers with what it saw.",
    args: changeArgs,
    async run(args, signal) {
      if (tries.length >= MAX_TRIES) return `No more changes are run; ${MAX_TRIES} were handed in.`;
      const files = await apply(args);
      if (typeof files === "string") return files;
      const trial = await bench.tryFix({ test, files }, signal);
      tries.push({ files, trial });
      return bench.answerFix(trial);
    },
    async restore(args, answer) {
      const trial = bench.recallFix(answer);
      const files = await apply(args);
      if (trial !== undefined && typeof files !== "string") tries.push({ files, trial });
    },
  });
}

function withoutFix({ phase, context }: PhaseRun, why: string): PhaseDraft {
  return {
    document: {
      phase: phase.type,
      title: `${phase.title} of issue ${context.issue.key}`,
      baseCommit: context.baseCommit,
      lead: [measured(`No fix was made: ${plainStatement(why).markdown}.`)],
      sections: phase.sections.map((section) => ({
        ...section,
        blocks: [unknown(`what belongs here; ${plainStatement(why).markdown}`)],
      })),
    },
    researcher: "",
    dropped: 0,
    judgements: new Map(
      ["fix-works", "suite-no-worse", "only-targets"].map((check): [string, Judgement] => [
        check,
        { result: "undecided", how: "run", evidence: plainStatement(why).markdown },
      ]),
    ),
  };
}

function leadOf(best: HandedIn | undefined): Finding {
  if (best === undefined) return measured("No change was handed in.");
  const where = listed([...best.files.keys()].map((path) => inlineCode(path)));
  return best.trial.kind === "fixed"
    ? measured(
        `The failing test passes after a change of ${where}${best.trial.suite.state === "as-before" ? ", and no other test gets worse" : "; the rest of the suite was not run to its end"}.`,
        citationsOf(best.trial),
      )
    : measured(
        `The change of ${where} does not work: ${plainStatement(best.trial.reasons[0] ?? best.trial.kind).markdown}.`,
        citationsOf(best.trial),
      );
}

function citationsOf({ after }: FixTrial): readonly Citation[] {
  const [first] = after;
  return first === undefined ? [] : [{ kind: "run", run: first, quote: first.end }];
}

async function blocksFor(
  section: string,
  best: HandedIn | undefined,
  { context }: PhaseRun,
  written: readonly Block[],
  shown: CauseShown | undefined,
): Promise<readonly Block[]> {
  if (section === "shown-by-run") return shown?.blocks ?? [];
  if (section === "fix-result") {
    if (best === undefined) return [unknown("whether a change works; none was handed in")];
    const { before, after, suite, reasons } = best.trial;
    return [
      findings(
        measured(
          `without the change the test was run ${counted(before.length, "time")}, with it ${counted(after.length, "time")}`,
          [...before.slice(0, 3), ...after.slice(0, 3)].map((run): Citation => ({
            kind: "run",
            run,
            quote: run.end,
          })),
        ),
        measured(plainStatement(suite.words).markdown),
        ...reasons.map((reason) => measured(plainStatement(reason).markdown)),
      ),
    ];
  }
  if (section === "change") {
    if (best === undefined) return [unknown("a change; none was handed in")];
    const diffs: Block[] = [];
    for (const [path, text] of best.files)
      diffs.push({
        kind: "code",
        language: "diff",
        text: diffOf(path, (await context.codebase.text(path))?.text ?? "", text),
      });
    return [...written, ...diffs];
  }
  return written.length > 0
    ? written
    : [
        findings(
          hypothesis(
            "the suite and the failing test are all that was run; whether the change is wanted is for a person to say",
          ),
        ),
      ];
}

const SUITE_RESULTS = { "as-before": "met", worse: "unmet", "not-run": "undecided" } as const;

function verdictsOf(best: HandedIn | undefined, targets: readonly string[]): ReadonlyMap<string, Judgement> {
  const run = (check: string, ok: boolean, evidence: string): [string, Judgement] => [
    check,
    { result: ok ? "met" : "unmet", how: "run", evidence: plainStatement(evidence).markdown },
  ];
  if (best === undefined)
    return new Map(
      ["fix-works", "suite-no-worse", "only-targets"].map((check) =>
        run(check, false, "no change was handed in"),
      ),
    );
  const { trial, files } = best;
  const outside = [...files.keys()].filter((path) => !targets.includes(path));
  return new Map([
    run(
      "fix-works",
      trial.works,
      trial.reasons[0] ?? `the test passes in each of ${trial.after.length} runs`,
    ),
    [
      "suite-no-worse",
      {
        result: SUITE_RESULTS[trial.suite.state],
        how: "run",
        evidence: plainStatement(trial.suite.words).markdown,
      },
    ],
    run(
      "only-targets",
      outside.length === 0,
      outside.length === 0
        ? `${counted(files.size, "target file")} changed`
        : `${outside[0]} is no target file`,
    ),
  ]);
}
