import type { JobKind } from "./store.ts";

/** The dead-letter queue; the metrics show its size. */
export const DEAD = "dead";

/** Kinds that nothing else finds again when their job is put aside: `recoverRuns`, `unshown` and a timer have the others. */
export const REVIVED: readonly JobKind[] = [
  "delivery",
  "check",
  "test",
  "compare-fix",
  "forget",
  "configure",
];
/** Times that a job is taken back from the dead-letter queue: over 22 hours, with the pauses of `REVIVAL_MINUTES`. */
export const MAX_REVIVALS = 8;
/** Minutes in the dead-letter queue, doubled each time. */
export const REVIVAL_MINUTES = { first: 10, longest: 360 } as const;
/** Why a delivery ends that was taken back so often. */
export const GIVEN_UP = "given up: its job failed too often";

/** Seconds without a sign of life after which a job is taken from its worker, beside the check of every few seconds. */
export const HEARTBEAT_SECONDS = 10;

const COMMON = {
  // A killed worker sends no heartbeat; pg-boss checks every few seconds (`openBoss`).
  heartbeatSeconds: HEARTBEAT_SECONDS,
  retryLimit: 8,
  retryDelay: 2,
  retryBackoff: true,
  retryDelayMax: 600,
  deadLetter: DEAD,
  deleteAfterSeconds: 86_400,
  notify: true,
  // One active job per key; `groupConcurrency` ran two at once when measured.
  policy: "singleton",
} as const;

/** How jobs of each kind are retried, for how long they may run, and whether two of one key may run at once. */
export const QUEUES = {
  delivery: { ...COMMON, policy: "standard", expireInSeconds: 900 },
  run: { ...COMMON, expireInSeconds: 6 * 3600 },
  sync: { ...COMMON, expireInSeconds: 900 },
  check: { ...COMMON, expireInSeconds: 1_800 },
  test: { ...COMMON, expireInSeconds: 3 * 3600 },
  "compare-fix": { ...COMMON, expireInSeconds: 1_800 },
  forget: { ...COMMON, expireInSeconds: 900 },
  configure: { ...COMMON, expireInSeconds: 900 },
  track: { ...COMMON, expireInSeconds: 1_800, retryLimit: 2 },
  reconcile: { ...COMMON, expireInSeconds: 1_800, retryLimit: 2 },
} as const satisfies Readonly<Record<JobKind, object>>;

/** Comments of an issue that are read from the index of its tracker. */
export const MAX_TRACKED_COMMENTS = 50;

export const KINDS = Object.keys(QUEUES) as readonly JobKind[];

/**
 * Jobs at once in one process, by kind; they mostly wait for GitHub. Of one installation it is one of each kind, runs aside: a job
 * that waits for its installation's turn to write holds up no other installation.
 */
export const AT_ONCE: Readonly<Record<Exclude<JobKind, "run">, number>> = {
  delivery: 6,
  sync: 8,
  check: 1,
  test: 1,
  "compare-fix": 1,
  forget: 1,
  configure: 1,
  track: 1,
  reconcile: 1,
};
