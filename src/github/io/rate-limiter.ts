import { setTimeout as pause } from "node:timers/promises";
import { LIMITS } from "../../text/github-limits.ts";
import { GitHubFailure } from "../github-failure.ts";
import type { Store } from "../../store/store.ts";

/**
 * When an installation may write. GitHub wants writes one after the other with a pause between them, over all processes,
 * so the state is outside of this one.
 */
export interface RateLimiter {
  /** Resolves when a write is allowed; throws GitHubFailure `limited` when that is not soon. Installation 0: the App itself. */
  turn(installation: number): Promise<void>;
  /** GitHub said to wait: no write before then (milliseconds since 1970). */
  hold(installation: number, until: number): Promise<void>;
}

/** A job waits this many milliseconds for its turn; for a longer wait it returns to the queue. */
const PATIENCE = 5_000;
/** Deliveries that are sent again in the time of one write. */
const REDELIVERIES = 5;

/** A rate limiter that all processes share through the store. */
export function storeRateLimiter(
  store: Pick<Store, "reserveWrite" | "holdWrites" | "heldFor">,
  options: {
    readonly spacing?: number;
    readonly now?: () => number;
    readonly wait?: (milliseconds: number) => Promise<unknown>;
  } = {},
): RateLimiter {
  const { spacing = LIMITS.writeSpacingMilliseconds, now = Date.now, wait = pause } = options;
  return {
    async turn(installation) {
      // Checked first: a turn that nobody waits for would delay everybody else's.
      refuseLong(await store.heldFor(installation), now());
      // Sending a delivery again makes no content on GitHub, and thousands of them may wait after an outage.
      const milliseconds = await store.reserveWrite(
        installation,
        installation === 0 ? spacing / REDELIVERIES : spacing,
      );
      refuseLong(milliseconds, now());
      if (milliseconds > 0) await wait(milliseconds);
    },
    hold: (installation, until) => store.holdWrites(installation, Math.max(0, until - now())),
  };
}

function refuseLong(milliseconds: number, now: number): void {
  if (milliseconds <= PATIENCE) return;
  const seconds = Math.ceil(milliseconds / 1000);
  throw new GitHubFailure("limited", `GitHub takes no writes of this installation for ${seconds} s`, {
    retryAt: now + milliseconds,
  });
}
