import type { Issue } from "../issue/issue.ts";
import type { TrackedIssue } from "../issue/parse-tracker.ts";
import type { CommitRecord } from "../repository/history.ts";
import { pullNumbers } from "../repository/fixed-issues.ts";
import type { Fix } from "./find-fixes.ts";

/** Why an issue says more than was known when it was reported; undefined where nothing shows it. */
export function hindsightIn(
  { title, body, created }: Pick<TrackedIssue, "title" | "body" | "created">,
  { commit, time }: Fix,
  record: Pick<CommitRecord, "subject">,
): "younger" | "names-fix" | undefined {
  if (created !== undefined && created > time) return "younger";
  const text = `${title}\n${body}`;
  const namesCommit = (text.match(/\b[0-9a-f]{7,40}\b/g) ?? []).some((hash) => commit.startsWith(hash));
  const namesPull = pullNumbers(record).some((number) =>
    new RegExp(`(?:#|GH-|/pull/)${number}(?!\\d)`, "i").test(text),
  );
  return namesCommit || namesPull ? "names-fix" : undefined;
}

/** The issue as it is worked: what was said after the fix is no part of it, so no comment is. */
export function asReported({ key, title, body, author, url }: Issue): Issue {
  return {
    key,
    title,
    body,
    ...(author === undefined ? {} : { author }),
    ...(url === undefined ? {} : { url }),
    comments: [],
  };
}
