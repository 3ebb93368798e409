/** Milliseconds between two looks. */
const LOOK = 50;
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
  while (!(await isSo())) {
    const now = events().join();
    if (now !== last) [last, at] = [now, performance.now()];
    else if (performance.now() - at > QUIET) throw new Error(`nothing happens any more: ${last}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
}
