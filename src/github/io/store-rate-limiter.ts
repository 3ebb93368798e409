import { setTimeout as wait } from "node:timers/promises";
import { LIMITS } from "../../text/github-limits.ts";
import { GitHubFailure } from "../github-failure.ts";
import type { Store } from "../../store/store.ts";
import type { RateLimiter } from "./rate-limiter.ts";

/** Milliseconds that a job sits and waits for its turn; for longer it goes back to the queue. */
const PATIENCE = 5_000;

/** Turns that every process takes from the same store. */
export function storeRateLimiter(
  store: Pick<Store, "reserveWrite" | "holdWrites" | "heldUntil">,
  options: { readonly spacing?: number; readonly now?: () => number } = {},
): RateLimiter {
  const { spacing = LIMITS.writeSpacingMilliseconds, now = Date.now } = options;
  return {
    async turn(installation) {
      // Looked at first: a turn that nobody waits for would push back everybody else's.
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
