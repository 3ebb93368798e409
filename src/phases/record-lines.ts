import { printable } from "../text/inline-code.ts";
import { OUTCOMES, type OutcomeKind, type PhaseCost, type PhaseOutcome } from "./outcome.ts";
import type { PhaseRecord } from "./phase-record.ts";
import { boundOutcome } from "./bound-outcome.ts";

/** What a run says about itself at the top of the Agent Output of its spec. */
export type RunRecord = Pick<PhaseRecord, "outcome" | "cost" | "researcher" | "partial" | "reason">;

/**
 * The lines that a run writes at the top of the text of its Agent Output, each `Name: value`; an empty line ends them.
 * Losing the database loses nothing of it: `readRecordLines` gives the same back. Of several lines with one name each is
 * one value (`Question`, `Part`, `Model`).
 */
export function formatRecordLines({
  outcome,
  cost,
  researcher,
  partial,
  reason,
}: RunRecord): readonly string[] {
  return [
    ...line("Researcher", researcher),
    ...(outcome === undefined ? [] : outcomeLines(boundOutcome(outcome))),
    ...(cost === undefined ? [] : costLines(cost)),
    ...line("Partial", partial),
    ...line("Reason", reason),
  ];
}

function outcomeLines({ kind, reason, of, questions = [], parts = [] }: PhaseOutcome): readonly string[] {
  return [
    `Outcome: ${kind}${reason === "" ? "" : `: ${reason}`}`,
    ...line("Of", of),
    ...questions.flatMap((question) => line("Question", question)),
    ...parts.flatMap((part) => line("Part", part)),
  ];
}

/** Six digits after the point are whole micros: nothing is rounded. */
function costLines({ micros, inputTokens, outputTokens, calls, models }: PhaseCost): readonly string[] {
  const digits = String(micros).padStart(7, "0");
  const dollars = `$${digits.slice(0, -6)}.${digits.slice(-6)}`;
  return [
    `Cost: ${dollars}, calls ${calls}, tokens in ${inputTokens}, tokens out ${outputTokens}`,
    ...models.flatMap((model) => line("Model", model)),
  ];
}

/** Characters of one value. */
const MAX_VALUE = 1_000;

function line(name: string, value: string | undefined): readonly string[] {
  const text = value === undefined ? "" : [...printable(value)].slice(0, MAX_VALUE).join("").trimEnd();
  return text === "" ? [] : [`${name}: ${text}`];
}

/** What the lines say, up to the first empty one; other lines mean nothing. People may have edited them. */
export function readRecordLines(lines: readonly string[]): RunRecord {
  const end = lines.findIndex((text) => text.trim() === "");
  const values = new Map<string, string[]>();
  for (const text of end === -1 ? lines : lines.slice(0, end)) {
    const match = /^([A-Z][a-z]{1,20}): (.{1,2000})$/.exec(text.trimEnd());
    if (match === null) continue;
    const [, name = "", value = ""] = match;
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  const [researcher] = values.get("Researcher") ?? [];
  const [partial] = values.get("Partial") ?? [];
  const [reason] = values.get("Reason") ?? [];
  const outcome = readOutcome(values);
  const cost = readCost(values);
  return {
    ...(outcome === undefined ? {} : { outcome }),
    ...(cost === undefined ? {} : { cost }),
    ...(researcher === undefined ? {} : { researcher }),
    ...(partial === undefined ? {} : { partial }),
    ...(reason === undefined ? {} : { reason }),
  };
}

type Values = ReadonlyMap<string, readonly string[]>;

function readOutcome(values: Values): PhaseOutcome | undefined {
  const [written = ""] = values.get("Outcome") ?? [];
  const colon = written.indexOf(":");
  const kind = colon === -1 ? written : written.slice(0, colon);
  if (!isOutcome(kind)) return undefined;
  const [of] = values.get("Of") ?? [];
  return boundOutcome({
    kind,
    reason: colon === -1 ? "" : written.slice(colon + 1),
    questions: values.get("Question") ?? [],
    ...(of === undefined ? {} : { of }),
    parts: values.get("Part") ?? [],
  });
}

function isOutcome(kind: string): kind is OutcomeKind {
  return (OUTCOMES as readonly string[]).includes(kind);
}

const COST = /^\$(\d{1,9})\.(\d{6}), calls (\d{1,9}), tokens in (\d{1,12}), tokens out (\d{1,12})$/;

function readCost(values: Values): PhaseCost | undefined {
  const match = COST.exec(values.get("Cost")?.[0] ?? "");
  if (match === null) return undefined;
  const [dollars = 0, micros = 0, calls = 0, inputTokens = 0, outputTokens = 0] = match.slice(1).map(Number);
  return {
    micros: dollars * 1_000_000 + micros,
    inputTokens,
    outputTokens,
    calls,
    models: values.get("Model") ?? [],
  };
}
