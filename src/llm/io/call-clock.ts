import { ModelFailure } from "../model.ts";

/** Ends a call: by the caller's signal, after the time that it may take, or when nothing comes for too long. */
export interface CallClock extends Disposable {
  /** Aborted with the caller's reason, or with a ModelFailure. */
  readonly signal: AbortSignal;
  /** Gives up at once when the call is ended, whatever the work is waiting for. */
  race<T>(work: Promise<T>): Promise<T>;
  /** From here on silence is looked at. */
  watch(): void;
  /** Something came. */
  alive(): void;
  /** The answer has begun: from now on an end may cost. */
  begin(): void;
  readonly began: boolean;
}

export interface CallTimes {
  /** Of the whole call. */
  readonly total: number;
  /** Between two signs of life, once an answer is being written. */
  readonly idle: number;
}

/** Starts the clock of one try of a call. */
export function startClock(outer: AbortSignal, { total, idle }: CallTimes): CallClock {
  const controller = new AbortController();
  const { promise: ended, reject } = Promise.withResolvers<never>();
  // Nobody may be waiting when it ends.
  ended.catch(() => undefined);
  let began = false;
  let silence: NodeJS.Timeout | undefined;
  let isWatched = false;
  const end = (reason: unknown): void => {
    clearTimeout(silence);
    clearTimeout(whole);
    if (controller.signal.aborted) return;
    controller.abort(reason);
    reject(reason);
  };
  const late = (milliseconds: number, what: string): ModelFailure =>
    // A slow endpoint is at work.
    new ModelFailure("unavailable", `The endpoint ${what} for ${seconds(milliseconds)}`, { mayCost: true });
  const whole = setTimeout(() => end(late(total, "was not done")), total);
  const stop = (): void => end(outer.reason);
  if (outer.aborted) stop();
  else outer.addEventListener("abort", stop, { once: true });
  const alive = (): void => {
    if (!isWatched) return;
    clearTimeout(silence);
    silence = setTimeout(() => end(late(idle, "said nothing")), idle);
  };
  return {
    signal: controller.signal,
    race: (work) => Promise.race([work, ended]),
    alive,
    watch() {
      if (isWatched || controller.signal.aborted) return;
      isWatched = true;
      alive();
    },
    begin: () => void (began = true),
    get began() {
      return began;
    },
    [Symbol.dispose]() {
      clearTimeout(silence);
      clearTimeout(whole);
      outer.removeEventListener("abort", stop);
    },
  };
}

function seconds(milliseconds: number): string {
  return milliseconds < 1_000 ? `${milliseconds} ms` : `${Math.round(milliseconds / 1_000)} s`;
}
