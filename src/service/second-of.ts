/** A time in milliseconds since 1970 as UTC to the second: `2026-03-14T09:30:00Z`. */
export function secondOf(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
