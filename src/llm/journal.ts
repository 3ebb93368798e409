import type { Micros } from "./money.ts";
import type { Entry, Reply } from "./transcript.ts";

/** One conversation with models: a phase of a run, or a judgement about its document. */
export interface Task {
  /** Names the run; a run that continues has the same name, a retry has another. */
  readonly run: string;
  /** Names the conversation within it: `root-cause`, `root-cause/judge`. */
  readonly name: string;
  /** What pays for it. */
  readonly payer: Payer;
}

/** Whom a call is counted to; each part can have a cap of its own. */
export interface Payer {
  /** Names the investigation over all its runs: `<repository>#<issue>`. */
  readonly investigation: string;
  /** GitHub's numbers; 0 for a run from the command line. */
  readonly repository: number;
  readonly installation: number;
}

/** Micros that may be spent, reserved money included. Undefined: no cap there. */
export interface Caps {
  /** By all conversations of one phase in one run. */
  readonly phase?: Micros | undefined;
  /** By one investigation, over all its runs. */
  readonly investigation?: Micros | undefined;
  /** By one repository on one day (UTC). */
  readonly repositoryPerDay?: Micros | undefined;
  /** By one installation in one month (UTC). */
  readonly installationPerMonth?: Micros | undefined;
}
export type CapName = keyof Caps;

/** Money is reserved before a call and settled after it, so that what is spent and what is reserved never pass a cap together. */
export interface Reservation {
  readonly model: string;
  /** The most that the call can cost. */
  readonly micros: Micros;
  /** Milliseconds since 1970: day and month are of this moment. */
  readonly at: number;
}

export type Begun =
  /** `call`: names the reservation. */
  | { readonly kind: "begun"; readonly call: string }
  /** Nothing was stored and nothing may be called. */
  | { readonly kind: "over"; readonly cap: CapName; readonly limit: Micros; readonly taken: Micros };

/**
 * What models read and replied, with its cost: durable, so that a killed run continues from its last step and pays
 * for no reply twice. One transaction each; any number of processes.
 */
export interface Journal {
  /**
   * The conversation so far. A reply that was reserved and never came counts as spent (the endpoint may have done the work), and
   * is not part of it.
   */
  transcript(task: Task): Promise<readonly Entry[]>;
  /**
   * Stores `entries` as the ones from index `at` on and reserves the money, together or not at all. Entries that stand
   * there already are kept when they are the same; throws when others are there: another process continues this run.
   */
  begin(
    task: Task,
    at: number,
    entries: readonly Entry[],
    reservation: Reservation,
    caps: Caps,
  ): Promise<Begun>;
  /** Stores the reply as the next entry, and what the call cost in the place of what was reserved. Doing it again changes nothing. */
  settle(call: string, reply: Reply, micros: Micros): Promise<void>;
  /** The call gave nothing: `micros` is what it may have cost (0 gives the reservation back). */
  release(call: string, micros: Micros): Promise<void>;
  /** Micros spent and reserved. */
  taken(payer: Payer, at: number): Promise<Readonly<Record<Exclude<CapName, "phase">, Micros>>>;
  /** Calls, tokens and money of one conversation and those below it (`root-cause` counts `root-cause/judge`). */
  cost(task: Task): Promise<{
    readonly micros: Micros;
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly calls: number;
    readonly models: readonly string[];
  }>;
  /** Removes the conversations of an investigation; what they cost stays counted. */
  forget(payer: Pick<Payer, "investigation">): Promise<void>;
  /**
   * Removes the conversations whose calls were all made before `at` (milliseconds since 1970) and have ended, with every
   * row about them; what they cost stays counted against the caps. Gives how many there were. A run that continues
   * after that starts again.
   */
  forgetBefore(at: number): Promise<number>;
}
