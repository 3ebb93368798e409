import type { Job, JobContext, JobHandlers, JobKind } from "../../src/store/store.ts";

/** Handlers that do nothing but for the kinds given. */
export function handlers(given: Partial<JobHandlers> = {}): JobHandlers {
  const nothing = (): Promise<void> => Promise.resolve();
  return {
    delivery: nothing,
    run: nothing,
    sync: nothing,
    check: nothing,
    test: nothing,
    "compare-fix": nothing,
    forget: nothing,
    configure: nothing,
    track: nothing,
    reconcile: nothing,
    ...given,
  };
}

/** A job that was taken up, which goes on until the test lets it end. */
export interface HeldJob<K extends JobKind> {
  readonly job: Extract<Job, { kind: K }>;
  readonly context: JobContext;
  readonly end: (error?: Error) => void;
}

/** A handler whose jobs the test takes one by one, in the order in which they begin. */
export function heldJobs<K extends JobKind>(): {
  readonly handler: JobHandlers[K];
  /** Waits for the next job to begin. */
  readonly next: () => Promise<HeldJob<K>>;
  /** Jobs at work now. */
  readonly atWork: () => number;
} {
  const begun: HeldJob<K>[] = [];
  const waiting: ((held: HeldJob<K>) => void)[] = [];
  let atWork = 0;
  const handler = (job: Extract<Job, { kind: K }>, context: JobContext): Promise<void> =>
    new Promise<void>((resolve, reject) => {
      atWork++;
      const held: HeldJob<K> = {
        job,
        context,
        end: (error) => {
          atWork--;
          if (error === undefined) resolve();
          else reject(error);
        },
      };
      const taker = waiting.shift();
      if (taker === undefined) begun.push(held);
      else taker(held);
    });
  return {
    handler: handler as JobHandlers[K],
    next: () =>
      new Promise((resolve) => {
        const held = begun.shift();
        if (held === undefined) waiting.push(resolve);
        else resolve(held);
      }),
    atWork: () => atWork,
  };
}

/** Waits until a signal is aborted, then rejects with its reason, as work that listens does. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (): void => reject(signal.reason as Error);
    if (signal.aborted) fail();
    else signal.addEventListener("abort", fail, { once: true });
  });
}
