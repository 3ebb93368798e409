import { RetryLater } from "../failure.ts";
import { type GitHub, type GitHubApp, WRITES } from "../github/github.ts";
import type { Deadline } from "../process/clock.ts";
import type { SandboxSettings } from "../sandbox/sandbox-settings.ts";
import type { Store } from "../store/store.ts";
import type { ModelProvider } from "./model-provider.ts";
import type { Research } from "./research.ts";
import { RETRY_SECONDS } from "./time.ts";

/** What the jobs need of the outside. The process builds it once; everything that a job does is a function of it. */
export interface Service {
  readonly app: GitHubApp;
  readonly store: Store;
  readonly research: Research;
  /** Undefined: no model is set up, so only what the built-in researcher can do. */
  readonly modelProvider?: ModelProvider | undefined;
  /** What code finds in the sandbox; undefined: the operator lets no code run. */
  readonly sandbox?: SandboxSettings | undefined;
  readonly settings: ServiceSettings;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A time limit in the time of `now`. */
  readonly deadline: (minutes: number) => Deadline;
  readonly log: Log;
}

interface ServiceSettings {
  /** Names this process in the store. */
  readonly worker: string;
  /** Runs at once of one installation. */
  readonly runsPerInstallation: number;
  /** Milliseconds between two edits of a status comment that only show progress. */
  readonly editSpacing: number;
  /** Milliseconds in which GitHub's lists may lack what was made: a comment whose making had no answer is not made again before. */
  readonly listsBehind: number;
  /** Days that what nobody uses any more is kept: ended runs, leases. */
  readonly keepDays: number;
  /** Days after which words that were said are recorded and not obeyed. */
  readonly deliveryDays: number;
}

/** Structured logging: a sentence, and ids that other lines share. Never a text of a person, never a secret. */
export interface Log {
  info(what: string, ids: LogIds): void;
  warn(what: string, ids: LogIds): void;
  error(what: string, ids: LogIds, error: unknown): void;
}

export interface LogIds {
  readonly delivery?: string;
  /** `1234#42`. */
  readonly investigation?: string;
  readonly run?: string;
  readonly installation?: number;
  readonly repository?: number;
  readonly code?: string;
  readonly count?: number;
}

/** A run that was tried so often and ended the process each time is put aside. */
export const MAX_ATTEMPTS = 3;

/** Milliseconds after which an answer about a lease is too old to write on. */
const FRESH = 5_000;
const MAX_ASKED = 3;

/**
 * The same GitHub, with `guard` asked before every write: a caller that lost its lease throws there and writes nothing. One that
 * stood still while it asked asks again, since another process may hold the lease by now. Reads pass.
 */
export function guarded({ now }: Pick<Service, "now">, github: GitHub, guard: () => Promise<void>): GitHub {
  const ask = async (): Promise<void> => {
    for (let i = 0; i < MAX_ASKED; i++) {
      const askedAt = now();
      await guard();
      if (Math.abs(now() - askedAt) < FRESH) return;
    }
    throw new RetryLater(RETRY_SECONDS, "it takes too long to ask for the lease");
  };
  const methods = github as unknown as Readonly<Record<string, (...args: unknown[]) => Promise<unknown>>>;
  const writes = WRITES.filter((name) => name in github).map((name) => [
    name,
    async (...args: unknown[]): Promise<unknown> => {
      await ask();
      return methods[name]!(...args);
    },
  ]);
  return { ...github, ...(Object.fromEntries(writes) as Partial<GitHub>) };
}

/** Runs at once in a repository that says nothing about it. */
const RUNS_PER_REPOSITORY = 2;

/** Lets waiting runs start as far as the limits allow; called whenever one is wanted or ends. */
export async function admitRuns({ store, settings }: Pick<Service, "store" | "settings">): Promise<void> {
  await store.admitRuns({
    perRepository: RUNS_PER_REPOSITORY,
    perInstallation: settings.runsPerInstallation,
  });
}
