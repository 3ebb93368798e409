import type { LineReference } from "../documents/parse-document.ts";
import { boundOutcome, type PhaseCost, type PhaseOutcome } from "./outcome.ts";

/** What was decided about a criterion. Only `met` ticks its box. */
export interface CriterionResult {
  /** The criterion as it is written in the spec. */
  readonly text: string;
  readonly result: "met" | "unmet" | "undecided";
  /** Who decides it: a program looks, code is run, a model judges, a person says so. */
  readonly how: "machine" | "run" | "model" | "human";
  /** What was looked at, counted; or what is missing. Plain text with inline code. */
  readonly evidence: string;
}

/**
 * What the researcher says about a run of a phase. A new field needs its row in `record-lines.ts`, which writes it into
 * the spec and reads it back; everything else hands it on whole.
 */
export interface RunNotes {
  /** `builtin`, or the names of the models. */
  readonly researcher?: string;
  /** A legal end other than "continue"; each text of it is one line. */
  readonly outcome?: PhaseOutcome;
  /** Undefined: no model was asked. */
  readonly cost?: PhaseCost;
  /** The limit that ended it early; what was found until then is published. */
  readonly partial?: string;
  /** Why it failed or was left out, for people. */
  readonly reason?: string;
}

/** What the text of a document shows; read from the text alone, when it is written and when it is restored. */
export interface DocumentFacts {
  /** First sentence, marked as a hypothesis when it is one. */
  readonly lead?: string;
  /** The lines that it refers to, each once, in the order of the text. */
  readonly cited?: readonly LineReference[];
  /** What it says is not known. */
  readonly unknowns?: readonly string[];
}

/** What one run of a phase came to: one value from the researcher to the pull request. */
export interface PhaseResult extends RunNotes, DocumentFacts {
  /** Of the phase. */
  readonly type: string;
  /** `left-out`: it cannot be run here, as the reason says. */
  readonly status: "completed" | "needs_attention" | "failed" | "left-out";
  readonly criteria: readonly CriterionResult[];
  /** Statements that failed their check and were not published. */
  readonly dropped: number;
  /** Paths of what was published for people to read: the document, then the test of a reproduction. */
  readonly files: readonly string[];
}

export type PhaseStatus = PhaseResult["status"] | "waiting" | "running" | "skipped";

/** A phase of an investigation: how far it is, and its newest result when it has one. */
export interface PhaseRecord extends Partial<Omit<PhaseResult, "type" | "status">> {
  readonly type: string;
  readonly status: PhaseStatus;
  /** UTC to the second; of the last start and the last end. */
  readonly startedAt?: string;
  readonly endedAt?: string;
}

/** Entries of one list of a result that are kept. A document of the largest size refers to fewer lines. */
const MAX_KEPT = 1_000;

/** A result as it is kept, whatever process it comes from. A phase that was left out found nothing. */
export function boundResult({ outcome, ...result }: PhaseResult): PhaseResult {
  return {
    ...result,
    ...(outcome === undefined || result.status === "left-out" ? {} : { outcome: boundOutcome(outcome) }),
    ...(result.cited === undefined ? {} : { cited: result.cited.slice(0, MAX_KEPT) }),
    ...(result.unknowns === undefined ? {} : { unknowns: result.unknowns.slice(0, MAX_KEPT) }),
  };
}
