/** Milliseconds that a loop over data in memory may block timers and signals. */
const HOLD = 20;

/** A function to call in long loops: it yields after `HOLD` ms and throws when the signal is aborted. */
export function yielder(signal?: AbortSignal): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since > HOLD) {
      await new Promise<void>((resolve) => void setImmediate(resolve));
      since = performance.now();
    }
    signal?.throwIfAborted();
  };
}

/** Waits, or throws the reason of the signal when it is aborted first. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", stop, { once: true });
  });
}

/** A time limit that can restart. */
export interface Deadline {
  /** Aborted when the time is up. */
  readonly signal: AbortSignal;
  readonly restart: () => void;
  readonly clear: () => void;
}

/** A deadline that starts with its first `restart`. */
export function deadlineOf(minutes: number): Deadline {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    signal: controller.signal,
    restart() {
      clearTimeout(timer);
      timer = setTimeout(() => controller.abort(), minutes * 60_000);
    },
    clear: () => clearTimeout(timer),
  };
}
