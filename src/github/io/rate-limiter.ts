import { setTimeout as wait } from "node:timers/promises";
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

/** A rate limiter that all processes share through the store. */
export function storeRateLimiter(
  store: Pick<Store, "reserveWrite" | "holdWrites" | "heldUntil">,
  options: { readonly spacing?: number; readonly now?: () => number } = {},
): RateLimiter {
  const { spacing = LIMITS.writeSpacingMilliseconds, now = Date.now } = options;
  return {
    async turn(installation) {
      // Checked first: a turn that nobody waits for would delay everybody else's.
      refuseLong(await store.heldUntil(installation), now());
      const milliseconds = await store.reserveWrite(installation, spacing);
      refuseLong(now() + milliseconds, now());
      if (milliseconds > 0) await wait(milliseconds);
    },
    hold: (installation, until) => store.holdWrites(installation, until),
  };
}

function refuseLong(until: number, now: number): void {
  if (until - now <= PATIENCE) return;
  const seconds = Math.ceil((until - now) / 1000);
  throw new GitHubFailure("limited", `GitHub takes no writes of this installation for ${seconds} s`, {
    retryAt: until,
  });
}
