import { z } from "zod";
import type { LineCitation } from "../../documents/citation.ts";
import type { Finding } from "../../documents/finding.ts";
import { OUTCOMES, type PhaseOutcome } from "../../phases/outcome.ts";
import { MAX_STATEMENT, submission, submittedCitation, type SubmittedFinding } from "./submission.ts";
import { defineTool, type Tool } from "../tool.ts";
import { type AcceptedFinding, type CheckedFinding, checkFinding, VIEWS } from "./check-finding.ts";
import type { PhaseNeeds } from "../phase-needs.ts";
import type { FindingSource } from "./read-citation.ts";

/** What a model brought to a phase, after the checks. */
export interface Submissions {
  readonly tools: readonly Tool[];
  readonly accepted: readonly AcceptedFinding[];
  /** Findings that failed their check and were not replaced by one that held. */
  dropped(): number;
  isDone(): boolean;
  /** Nothing held: no finding, no answer, no outcome. */
  isEmpty(): boolean;
  /** The answer in a sentence; undefined when none held. */
  summary(): Finding | undefined;
  cause(): ProposedCause | undefined;
  outcome(): CheckedOutcome | undefined;
  /** Of a fix: the model says that the recommendation does not work. */
  refuted(): Finding | undefined;
}

interface ProposedCause {
  readonly lines: LineCitation;
  readonly finding: Finding;
}

export interface CheckedOutcome {
  readonly outcome: PhaseOutcome;
  readonly finding: Finding;
}

const MAX_ACCEPTED = 60;
const SUMMARY = "summary";
const QUESTIONS = "questions";
/** What says that something is missing rests on nothing. */
const MISSING = "missing";
/** Words by which a maintainer decides; "thanks for the report" is no decision. */
const DECIDES =
  /\b(?:wo(?:n['’]t|nt) ?fix|(?:will|would|do|does|is|are|should|can)(?: not|n['’]t)\b|won['’]t|not going to|no plans?|by design|(?:works?|working|behaves?) as|as (?:designed|intended|expected)|intended|intentional|out of scope|declin|reject|clos(?:e|ed|ing)|not a bug|deprecated|end of life|no longer)\b/i;

const finishArgs = z.object({
  summary: z
    .string()
    .max(MAX_STATEMENT)
    .optional()
    .describe("The answer of this phase in one or two sentences; checked like every finding."),
  citations: z.array(submittedCitation).max(8).default([]).describe("What the summary rests on."),
  cause: z
    .object({
      path: z.string().max(1_000),
      start: z.int().min(1),
      end: z.int().min(1).optional(),
      quote: z.string().max(4_000),
      why: z.string().max(MAX_STATEMENT),
    })
    .optional()
    .describe("Only for the root cause: the lines that hold it, and why in one sentence."),
  outcome: z
    .object({
      kind: z.enum(OUTCOMES),
      reason: z.string().max(MAX_STATEMENT),
      citations: z.array(submittedCitation).max(8).default([]),
      questions: z.array(z.string().max(300)).max(5).optional(),
      of: z.string().max(60).optional(),
      parts: z.array(z.string().max(300)).max(6).optional(),
    })
    .optional()
    .describe("Only when the investigation should not simply go on, with what shows it."),
  works: z.boolean().optional().describe("Only for a fix: false when the recommendation does not work."),
});
type FinishArgs = z.infer<typeof finishArgs>;

/**
 * The only ways by which words of a model get into a document. What fails its check goes back with the reasons, at most
 * `rounds` times; after that it is dropped without another word. `mustHave`: more that is missing before the end.
 */
export function openSubmissions(options: {
  readonly needs: PhaseNeeds;
  readonly from: FindingSource;
  readonly rounds: number;
  readonly mustHave?: (accepted: readonly AcceptedFinding[]) => string | undefined;
}): Submissions {
  const { needs, from, rounds, mustHave } = options;
  const accepted: AcceptedFinding[] = [];
  const seen = new Set<string>();
  const waiting = new Map<string, number>();
  let failedRounds = 0;
  let done = false;
  let summary: Finding | undefined;
  let cause: ProposedCause | undefined;
  let outcome: CheckedOutcome | undefined;
  let refuted: Finding | undefined;

  const isLast = (): boolean => failedRounds >= rounds;
  const failed = (): string =>
    ++failedRounds >= rounds
      ? "That was the last correction: what failed is dropped. Submit nothing of it again; end with `finish`."
      : `Mend and submit again what failed, ${rounds - failedRounds} more ${rounds - failedRounds === 1 ? "time" : "times"}; or leave it out.`;

  async function submit(findings: readonly SubmittedFinding[]): Promise<string> {
    const lines: string[] = [];
    let wrong = 0;
    for (const [i, finding] of findings.entries()) {
      const name = `${i + 1}. (${finding.section})`;
      if (accepted.length >= MAX_ACCEPTED) {
        lines.push(`${name} not taken: a document holds at most ${MAX_ACCEPTED} findings.`);
        continue;
      }
      const misplaced = needs.forbids?.(finding.statement);
      const checked: CheckedFinding =
        misplaced === undefined
          ? await checkFinding(finding, needs.sections, from)
          : { ok: false, reasons: [misplaced] };
      if (!checked.ok) {
        wrong++;
        waiting.set(finding.section, (waiting.get(finding.section) ?? 0) + 1);
        lines.push(
          isLast()
            ? `${name} dropped.`
            : `${name} not taken:\n${checked.reasons.map((reason) => `   - ${reason}`).join("\n")}`,
        );
        continue;
      }
      const key = `${finding.section}\n${checked.accepted.finding.text}`;
      if (seen.has(key)) {
        lines.push(`${name} taken already.`);
        continue;
      }
      seen.add(key);
      accepted.push(checked.accepted);
      const left = waiting.get(finding.section) ?? 0;
      if (left > 0) waiting.set(finding.section, left - 1);
      lines.push([`${name} taken.`, ...checked.notes.map((note) => `   (${note})`)].join("\n"));
    }
    if (wrong > 0) lines.push(failed());
    return lines.join("\n");
  }

  async function finish(args: FinishArgs): Promise<string> {
    const wrong: string[] = [];
    const provenance = args.citations.some(
      ({ path, commit, search }) => (path ?? commit ?? search) !== undefined,
    )
      ? ("code" as const)
      : ("inference" as const);
    const misplaced = args.summary === undefined ? undefined : needs.forbids?.(args.summary);
    if (misplaced !== undefined) wrong.push(`summary: ${misplaced}`);
    else if (args.summary !== undefined) {
      const checked = await checkFinding(
        { section: SUMMARY, statement: args.summary, provenance, citations: args.citations },
        [SUMMARY],
        from,
      );
      if (checked.ok) summary = checked.accepted.finding;
      else wrong.push(...checked.reasons.map((reason) => `summary: ${reason}`));
    }
    if (args.cause !== undefined) {
      const read = await readCause(args.cause, from);
      if (typeof read === "string") wrong.push(`cause: ${read}`);
      else cause = read;
    }
    if (args.outcome !== undefined) {
      const read = await readOutcome(args.outcome, needs, from);
      if (typeof read === "string") wrong.push(`outcome: ${read}`);
      else outcome = read;
    }
    if (args.works === false) refuted = summary;
    if (outcome === undefined && refuted === undefined) {
      const lacking = needs.lacks(accepted, cause !== undefined) ?? mustHave?.(accepted);
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
    description: `Hands in findings, which Casebook checks before anyone reads them: every quotation must stand in its lines, every name and number of a sentence in what it cites. Sections: ${needs.sections.join(", ")}. The answer says what was taken and what is wrong with the rest.`,
    args: submission,
    run: ({ findings }) => submit(findings),
    restore: async ({ findings }) => void (await submit(findings)),
  });
  const finishTool = defineTool({
    name: "finish",
    description: `Ends this phase.${needs.outcomes.length > 0 ? ` Outcomes: ${needs.outcomes.join(", ")}; leave the outcome out when the investigation should go on.` : ""}`,
    args: finishArgs,
    run: finish,
    restore: async (args) => void (await finish(args)),
  });
  return {
    tools: [submitTool, finishTool],
    accepted,
    dropped: () => [...waiting.values()].reduce((sum, count) => sum + count, 0),
    isDone: () => done,
    isEmpty: () =>
      accepted.length === 0 && [summary, cause, outcome, refuted].every((value) => value === undefined),
    summary: () => summary,
    cause: () => cause,
    outcome: () => outcome,
    refuted: () => refuted,
  };
}

async function readCause(
  { path, start, end, quote, why }: NonNullable<FinishArgs["cause"]>,
  from: FindingSource,
): Promise<ProposedCause | string> {
  const citation = { path, start, ...(end === undefined ? {} : { end }), quote };
  const checked = await checkFinding(
    { section: SUMMARY, statement: why, provenance: "code", citations: [citation] },
    [SUMMARY],
    from,
  );
  if (!checked.ok) return checked.reasons.join(" ");
  const { finding } = checked.accepted;
  const lines = finding.citations.find((found): found is LineCitation => found.kind === "lines");
  return lines === undefined ? "it cites no lines" : { lines, finding: { ...finding, provenance: "model" } };
}

/** An outcome ends or holds the work of others: what shows it is asked for by kind. */
async function readOutcome(
  { kind, reason, citations, questions, of, parts }: NonNullable<FinishArgs["outcome"]>,
  needs: PhaseNeeds,
  from: FindingSource,
): Promise<CheckedOutcome | string> {
  if (!needs.outcomes.includes(kind))
    return `${kind} is no end of this phase; possible: ${needs.outcomes.join(", ") || "none"}.`;
  const isMaintainers = citations.some(({ issue }) => issue !== undefined) && kind === "wont-fix";
  const section = kind === "needs-info" && citations.length === 0 ? MISSING : SUMMARY;
  const checked = await checkFinding(
    {
      section,
      statement: reason,
      provenance: isMaintainers
        ? "maintainer"
        : citations.some(({ path, commit, search }) => (path ?? commit ?? search) !== undefined)
          ? "code"
          : "inference",
      citations,
    },
    [section],
    from,
  );
  if (!checked.ok) return checked.reasons.join(" ");
  const { finding } = checked.accepted;
  const plain = async (
    texts: readonly string[],
    as: typeof QUESTIONS | typeof VIEWS,
  ): Promise<readonly string[] | string> => {
    const read: string[] = [];
    for (const text of texts) {
      const item = await checkFinding(
        { section: as, statement: text, provenance: "inference", citations: [] },
        [as],
        from,
      );
      if (!item.ok) return item.reasons.join(" ");
      read.push(item.accepted.finding.text);
    }
    return read;
  };
  switch (kind) {
    case "needs-info": {
      if (questions === undefined || questions.length === 0)
        return "needs-info names the `questions` for the reporter.";
      const asked = await plain(questions, QUESTIONS);
      return typeof asked === "string"
        ? `questions: ${asked}`
        : { finding, outcome: { kind, reason: finding.text, questions: asked } };
    }
    case "several-causes": {
      if (parts === undefined || parts.length < 2) return "several-causes names the `parts`, at least two.";
      const split = await plain(parts, VIEWS);
      return typeof split === "string"
        ? `parts: ${split}`
        : { finding, outcome: { kind, reason: finding.text, parts: split } };
    }
    case "duplicate": {
      const commit = finding.citations.find((citation) => citation.kind === "commit");
      const named = /^#?([1-9]\d{0,9})$/.exec(of ?? "")?.[1];
      const isNamed = named !== undefined && new RegExp(`#${named}\\b`).test(from.source.issueText ?? "");
      if (commit === undefined && !isNamed)
        return "duplicate names an issue that this issue mentions (`of`), or cites the commit that fixed it.";
      return {
        finding,
        outcome: {
          kind,
          reason: finding.text,
          of: commit?.kind === "commit" ? commit.oid : `#${named}`,
        },
      };
    }
    case "wont-fix":
      return isMaintainers && finding.citations.some((one) => one.kind === "issue" && DECIDES.test(one.quote))
        ? { finding, outcome: { kind, reason: finding.text } }
        : "wont-fix is a maintainer's decision: cite the words of a maintainer's comment that decide it.";
    case "not-a-bug":
    case "cannot-reproduce":
      return finding.citations.length === 0
        ? `${kind} cites what shows it.`
        : { finding, outcome: { kind, reason: finding.text } };
  }
}
