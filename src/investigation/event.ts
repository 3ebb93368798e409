import type { Command } from "./commands/forms.ts";
import type { Permission } from "./commands/rights.ts";
import type { Actor, ComparedFix } from "./investigation.ts";
import type { ChangeVerdict } from "../phases/change-verdict.ts";
import type { PhaseResult } from "../phases/phase-result.ts";

/** Where a request was made, so that its answer can be shown there. */
export interface AskPlace {
  /** Undefined: in the text of the issue, or a label. */
  readonly comment?: number;
  readonly text: string;
}

/** An issue's text by its digest, and when Casebook read it, UTC to the second. */
interface ReadText {
  readonly digest: string;
  readonly at: string;
}

/** Everything that can happen to an investigation. `at` is UTC to the second. */
export type InvestigationEvent =
  | {
      readonly kind: "command";
      readonly command: Command;
      readonly place: AskPlace;
      readonly actor: Actor;
      readonly permission: Permission;
      readonly at: string;
      /** The digest of the text that the person saw. */
      readonly text?: string;
    }
  /** A command that is refused before its meaning matters: too many starts in an hour, a bot. */
  | { readonly kind: "declined"; readonly place: AskPlace; readonly actor: Actor; readonly note: string }
  /** A line that starts like a command and is none, or a command that cannot be done; `note` says what is wrong with it. */
  | {
      readonly kind: "not-understood";
      readonly place: AskPlace;
      readonly actor: Actor;
      readonly note: string;
      /** The writer has no right here: a reaction is the answer, and no comment. */
      readonly isStranger?: boolean;
    }
  | {
      readonly kind: "request-label";
      readonly label: string;
      /** Undefined: all phases. */
      readonly phase?: string;
      readonly actor: Actor;
      readonly permission: Permission;
      readonly at: string;
      readonly text?: string;
    }
  /** What GitHub says of the issue now; events are only a reason to look, so their order does not matter. */
  | { readonly kind: "seen"; readonly closed: boolean; readonly locked: boolean; readonly held: boolean }
  /** A new comment that is more than commands. It means something only where a phase asked. */
  | {
      readonly kind: "answered";
      readonly comment: number;
      readonly actor: Actor;
      readonly permission: Permission;
      /** They opened the issue. */
      readonly isReporter: boolean;
    }
  /** The text is not the one that a gate was opened on: nothing behind that gate runs. */
  | {
      readonly kind: "text-edited";
      readonly run: string;
      readonly text: ReadText;
    }
  | {
      readonly kind: "run-started";
      readonly run: string;
      readonly base: string;
      /** The newest comment of the issue that the run reads. */
      readonly readUpTo?: number;
      /** The text that the run reads. */
      readonly text?: ReadText;
    }
  | { readonly kind: "phase-started"; readonly run: string; readonly phase: string; readonly at: string }
  | {
      readonly kind: "phase-finished";
      readonly run: string;
      readonly at: string;
      readonly result: PhaseResult;
    }
  | { readonly kind: "run-finished"; readonly run: string; readonly head?: string }
  | { readonly kind: "run-failed"; readonly run: string; readonly message: string }
  /** The failing test ran against somebody's change, or could not. */
  | { readonly kind: "change-tested"; readonly test: string; readonly verdict: ChangeVerdict }
  /** What the documents said is compared with the fix that closed the issue. */
  | { readonly kind: "fix-compared"; readonly fix: ComparedFix }
  | { readonly kind: "person-committed"; readonly sha: string; readonly login: string }
  | { readonly kind: "gone"; readonly why: "deleted" | "transferred" | "uninstalled"; readonly to?: string }
  | { readonly kind: "pull"; readonly number: number; readonly state: "open" | "merged" | "closed" }
  | { readonly kind: "reach"; readonly unreachable: string | undefined }
  /** Request labels are off the issue: they are not to be removed any more, and may be put on again. */
  | { readonly kind: "labels-removed"; readonly labels: readonly string[] }
  | { readonly kind: "configuration"; readonly problem: string | undefined }
  /** Whether the issue looks like the report of a vulnerability, where everybody can read it; `why` is for people. */
  | { readonly kind: "confidential"; readonly why: string | undefined };

export type EventOf<K extends InvestigationEvent["kind"]> = Extract<InvestigationEvent, { kind: K }>;
export type CommandEvent = EventOf<"command">;

/** What `decide` must know of the repository's configuration and of what this installation can do. */
export interface Rules {
  /** Phases that `investigate` runs, in order. */
  readonly phases: readonly string[];
  /** Every phase that exists, in order, with what it depends on. */
  readonly known: readonly {
    readonly type: string;
    readonly dependsOn: readonly string[];
    readonly needsModel: boolean;
    /** It runs only where the repository names it, and this one does not. */
    readonly isOff?: boolean;
  }[];
  /** Phases that wait for `approve`. */
  readonly gates: ReadonlySet<string>;
  /** Each phase in its own pull request; merging it is the gate for the next. */
  readonly perPhase: boolean;
  /** What it takes to start work. */
  readonly start: "write" | "maintain" | "admin";
  /** Names of models that may be asked for; none: `--model` and `--budget` are refused with the reason. */
  readonly models: readonly string[];
}

/** What follows from an event for the world outside; the investigation itself says the rest. */
export type Effect =
  /** The run `investigation.run` is wanted. */
  | { readonly kind: "start-run"; readonly run: string }
  /** The worker of this run must stop. */
  | { readonly kind: "stop-run"; readonly run: string }
  /** The failing test runs against the change of this name in `investigation.tests`; it counts as a start. */
  | { readonly kind: "start-test"; readonly test: string; readonly by: number }
  /** Its worker must stop. */
  | { readonly kind: "stop-test"; readonly test: string }
  /** The issue was closed: what was said is compared with the fix. */
  | { readonly kind: "compare-fix" }
  /** GitHub shows something else than the investigation says. */
  | { readonly kind: "sync" }
  /** Nothing of it is kept: branch, rows. */
  | { readonly kind: "forget" };

export interface Decision<I> {
  readonly investigation: I;
  readonly effects: readonly Effect[];
}
