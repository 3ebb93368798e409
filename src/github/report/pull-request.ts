import { printable } from "../../text/inline-code.ts";
import { LIMITS } from "../../text/github-limits.ts";
import type { Rules } from "../../investigation/event.ts";
import type { Investigation } from "../../investigation/investigation.ts";
import type { PhaseRecord } from "../../phases/phase-result.ts";
import type { Micros } from "../../llm/money.ts";
import { outcomeSentence } from "../../phases/outcome.ts";
import { MAX_WORDS, changesCode, partialOf, researchedBy, spentOf } from "./phase-words.ts";
import { lengthen } from "../../text/lengthen.ts";
import { clipMarkdown, type SafeText, safeText, safeTitle } from "../../text/safe-text.ts";
import { criteriaTable, costTable, label, byTelling, TELLING, evidenceTable } from "./pull-tables.ts";

export interface PullInput {
  readonly investigation: Investigation;
  readonly issue: { readonly number: number; readonly title: string };
  /** `https://github.com/o/r`. */
  readonly repository: { readonly webUrl: string };
  readonly rules: Rules;
  readonly branch: string;
  /** The phase that has this pull request for itself. */
  readonly phase?: string;
  /** What the investigation may cost, everybody's limits taken together; what was asked for when undefined. */
  readonly cap?: Micros;
}

const MAX_QUESTIONS = 20;

/** Title and body of the pull request that brings the documents: the finding, what was checked and how, the evidence. */
export function pullRequest(input: PullInput): { readonly title: SafeText; readonly body: SafeText } {
  const { investigation, issue, repository, phase } = input;
  const safe = (markdown: string): SafeText => safeText(markdown, { webUrl: repository.webUrl });
  const shown = shownIn(investigation, phase);
  const finding = telling(shown);
  const parts = [
    { text: safe(findingOf(finding, shown)), rank: 0 },
    { text: safe(otherFindings(shown, finding)), rank: 5 },
    { text: `Refs #${issue.number}` as SafeText, rank: 0 },
    { text: criteriaTable(shown, safe), rank: 2 },
    { text: safe(evidenceTable(shown, { base: investigation.base, webUrl: repository.webUrl })), rank: 4 },
    { text: safe(questionsOf(shown)), rank: 3 },
    { text: safe(nextOf(investigation, changesCode(shown))), rank: 1 },
    { text: safe(filesOf(input, shown)), rank: 1 },
    { text: safe(costTable(shown)), rank: 5 },
    { text: safe(footer(input)), rank: 1 },
  ];
  return {
    title: titleOf(input),
    body: lengthen(parts, LIMITS.ownBodyCharacters),
  };
}

/** Phases that this pull request is about. */
function shownIn({ phases }: Investigation, phase: string | undefined): readonly PhaseRecord[] {
  return phases.filter(({ type }) => phase === undefined || type === phase);
}

/** The issue's number stays a reference in the title; nothing else of it does anything. */
function titleOf({ issue, phase, investigation }: PullInput): SafeText {
  // Who squashes it merges under this title, and tools that count versions believe it.
  const kind = changesCode(shownIn(investigation, phase)) ? "fix" : "docs";
  const ours = `${kind}(casebook): #${issue.number}${phase === undefined ? "" : ` ${phase}`} – `;
  return `${ours}${safeTitle(issue.title, LIMITS.ownTitleCharacters - ours.length)}` as SafeText;
}

/** The phase whose finding a reader wants to know first. */
function telling(phases: readonly PhaseRecord[]): PhaseRecord | undefined {
  return [...TELLING, ...phases.map(({ type }) => type)]
    .map((type) => phases.find((candidate) => candidate.type === type && candidate.lead !== undefined))
    .find((candidate) => candidate !== undefined);
}

/** How phases ended comes first, then whether a limit cut them short, then the finding. */
function findingOf(record: PhaseRecord | undefined, phases: readonly PhaseRecord[]): string {
  const outcomes = phases.flatMap(({ type, outcome }) =>
    outcome === undefined ? [] : [`**${type}**: ${clipMarkdown(outcomeSentence(outcome), MAX_WORDS)}`],
  );
  // A limit of the whole investigation ends every phase after it in the same way.
  const partials = new Map<string, string[]>();
  for (const phase of phases) {
    const partial = partialOf(phase);
    if (partial !== "") partials.set(partial, [...(partials.get(partial) ?? []), phase.type]);
  }
  const cut = [...partials].map(
    ([partial, types]) => `**${types.join(", ")}**: ${clipMarkdown(partial, MAX_WORDS)}`,
  );
  const finding = clipMarkdown(record?.lead ?? "No phase has a finding yet.", MAX_WORDS);
  return ["## Finding", ...outcomes, ...cut, ...(saysOutcome(record) ? [] : [finding])].join("\n\n");
}

/** A document of a phase with an outcome starts with the reason, which is shown already. */
function saysOutcome({ lead, outcome }: Partial<PhaseRecord> = {}): boolean {
  return lead !== undefined && outcome !== undefined && lead.endsWith(outcome.reason);
}

function otherFindings(phases: readonly PhaseRecord[], recordAnswer: PhaseRecord | undefined): string {
  return phases
    .filter(({ lead, type }) => lead !== undefined && type !== recordAnswer?.type)
    .map(({ type, lead }) => `- **${type}**: ${clipMarkdown(lead ?? "", MAX_WORDS)}`)
    .join("\n");
}

function questionsOf(phases: readonly PhaseRecord[]): string {
  const open = phases.flatMap(({ type, criteria = [] }) =>
    criteria
      .filter(({ result }) => result !== "met")
      .map(
        ({ text, evidence }) =>
          `- ${type}: ${clipMarkdown(text, MAX_WORDS)} – ${clipMarkdown(evidence, MAX_WORDS)}`,
      ),
  );
  const unknown = byTelling(phases).flatMap(({ type, unknowns = [] }) =>
    unknowns.map((text) => `- ${type}: not known: ${clipMarkdown(text, MAX_WORDS)}`),
  );
  const asked = phases.flatMap(({ type, outcome }) =>
    (outcome?.questions ?? []).map(
      (question) => `- ${type} asks the reporter: ${clipMarkdown(question, MAX_WORDS)}`,
    ),
  );
  const questions = [...new Set([...asked, ...open, ...unknown])];
  if (questions.length === 0) return "";
  const more =
    questions.length > MAX_QUESTIONS
      ? [`- ${questions.length - MAX_QUESTIONS} more stand in the documents.`]
      : [];
  return ["## Open questions", "", ...questions.slice(0, MAX_QUESTIONS), ...more].join("\n");
}

function nextOf({ stage, wanted, endedBy }: Investigation, hasChange: boolean): string {
  const [next] = wanted;
  const isOver = stage === "done" && endedBy !== undefined && next !== undefined;
  const lines = [
    ...(stage === "needs-info"
      ? [
          "- An answer to the questions in the issue lets the research go on; `/casebook retry` goes on without one.",
        ]
      : []),
    ...(stage === "awaiting-choice"
      ? [`- \`/casebook run ${next}\` goes on with all causes in one; an issue for each keeps them apart.`]
      : []),
    ...(isOver ? [`- \`/casebook retry\` goes on all the same, with \`${next}\`.`] : []),
    ...(stage === "awaiting-approval"
      ? ["- `/casebook approve` lets the next phase begin; `/casebook reject REASON` ends the investigation."]
      : []),
    "- `/casebook at PATH:LINE-LINE` says where the cause is; root cause and impact map follow.",
    "- `/casebook refresh` reads the newest commit, `/casebook retry` works again what failed.",
    hasChange
      ? "- Merging takes the change of code with its test and keeps the documents: look through it first. Closing means no, until `/casebook retry`."
      : "- Merging keeps the documents and ends the investigation. Closing means no, until `/casebook retry`.",
  ];
  return ["## What to comment next", "", ...lines].join("\n");
}

function filesOf({ repository, branch }: PullInput, phases: readonly PhaseRecord[]): string {
  const paths = phases.flatMap(({ files = [] }) => files).sort();
  if (paths.length === 0) return "";
  return [
    "## Documents",
    "",
    ...paths.map((path) => `- [${label(path)}](${repository.webUrl}/blob/${branch}/${path})`),
  ].join("\n");
}

function footer({ investigation, repository, branch, cap }: PullInput): string {
  const { base, repository: id, issue, runs, phases } = investigation;
  const by = researchedBy(phases);
  const money = by === undefined ? undefined : spentOf(investigation, cap);
  const facts = [
    ...(base === undefined
      ? []
      : [`base commit [\`${base.slice(0, 12)}\`](${repository.webUrl}/tree/${base})`]),
    `branch \`${printable(branch)}\``,
    `run \`${id}-${issue}-${runs}\``,
    by ?? "built-in researcher, no model, no cost",
    ...(money === undefined ? [] : [money]),
    "every reference was checked by machine at the base commit",
  ];
  return `*${facts.join(" · ")}*`;
}
