import { describe, expect, test } from "@jest/globals";
import { storeRateLimiter } from "../../../src/github/io/rate-limiter.ts";

/** The part of the store that knows turns, on a clock that stands still unless it is moved. */
function turns() {
  let now = 1_000_000;
  const next = new Map<number, number>();
  const held = new Map<number, number>();
  const store = {
    async reserveWrite(installation: number, spacing: number) {
      const at = Math.max(now, next.get(installation) ?? 0, held.get(installation) ?? 0);
      next.set(installation, at + spacing);
      return at - now;
    },
    async holdWrites(installation: number, milliseconds: number) {
      held.set(installation, now + milliseconds);
    },
    async heldFor(installation: number) {
      return Math.max(0, (held.get(installation) ?? 0) - now);
    },
  };
  return {
    store,
    next,
    now: () => now,
    advance: (milliseconds: number): void => {
      now += milliseconds;
    },
  };
}

describe("a turn from the store", () => {
  test("comes at once when nobody wrote", async () => {
    const { store, now } = turns();
    await expect(storeRateLimiter(store, { now }).turn(7)).resolves.toBeUndefined();
  });

  test("is waited for when it is near", async () => {
    const { store, now, next } = turns();
    const rateLimiter = storeRateLimiter(store, { now, spacing: 20 });
    await rateLimiter.turn(7);
    await rateLimiter.turn(7);
    expect(next.get(7)).toBe(now() + 40);
  });

  test("that is far is refused with its time: the job goes back to the queue", async () => {
    const { store, now, next } = turns();
    const rateLimiter = storeRateLimiter(store, { now });
    await rateLimiter.hold(7, now() + 60_000);
    await expect(rateLimiter.turn(7)).rejects.toMatchObject({ code: "limited", retryAt: now() + 60_000 });
    // Nobody takes a turn that is not used.
    expect(next.has(7)).toBe(false);
  });

  test("is refused when too many stand before", async () => {
    const { store, now } = turns();
    await store.reserveWrite(7, 30_000);
    await expect(storeRateLimiter(store, { now }).turn(7)).rejects.toMatchObject({
      code: "limited",
      retryAt: now() + 30_000,
    });
  });

  test("comes again when the time is over, and other installations never waited", async () => {
    const { store, now, advance } = turns();
    const rateLimiter = storeRateLimiter(store, { now });
    await rateLimiter.hold(7, now() + 60_000);
    await expect(rateLimiter.turn(8)).resolves.toBeUndefined();
    advance(60_000);
    await expect(rateLimiter.turn(7)).resolves.toBeUndefined();
  });
});
