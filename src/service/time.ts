/** A time in milliseconds since 1970 as UTC to the second: `2026-03-14T09:30:00Z`. */
export function secondOf(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** Seconds until a retry when GitHub or a mirror does not answer and does not say for how long. */
export const RETRY_SECONDS = 10;

/** Seconds from now until GitHub said that it takes requests again. Both in milliseconds since 1970. */
export function secondsUntil(retryAt: number | undefined, now: number): number {
  return retryAt === undefined ? RETRY_SECONDS : Math.max(1, Math.ceil((retryAt - now) / 1000));
}
