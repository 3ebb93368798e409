import { inlineCode, printable } from "../../text/inline-code.ts";
import { LIMITS } from "../../text/github-limits.ts";
import type { LineReference } from "../../documents/parse-document.ts";
import type { Rules } from "../../investigation/event.ts";
import type { Investigation } from "../../investigation/investigation.ts";
import { canRun } from "../../investigation/plan.ts";
import type { CriterionResult, PhaseRecord } from "../../phases/phase-result.ts";
import type { Micros } from "../../llm/money.ts";
import { lengthen, type Part } from "../../text/lengthen.ts";
import { clipMarkdown, safeBlocks, type SafeText, safeText, safeTitle } from "../../text/safe-text.ts";
import { type Answer, answerOf } from "./answer.ts";
import { criteriaLine, criteriaTables, label } from "./pull-tables.ts";
import { outcomeSentence } from "../../phases/outcome.ts";
import { nextStep } from "./next-step.ts";
import { distinctPlaces, permalink, placeName } from "./permalink.ts";
import { changesCode, MAX_WORDS, partialOf, researchedBy, spentOf } from "./phase-words.ts";

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

/** Title and body of the pull request that brings the documents: the answer, its places, what is open, what to do next. */
export function pullRequest(input: PullInput): { readonly title: SafeText; readonly body: SafeText } {
  const { investigation, issue, repository, phase, rules } = input;
  const safe = (markdown: string): SafeText => safeText(markdown, { webUrl: repository.webUrl });
  const shown = shownIn(investigation, phase);
  const answer = answerOf({ ...investigation, phases: shown });
  const next = nextStep(investigation, answerOf(investigation), rules);
  const parts = [
    { text: safe(headOf(answer, shown)), rank: 0 },
    ...placesOf(input, answer, shown, safe),
    { text: `Refs #${issue.number}` as SafeText, rank: 0 },
    { text: safe(openOf(shown, rules)), rank: 2 },
    { text: safe(questionsOf(shown)), rank: 3 },
    { text: safe(criteriaLine(shown)), rank: 1 },
    { text: safe(filesOf(input, shown)), rank: 1 },
    { text: safe(`**Next:** ${[next, onMerge(shown)].filter(Boolean).join(" ")}`), rank: 1 },
    { text: criteriaTables(shown, safe), rank: 4 },
    { text: safe(footer(input)), rank: 1 },
  ];
  return { title: titleOf(input), body: lengthen(parts, LIMITS.ownBodyCharacters) };
}

/** Phases that this pull request is about. */
function shownIn({ phases }: Investigation, phase: string | undefined): readonly PhaseRecord[] {
  return phases.filter(({ type }) => phase === undefined || type === phase);
}

/**
 * The issue's number stays a reference in the title; nothing else of it does anything. A change of code is called as
 * tools that count versions expect it: who squashes merges under this title.
 */
function titleOf({ issue, phase, investigation }: PullInput): SafeText {
  const hasCode = changesCode(shownIn(investigation, phase));
  const before = `${hasCode ? "fix" : "Research"}: #${issue.number} `;
  const after = hasCode ? "" : phase === undefined ? " (documents only)" : ` (${phase} only)`;
  const title = safeTitle(issue.title, LIMITS.ownTitleCharacters - before.length - after.length);
  return `${before}${title}${after}` as SafeText;
}

/** The answer with how sure it is, then what a limit cut short. */
function headOf(answer: Answer | undefined, phases: readonly PhaseRecord[]): string {
  // A limit of the whole investigation ends every phase after it in the same way.
  const partials = new Map<string, string[]>();
  for (const phase of phases) {
    const partial = partialOf(phase);
    if (partial !== "") partials.set(partial, [...(partials.get(partial) ?? []), phase.type]);
  }
  const cut = [...partials].map(
    ([partial, types]) => `${types.join(", ")}: ${clipMarkdown(partial, MAX_WORDS)}`,
  );
  // An outcome that is not the answer, such as a failure that could not be reproduced, is said beside it.
  const outcomes = phases.flatMap(({ type, outcome }) =>
    outcome === undefined || outcomeSentence(outcome).startsWith(answer?.headline ?? "\0")
      ? []
      : [`${type}: ${clipMarkdown(outcomeSentence(outcome), MAX_WORDS)}`],
  );
  const headline = `**${answer?.headline ?? "No phase has a finding yet"}.**`;
  const first = [headline, answer?.more, answer?.certainty].filter((part) => part !== undefined).join(" ");
  return [first, ...cut, ...outcomes].join("\n\n");
}

/** Places shown, each as a snippet. */
const MAX_PLACES = 3;

/** The place of the likely cause, then the first ones that the impact map names. */
function placesOf(
  { investigation: { base }, repository: { webUrl } }: PullInput,
  answer: Answer | undefined,
  phases: readonly PhaseRecord[],
  safe: (text: string) => SafeText,
): readonly Part[] {
  if (answer?.place === undefined) return [];
  const { cited = [] } = phases.find(({ type }) => type === "impact-map") ?? {};
  const [cause, ...others] = distinctPlaces([answer.place, ...cited], MAX_PLACES);
  const show = (place: LineReference, sentence: string): readonly Part[] => {
    const link = permalink(place, { webUrl, base });
    return link === undefined ? [] : [{ text: safeBlocks(safe(sentence), link), rank: 4 }];
  };
  return [
    ...show(cause!, answer.isConfirmed === true ? "The cause is here:" : "The likely cause is here:"),
    ...others.flatMap((place) => show(place, `The impact map names ${inlineCode(placeName(place))}:`)),
  ];
}

/** Criteria that are listed open; all of them are in the specs. */
const MAX_OPEN = 20;

/** What is not met, each with what closes it. */
function openOf(phases: readonly PhaseRecord[], rules: Rules): string {
  const open = phases.flatMap(({ type, criteria = [] }) =>
    criteria
      .filter(({ result }) => result !== "met")
      .map((criterion) => {
        const [text, evidence] = [criterion.text, criterion.evidence].map((part) =>
          clipMarkdown(part, MAX_WORDS),
        );
        const state = criterion.result === "unmet" ? "is not met" : "is open";
        return `- “${text}” (${type}) ${state}: ${evidence}. ${closing(type, criterion, rules)}`;
      }),
  );
  if (open.length === 0) return "";
  const more = open.length > MAX_OPEN ? [`- ${open.length - MAX_OPEN} more are in the specs.`] : [];
  return ["**Open:**", "", ...open.slice(0, MAX_OPEN), ...more].join("\n");
}

function closing(type: string, { result, how }: CriterionResult, rules: Rules): string {
  if (result === "unmet" || how === "machine") return `\`/casebook retry ${type}\` runs the phase again.`;
  switch (how) {
    case "human":
      return type === "root-cause"
        ? "`/casebook at PATH:LINE` closes it."
        : "A person closes it in the review.";
    case "run":
      // Only a model writes a test.
      return rules.models.length > 0 && canRun("reproduction", rules)
        ? "`/casebook run reproduction` closes it."
        : "A run of the code closes it, and Casebook runs none here.";
    case "model":
      return rules.models.length > 0
        ? `\`/casebook retry ${type}\` asks a model again.`
        : "A run with a model closes it.";
  }
}

function questionsOf(phases: readonly PhaseRecord[]): string {
  const asked = phases.flatMap(({ outcome }) => outcome?.questions ?? []);
  if (asked.length === 0) return "";
  return [
    "**To ask the reporter:**",
    "",
    ...asked.map((text, i) => `${i + 1}. ${clipMarkdown(text, MAX_WORDS)}`),
  ].join("\n");
}

function onMerge(phases: readonly PhaseRecord[]): string {
  return changesCode(phases)
    ? "Merging takes the change, its test and the documents."
    : "Merging keeps the documents and ends the investigation.";
}

function filesOf({ repository, branch }: PullInput, phases: readonly PhaseRecord[]): string {
  const links = phases.flatMap(({ files = [] }) =>
    files.map(
      (path) =>
        `[${label(path.slice(path.lastIndexOf("/") + 1))}](${repository.webUrl}/blob/${branch}/${path})`,
    ),
  );
  return links.length === 0 ? "" : `Documents: ${links.join(", ")}`;
}

function footer({ investigation, repository, branch, cap }: PullInput): string {
  const { base, phases } = investigation;
  const by = researchedBy(phases);
  const money = by === undefined ? undefined : spentOf(investigation, cap);
  const facts = [
    ...(base === undefined
      ? []
      : [`base commit [\`${base.slice(0, 12)}\`](${repository.webUrl}/tree/${base})`]),
    `branch \`${printable(branch)}\``,
    by ?? "no model",
    ...(money === undefined ? [] : [money]),
    "every reference checked by machine",
  ];
  return `*${facts.join(" · ")}*`;
}
