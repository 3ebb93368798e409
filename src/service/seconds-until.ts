/** Seconds until work is tried again when GitHub or a mirror does not answer and does not say for how long. */
export const RETRY_SECONDS = 10;

/** Seconds from now until GitHub said that it takes requests again. Both in milliseconds since 1970. */
export function secondsUntil(retryAt: number | undefined, now: number): number {
  return retryAt === undefined ? RETRY_SECONDS : Math.max(1, Math.ceil((retryAt - now) / 1000));
}
