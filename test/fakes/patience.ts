/** Milliseconds between two looks, and the longest on a machine where a look takes long. */
const [LOOK, LONGEST] = [50, 500];
/** A look takes at most this share of the time: to look at an App in a process of its own costs that process 10 ms of a core. */
const SHARE = 1 / 20;
/** Milliseconds without any event after which nothing more is expected: wide, since a busy machine is slow. */
const QUIET = 120_000;

/**
 * Looks until it is so. Gives up when `events` stays the same for two minutes: a slow machine makes a test slow, and only
 * a standstill makes it fail.
 */
export async function waitFor(
  isSo: () => boolean | Promise<boolean>,
  events: () => readonly unknown[],
): Promise<void> {
  let [last, at] = ["", performance.now()];
  for (;;) {
    const began = performance.now();
    if (await isSo()) return;
    const took = performance.now() - began;
    const now = events().join();
    if (now !== last) [last, at] = [now, performance.now()];
    else if (performance.now() - at > QUIET) throw new Error(`nothing happens any more: ${last}`);
    const rest = Math.min(LONGEST, Math.max(LOOK, took / SHARE));
    await new Promise((resolve) => setTimeout(resolve, rest));
  }
}
