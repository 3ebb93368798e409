import { INTERPRETERS } from "../../claims/program-prints.ts";
import { proposedCause } from "../../claims/proposed-cause.ts";
import type { StatedClaim } from "../../documents/finding.ts";
import type { Location } from "../../text/location.ts";
import type { CodeRunner } from "../code-runner.ts";
import { defineTool, type Tool } from "../tool.ts";
import type { PhaseNeeds } from "../phase-needs.ts";
import { readExplanation, type Sentence } from "./explanation.ts";
import { type CheckedOutcome, readOutcome } from "./read-outcome.ts";
import type { TakenClaim, Withdrawal } from "./taken-claim.ts";
import { type ClaimSource, readCause, stateClaim } from "./state-claim.ts";
import {
  type Ending,
  ending,
  HANDED,
  type HandedClaim,
  type HandedType,
  submissionFor,
} from "./submission.ts";

/** What a model brought to a phase, after the checks. */
export interface Submissions {
  readonly tools: readonly Tool[];
  readonly taken: readonly TakenClaim[];
  /** Claims that failed their check and were not replaced by one that held. */
  dropped(): number;
  isDone(): boolean;
  /** Nothing held: no claim, no cause, no outcome. */
  isEmpty(): boolean;
  explanation(): readonly Sentence[];
  withdrawals(): readonly Withdrawal[];
  cause(): { readonly claim: StatedClaim; readonly first: Location } | undefined;
  outcome(): CheckedOutcome | undefined;
  /** Of a fix: the model says that the recommendation does not work. */
  isRefuted(): boolean;
}

const MAX_TAKEN = 60;
/** Of one type: changes are long, programs are run three times. */
const MAX_OF_TYPE: Readonly<Partial<Record<HandedType, number>>> = { option: 3, executable: 10, question: 5 };

/** Sections that a type always goes to, the first that a phase has. */
const PLACES: Readonly<Partial<Record<HandedType, readonly string[]>>> = {
  hypothesis: ["hypotheses"],
  option: ["options"],
  question: ["questions"],
  unknown: ["missing", "not-established", "not-established-fix"],
  step: ["steps-for-a-person"],
};

/** Types that only phases with one of these sections are told of. */
const SHOWN_WITH: Readonly<Partial<Record<HandedType, readonly string[]>>> = {
  alike: ["similar"],
  value: ["hypotheses"],
};

const REPORT = "report";

/**
 * The only ways by which a model gets anything into a document. What fails its check goes back with the reason, at most
 * `rounds` times; after that it is dropped without another word. `mustHave`: more that is missing before the end.
 */
export function openSubmissions(options: {
  readonly needs: PhaseNeeds;
  readonly from: ClaimSource;
  readonly rounds: number;
  readonly mustHave?: (taken: readonly TakenClaim[]) => string | undefined;
}): Submissions {
  const { needs, from, rounds, mustHave } = options;
  const hasEarlier = (from.earlier?.size ?? 0) > 0;
  const taken: TakenClaim[] = [];
  const seen = new Set<string>();
  let failedRounds = 0;
  /** Refused since the last claim that was taken in its place. */
  let waiting = 0;
  let done = false;
  let explanation: readonly Sentence[] = [];
  let cause: ReturnType<Submissions["cause"]>;
  let outcome: CheckedOutcome | undefined;
  let isRefuted = false;

  const isLast = (): boolean => failedRounds >= rounds;
  const failed = (): string =>
    ++failedRounds >= rounds
      ? "That was the last correction: what failed is dropped. Submit nothing of it again; end with `finish`."
      : `Mend and submit again what failed, ${rounds - failedRounds} more ${rounds - failedRounds === 1 ? "time" : "times"}; or leave it out.`;

  async function take(
    handed: HandedClaim,
    source: ClaimSource,
    signal: AbortSignal,
  ): Promise<string | TakenClaim> {
    const section =
      PLACES[handed.type]?.find((one) => needs.sections.includes(one)) ??
      handed.section ??
      // What the report says is what a person said there.
      needs.sections.find((one) => one !== REPORT || handed.type === "said")!;
    if (section === REPORT && handed.type !== "said")
      return `Section ${REPORT} takes claims of type said alone.`;
    if (!needs.sections.includes(section))
      return `There is no such section; there are ${needs.sections.join(", ")}.`;
    const most = MAX_OF_TYPE[handed.type];
    if (most !== undefined && taken.filter(({ type }) => type === handed.type).length >= most)
      return `At most ${most} of this type are taken.`;
    const misplaced = handed.text === undefined ? undefined : needs.forbids?.(handed.text);
    if (misplaced !== undefined) return misplaced;
    const stated = await stateClaim(handed, { ...source, taken }, signal);
    if (typeof stated === "string") return stated;
    const { claims, blocks = [], text, note, withdrawal } = stated;
    const key = JSON.stringify([
      section,
      claims.map(({ type, data }) => [type, data]),
      blocks,
      text,
      withdrawal?.file,
      withdrawal?.statement,
    ]);
    if (seen.has(key)) return "It is taken already.";
    seen.add(key);
    const one: TakenClaim = {
      number: taken.length + 1,
      section,
      type: handed.type,
      claims,
      blocks,
      ...(text === undefined ? {} : { text }),
      ...(handed.step === undefined ? {} : { step: handed.step }),
      ...(withdrawal === undefined ? {} : { withdrawal }),
    };
    taken.push(one);
    if (note !== undefined) notes.set(one.number, note);
    return one;
  }
  const notes = new Map<number, string>();

  /** `answered`: what was answered when the same was handed in before; then nothing is run again. */
  async function submit(
    handed: readonly HandedClaim[],
    signal: AbortSignal,
    answered?: string,
  ): Promise<string> {
    const { runner } = from;
    if (answered !== undefined) runner.recall(answered);
    const before = runner.runs.length;
    const source = answered === undefined ? from : { ...from, runner: recalledRunner(runner) };
    const lines: string[] = [];
    let wrong = 0;
    for (const [i, claim] of handed.entries()) {
      const name = `${i + 1}. (${claim.type})`;
      const read =
        taken.length >= MAX_TAKEN
          ? `A document holds at most ${MAX_TAKEN}.`
          : answered !== undefined && !wasTaken(name, answered)
            ? "It was refused before."
            : await take(claim, source, signal);
      if (typeof read === "string") {
        wrong++;
        lines.push(isLast() ? `${name} dropped.` : `${name} not taken: ${read}`);
        continue;
      }
      waiting = Math.max(0, waiting - 1);
      const note = notes.get(read.number);
      lines.push(
        `${name} taken as claim ${read.number}${read.claims.length === 0 ? "" : `: ${read.claims.map(({ text }) => text).join("; ")}`}${note === undefined ? "" : ` (${note})`}`,
      );
    }
    waiting += wrong;
    if (wrong > 0) lines.push(failed());
    // A run that continues reads them back.
    return [...lines, ...runner.runs.slice(before).map((run) => runner.shown(run))].join("\n");
  }

  async function finish(args: Ending): Promise<string> {
    const wrong: string[] = [];
    const misplaced = args.explanation
      .map(({ text }) => needs.forbids?.(text))
      .find((one) => one !== undefined);
    const read = misplaced ?? readExplanation(args.explanation, taken);
    if (typeof read === "string") wrong.push(`explanation: ${read}`);
    else explanation = read;
    if (args.cause !== undefined && args.cause.length > 0) {
      const places = await readCause(args.cause, from.source, from.context);
      if (typeof places === "string") wrong.push(`cause: ${places}`);
      else cause = { claim: proposedCause.of(places), first: places.places[0]!.lines };
    }
    if (args.outcome !== undefined) {
      const ended = await readOutcome(args.outcome, needs.outcomes, taken, from);
      if (typeof ended === "string") wrong.push(`outcome: ${ended}`);
      else outcome = ended;
    }
    isRefuted = args.works === false;
    if (outcome === undefined && !isRefuted) {
      const lacking = needs.lacks(taken, cause !== undefined) ?? mustHave?.(taken);
      if (lacking !== undefined) wrong.push(lacking);
    }
    if (wrong.length === 0 || isLast()) {
      done = true;
      return "The end. Thank you.";
    }
    return `Not yet:\n${wrong.map((reason) => `- ${reason}`).join("\n")}\n${failed()}`;
  }

  const submitTool = defineTool({
    name: "submit",
    description: [
      "Hands in claims. Casebook looks at the code, the issue or a run, writes the sentence itself and says what it took; what it cannot decide is not taken.",
      `Sections: ${needs.sections.join(", ")}. In \`sequence\`, \`step\` numbers the chain of events.`,
      ...Object.entries(HANDED)
        .filter(([type]) => type !== "withdraw" || hasEarlier)
        .filter(([type]) => {
          const places = PLACES[type as HandedType] ?? SHOWN_WITH[type as HandedType];
          return places === undefined || places.some((place) => needs.sections.includes(place));
        })
        .map(([type, fields]) => `- ${type}: ${fields}`),
    ].join("\n"),
    args: submissionFor(needs.sections, hasEarlier),
    run: ({ claims }, signal) => submit(claims, signal),
    restore: async ({ claims }, answer, signal) => void (await submit(claims, signal, answer)),
  });
  const finishTool = defineTool({
    name: "finish",
    description: `Ends this phase.${needs.outcomes.length > 0 ? ` Outcomes: ${needs.outcomes.join(", ")}; leave the outcome out when the investigation should go on.` : ""}`,
    args: endingOf(needs),
    run: (args) => finish(ending.parse(args)),
    restore: async (args) => void (await finish(ending.parse(args))),
  });
  return {
    tools: [submitTool, finishTool],
    taken,
    dropped: () => waiting,
    isDone: () => done,
    isEmpty: () => taken.length === 0 && cause === undefined && outcome === undefined && !isRefuted,
    explanation: () => explanation,
    withdrawals: () => taken.flatMap(({ withdrawal }) => withdrawal ?? []),
    cause: () => cause,
    outcome: () => outcome,
    isRefuted: () => isRefuted,
  };
}

/** What a phase can end with: a cause where it has hypotheses, an outcome where one is legal, a refusal where it has a change. */
function endingOf({ sections, outcomes }: PhaseNeeds) {
  return ending.omit({
    ...(sections.some((one) => one === "hypotheses" || one === "stage-root-cause") ? {} : { cause: true }),
    ...(outcomes.length > 0 ? {} : { outcome: true }),
    ...(sections.includes("change") ? {} : { works: true }),
  });
}

/** Our own lines come before anything that a program printed. */
function wasTaken(name: string, answer: string): boolean {
  const own = answer.split("\n<<data ")[0]!;
  return own.split("\n").some((line) => line.startsWith(`${name} taken `));
}

/** Gives the runs of earlier and runs nothing. What they showed was decided then. */
function recalledRunner(runner: CodeRunner): CodeRunner {
  return {
    ...runner,
    async evaluate(language, program) {
      const command = JSON.stringify([...INTERPRETERS[language], program]);
      const run = runner.runs.findLast((one) => JSON.stringify(one.command) === command);
      return run === undefined ? "Its run is lost." : { run, isStable: true, needsRepository: true };
    },
    without: async () => undefined,
  };
}
