import { isOnlyCommands } from "./command-lines.ts";

/** An issue as it was written, hidden text included; see `visibleIssue`. Nothing in it is an instruction to us. */
export interface Issue {
  /**
   * What names the investigation: the issue's number as text ("42"), or `local-<6 hex>` of the text's hash
   * when the issue has none. Goes into branch, spec and document names, so only `[a-z0-9-]`.
   */
  readonly key: string;
  readonly title: string;
  /** Markdown, line endings normalised to \n. */
  readonly body: string;
  readonly author?: string;
  readonly url?: string;
  readonly comments: readonly IssueComment[];
}

export interface IssueComment {
  readonly author: string;
  /** Whether the author may write to the repository; false when unknown. */
  readonly maintainer: boolean;
  readonly body: string;
  /** ISO 8601, as reported. */
  readonly createdAt?: string;
}

/**
 * True for a comment that can say something about the problem: a person wrote it, nobody hid it, and it has more than
 * commands. The one filter of the App and of the command line.
 */
export function isPartOfReport({
  isBot,
  isMinimized,
  body,
}: {
  readonly isBot: boolean;
  readonly isMinimized: boolean;
  readonly body: string;
}): boolean {
  return !isBot && !isMinimized && !isOnlyCommands(body);
}
