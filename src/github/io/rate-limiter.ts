/**
 * When an installation may write. GitHub wants writes one after the other with a pause between them, over all
 * processes, so the memory of it lies outside of this one.
 */
export interface RateLimiter {
  /** Ends when a write is allowed; throws GitHubFailure `limited` when that is not soon. Installation 0: the App itself. */
  turn(installation: number): Promise<void>;
  /** GitHub said to wait: no write before then (milliseconds since 1970). */
  hold(installation: number, until: number): Promise<void>;
}
