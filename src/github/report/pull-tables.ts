import { formatLocation } from "../../text/location.ts";
import { inlineCode } from "../../text/inline-code.ts";
import type { LineReference } from "../../documents/parse-document.ts";
import type { CriterionResult, PhaseRecord } from "../../phases/phase-result.ts";
import { cell, costOf, modelsOf } from "./phase-words.ts";
import { fold, safeBlocks, type SafeText } from "../../text/safe-text.ts";
import { counted } from "../../text/counted.ts";

/** References shown; all of them are in the documents. */
const MAX_EVIDENCE = 30;
const MAX_ADDRESS = 600;
/** Phases by how much a reader wants to know their finding. */
export const TELLING = ["root-cause", "impact-map", "comprehension"];
const RESULT = { met: "✅ met", unmet: "❌ not met", undecided: "❔ open" } as const;
const HOW = {
  machine: "checked by machine",
  run: "by running code",
  model: "judged by a model",
  human: "for a person",
} as const;

/** What is open or does not hold first; what holds is folded, each with how it was decided. */
export function criteriaTable(phases: readonly PhaseRecord[], safe: (text: string) => SafeText): SafeText {
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

export function evidenceTable(
  phases: readonly PhaseRecord[],
  { base, webUrl }: { readonly base: string | undefined; readonly webUrl: string },
): string {
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
    const url = `${webUrl}/blob/${reference.commit ?? base}/${addressOf(path)}#${anchor}`;
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
export function label(text: string): string {
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

/** What models cost, by phase; nothing when there was none. */
export function costTable(phases: readonly PhaseRecord[]): string {
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

/** Phases in the order of what a reader wants to know. */
export function byTelling(phases: readonly PhaseRecord[]): readonly PhaseRecord[] {
  const place = ({ type }: PhaseRecord): number =>
    TELLING.includes(type) ? TELLING.indexOf(type) : TELLING.length;
  return [...phases].sort((a, b) => place(a) - place(b) || (a.type < b.type ? -1 : 1));
}
