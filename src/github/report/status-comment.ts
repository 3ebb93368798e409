import { formatHelp } from "../../investigation/commands/format-help.ts";
import { inlineCode } from "../../text/inline-code.ts";
import { LIMITS } from "../../text/github-limits.ts";
import { parseMarkdown } from "../../text/parse-markdown.ts";
import type { Rules } from "../../investigation/event.ts";
import { type Ask, type Investigation, MAX_ANSWERS, type Stage } from "../../investigation/investigation.ts";
import type { PhaseOutcome } from "../../phases/outcome.ts";
import type { Micros } from "../../llm/money.ts";
import { MAX_WORDS, changesCode, researchedBy, spentOf } from "./phase-words.ts";
import { lengthen } from "../../text/lengthen.ts";
import { clipMarkdown, fold, type SafeText, safeText } from "../../text/safe-text.ts";
import { phaseTable, type TableInput } from "./phase-table.ts";

export interface StatusInput extends TableInput {
  /** Texts by phase that the thread shows, where there is no branch. */
  readonly documents: ReadonlyMap<string, string>;
  /** What the running phase is doing. */
  readonly step?: string;
  /** What the investigation may cost, everybody's limits taken together; what was asked for when undefined. */
  readonly cap?: Micros;
}

/** What the comment says first, and who is to act. */
const HEADLINE: Readonly<Record<Stage, string>> = {
  idle: "Nothing is under way",
  queued: "Queued",
  running: "Researching",
  "awaiting-approval": "Waiting for approval",
  "awaiting-merge": "Waiting for the merge",
  "needs-info": "Waiting for an answer",
  "awaiting-choice": "Waiting for a choice",
  paused: "Paused",
  failed: "Could not finish",
  stopped: "Stopped: a person's commit is on the branch",
  cancelled: "Cancelled",
  rejected: "Rejected",
  done: "Done",
  gone: "Gone",
};

const NEXT: Readonly<Record<Stage, string>> = {
  idle: "`/casebook investigate` starts the research.",
  queued: "It begins as soon as a worker is free. `/casebook cancel` stops it.",
  running: "Nothing to do; this comment follows. `/casebook cancel` stops it, `/casebook pause` halts it.",
  "awaiting-approval": "`/casebook approve` goes on, `/casebook reject REASON` ends it.",
  "awaiting-merge": "Merging the pull request lets the next phase begin; closing it ends the investigation.",
  "needs-info":
    "`/casebook retry` works it again without an answer, `/casebook skip PHASE` leaves out the phase that asked, `/casebook cancel` ends it.",
  "awaiting-choice": "`/casebook retry` goes on with all of them in one, `/casebook cancel` ends it.",
  paused: "`/casebook resume` goes on, `/casebook cancel` ends it.",
  failed: "`/casebook retry` tries again.",
  stopped: "`/casebook resume` goes on from that commit; nothing of yours is written over.",
  cancelled: "`/casebook retry` starts again with what was left.",
  rejected: "`/casebook retry` starts it again.",
  done: "`/casebook at PATH:LINE` says where the cause is, `/casebook refresh` reads the newest commit.",
  gone: "",
};

/** Nobody with a right asked for anything: reactions answered all of it, and the issue needs no comment. */
export function saysNothing({ stage, asks }: Investigation): boolean {
  return stage === "idle" && asks.every(({ isReactionOnly }) => isReactionOnly === true);
}

/** The one comment that says how far an investigation is; edited in place, so the same state gives the same text. */
export function statusComment(input: StatusInput): SafeText {
  const { investigation, repository, rules } = input;
  const { stage, reason } = investigation;
  const safe = (markdown: string): SafeText => safeText(markdown, { webUrl: repository.webUrl });
  const parts = [
    {
      text: safe(
        `**Casebook · ${HEADLINE[stage]}**${reason === undefined ? "" : ` – ${clipMarkdown(reason, MAX_WORDS)}`}`,
      ),
      rank: 0,
    },
    { text: safe(conditionsOf(investigation)), rank: 1 },
    { text: safe(questionsOf(investigation)), rank: 0 },
    { text: safe(partsOf(investigation)), rank: 0 },
    { text: safe(phaseTable(input)), rank: 1 },
    { text: safe(stepOf(input)), rank: 4 },
    { text: safe(pullOf(input)), rank: 0 },
    { text: safe(nextOf(investigation)), rank: 0 },
    ...findings(input, safe).map((text) => ({ text, rank: 6 })),
    { text: safe(notesOf(investigation.asks)), rank: 2 },
    { text: helpOf(investigation, rules, safe), rank: investigation.help ? 3 : 7 },
    { text: safe(footer(input)), rank: 1 },
  ];
  return input.destination === "comment"
    ? lengthen(
        parts,
        LIMITS.ownBodyCharacters,
        safe("*Some of it was left out: it was too long for a comment.*"),
      )
    : lengthen(parts, LIMITS.ownBodyCharacters);
}

function conditionsOf({ conditions, stage }: Investigation): string {
  const { configuration, closed, held } = conditions;
  const lines = [
    ...(configuration === undefined || stage === "paused" ? [] : [configuration]),
    ...(closed && stage !== "done" && stage !== "rejected"
      ? ["The issue is closed: nothing new starts."]
      : []),
    ...(held && stage !== "paused" ? ["The label `casebook:hold` is on the issue: nothing new starts."] : []),
  ];
  return lines.map((line) => `> ${line}`).join("\n");
}

/** The outcome that ended the work or holds it. */
function outcomeOf({ endedBy, phases }: Investigation): PhaseOutcome | undefined {
  return phases.find(({ type }) => type === endedBy)?.outcome;
}

/** What the reporter is asked, and what happens when they answer. */
function questionsOf(investigation: Investigation): string {
  const { stage, endedBy = "", startedBy, answers } = investigation;
  const outcome = outcomeOf(investigation);
  if (stage !== "needs-info" || outcome === undefined) return "";
  const then =
    startedBy === undefined
      ? "Who started the research is not on record, so an answer alone starts nothing: `/casebook retry` goes on after it."
      : (answers?.taken ?? 0) >= MAX_ANSWERS
        ? `${MAX_ANSWERS} answers did not settle it, so a further one starts nothing by itself: \`/casebook retry\` goes on after it.`
        : `When whoever opened this issue, or anyone with triage, answers in a new comment, \`${endedBy}\` goes on by itself with the answer.`;
  return ["### Questions for the reporter", "", then, ...listOf(outcome.questions)].join("\n");
}

/** Several causes, and what can be done about it. */
function partsOf(investigation: Investigation): string {
  const { wanted, stage } = investigation;
  const outcome = outcomeOf(investigation);
  if (outcome?.kind !== "several-causes") return "";
  const [next] = wanted;
  const together =
    next === undefined
      ? "."
      : stage === "awaiting-merge"
        ? "; merging the pull request goes on with all of them in one."
        : `; \`/casebook run ${next}\` goes on with all of them in one.`;
  const advice = `Each of them may have a cause of its own. An issue for each keeps the research apart${together}`;
  return ["### Several causes", "", advice, ...listOf(outcome.parts)].join("\n");
}

function listOf(items: readonly string[] = []): readonly string[] {
  return items.length === 0
    ? []
    : ["", ...items.map((item, i) => `${i + 1}. ${clipMarkdown(item, MAX_WORDS)}`)];
}

function nextOf({ stage, endedBy, wanted, phases, pull }: Investigation): string {
  if (stage === "done" && pull?.state === "open" && changesCode(phases))
    return "The pull request holds a change of code and the test that it makes pass: a person looks through it, marks it ready and merges it.";
  if (stage !== "done" || endedBy === undefined) return NEXT[stage];
  const [next] = wanted;
  return next === undefined
    ? `\`${endedBy}\` says so. \`/casebook retry ${endedBy}\` looks at it again.`
    : `\`${endedBy}\` says so, so no further phase was worked. \`/casebook retry\` goes on all the same, with \`${next}\`.`;
}

function stepOf({ investigation, step }: StatusInput): string {
  return investigation.stage === "running" && step !== undefined ? `Now: ${inlineCode(step, 120)}` : "";
}

function pullOf({ investigation: { pull }, repository }: StatusInput): string {
  if (pull === undefined) return "";
  const state = { open: "", merged: " (merged)", closed: " (closed)" }[pull.state];
  return `Documents and checks: [pull request ${pull.number}](${repository.webUrl}/pull/${pull.number})${state}`;
}

/** Without a branch the thread holds the documents, each folded. */
function findings({ documents }: StatusInput, safe: (text: string) => SafeText): readonly SafeText[] {
  return [...documents].map(([phase, text]) => fold(phase, safe(wholeBlocks(text, MAX_DOCUMENT))));
}

const MAX_DOCUMENT = 16_000;

/** As many blocks as fit, none of them cut: a fence that stays open would swallow what follows. */
function wholeBlocks(text: string, max: number): string {
  if (text.length <= max) return text.trim();
  const blocks = parseMarkdown(text).children;
  const last = blocks.findLast(({ position }) => (position?.end.offset ?? max) < max);
  return `${text.slice(0, last?.position?.end.offset ?? 0).trim()}\n\n…`;
}

/** Requests that went wrong, the newest first. */
const MAX_NOTES = 8;

function notesOf(asks: readonly Ask[]): string {
  const notes = asks
    .filter(
      ({ answer, note, isReactionOnly }) =>
        (answer === "refused" || answer === "confused") && note !== undefined && isReactionOnly !== true,
    )
    .slice(-MAX_NOTES)
    .reverse();
  if (notes.length === 0) return "";
  const lines = notes.map(
    ({ by, text, note, answer }) =>
      `- ${inlineCode(text, 80)} by ${inlineCode(by.login, 40)} ${answer === "refused" ? "was refused" : "was not done"}: ${note}`,
  );
  return lines.join("\n");
}

function helpOf({ help }: Investigation, rules: Rules, safe: (text: string) => SafeText): SafeText {
  return fold("Commands", safe(formatHelp(rules.known.map(({ type }) => type))), help);
}

function footer({ investigation, repository, cap }: StatusInput): string {
  const { base, run, model, phases } = investigation;
  const by = researchedBy(phases);
  const money = spentOf(investigation, cap);
  const facts = [
    ...(base === undefined ? [] : [`read at [\`${base.slice(0, 12)}\`](${repository.webUrl}/tree/${base})`]),
    ...(run === undefined ? [] : [`run \`${run.id}\``]),
    // Before a commit was read nothing was checked.
    ...(base === undefined
      ? []
      : [`every reference checked by machine${by === undefined ? ", no model" : ""}`]),
    ...(by === undefined ? [] : [by]),
    ...(model === undefined ? [] : [`asked for: ${inlineCode(model, 60)}`]),
    ...(money === undefined ? [] : [money]),
  ];
  return facts.length === 0 ? "" : `*${facts.join(" · ")}*`;
}
