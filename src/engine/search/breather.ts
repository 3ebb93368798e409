/** Milliseconds that a loop over what is in memory may hold the process before timers and signals have their turn. */
const HOLD = 20;

/** Called in a long loop: lets others run when it held the process long enough, and throws when the signal says stop. */
export function breather(signal?: AbortSignal): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since > HOLD) {
      await new Promise<void>((resolve) => void setImmediate(resolve));
      since = performance.now();
    }
    signal?.throwIfAborted();
  };
}
