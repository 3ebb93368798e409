const DAY = 86_400;

/** The day in UTC of a time in seconds since 1970: `2026-11-30`. */
export function dateOf(seconds: number): string {
  return new Date(Math.floor(seconds / DAY) * DAY * 1000).toISOString().slice(0, 10);
}
