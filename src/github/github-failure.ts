/**
 * What GitHub can answer instead of what was asked. `retry`: `later` means that nothing is wrong with the request; the
 * job goes back to the queue until `retryAt`. `never` means that asking again gives the same.
 */
export const GITHUB_FAILURES = {
  /** 404, 410, or a 301 that leads nowhere: not there, or not ours to see. */
  gone: { retry: "never" },
  /** 403 that is no limit: a permission is missing (named in the message), the conversation is locked, archived. */
  refused: { retry: "never" },
  /** 401: the key or the App is wrong. */
  unauthorised: { retry: "never" },
  /** 403 or 429 with limit headers, or its words. */
  limited: { retry: "later" },
  /** The installation is suspended. */
  suspended: { retry: "never" },
  /** 5xx, no answer, cut, or not to be reached: the effect may have happened. */
  unavailable: { retry: "later" },
  /** The branch is not where it was expected; nothing was written. */
  "head-moved": { retry: "never" },
  /** It is there already. */
  exists: { retry: "never" },
  /** A pull request without a difference. */
  "nothing-to-publish": { retry: "never" },
  /** A rule of the repository (protected branch, ruleset) says no; GitHub's own words are in the message. */
  "rule-violated": { retry: "never" },
  /** 2,500 comments: for ever. */
  "thread-full": { retry: "never" },
  /** Nothing was sent: our own text would do more on a page than show. */
  "would-act": { retry: "never" },
  /** 400 or 422 otherwise: our request is wrong, a bug. */
  invalid: { retry: "never" },
} as const satisfies Record<string, { retry: "never" | "later" }>;

export type GitHubFailureCode = keyof typeof GITHUB_FAILURES;

export class GitHubFailure extends Error {
  readonly code: GitHubFailureCode;
  /** Milliseconds since 1970, when GitHub said how long to wait. */
  readonly retryAt: number | undefined;

  constructor(code: GitHubFailureCode, message: string, options: { cause?: unknown; retryAt?: number } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "GitHubFailure";
    this.code = code;
    this.retryAt = options.retryAt;
  }
}
