import { printable } from "../text/inline-code.ts";
import { boundOutcome, OUTCOMES, type OutcomeKind, type PhaseCost, type PhaseOutcome } from "./outcome.ts";
import type { RunNotes } from "./phase-result.ts";

/** The lines of a run by their names; of several lines with one name each is one value. */
type Values = ReadonlyMap<string, readonly string[]>;

interface Row<T> {
  readonly format: (value: T) => readonly string[];
  readonly read: (values: Values) => T | undefined;
}

type Given = Required<RunNotes>;
type Field = keyof Given;

/** How each field is written and read back, in the order of the lines. */
const ROWS: { readonly [F in Field]: Row<Given[F]> } = {
  researcher: text("Researcher"),
  outcome: { format: (outcome) => outcomeLines(boundOutcome(outcome)), read: readOutcome },
  cost: { format: costLines, read: readCost },
  partial: text("Partial"),
  reason: text("Reason"),
};
const FIELDS = Object.keys(ROWS) as readonly Field[];

function text(name: string): Row<string> {
  return { format: (value) => line(name, value), read: (values) => values.get(name)?.[0] };
}

/**
 * The lines that a run writes at the top of the text of its Agent Output, each `Name: value`; an empty line ends them.
 * `readRecordLines` gives the same back, so a lost database loses nothing of it.
 */
export function formatRecordLines(notes: Partial<Given>): readonly string[] {
  return FIELDS.flatMap((field) => linesOf(field, notes[field]));
}

function linesOf<F extends Field>(field: F, value: Given[F] | undefined): readonly string[] {
  return value === undefined ? [] : ROWS[field].format(value);
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
export function readRecordLines(lines: readonly string[]): RunNotes {
  const end = lines.findIndex((text) => text.trim() === "");
  const values = new Map<string, string[]>();
  for (const text of end === -1 ? lines : lines.slice(0, end)) {
    const match = /^([A-Z][a-z]{1,20}): (.{1,2000})$/.exec(text.trimEnd());
    if (match === null) continue;
    const [, name = "", value = ""] = match;
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return Object.fromEntries(
    FIELDS.flatMap((field) => {
      const value = ROWS[field].read(values);
      return value === undefined ? [] : [[field, value]];
    }),
  );
}

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
