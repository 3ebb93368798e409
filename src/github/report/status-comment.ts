import { formatHelp } from "../../investigation/commands/format-help.ts";
import { codeBlock, inlineCode } from "../../text/inline-code.ts";
import { LIMITS } from "../../text/github-limits.ts";
import { parseMarkdown } from "../../text/parse-markdown.ts";
import type { Ask, Investigation, Stage } from "../../investigation/investigation.ts";
import type { Micros } from "../../llm/money.ts";
import { type Answer, answerOf } from "./answer.ts";
import { nextStep } from "./next-step.ts";
import { permalink } from "./permalink.ts";
import { cell, MAX_WORDS, researchedBy, spentOf } from "./phase-words.ts";
import { counted } from "../../text/counted.ts";
import { lengthen } from "../../text/lengthen.ts";
import { clipMarkdown, fold, type SafeText, safeText } from "../../text/safe-text.ts";
import { testedChanges } from "./tested-changes.ts";
import { type Withheld, withheldLines } from "./withheld.ts";
import { formatSeconds, phaseTable, secondsOf, type TableInput } from "./phase-table.ts";

export interface StatusInput extends TableInput {
  /** Texts by phase that the thread shows, where there is no branch. */
  readonly documents: ReadonlyMap<string, string>;
  /** The documents as one text to paste, where there are any. */
  readonly brief?: string;
  /** What the running phase is doing. */
  readonly step?: string;
  /** What the investigation may cost, everybody's limits taken together; what was asked for when undefined. */
  readonly cap?: Micros;
  /** What was read back and not published. */
  readonly withheld?: readonly Withheld[];
}

/** The headline of a stage that has no answer yet, or whose state a reader must know before the answer. */
const STATES: Readonly<Record<Stage, string>> = {
  idle: "No research yet",
  queued: "Queued: starts as soon as a worker is free",
  running: "Researching",
  "awaiting-approval": "Waiting for approval",
  "awaiting-merge": "Waiting for the merge",
  "needs-info": "Waiting for an answer",
  "awaiting-choice": "Waiting for a choice",
  paused: "Paused",
  failed: "Could not finish",
  stopped: "Stopped",
  cancelled: "Cancelled",
  rejected: "Rejected",
  done: "Done",
  gone: "Gone",
};

/** Stages in which the answer comes first, and the state after it. */
const ANSWERED: ReadonlySet<Stage> = new Set([
  "done",
  "awaiting-approval",
  "awaiting-merge",
  "needs-info",
  "awaiting-choice",
]);

/** Nobody with a right asked for anything: reactions answered all of it, and the issue needs no comment. */
export function saysNothing({ stage, asks }: Investigation): boolean {
  return stage === "idle" && asks.every(({ isReactionOnly }) => isReactionOnly === true);
}

/**
 * The one comment of Casebook on an issue, edited in place: the answer, where it is, how sure it is, what to do next. The
 * same state gives the same text.
 */
export function statusComment(input: StatusInput): SafeText {
  const { investigation, repository } = input;
  const safe = (markdown: string): SafeText => safeText(markdown, { webUrl: repository.webUrl });
  const answer = answerOf(investigation);
  const link =
    answer?.place === undefined
      ? undefined
      : permalink(answer.place, { webUrl: repository.webUrl, base: investigation.base });
  const next = nextStep(investigation, answer, input.rules);
  const parts = [
    { text: safe(headOf(investigation, answer)), rank: 0 },
    { text: safe(soFarOf(investigation, answer)), rank: 0 },
    { text: link ?? NOTHING, rank: 1 },
    { text: safe(factsOf(input, answer)), rank: 0 },
    { text: safe(waitingOf(investigation, answer)), rank: 0 },
    { text: safe(conditionsOf(investigation)), rank: 1 },
    { text: safe(withheldLines(input.withheld ?? [])), rank: 1 },
    { text: safe(questionsOf(investigation)), rank: 0 },
    { text: safe(testedChanges(investigation, repository)), rank: 1 },
    { text: safe(stepOf(input)), rank: 4 },
    { text: safe(mistakesOf(investigation.asks)), rank: 2 },
    { text: safe(next === "" ? "" : `**Next:** ${next}`), rank: 0 },
    ...findings(input, safe).map((text) => ({ text, rank: 6 })),
    { text: briefIn(input, safe), rank: 5 },
    { text: details(input, answer, safe), rank: 3 },
  ];
  return lengthen(parts, LIMITS.ownBodyCharacters, noteFor(input));
}

/** Where all of it is; undefined: on the branch. */
function noteFor({ destination }: StatusInput): SafeText | undefined {
  return destination === "comment" ? safeText("*Some of it was too long for a comment.*") : undefined;
}

const NOTHING = "" as SafeText;

function headOf(investigation: Investigation, answer: Answer | undefined): string {
  const { stage, reason, phases } = investigation;
  if (answer !== undefined && ANSWERED.has(stage)) return `### ${answer.headline}`;
  const running = phases.find(({ status }) => status === "running");
  const what = stage === "running" && running !== undefined ? `\`${running.type}\`` : firstClause(reason);
  return `### ${STATES[stage]}${what === undefined ? "" : `: ${clipMarkdown(what, MAX_WORDS)}`}`;
}

/** A reason without the commands after it, which the last line of the comment names. */
function firstClause(reason: string | undefined): string | undefined {
  return reason?.split(/[;,.:] (?=`\/casebook|Casebook )/, 1)[0]!.replace(/\.$/, "");
}

/** Under the headline of a state: what is known all the same. */
function soFarOf({ stage }: Investigation, answer: Answer | undefined): string {
  return answer === undefined || ANSWERED.has(stage) ? "" : `So far: ${answer.headline}.`;
}

/** Under an answer: what waits for a person. */
function waitingOf({ stage, reason, endedBy }: Investigation, answer: Answer | undefined): string {
  const isWaiting = answer !== undefined && ANSWERED.has(stage) && endedBy === undefined;
  return isWaiting && reason !== undefined ? clipMarkdown(reason, MAX_WORDS) : "";
}

/** How sure it is, where the details are, what it took. */
function factsOf(
  { investigation, repository, destination }: StatusInput,
  answer: Answer | undefined,
): string {
  const { phases, pull } = investigation;
  const ended = phases.filter(({ status, endedAt }) => ENDED.has(status) && endedAt !== undefined);
  const seconds = ended.reduce((sum, record) => sum + (secondsOf(record) ?? 0), 0);
  const state = { open: "", merged: " (merged)", closed: " (closed)" };
  const details =
    pull === undefined
      ? destination === "comment" && ended.length > 0
        ? "Details below"
        : undefined
      : `[Details and criteria: pull request ${pull.number}](${repository.webUrl}/pull/${pull.number})${state[pull.state]}`;
  const took =
    ended.length === 0
      ? undefined
      : `${counted(ended.length, "phase")}, ${formatSeconds(seconds)}, ${researchedBy(phases) ?? "no model"}`;
  const facts = [details, took].filter((fact) => fact !== undefined).join(" · ");
  return [answer?.more, answer?.certainty, facts]
    .filter((part) => part !== undefined && part !== "")
    .join(" ");
}

const ENDED: ReadonlySet<string> = new Set(["completed", "needs_attention", "failed"]);

function conditionsOf({ conditions, stage, text }: Investigation): string {
  const { configuration, closed, held } = conditions;
  const isEdited = text?.read !== undefined && text.asked !== undefined && text.asked !== text.read.digest;
  const lines = [
    ...(isEdited
      ? [`The issue was edited after the command: this research reads its text of ${text.read?.at}.`]
      : []),
    ...(configuration === undefined || stage === "paused" ? [] : [configuration]),
    ...(closed && stage !== "done" && stage !== "rejected" ? ["The issue is closed: no run starts."] : []),
    ...(held && stage !== "paused" ? ["The label `casebook:hold` is on the issue: no run starts."] : []),
  ];
  return lines.map((line) => `> ${line}`).join("\n");
}

/** What the reporter is asked, or the causes that were found, while something waits for it. */
function questionsOf({ stage, endedBy, phases }: Investigation): string {
  const outcome = phases.find(({ type }) => type === endedBy)?.outcome;
  if (outcome === undefined) return "";
  if (stage === "needs-info") return listOf("To ask the reporter", outcome.questions);
  return outcome.kind === "several-causes" ? listOf("Causes", outcome.parts) : "";
}

function listOf(heading: string, items: readonly string[] = []): string {
  if (items.length === 0) return "";
  const lines = items.map((item, i) => `${i + 1}. ${clipMarkdown(item, MAX_WORDS)}`);
  return [`**${heading}:**`, "", ...lines].join("\n");
}

function stepOf({ investigation, step }: StatusInput): string {
  return investigation.stage === "running" && step !== undefined ? `Now: ${inlineCode(step, 120)}` : "";
}

/** Without a branch the thread holds the documents, each folded. */
function findings({ documents }: StatusInput, safe: (text: string) => SafeText): readonly SafeText[] {
  return [...documents].map(([phase, text]) => fold(phase, safe(wholeBlocks(text, MAX_DOCUMENT))));
}

/** As code, which GitHub copies with one click, and in which nothing acts. */
function briefIn({ brief }: StatusInput, safe: (text: string) => SafeText): SafeText {
  return brief === undefined
    ? NOTHING
    : fold("Brief to paste for whoever fixes it", safe(codeBlock(brief, "text")));
}

const MAX_DOCUMENT = 16_000;

/** As many blocks as fit, none of them cut: a fence that stays open would swallow what follows. */
function wholeBlocks(text: string, max: number): string {
  if (text.length <= max) return text.trim();
  const blocks = parseMarkdown(text).children;
  const last = blocks.findLast(({ position }) => (position?.end.offset ?? max) < max);
  return `${text.slice(0, last?.position?.end.offset ?? 0).trim()}\n\n…`;
}

/** Requests that are looked at for mistakes. */
const RECENT = 10;
/** Requests whose answers are listed below the fold. */
const MAX_LISTED = 20;

/** What went wrong lately, the newest first; a mistake must show without a click. */
function mistakesOf(asks: readonly Ask[]): string {
  const lines = shownAsks(asks)
    .slice(0, RECENT)
    .filter(({ answer, note }) => (answer === "refused" || answer === "confused") && note !== undefined)
    .map(
      ({ by, text, note, answer }) =>
        `- ${inlineCode(text, 80)} by ${inlineCode(by.login, 40)} ${answer === "refused" ? "was refused" : "was not done"}: ${note}`,
    );
  return lines.join("\n");
}

/** The newest first, without what a reaction answered. */
function shownAsks(asks: readonly Ask[]): readonly Ask[] {
  return asks.filter(({ isReactionOnly }) => isReactionOnly !== true).reverse();
}

const ANSWER_WORDS: Readonly<Record<Ask["answer"], string>> = {
  accepted: "running",
  finished: "done",
  refused: "refused",
  confused: "not done",
};

function answersTable(asks: readonly Ask[]): string {
  const rows = shownAsks(asks)
    .slice(0, MAX_LISTED)
    .map(
      ({ text, by, answer, note }) =>
        `| ${cell(inlineCode(text, 80))} | ${inlineCode(by.login, 40)} | ${ANSWER_WORDS[answer]}${note === undefined ? "" : `: ${cell(note)}`} |`,
    );
  return rows.length === 0 ? "" : ["| request | by | answer |", "| --- | --- | --- |", ...rows].join("\n");
}

/** Bytes of what is folded; the rest of the comment holds the answer. */
const MAX_DETAILS = 30_000;

function details(input: StatusInput, answer: Answer | undefined, safe: (text: string) => SafeText): SafeText {
  const { investigation, rules } = input;
  const { phases, asks, help } = investigation;
  const parts = [
    { text: safe(phaseTable(input, answer?.phase)), rank: 2 },
    { text: safe(answersTable(asks)), rank: 3 },
    { text: helpOf(rules.known.map(({ type }) => type)), rank: help ? 1 : 4 },
    { text: safe(footer(input)), rank: 0 },
  ];
  const heading = phases.length === 0 ? "Commands" : "Phases and commands";
  return fold(heading, lengthen(parts, MAX_DETAILS, noteFor(input)), help);
}

/** Our own words, the same for every comment of a repository's phases: they are made safe once. */
const helps = new Map<string, SafeText>();
const MAX_HELPS = 50;

function helpOf(phases: readonly string[]): SafeText {
  const key = phases.join(" ");
  let help = helps.get(key);
  if (help === undefined) {
    if (helps.size >= MAX_HELPS) helps.clear();
    helps.set(key, (help = safeText(formatHelp(phases))));
  }
  return help;
}

function footer({ investigation, repository, cap }: StatusInput): string {
  const { base, run, model } = investigation;
  const money = spentOf(investigation, cap);
  const facts = [
    ...(base === undefined
      ? []
      : [`base commit [\`${base.slice(0, 12)}\`](${repository.webUrl}/tree/${base})`]),
    ...(run === undefined ? [] : [`run \`${run.id}\``]),
    // Before a commit was read nothing was checked.
    ...(base === undefined ? [] : ["every reference checked by machine"]),
    ...(model === undefined ? [] : [`model asked for: ${inlineCode(model, 60)}`]),
    ...(money === undefined ? [] : [money]),
  ];
  return facts.length === 0 ? "" : `*${facts.join(" · ")}*`;
}
