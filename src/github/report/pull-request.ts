import { formatLocation } from "../../text/location.ts";
import { inlineCode, printable } from "../../text/inline-code.ts";
import type { LineReference } from "../../documents/parse-document.ts";
import { LIMITS } from "../../text/github-limits.ts";
import type { Rules } from "../../investigation/event.ts";
import type { Investigation } from "../../investigation/investigation.ts";
import type { CriterionResult, PhaseRecord } from "../../phases/phase-result.ts";
import type { Micros } from "../../llm/money.ts";
import { outcomeSentence } from "../../phases/outcome.ts";
import { changesCode, costOf, modelsOf, partialOf, researchedBy, spentOf } from "./cost-words.ts";
import { lengthen } from "../../text/lengthen.ts";
import { clipMarkdown, fold, safeBlocks, type SafeText, safeText, safeTitle } from "../../text/safe-text.ts";
import { counted } from "../../text/counted.ts";

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

/** References shown; all of them are in the documents. */
const MAX_EVIDENCE = 30;
const MAX_QUESTIONS = 20;
const MAX_ADDRESS = 600;
/** Characters of one finding, criterion or piece of evidence. */
const MAX_WORDS = 600;
/** Phases by how much a reader wants to know their finding. */
const TELLING = ["root-cause", "impact-map", "comprehension"];
const RESULT = { met: "✅ met", unmet: "❌ not met", undecided: "❔ open" } as const;
const HOW = {
  machine: "checked by machine",
  run: "by running code",
  model: "judged by a model",
  human: "for a person",
} as const;

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
    { text: safe(evidenceTable(input, shown)), rank: 4 },
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

/** A document that ends with an outcome begins with the reason, which was told already. */
function saysOutcome({ lead, outcome }: Partial<PhaseRecord> = {}): boolean {
  return lead !== undefined && outcome !== undefined && lead.endsWith(outcome.reason);
}

function otherFindings(phases: readonly PhaseRecord[], told: PhaseRecord | undefined): string {
  return phases
    .filter(({ lead, type }) => lead !== undefined && type !== told?.type)
    .map(({ type, lead }) => `- **${type}**: ${clipMarkdown(lead ?? "", MAX_WORDS)}`)
    .join("\n");
}

/** What is open or does not hold first; what holds is folded, each with how it was decided. */
function criteriaTable(phases: readonly PhaseRecord[], safe: (text: string) => SafeText): SafeText {
  const all = phases.flatMap(({ type, criteria = [] }) =>
    criteria.map((criterion) => ({ type, ...criterion })),
  );
  if (all.length === 0) return "" as SafeText;
  const met = all.filter(({ result }) => result === "met");
  const rest = all.filter(({ result }) => result !== "met");
  const dropped = phases.reduce((sum, record) => sum + (record.dropped ?? 0), 0);
  const head = safe(
    [
      "## Acceptance criteria",
      "",
      `${met.length} of ${counted(all.length, "criterion", "criteria")} met${dropped > 0 ? `; ${counted(dropped, "statement")} failed the check and ${dropped === 1 ? "was" : "were"} left out` : ""}.`,
      ...(rest.length === 0 ? [] : ["", tableOf(rest)]),
    ].join("\n"),
  );
  return met.length === 0
    ? head
    : safeBlocks(head, fold("What is met and how it was decided", safe(tableOf(met))));
}

function tableOf(criteria: readonly (CriterionResult & { readonly type: string })[]): string {
  const rows = criteria
    .slice(0, MAX_CRITERIA)
    .map(
      ({ type, text, result, how, evidence }) =>
        `| ${type} | ${cell(text)} | ${RESULT[result]} | ${result === "undecided" ? "open" : HOW[how]}: ${cell(evidence)} |`,
    );
  const more = criteria.length - rows.length;
  return [
    "| phase | criterion | result | how it was decided |",
    "| --- | --- | --- | --- |",
    ...rows,
    ...(more > 0 ? ["", `${more} more stand in the specs.`] : []),
  ].join("\n");
}

const MAX_CRITERIA = 60;

function evidenceTable({ investigation, repository }: PullInput, phases: readonly PhaseRecord[]): string {
  const { base } = investigation;
  const seen = new Map<string, { readonly reference: LineReference; readonly phases: Set<string> }>();
  for (const { type, cited = [] } of byTelling(phases))
    for (const reference of cited) {
      const key = formatLocation(reference);
      const known = seen.get(key);
      if (known === undefined) seen.set(key, { reference, phases: new Set([type]) });
      else known.phases.add(type);
    }
  if (seen.size === 0 || base === undefined) return "";
  const rows = [...seen.values()].slice(0, MAX_EVIDENCE).flatMap(({ reference, phases }) => {
    const { path, start, end } = reference;
    const anchor = start === end ? `L${start}` : `L${start}-L${end}`;
    const url = `${repository.webUrl}/blob/${reference.commit ?? base}/${addressOf(path)}#${anchor}`;
    // A path of hundreds of characters says nothing to a reader, and its address would fill the page.
    return url.length > MAX_ADDRESS
      ? []
      : [
          `| [${label(formatLocation(reference)).replaceAll("|", "\\|")}](${url}) | ${[...phases].join(", ")} |`,
        ];
  });
  const more =
    seen.size > MAX_EVIDENCE ? ["", `${seen.size - MAX_EVIDENCE} more stand in the documents.`] : [];
  return [
    "## Evidence",
    "",
    "| lines at the base commit | cited in |",
    "| --- | --- |",
    ...rows,
    ...more,
  ].join("\n");
}

/** A path as the text of a link; inside code a bracket cannot end the link. */
function label(text: string): string {
  return inlineCode(text, 120);
}

/** A path in an address, without a character that Markdown or the address itself could take for its own. */
function addressOf(path: string): string {
  return path
    .toWellFormed()
    .split("/")
    .map((part) =>
      encodeURIComponent(part).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`),
    )
    .join("/");
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

/** What models cost, by phase; nothing when there was none. */
function costTable(phases: readonly PhaseRecord[]): string {
  const rows = phases
    .filter((record) => modelsOf(record) !== "" || costOf(record) !== "")
    .slice(0, MAX_CRITERIA)
    .map((record) => {
      const { inputTokens = 0, outputTokens = 0 } = record.cost ?? {};
      return `| ${record.type} | ${cell(modelsOf(record))} | ${costOf(record)} | ${inputTokens} | ${outputTokens} |`;
    });
  if (rows.length === 0) return "";
  const head = "| phase | researched with | cost | tokens in | tokens out |";
  return ["## Cost", "", head, "| --- | --- | --- | --- | --- |", ...rows].join("\n");
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

/** Phases in the order of what a reader wants to know. */
function byTelling(phases: readonly PhaseRecord[]): readonly PhaseRecord[] {
  const place = ({ type }: PhaseRecord): number =>
    TELLING.includes(type) ? TELLING.indexOf(type) : TELLING.length;
  return [...phases].sort((a, b) => place(a) - place(b) || (a.type < b.type ? -1 : 1));
}

function cell(text: string): string {
  return clipMarkdown(text.replace(/\s+/g, " "), MAX_WORDS).replace(/(?<!\\)\|/g, "\\|");
}
