import type { Decision } from "../investigation/event.ts";
import type { Investigation } from "../investigation/investigation.ts";

/**
 * What must not be forgotten: deliveries, investigations, runs, idempotency records, and the jobs that work on them. One database
 * holds rows and jobs, so that a change and what follows from it are there together or not at all.
 */
export interface Store {
  /**
   * A delivery with its job, in one transaction; calls that come together share one. `known`: it was there already.
   * Throws when it could not be stored: then GitHub must be told so.
   */
  acceptDelivery(delivery: NewDelivery): Promise<"stored" | "known">;
  delivery(key: string): Promise<StoredDelivery | undefined>;
  finishDelivery(key: string, outcome: string): Promise<void>;
  /** Which of these GUIDs were stored. */
  knownGuids(guids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Deliveries that ended more than `days` ago are removed; gives how many. */
  forgetDeliveries(days: number): Promise<number>;

  investigation(of: IssueKey): Promise<Investigation | undefined>;
  /** Every investigation of a repository, `undefined` repository: all of them. */
  investigations(repository?: number): Promise<readonly StoredInvestigation[]>;
  /**
   * Reads the investigation, lets `decide` make the next one and stores it with everything that follows from its effects
   * (runs wanted or stopped, jobs `sync` and `forget`) in one transaction. Nobody else changes it meanwhile. `decide`
   * must be pure: it may be called again. `delivery`: finished in the same transaction.
   */
  change(
    of: IssueKey & { readonly installation: number },
    decide: (current: Investigation | undefined) => Decision<Investigation> | undefined,
    also?: { readonly finishDelivery?: { readonly key: string; readonly outcome: string } },
  ): Promise<Investigation | undefined>;
  /** Removes the investigation, its runs and idempotency records. */
  forget(of: IssueKey): Promise<void>;
  /** Starts of work by one person in the last hour, over all repositories of the installation. */
  startsInLastHour(installation: number, actor: number): Promise<number>;

  /**
   * Takes a run up: the number of this attempt, or undefined when the run is not wanted any more. A later attempt makes
   * every earlier one stale. `crashes`: attempts before that ended without a word.
   */
  beginRun(
    run: string,
    worker: string,
  ): Promise<{ readonly attempt: number; readonly crashes: number } | undefined>;
  /** True while this attempt is the newest and the run still wanted: asked before every outside effect. */
  isCurrent(run: string, attempt: number): Promise<boolean>;
  endRun(run: string, attempt: number): Promise<void>;
  /** Puts waiting runs into the queue, as the limits allow, fairly between installations. */
  admitRuns(limits: RunLimits): Promise<number>;
  /** Runs of investigations that no job works on: they are put into the queue again. Gives their ids. */
  recoverRuns(): Promise<readonly string[]>;

  /**
   * Takes a lease by name, over all processes: the newest holder is the only one. Gives its number.
   * A process that was paused past its turn finds out by `holdsLease` before it writes.
   */
  takeLease(name: string): Promise<number>;
  holdsLease(name: string, lease: number): Promise<boolean>;

  /** What an outside effect gave, by the effect's name within the investigation (`comment`, `check:<head>`). */
  idempotencyRecords(of: IssueKey): Promise<ReadonlyMap<string, string>>;
  saveIdempotencyRecord(of: IssueKey, name: string, value: string | undefined): Promise<void>;

  saveRepository(repository: StoredRepository): Promise<void>;
  repository(id: number): Promise<StoredRepository | undefined>;
  repositories(installation?: number): Promise<readonly StoredRepository[]>;
  removeRepository(id: number): Promise<void>;

  /** Jobs other than those that rows bring with them. `key`: at most one such job waits at a time. */
  send(job: Job, options?: { readonly key?: string; readonly inSeconds?: number }): Promise<void>;

  /**
   * A turn to write for one installation, over all processes: gives how many milliseconds to wait for it. Turns are
   * `spacing` milliseconds apart and never before what `holdWrites` said.
   */
  reserveWrite(installation: number, spacing: number): Promise<number>;
  /** GitHub said to wait: until then (milliseconds since 1970). Kept over restarts. */
  holdWrites(installation: number, until: number): Promise<void>;
  /** When writing is allowed again (milliseconds since 1970), 0 when it is. */
  heldUntil(installation: number): Promise<number>;

  /** Milliseconds since 1970 of the last webhook; undefined before the first. */
  lastDeliveryAt(): Promise<number | undefined>;
  /** A small value by name (cursors of the reconciliation). */
  note(name: string): Promise<string | undefined>;
  saveNote(name: string, value: string): Promise<void>;

  /** Jobs by queue and state, for the metrics. */
  counts(): Promise<readonly { readonly queue: string; readonly state: string; readonly count: number }[]>;
  /** Runs that have not ended: `waiting` for their place or `admitted` to the queue. */
  openRuns(): Promise<readonly { readonly state: "waiting" | "admitted"; readonly count: number }[]>;
  /** Throws when the database does not answer. */
  ping(): Promise<void>;
}

export interface IssueKey {
  /** GitHub's number of the repository. */
  readonly repository: number;
  readonly issue: number;
}

export interface NewDelivery {
  /** Digest of the event's name and the signed body: the same body is the same delivery, whatever its headers say. */
  readonly key: string;
  readonly guid: string;
  readonly event: string;
  readonly payload: unknown;
  /** False when nothing follows from it: then it is stored as finished and no job is made. */
  readonly wanted: boolean;
}

export interface StoredDelivery extends NewDelivery {
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  /** What came of it; undefined while it waits. */
  readonly outcome?: string;
}

export interface StoredInvestigation {
  readonly investigation: Investigation;
  readonly installation: number;
  /** Milliseconds since 1970. */
  readonly changedAt: number;
}

export interface StoredRepository {
  readonly id: number;
  readonly installation: number;
  readonly owner: string;
  readonly name: string;
  /** Why nothing can be done there: suspended, archived, removed. */
  readonly unreachable?: string;
  /** What is wrong with its configuration. */
  readonly configurationProblem?: string;
  /** Runs at once, as its configuration says. */
  readonly runLimit?: number;
}

interface RunLimits {
  /** Runs at once in a repository whose row says nothing (`StoredRepository.runLimit`). */
  readonly perRepository: number;
  readonly perInstallation: number;
}

export type Job =
  /** Works out what a stored delivery means. */
  | { readonly kind: "delivery"; readonly key: string }
  /** Research. One at a time for an investigation. */
  | { readonly kind: "run"; readonly run: string; readonly repository: number; readonly issue: number }
  /** Makes GitHub show what the investigation says. One waits, one works, for an investigation. */
  | { readonly kind: "sync"; readonly repository: number; readonly issue: number }
  /** Verifies the documents of a head of our branch and writes the check run. */
  | { readonly kind: "check"; readonly repository: number; readonly issue: number; readonly head: string }
  /** Removes what an investigation left on GitHub that nobody asked to keep, then its rows. */
  | {
      readonly kind: "forget";
      readonly repository: number;
      readonly issue: number;
      readonly installation: number;
    }
  /** Reads a repository's configuration again, and says so when it is wrong. */
  | { readonly kind: "configure"; readonly repository: number; readonly installation: number }
  /** Compares with GitHub: what was missed, what was left half done. */
  | { readonly kind: "reconcile" };
export type JobKind = Job["kind"];

/** Works jobs until it is stopped. */
export interface Workers {
  /** Starts no further job, lets the present ones end or hands them back; done within `milliseconds`. */
  stop(milliseconds: number): Promise<void>;
}

/** One function a kind. `signal` is aborted when the job was cancelled, taken by somebody else, or the process stops. */
export type JobHandlers = {
  readonly [K in JobKind]: (job: Extract<Job, { kind: K }>, context: JobContext) => Promise<void>;
};

export interface JobContext {
  readonly signal: AbortSignal;
  /** 1 for the first time. */
  readonly attempt: number;
}
