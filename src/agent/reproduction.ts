import { z } from "zod";
import type { Citation } from "../documents/citation.ts";
import { inlineCode } from "../text/inline-code.ts";
import type { Block, Finding, ResearchDocument } from "../documents/finding.ts";
import { plainStatement } from "./submission/plain-statement.ts";
import { reproductionTestFileOf } from "../phases/names.ts";
import { defineTool, type Tool } from "./tool.ts";
import type { Judgement } from "../phases/decide-criterion.ts";
import { fenceWord } from "../languages/languages.ts";
import type { PhaseDraft } from "../phases/builtin/researcher.ts";
import { fact, findings, measured, unknown } from "../phases/builtin/statements.ts";
import { counted } from "../text/counted.ts";
import { isOurs, isPlainPath } from "./code-runner.ts";
import { judge } from "./judge.ts";
import { blocksOfSection, explanationBlocks } from "./merge-document.ts";
import { explained } from "./submission/explanation.ts";
import type { CheckedOutcome } from "./submission/read-outcome.ts";
import { openSubmissions } from "./submission/submissions.ts";
import { openTestBench, type TestBench } from "./test-bench.ts";
import type { Trial } from "./trial.ts";
import type { PhaseRun } from "./phase-run.ts";

const STEPS = "steps-for-a-person";
const MAX_TEST = 60_000;
/** Tests that a model may hand in. */
const MAX_TRIES = 6;

const testArgs = z.object({
  path: z.string().min(1).max(300).describe("Where the test belongs, a new file beside the existing tests."),
  text: z.string().min(20).max(MAX_TEST).describe("The whole file."),
});
type TestArgs = z.infer<typeof testArgs>;

/** A test that was handed in, with what Casebook saw when it ran it. */
interface HandedIn {
  readonly path: string;
  readonly text: string;
  readonly trial: Trial;
}

/** Lets a model write a test, runs it, and says what was seen. That it fails is never the model's word. */
export async function runReproduction(phaseRun: PhaseRun): Promise<PhaseDraft> {
  const { needs, from, limits, context } = phaseRun;
  const bench = await openTestBench(phaseRun);
  const tries: HandedIn[] = [];
  const submissions = openSubmissions({
    needs,
    from,
    rounds: limits.rounds,
    mustHave: (taken) =>
      tries.length > 0 || taken.some(({ section }) => section === STEPS)
        ? undefined
        : bench.why === undefined
          ? `Hand in a test with \`submit_test\`, or steps in the section ${STEPS}.`
          : `Give the steps for a person in the section ${STEPS}.`,
  });
  const { partial } = await phaseRun.converse({
    submissions,
    tools: bench.why === undefined ? [submitTest(phaseRun, bench, tries)] : [],
    request: requestFor(bench),
  });
  const best = tries.find(({ trial }) => trial.kind === "reproduced") ?? tries.at(-1);
  const outcome = outcomeFrom(submissions.outcome(), tries);
  const { explanation, withdrawn } = await explained(submissions, phaseRun);
  const document: ResearchDocument = {
    phase: phaseRun.phase.type,
    title: `${phaseRun.phase.title} of issue ${context.issue.key}`,
    baseCommit: context.baseCommit,
    lead: [leadOf(best, bench)],
    ...(outcome === undefined ? {} : { headline: outcome.claim }),
    sections: phaseRun.phase.sections.map((section) => ({
      ...section,
      blocks:
        section.id === "explanation"
          ? explanationBlocks(explanation)
          : blocksFor(section.id, best, bench, blocksOfSection(section.id, submissions.taken), phaseRun),
    })),
  };
  const isReproduced = best?.trial.kind === "reproduced";
  const judgements = new Map<string, Judgement>([
    ...verdictsOf(best, bench),
    ...(isReproduced ? await judge(phaseRun, document) : []),
  ]);
  const file = best === undefined ? undefined : reproductionTestFileOf(context.issue.key, best.path);
  return {
    document,
    researcher: "",
    dropped: submissions.dropped(),
    runs: phaseRun.runner.runs,
    withdrawn,
    ...(isReproduced && best !== undefined && file !== undefined
      ? { files: new Map([[file, best.text]]), test: best.path }
      : {}),
    ...(outcome === undefined ? {} : { outcome: outcome.outcome }),
    ...(partial === undefined ? {} : { partial }),
    judgements,
  };
}

/** That it cannot be reproduced is said only after a test was run, and never beside one that does it. */
function outcomeFrom(
  told: CheckedOutcome | undefined,
  tries: readonly HandedIn[],
): CheckedOutcome | undefined {
  if (told?.outcome.kind !== "cannot-reproduce") return told;
  const wasRun = tries.some(({ trial }) => trial.kind === "not-reproduced" || trial.kind === "flaky");
  return wasRun && tries.every(({ trial }) => trial.kind !== "reproduced") ? told : undefined;
}

function requestFor(bench: TestBench): string {
  return bench.why === undefined
    ? `Tests can be run here: ${bench.describe}. New tests go to ${bench.hint}. Hand in with \`submit_test\`, at most ${MAX_TRIES} times.`
    : `No test can be run here: ${bench.why}. Give the steps for a person in the section steps-for-a-person.`;
}

function submitTest(phaseRun: PhaseRun, bench: TestBench, tries: HandedIn[]): Tool {
  const { context } = phaseRun;
  // None of these begins with words of the model: the first line of an answer is where a verdict stands.
  const wrong = ({ path, text }: TestArgs): string | undefined => {
    if (!isPlainPath(path)) return `Not run: ${inlineCode(path)} is no path inside the repository.`;
    if (isOurs(path)) return `Not run: no test stands in ${inlineCode(path.split("/")[0]!)}.`;
    if (context.codebase.tree.find(path) !== undefined)
      return `Not run: ${inlineCode(path)} exists already; a reproduction is a file of its own.`;
    if (/[^\P{Cc}\t\n\r]/u.test(text)) return "Not run: the text holds control characters.";
    const refused = bench.refuses(path);
    return refused === undefined ? undefined : `Not run: ${refused}`;
  };
  return defineTool({
    name: "submit_test",
    description:
      "Hands in the reproducing test. Casebook runs it several times on the base commit, and the rest of the suite with and without it, and answers with what it saw.",
    args: testArgs,
    async run(args, signal) {
      if (tries.length >= MAX_TRIES) return `No more tests are run; ${MAX_TRIES} were handed in.`;
      const reason = wrong(args);
      if (reason !== undefined) return reason;
      const trial = await bench.try({ path: args.path, text: args.text }, signal);
      tries.push({ path: args.path, text: args.text, trial });
      return bench.answer(trial);
    },
    async restore(args, answer) {
      if (wrong(args) !== undefined) return;
      const trial = bench.recall(answer);
      if (trial !== undefined) tries.push({ path: args.path, text: args.text, trial });
    },
  });
}

function leadOf(best: HandedIn | undefined, bench: TestBench): Finding {
  if (best === undefined)
    return measured(
      bench.why === undefined
        ? "No test was handed in, so the failure is not reproduced."
        : `No code was run: ${plainStatement(bench.why).markdown}.`,
    );
  const name = inlineCode(best.path);
  switch (best.trial.kind) {
    case "reproduced":
      return measured(
        `The failure is reproduced: ${name} fails at the base commit in each of ${counted(best.trial.runs.length, "run")}.`,
        citationsOf(best.trial),
      );
    case "flaky":
      return measured(
        `The test ${name} does not end the same way every time: flaky.`,
        citationsOf(best.trial),
      );
    default:
      return measured(
        `The failure is not reproduced: ${plainStatement(best.trial.reasons[0] ?? "the test does not fail").markdown}.`,
        citationsOf(best.trial),
      );
  }
}

function citationsOf({ runs, failure }: Trial): readonly Citation[] {
  const [first] = runs;
  return first === undefined ? [] : [{ kind: "run", run: first, quote: failure ?? first.end }];
}

function blocksFor(
  section: string,
  best: HandedIn | undefined,
  bench: TestBench,
  written: readonly Block[],
  { context }: PhaseRun,
): readonly Block[] {
  switch (section) {
    case "reproduction-result":
      return resultBlocks(best, bench);
    case "test":
      if (best === undefined) return [unknown("a test; none was handed in")];
      return [
        {
          kind: "note",
          text:
            best.trial.kind === "reproduced"
              ? `It belongs at ${inlineCode(best.path)}; here it lies beside this document as ${inlineCode(reproductionTestFileOf(context.issue.key, best.path))}, so that merging the research breaks nobody's tests.`
              : `It was tried at ${inlineCode(best.path)}, and is not committed:`,
        },
        {
          kind: "code",
          language: fenceWord(best.path),
          text: best.text.replaceAll("\r\n", "\n").replace(/\n+$/, ""),
        },
      ];
    case STEPS:
      return written.length > 0
        ? written
        : best?.trial.kind === "reproduced"
          ? [{ kind: "note", text: "The test above does what a person would do." }]
          : [unknown("steps that a person could follow; none were handed in that held")];
    default:
      return written.length > 0 ? written : [unknown("why it fails; nothing was handed in that held")];
  }
}

function resultBlocks(best: HandedIn | undefined, bench: TestBench): readonly Block[] {
  const blocks: Block[] = [];
  if (bench.shownBy.length > 0)
    blocks.push(
      findings(fact(`the tests run with ${plainStatement(bench.describe).markdown}`, bench.shownBy)),
    );
  if (bench.why !== undefined)
    return [
      ...blocks,
      unknown(`whether it fails: no code was run, since ${plainStatement(bench.why).markdown}`),
    ];
  if (best === undefined) return [...blocks, unknown("whether it fails: no test was handed in")];
  const { trial } = best;
  blocks.push(
    findings(
      measured(
        `${inlineCode(best.path)} was run ${counted(trial.runs.length, "time")} on the base commit: ${trial.kind.replace("-", " ")}`,
        trial.runs.map((run): Citation => ({ kind: "run", run, quote: run.end })).slice(0, 5),
      ),
      ...trial.reasons.map((reason) => measured(plainStatement(reason).markdown, citationsOf(trial))),
    ),
  );
  return blocks;
}

function verdictsOf(best: HandedIn | undefined, bench: TestBench): readonly [string, Judgement][] {
  if (best === undefined) {
    const evidence =
      bench.why === undefined
        ? "no test was handed in"
        : `no code was run: ${plainStatement(bench.why).markdown}`;
    return [
      ["reproduced", { result: "undecided", how: "run", evidence }],
      ["suite-runs", { result: "undecided", how: "run", evidence }],
    ];
  }
  const { trial } = best;
  return [
    [
      "reproduced",
      {
        // Flaky and not reproduced are results; a person decides what follows from them.
        result: trial.kind === "reproduced" ? "met" : "undecided",
        how: "run",
        evidence: plainStatement(`${trial.kind.replace("-", " ")}: ${trial.reasons[0] ?? ""}`).markdown,
      },
    ],
    [
      "suite-runs",
      {
        result: trial.suite.state === "as-before" ? "met" : "undecided",
        how: "run",
        evidence: plainStatement(trial.suite.words).markdown,
      },
    ],
  ];
}
