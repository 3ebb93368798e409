/**
 * GitHub's limits that Casebook keeps. Each with where it is known from, so that a change of theirs is one line here.
 * "docs": docs.github.com; "seen": an error text quoted by other projects; no public page says it.
 */
export const LIMITS = {
  /** Characters of an issue's, pull request's or comment's body (422 "body is too long" above; seen). */
  bodyCharacters: 65_536,
  /** What we cut at: the rest goes to the committed file. Renovate cuts there too. */
  ownBodyCharacters: 58_000,
  /** Characters of a title (seen). */
  titleCharacters: 256,
  ownTitleCharacters: 200,
  /** Comments on one issue; then 403 for ever (seen). */
  commentsPerIssue: 2_500,
  /** Labels on one issue (actions/labeler's constant). */
  labelsPerIssue: 100,
  labelNameCharacters: 50,
  labelDescriptionCharacters: 100,
  /** Annotations in one request of a check run (docs: rest/checks/runs); more come by further updates. */
  annotationsPerRequest: 50,
  /** Ours: worst first. */
  ownAnnotations: 200,
  /** Characters of a check run's summary, and of its text (docs: rest/checks/runs). */
  checkTextCharacters: 65_535,
  /** Content-creating requests a minute and an hour (docs: secondary rate limits). */
  creationsPerMinute: 80,
  creationsPerHour: 500,
  /** Milliseconds between two writes (docs: best practices for the REST API). */
  writeSpacingMilliseconds: 1_000,
  /** Requests an hour of an installation token (docs: rate limits); larger installations have more. */
  requestsPerHour: 5_000,
  /** Seconds a webhook may take to be answered (docs: webhooks best practices). */
  webhookSeconds: 10,
  /** Bytes of a webhook's body (docs: webhook events and payloads); larger ones are never sent. */
  webhookBytes: 25 * 1024 * 1024,
  /** Days that GitHub keeps deliveries (docs: data/variables/webhooks.yml). */
  deliveryDays: 3,
  /** Seconds that an installation token lives (docs: generating an installation access token). */
  tokenSeconds: 3_600,
  /** Items of a page (docs: pagination). */
  pageItems: 100,
} as const;
