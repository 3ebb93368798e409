import type { PgBoss, QueueOptions, QueuePolicy } from "pg-boss";
import type { JobKind } from "../../engine/store/store.ts";

/** Where jobs go that failed too often; an operator sees their number in the metrics. */
export const DEAD = "dead";

type Settings = QueueOptions & { readonly policy: QueuePolicy };

const COMMON = {
  // A worker that is killed stops beating; pg-boss looks every few seconds (`openBoss`).
  heartbeatSeconds: 10,
  retryLimit: 8,
  retryDelay: 2,
  retryBackoff: true,
  retryDelayMax: 600,
  deadLetter: DEAD,
  deleteAfterSeconds: 86_400,
  notify: true,
} as const;

/** `short`: at most one waits for a key, so that a hundred reasons to look make one look. */
const SHORT = { ...COMMON, policy: "short", expireInSeconds: 900 } as const;

const QUEUES: Readonly<Record<JobKind, Settings>> = {
  delivery: { ...COMMON, policy: "standard", expireInSeconds: 900 },
  // One at a time for an investigation; `groupConcurrency` let two run at once when it was tried.
  run: { ...COMMON, policy: "singleton", expireInSeconds: 6 * 3600 },
  sync: SHORT,
  check: { ...SHORT, expireInSeconds: 1_800 },
  forget: SHORT,
  configure: SHORT,
  reconcile: { ...SHORT, retryLimit: 2 },
};

export const KINDS = Object.keys(QUEUES) as readonly JobKind[];

export async function createQueues(boss: PgBoss): Promise<void> {
  await boss.createQueue(DEAD, { retryLimit: 0 });
  for (const kind of KINDS) await boss.createQueue(kind, QUEUES[kind]);
}
