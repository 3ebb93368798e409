import type { Decision } from "../investigation/event.ts";
import type { Investigation } from "../investigation/investigation.ts";
import type { IssueComment } from "../issue/issue.ts";
import type { TrackedIssue } from "../issue/parse-tracker.ts";

/**
 * Durable state: deliveries, investigations, runs, idempotency records and jobs. Rows and jobs are in one database, so that
 * a change and its jobs are committed together.
 */
export interface Store {
  /**
   * Stores a delivery with its job in one transaction; concurrent calls share one. `known`: it was stored before.
   * Throws when it could not be stored: GitHub must then see a failure.
   */
  acceptDelivery(delivery: NewDelivery): Promise<"stored" | "known">;
  delivery(key: string): Promise<StoredDelivery | undefined>;
  finishDelivery(key: string, outcome: string): Promise<void>;
  /** Which of these GUIDs were stored. */
  knownGuids(guids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Removes deliveries that ended more than `days` ago; gives their count. */
  forgetDeliveries(days: number): Promise<number>;

  investigation(of: IssueKey): Promise<Investigation | undefined>;
  /** Every investigation of a repository. */
  investigations(repository: number): Promise<readonly StoredInvestigation[]>;
  /** Investigations whose newest state was not shown to its end, by the record `synced`. */
  unshown(): Promise<readonly IssueKey[]>;
  /**
   * Reads the investigation, lets `decide` make the next one and stores it with everything that follows from its effects
   * (runs wanted or stopped, jobs `test`, `sync`, `compare-fix` and `forget`) in one transaction. Nobody else changes it meanwhile. `decide`
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
   * Counts a new issue that starts a run by itself, unless that is one too many of the last day in its repository or by its author, or
   * of the last 30 days in its repository: then the reason. The same issue counts once a day.
   */
  startByItself(
    of: IssueKey,
    author: number,
    caps: { readonly perDay: number; readonly perPerson: number; readonly perMonth: number },
  ): Promise<"allowed" | "repository" | "person" | "month">;
  /**
   * Counts an issue on which Casebook writes without being asked, and gives true; false when its repository has `perWeek` others of the
   * last 7 days. The same issue counts once.
   */
  speakByItself(of: IssueKey, perWeek: number): Promise<boolean>;

  /**
   * Starts an attempt of a run: its number, or undefined when the run was stopped. A later attempt makes every earlier
   * one stale. `crashes`: earlier attempts that ended without a result.
   */
  beginRun(
    run: string,
    worker: string,
  ): Promise<{ readonly attempt: number; readonly crashes: number } | undefined>;
  /** True while this attempt is the newest and the run is not stopped. Checked before every outside effect. */
  isCurrent(run: string, attempt: number): Promise<boolean>;
  endRun(run: string, attempt: number): Promise<void>;
  /** Admits waiting runs to the queue, as the limits allow, fairly between installations. */
  admitRuns(limits: RunLimits): Promise<number>;
  /** Re-queues runs that have no job. Gives their ids. */
  recoverRuns(): Promise<readonly string[]>;
  /**
   * Sends jobs anew that failed too often, each after a pause that grows, so that an outage of the database or a fault of a version
   * loses nothing; gives their count. What was revived too often stays put aside, and its delivery ends.
   */
  reviveJobs(): Promise<number>;

  /**
   * Takes a lease by name, over all processes: the newest holder is the only one. Gives its number.
   * A process that was paused too long learns from `holdsLease` before it writes that it lost the lease.
   */
  takeLease(name: string): Promise<number>;
  holdsLease(name: string, lease: number): Promise<boolean>;

  /** Results of outside effects by the effect's name within the investigation (`comment`, `check:<head>`). */
  idempotencyRecords(of: IssueKey): Promise<ReadonlyMap<string, string>>;
  saveIdempotencyRecord(of: IssueKey, name: string, value: string | undefined): Promise<void>;

  saveRepository(repository: StoredRepository): Promise<void>;
  repository(id: number): Promise<StoredRepository | undefined>;
  repositories(installation?: number): Promise<readonly StoredRepository[]>;
  removeRepository(id: number): Promise<void>;
  /**
   * Up to `count` repositories of an installation, those that were not compared with GitHub for longest first. `activeSince`: only
   * those with an investigation that changed since then (milliseconds since 1970).
   */
  repositoriesToLook(
    installation: number,
    count: number,
    which: { readonly activeSince?: number },
  ): Promise<readonly StoredRepository[]>;
  /** Issues of a repository whose investigation waits until the repository is in reach again. */
  outOfReach(repository: number): Promise<readonly number[]>;
  /** When the repository was last compared with GitHub (milliseconds since 1970), undefined: never. `at`: it is now. */
  lookedAt(id: number, at?: number): Promise<number | undefined>;

  /**
   * Where the reading of a repository's tracker is; no `state` before the first page, and while the tracker is switched off. `changes`: so
   * many changes were noted.
   */
  tracker(repository: number): Promise<{
    readonly revision: number;
    readonly state: TrackerState | undefined;
    readonly changes: number;
  }>;
  /** Notes that something changed in a tracker that has an index: it is to be read on, once for all changes until then. */
  trackerChanged(repository: number): Promise<void>;
  /**
   * Stores what GitHub listed, and where the reading is then, in one transaction. `revision`: what the reading started from. Gives
   * false and stores nothing when somebody stored or forgot something since, or the repository is not known any more.
   */
  saveTrackerPage(repository: number, page: TrackerPage): Promise<boolean>;
  /** Issues and pull requests of the index with numbers above `after`, by number, at most `count`, with their first comments. */
  trackedAfter(repository: number, after: number, count: number): Promise<readonly TrackedIssue[]>;
  /** The same of these numbers; those that the index does not have are left out. */
  tracked(repository: number, numbers: readonly number[]): Promise<readonly TrackedIssue[]>;
  /** Takes an issue with its comments, or one comment, out of the index. */
  forgetTracked(
    repository: number,
    what: { readonly issue: number } | { readonly comment: number },
  ): Promise<void>;
  /** Deletes the index of a repository: it was removed, or its settings switch the tracker off. */
  forgetTracker(repository: number): Promise<void>;
  /**
   * Repositories in reach whose tracker was not read to its end in the last `milliseconds`, or not since its last noted change, those that
   * waited longest first.
   */
  trackersToRead(installation: number, milliseconds: number): Promise<readonly StoredRepository[]>;
  /** It is this repository's turn: it goes behind all others. */
  trackerTurn(repository: number): Promise<void>;

  /** Sends a job that no row brings with it. `key`: at most one such job waits at a time. */
  send(job: Job, options?: { readonly key?: string; readonly inSeconds?: number }): Promise<void>;

  /**
   * A turn to write for one installation, over all processes: gives how many milliseconds to wait for it. Turns are
   * `spacing` milliseconds apart and never before what `holdWrites` said.
   */
  reserveWrite(installation: number, spacing: number): Promise<number>;
  /** GitHub said to wait for so many milliseconds. Survives restarts. */
  holdWrites(installation: number, milliseconds: number): Promise<void>;
  /** Milliseconds until writing is allowed again, 0 when it is. */
  heldFor(installation: number): Promise<number>;

  /** Milliseconds since 1970 of the last webhook; undefined before the first. */
  lastDeliveryAt(): Promise<number | undefined>;
  /** A small value by name (cursors of the reconciliation). */
  note(name: string): Promise<string | undefined>;
  /** Undefined removes it. */
  saveNote(name: string, value: string | undefined): Promise<void>;
  /** Every note whose name starts so, by the rest of its name. */
  notesNamed(prefix: string): Promise<ReadonlyMap<string, string>>;
  /** Removes leases, ended runs, counts of starts and notes of lost deliveries that nobody used for `days`; gives their count. */
  forgetOld(days: number): Promise<number>;

  /** Jobs that are not done, by queue and state, for the metrics. */
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
  /** Whose delivery it is; jobs are fair between installations. */
  readonly installation?: number | undefined;
  /** False: stored as finished, without a job. */
  readonly wanted: boolean;
}

export interface StoredDelivery extends NewDelivery {
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  /** The outcome; undefined while it waits. */
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
  /** The reason why the App cannot work there: suspended, archived, removed. */
  readonly unreachable?: string;
  /** What is wrong with its configuration. */
  readonly configurationProblem?: string;
  /** Runs at once, as its configuration says. */
  readonly runLimit?: number;
}

/** Where the next page of a list starts, oldest change first. */
export interface TrackerCursor {
  /** ISO 8601; undefined: from the beginning. */
  readonly since?: string;
  /** Of the list that starts there, from 1. */
  readonly page: number;
  /** The list had its end there. */
  readonly isAtEnd?: true;
  /** The pages before are read once more, the last one first; then the reading continues at this time. */
  readonly backUntil?: string;
}

/** How far a repository's tracker was read. */
export interface TrackerState {
  /** A round reads the whole tracker; what it does not meet is gone. */
  readonly round: number;
  /** When the round started, in milliseconds since 1970. */
  readonly roundAt: number;
  readonly isInRound: boolean;
  /** An earlier round or this one came to its end. */
  readonly isWhole: boolean;
  /** The list that is read. */
  readonly list: "issues" | "comments";
  readonly issues: TrackerCursor;
  readonly comments: TrackerCursor;
  /** Changes that were noted when the reading last began with the issues: at its end it has all of them. */
  readonly changes?: number;
}

export interface TrackedComment {
  readonly id: number;
  readonly issue: number;
  /** Undefined: it says nothing any more, and leaves the index. */
  readonly comment: IssueComment | undefined;
}

interface TrackerPage {
  readonly revision: number;
  readonly state: TrackerState;
  /** Without their comments. */
  readonly issues: readonly TrackedIssue[];
  readonly comments: readonly TrackedComment[];
  /** Nothing newer is there. */
  readonly isEnd: boolean;
}

interface RunLimits {
  /** Runs at once in a repository whose row says nothing (`StoredRepository.runLimit`). */
  readonly perRepository: number;
  readonly perInstallation: number;
}

export type Job =
  /** Handles a stored delivery. */
  | { readonly kind: "delivery"; readonly key: string }
  /** Research. One at a time for an investigation. */
  | { readonly kind: "run"; readonly run: string; readonly repository: number; readonly issue: number }
  /** Makes GitHub show the investigation's state. For one investigation, one job waits and one runs at most. */
  | { readonly kind: "sync"; readonly repository: number; readonly issue: number }
  /** Verifies the documents of a head of our branch and writes the check run. */
  | { readonly kind: "check"; readonly repository: number; readonly issue: number; readonly head: string }
  /** Runs the failing test against somebody's change. */
  | { readonly kind: "test"; readonly repository: number; readonly issue: number; readonly test: string }
  /** Compares what an investigation said with the fix that closed its issue. */
  | { readonly kind: "compare-fix"; readonly repository: number; readonly issue: number }
  /** Removes an investigation's unrequested traces on GitHub, then its rows. */
  | {
      readonly kind: "forget";
      readonly repository: number;
      readonly issue: number;
      readonly installation: number;
    }
  /** Reads a repository's configuration and reports mistakes. */
  | { readonly kind: "configure"; readonly repository: number; readonly installation: number }
  /** Reads on in the trackers of an installation's repositories. */
  | { readonly kind: "track"; readonly installation: number }
  /** Compares the store with GitHub: missed deliveries, unfinished work. */
  | { readonly kind: "reconcile" };
export type JobKind = Job["kind"];

/** Runs jobs until it is stopped. */
export interface Workers {
  /** Starts no further job; running ones end or return to the queue, within `milliseconds`. */
  stop(milliseconds: number): Promise<void>;
}

/** One function a kind. `signal` is aborted when the job is cancelled, another worker took it, or the process stops. */
export type JobHandlers = {
  readonly [K in JobKind]: (job: Extract<Job, { kind: K }>, context: JobContext) => Promise<void>;
};

export interface JobContext {
  readonly signal: AbortSignal;
  /** 1 for the first time. */
  readonly attempt: number;
}
