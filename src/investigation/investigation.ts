import type { Location } from "../text/location.ts";
import type { Micros } from "../llm/money.ts";
import type { ChangeVerdict } from "../phases/change-verdict.ts";
import type { PhaseComparison } from "../phases/fix-comparison.ts";
import type { PhaseRecord } from "../phases/phase-result.ts";
import type { NamedChange } from "./commands/forms.ts";
import type { VerdictValue } from "./verdict.ts";

/** The run that may write now; a run with another id is stopped and its results are ignored. */
interface Run {
  readonly id: string;
  /** It ended at least one phase: a run that ends none must not be followed by another like it. */
  readonly worked?: boolean;
  /** The phase whose outcome ends the run: it starts no further phase. */
  readonly endedBy?: string;
}

/** One sentence for people; Markdown, foreign words in inline code. */
interface Explained {
  readonly reason: string;
}

/** `endedBy`: the phase whose outcome ended the work or holds it; its record holds the outcome. */
interface ByOutcome extends Explained {
  readonly endedBy: string;
}

interface Nothing {
  readonly run?: never;
}

/** What each stage holds. It belongs to the stage and goes with it: a paused investigation has a reason, a running one a run. */
interface StageFields {
  readonly idle: Nothing;
  readonly queued: { readonly run: Run };
  readonly running: { readonly run: Run };
  readonly "awaiting-approval": Explained;
  /** `endedBy`: several causes were found, and the merge lets the research continue with all of them. */
  readonly "awaiting-merge": Explained | ByOutcome;
  /** A phase asked the reporter something; the answer lets it continue. */
  readonly "needs-info": ByOutcome;
  /** A phase found several causes; a person says whether they are researched as one. */
  readonly "awaiting-choice": ByOutcome;
  /** `pausedBy`: a person, or the condition whose end lets it continue by itself. */
  readonly paused: Explained & { readonly pausedBy: "person" | BlockReason };
  readonly failed: Explained;
  /** A person committed to our branch. */
  readonly stopped: Explained;
  readonly cancelled: Nothing;
  readonly rejected: Explained;
  readonly done: Nothing | ByOutcome;
  readonly gone: Nothing;
}

/** How far an investigation is. What people see is made from it: labels, status comment, reactions. */
export type Stage = keyof StageFields;
type StageField = "run" | "reason" | "endedBy" | "pausedBy";
/** Fields of other stages are absent, which the compiler knows: they can be read of every investigation. */
type Only<T> = T extends unknown ? T & { readonly [K in Exclude<StageField, keyof T>]?: never } : never;

/** A stage with its fields. */
export type StageState<S extends Stage = Stage> = {
  readonly [K in S]: { readonly stage: K } & Only<StageFields[K]>;
}[S];

/** One issue under research. A value: `decide` makes the next one. */
export type Investigation<S extends Stage = Stage> = Core & StageState<S>;

/** Stages in which a go is under way: what is still wanted comes next by itself or by one word, and a command joins it. */
export const ACTIVE: ReadonlySet<Stage> = new Set([
  "queued",
  "running",
  "awaiting-approval",
  "awaiting-merge",
  "needs-info",
  "awaiting-choice",
  "paused",
]);

/** Stages after an outcome that waits for people; `retry` continues without an answer. */
export const HELD_BY_OUTCOME: ReadonlySet<Stage> = new Set(["needs-info", "awaiting-choice"]);

/** A person or an App, by number: a login can be given to somebody else. */
export interface Actor {
  readonly id: number;
  readonly login: string;
}

/** What somebody asked for in a comment, and how it was answered; it decides the reaction there. */
export interface Ask {
  /** The comment; undefined for the text of the issue itself and for labels. */
  readonly comment?: number;
  /** As it was written, at most 200 characters. */
  readonly text: string;
  readonly by: Actor;
  readonly answer: "accepted" | "finished" | "refused" | "confused";
  /** One sentence for people: why it was refused, what was not understood; Markdown, foreign words in inline code. */
  readonly note?: string;
  /** The test of a change that answers it when it ends; nothing else does. */
  readonly test?: string;
  /** The reaction is the whole answer: the writer has no right here, and fills no comment of ours. */
  readonly isReactionOnly?: true;
}

/** What keeps new work from starting until it ends by itself. */
export type BlockReason = "reach" | "hold" | "closed" | "configuration" | "confidential";

/** Set from outside and independent of the stage. */
export interface Conditions {
  readonly closed: boolean;
  readonly locked: boolean;
  /** The label `casebook:hold` is on the issue. */
  readonly held: boolean;
  /** Why the repository is out of reach: suspended, archived, removed. */
  readonly unreachable?: string;
  /** Why no new work starts: the repository's configuration is wrong or switched off. */
  readonly configuration?: string;
  /** Why the issue is not researched where everybody can read it, unless a person said that it may be. */
  readonly confidential?: string;
}

/** What an investigation holds in every stage. */
export interface Core {
  readonly repository: number;
  readonly issue: number;
  /**
   * Phases still to run, in order; empty when nothing was asked for. A phase that asked the reporter something is
   * among them again. After a cancel, a rejection, a failure or an outcome that ended the research: the remaining
   * phases, for `retry`.
   */
  readonly wanted: readonly string[];
  readonly phases: readonly PhaseRecord[];
  /** Runs so far: makes the next run's id. */
  readonly runs: number;
  /** Gates that a person opened. */
  readonly approvals: readonly Approval[];
  readonly startedBy?: Actor;
  /** Where a person says that the cause is. */
  readonly at?: Location;
  /** The revision that was asked for; the default branch when undefined. */
  readonly from?: string;
  /** The model that was asked for, one of the operator's; the operator's choice when undefined. */
  readonly model?: string;
  /** US dollars that this investigation may cost, when somebody said so. */
  readonly budget?: number;
  /** What its phases cost so far; every run of a phase counts. */
  readonly spent?: Micros;
  /** 40 hex digits: the commit that the documents were checked at. */
  readonly base?: string;
  /** The newest comment with a command that changed something: an older one that stops arrives too late. */
  readonly lastCommand?: number;
  /** The newest comment that stopped the research or tried to: an older one that starts it arrives too late. */
  readonly lastStop?: number;
  /** The newest comment that the last run read: what is not newer answers none of its questions. */
  readonly readUpTo?: number;
  readonly answers?: {
    /** That let the research continue since a person with the right last asked for it. */
    readonly taken: number;
    /** The newest comment that was taken as one: a delivery of it that comes again is none. */
    readonly last: number;
  };
  /** Head of our branch when the last run ended. */
  readonly head?: string;
  /** A person's commit on our branch that was accepted by `resume`. */
  readonly acceptedHead?: string;
  readonly pull?: { readonly number: number; readonly state: "open" | "merged" | "closed" };
  /** Changes that the failing test was asked to run against, the newest last, at most `MAX_TESTS`. */
  readonly tests?: readonly ChangeTest[];
  /** Pull requests up to this number are behind us: what became of them changes nothing any more. */
  readonly pullsOver?: number;
  readonly conditions: Conditions;
  /** What a person said of the newest answer; gone when a phase gives another one. */
  readonly verdict?: Verdict;
  /** The fix that closed the issue, beside what was said before it; gone when the issue is open again. */
  readonly fix?: ComparedFix;
  /** A person with the right said that all of it may be public. */
  readonly isPublic?: true;
  /** In the order of their comments, at most `MAX_ASKS`. */
  readonly asks: readonly Ask[];
  /** Comments up to this one were answered, and some of their asks are not kept any more. */
  readonly asksForgotten?: number;
  /** Request labels that were taken up and are to be removed. */
  readonly labelsToRemove: readonly string[];
  /** The issue's text: what was seen, what was read. */
  readonly text?: {
    /** The digest of the text when the research was last asked for. */
    readonly asked?: string;
    /** What the last run read. */
    readonly read?: { readonly digest: string; readonly at: string };
    /** A digest whose difference from what was read was reported: a further approval is meant for it. */
    readonly reported?: string;
  };
  /** Somebody asked for help: the status comment shows it unfolded. */
  readonly help: boolean;
}

/** A person's judgement of an answer. */
export interface ComparedFix {
  /** The commit that brought it to the default branch, 40 hex digits. */
  readonly commit: string;
  readonly pull?: number;
  readonly phases: readonly PhaseComparison[];
}

export interface Verdict {
  readonly value: VerdictValue;
  readonly by: Actor;
  /** UTC to the second. */
  readonly at: string;
  /** The phase that gave the answer. */
  readonly phase: string;
}

/** The failing test against somebody's change; independent of the stage. */
export interface ChangeTest {
  readonly id: string;
  /** In this repository. */
  readonly change: NamedChange;
  readonly by: Actor;
  /** Undefined: it waits or runs. */
  readonly verdict?: ChangeVerdict;
}

/** Tests of changes that are kept: their verdicts are in the status comment alone. */
export const MAX_TESTS = 5;

interface Approval {
  readonly phase: string;
  readonly by: string;
  /** UTC to the second. */
  readonly at: string;
  /** The digest of the issue's text that the person saw. */
  readonly text?: string;
}

export const MAX_ASKS = 50;

/** Answers that let the research continue by themselves; after that a person with the right must ask again. */
export const MAX_ANSWERS = 3;

/** An issue that nobody asked about yet. */
export function newInvestigation(repository: number, issue: number): Investigation<"idle"> {
  return {
    repository,
    issue,
    stage: "idle",
    wanted: [],
    phases: [],
    runs: 0,
    approvals: [],
    conditions: { closed: false, locked: false, held: false },
    asks: [],
    labelsToRemove: [],
    help: false,
  };
}
