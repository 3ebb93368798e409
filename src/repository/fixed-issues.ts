import type { CommitRecord } from "./history.ts";

const CLOSES = String.raw`\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)\b:?\s+`;
const NUMBER = String.raw`(?:#|GH-)([1-9]\d{0,8})\b`;
/** More numbers in one message are a list of a release. */
const MAX_NUMBERS = 3;

/**
 * Issues that a message says it fixes: `fixes #12`, `Closes: https://…/OWNER/NAME/issues/12`. `repository`: `owner/name`, whose addresses
 * count. `isIssue`: where a tracker is at hand, `#12` in the subject counts, too, when 12 is an issue and no pull request.
 */
export function fixedIssues(
  { subject, body }: Pick<CommitRecord, "subject" | "body">,
  repository: string | undefined,
  isIssue: (number: string) => boolean = () => false,
): readonly string[] {
  if (/^revert\b/i.test(subject)) return [];
  const found = new Set<string>();
  const message = `${subject}\n${body}`;
  for (const [, list] of message.matchAll(
    new RegExp(`${CLOSES}(${NUMBER}(?:(?:,|,? and)\\s+${NUMBER}){0,5})`, "gi"),
  ))
    for (const [, number] of list!.matchAll(/(?:#|GH-)(\d+)/gi)) found.add(number!);
  for (const [, owner, number] of message.matchAll(
    new RegExp(`${CLOSES}https?://[\\w.-]+/([\\w.-]+/[\\w.-]+)/issues/([1-9]\\d{0,8})\\b`, "gi"),
  ))
    if (repository === undefined || owner!.toLowerCase() === repository.toLowerCase()) found.add(number!);
  for (const [, number] of subject.matchAll(/(?<![\w/])#([1-9]\d{0,8})\b/g))
    if (isIssue(number!)) found.add(number!);
  return found.size > MAX_NUMBERS ? [] : [...found];
}

/** Numbers of pull requests that a commit's subject names as its own: `… (#12)`, `Merge pull request #12`. */
export function pullNumbers({ subject }: Pick<CommitRecord, "subject">): readonly string[] {
  return [/\(#(\d+)\)\s*$/.exec(subject)?.[1], /^Merge pull request #(\d+)/.exec(subject)?.[1]].filter(
    (number) => number !== undefined,
  );
}
