import { inlineCode } from "../../text/inline-code.ts";
import type { CriterionResult, PhaseRecord } from "../../phases/phase-result.ts";
import { cell, costOf, modelsOf } from "./phase-words.ts";
import { fold, type SafeText } from "../../text/safe-text.ts";
import { counted } from "../../text/counted.ts";

const RESULT = { met: "✅ met", unmet: "❌ not met", undecided: "❔ open" } as const;
const HOW = {
  machine: "checked by machine",
  run: "shown by a run",
  model: "judged by a model",
  human: "decided by a person",
} as const;
/** Criteria shown; all of them are in the specs. */
const MAX_CRITERIA = 60;

/** How many criteria are met; empty without one. */
export function criteriaLine(phases: readonly PhaseRecord[]): string {
  const all = phases.flatMap(({ criteria = [] }) => criteria);
  if (all.length === 0) return "";
  const met = all.filter(({ result }) => result === "met").length;
  const dropped = phases.reduce((sum, record) => sum + (record.dropped ?? 0), 0);
  const left =
    dropped > 0
      ? ` ${counted(dropped, "statement")} failed the check and ${dropped === 1 ? "was" : "were"} left out.`
      : "";
  return `${met} of ${counted(all.length, "criterion", "criteria")} met.${left}`;
}

/** Each criterion with how it was decided, and what the phases cost, folded. */
export function criteriaTables(phases: readonly PhaseRecord[], safe: (text: string) => SafeText): SafeText {
  const all = phases.flatMap(({ type, criteria = [] }) =>
    criteria.map((criterion) => ({ type, ...criterion })),
  );
  const tables = [all.length === 0 ? "" : tableOf(all), costTable(phases)].filter((table) => table !== "");
  return tables.length === 0 ? ("" as SafeText) : fold("All criteria", safe(tables.join("\n\n")));
}

/** What is open or not met comes first. */
function tableOf(criteria: readonly (CriterionResult & { readonly type: string })[]): string {
  const order = [
    ...criteria.filter(({ result }) => result !== "met"),
    ...criteria.filter(({ result }) => result === "met"),
  ];
  const rows = order
    .slice(0, MAX_CRITERIA)
    .map(
      ({ type, text, result, how, evidence }) =>
        `| ${type} | ${cell(text)} | ${RESULT[result]} | ${result === "undecided" ? "" : `${HOW[how]}: `}${cell(evidence)} |`,
    );
  const more = criteria.length - rows.length;
  return [
    "| phase | criterion | result | how we know |",
    "| --- | --- | --- | --- |",
    ...rows,
    ...(more > 0 ? ["", `${more} more are in the specs.`] : []),
  ].join("\n");
}

/** A path as the text of a link; inside code a bracket cannot end the link. */
export function label(text: string): string {
  return inlineCode(text, 120);
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
  return [
    "| phase | model | cost | tokens in | tokens out |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}
