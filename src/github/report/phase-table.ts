import type { Rules } from "../../investigation/event.ts";
import { type Investigation, ACTIVE } from "../../investigation/investigation.ts";
import type { PhaseRecord } from "../../phases/phase-result.ts";
import { outcomeSentence } from "../../phases/outcome.ts";
import { branchFor } from "../../phases/names.ts";
import type { RepositoryConfig } from "../../investigation/settings/repository-config.ts";
import { headlineOf } from "./answer.ts";
import { cell, costOf, modelsOf, partialOf } from "./phase-words.ts";
import { counted } from "../../text/counted.ts";

const STATES: Readonly<Record<PhaseRecord["status"], string>> = {
  waiting: "○ waiting",
  running: "◐ running",
  completed: "● done",
  needs_attention: "● done, criteria open",
  failed: "✕ a criterion failed",
  skipped: "– skipped",
  "left-out": "– left out",
};

/** A phase whose criteria are not all met is no failure when it ended with an outcome. */
const ENDED = "● done, not all criteria met";

/** What the table of phases is made from. */
export interface TableInput {
  readonly investigation: Investigation;
  /** `https://github.com/o/r`. */
  readonly repository: { readonly webUrl: string };
  readonly rules: Rules;
  readonly destination: RepositoryConfig["destination"];
}

/** `said`: the phase whose finding is the headline above the table. */
export function phaseTable(
  { investigation, repository, rules, destination }: TableInput,
  said: string | undefined,
): string {
  const { phases, wanted, stage, issue } = investigation;
  const known = new Set(phases.map(({ type }) => type));
  const coming: PhaseRecord[] = ACTIVE.has(stage)
    ? wanted.filter((type) => !known.has(type)).map((type) => ({ type, status: "waiting" }))
    : [];
  const rows = [...phases, ...coming];
  if (rows.length === 0) return "";
  const hasCost = rows.some((record) => pricedOf(record) !== "");
  const line = (record: PhaseRecord): string => {
    const branch = branchFor(issue, rules.perPhase ? record.type : undefined);
    const [document] = destination === "pull-request" ? (record.files ?? []) : [];
    const url = `${repository.webUrl}/blob/${branch}/${document}`;
    const name = document === undefined ? record.type : `[${record.type}](${url})`;
    const cost = hasCost ? ` ${pricedOf(record)} |` : "";
    const finding = record.type === said ? partialOf(record) : findingOf(record);
    return `| ${name} | ${stateOf(record)} | ${cell(finding)} | ${criteriaOf(record)} | ${tookOf(record)} |${cost}`;
  };
  return [
    `| phase | state | finding | criteria | time |${hasCost ? " cost |" : ""}`,
    `| --- | --- | --- | --- | --- |${hasCost ? " --- |" : ""}`,
    ...rows.map(line),
  ].join("\n");
}

function stateOf({ status, outcome }: PhaseRecord): string {
  return status === "failed" && outcome !== undefined ? ENDED : STATES[status];
}

function findingOf(record: PhaseRecord): string {
  const { outcome, reason, lead = "" } = record;
  const finding = outcome === undefined ? (reason ?? headlineOf(lead)) : outcomeSentence(outcome);
  return [partialOf(record), finding].filter((part) => part !== "").join(" ");
}

/** `$0.0412, 12 calls, ` and the models. */
function pricedOf(record: PhaseRecord): string {
  return cell([costOf(record), modelsOf(record)].filter((part) => part !== "").join(", "));
}

function criteriaOf({ criteria = [], dropped = 0 }: PhaseRecord): string {
  if (criteria.length === 0) return "";
  const met = criteria.filter(({ result }) => result === "met").length;
  return `${met} of ${criteria.length} met${dropped > 0 ? `, ${counted(dropped, "statement")} left out` : ""}`;
}

function tookOf(record: PhaseRecord): string {
  const seconds = secondsOf(record);
  return seconds === undefined ? "" : formatSeconds(seconds);
}

/** Seconds that a phase took; undefined before its end. */
export function secondsOf({ startedAt, endedAt }: PhaseRecord): number | undefined {
  if (startedAt === undefined || endedAt === undefined) return undefined;
  const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1_000;
  return seconds >= 0 ? seconds : undefined;
}

export function formatSeconds(seconds: number): string {
  return seconds < 60 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
