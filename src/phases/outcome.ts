import { inlineCode, printable } from "../text/inline-code.ts";

/** Legal ends of a phase other than "continue": they end or hold the investigation, say why, and are no failures. */
export const OUTCOMES = [
  "not-a-bug",
  "duplicate",
  "needs-info",
  "wont-fix",
  "cannot-reproduce",
  "several-causes",
] as const;
export type OutcomeKind = (typeof OUTCOMES)[number];

export interface PhaseOutcome {
  readonly kind: OutcomeKind;
  /** One or two sentences for people; plain text with inline code. */
  readonly reason: string;
  /** Of `needs-info`: what the reporter is asked, one question each. */
  readonly questions?: readonly string[];
  /** Of `duplicate`: the number of the other issue, or a commit that fixed it. */
  readonly of?: string;
  /** Of `several-causes`: one investigation each. */
  readonly parts?: readonly string[];
}

/** What an outcome means for the phases after it. */
export type OutcomeEffect =
  /** They do not run; nothing continues by itself. */
  | "ends"
  /** They wait for a person. */
  | "holds"
  /** They run as without an outcome. */
  | "continues";

/**
 * That a failure could not be reproduced ends nothing by itself: no phase rests on the reproduction, so root cause goes on
 * without a failing test and says so. A sandbox without network that does not show a failure is weak evidence against it,
 * and the places in the code are worth most then. Who sees it otherwise cancels.
 */
const EFFECTS: Readonly<Record<OutcomeKind, OutcomeEffect>> = {
  "not-a-bug": "ends",
  duplicate: "ends",
  "needs-info": "holds",
  "wont-fix": "ends",
  "cannot-reproduce": "continues",
  "several-causes": "holds",
};

/** What an outcome means for the phases after it; a run starts no further phase unless it continues. */
export function effectOf(kind: OutcomeKind): OutcomeEffect {
  return EFFECTS[kind];
}

/** Questions, or parts, of one outcome that are kept. */
const MAX_ITEMS = 10;
/** Characters of a reason that are kept. */
const MAX_REASON = 500;
/** Characters of a question or part that are kept. */
const MAX_ITEM = 300;
/** Characters of the name of another issue or a commit. */
const MAX_OF = 100;

/**
 * An outcome as it is kept: each text on one line and of a length that a comment has room for. What says nothing is left
 * out.
 */
export function boundOutcome({ kind, reason, questions, of, parts }: PhaseOutcome): PhaseOutcome {
  const asked = items(questions);
  const split = items(parts);
  const other = of === undefined ? "" : cut(of, MAX_OF);
  return {
    kind,
    reason: cut(reason, MAX_REASON),
    ...(asked.length === 0 ? {} : { questions: asked }),
    ...(other === "" ? {} : { of: other }),
    ...(split.length === 0 ? {} : { parts: split }),
  };
}

function items(texts: readonly string[] = []): readonly string[] {
  return texts
    .map((text) => cut(text, MAX_ITEM))
    .filter((text) => text !== "")
    .slice(0, MAX_ITEMS);
}

/** On one line; a code span that is cut is closed. */
function cut(text: string, max: number): string {
  const points = [...printable(text)];
  if (points.length <= max) return points.join("");
  const kept = points
    .slice(0, max - 2)
    .join("")
    .trimEnd();
  return (kept.split("`").length - 1) % 2 === 0 ? `${kept}…` : `${kept}\`…`;
}

/** What an outcome is called where people read it. */
const OUTCOME_WORDS: Readonly<Record<OutcomeKind, string>> = {
  "not-a-bug": "Not a bug",
  duplicate: "Duplicate",
  "needs-info": "Information is missing",
  "wont-fix": "Will not be fixed",
  "cannot-reproduce": "Could not be reproduced",
  "several-causes": "Several distinct causes",
};

/** `Duplicate of #17: both lose the last value.` Markdown; the reason's words are the researcher's. */
export function outcomeSentence({ kind, reason, of }: PhaseOutcome): string {
  const head = `${OUTCOME_WORDS[kind]}${of === undefined ? "" : otherOf(of)}`;
  return reason === "" ? `${head}.` : `${head}: ${reason}`;
}

/** An issue by its number, or a commit that fixed it. */
function otherOf(of: string): string {
  if (/^#?\d{1,10}$/.test(of)) return ` of ${inlineCode(`#${of.replace("#", "")}`)}`;
  if (/^[0-9a-f]{7,40}$/.test(of)) return `, fixed in ${inlineCode(of.slice(0, 12))}`;
  return ` of ${inlineCode(of, MAX_OF)}`;
}

/** What a phase cost. */
export interface PhaseCost {
  /** Millionths of a US dollar. */
  readonly micros: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Calls of a model. */
  readonly calls: number;
  /** Names of the models that answered. */
  readonly models: readonly string[];
}
