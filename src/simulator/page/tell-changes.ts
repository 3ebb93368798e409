import type { CommentState, RepositoryState } from "../github/contract.ts";
import { printable } from "../../text/inline-code.ts";
import { clip } from "../../text/safe-text.ts";

/** Characters of a comment that a line shows. */
const MAX_SHOWN = 100;
/** Characters of an answer, which names the missing permission or the nearest command. */
const MAX_ANSWER = 240;
/** How reactions look; others go by their name. */
export const REACTION_SIGNS: Readonly<Record<string, string>> = {
  eyes: "👀",
  rocket: "🚀",
  confused: "😕",
  "-1": "👎",
};

/** Changes between two states of a repository, a line for each that a person would notice. */
export function tellChanges(before: RepositoryState | undefined, after: RepositoryState): readonly string[] {
  const lines: string[] = [];
  for (const issue of after.issues) {
    const old = before?.issues.find(({ number }) => number === issue.number);
    const at = `#${issue.number}`;
    if (old === undefined) lines.push(`${at} opened: ${printable(issue.title)}`);
    else if (old.state !== issue.state) lines.push(`${at} ${issue.state === "open" ? "reopened" : "closed"}`);
    for (const label of issue.labels)
      if (!(old?.labels ?? []).includes(label)) lines.push(`${at} + ${printable(label)}`);
    for (const label of old?.labels ?? [])
      if (!issue.labels.includes(label)) lines.push(`${at} - ${printable(label)}`);
    lines.push(...tellComments(at, old?.comments ?? [], issue.comments));
  }
  for (const pull of after.pulls) {
    const old = before?.pulls.find(({ number }) => number === pull.number);
    const at = `#${pull.number}`;
    if (old === undefined)
      lines.push(
        `${at} ${pull.author} opened ${pull.draft ? "a draft pull request" : "a pull request"}: ${printable(pull.title)}`,
      );
    else if (old.state !== pull.state) lines.push(`${at} pull request ${pull.state}`);
    else if (old.body !== pull.body) lines.push(`${at} the text of the pull request was updated`);
    if (old !== undefined && old.title !== pull.title)
      lines.push(`${at} is now called: ${printable(pull.title)}`);
    lines.push(...tellComments(at, old?.comments ?? [], pull.comments));
  }
  for (const [branch, head] of Object.entries(after.branches))
    if (before !== undefined && before.branches[branch] !== head)
      lines.push(`${branch} is at ${head.slice(0, 7)}`);
  for (const branch of Object.keys(before?.branches ?? {}))
    if (after.branches[branch] === undefined) lines.push(`${branch} was removed`);
  for (const check of after.checks) {
    const old = before?.checks.find(({ id }) => id === check.id);
    if (check.conclusion !== null && (old?.conclusion !== check.conclusion || old.title !== check.title))
      lines.push(`check ${printable(check.name)}: ${printable(check.title)}`);
  }
  return lines;
}

function tellComments(
  at: string,
  before: readonly CommentState[],
  after: readonly CommentState[],
): readonly string[] {
  return after.flatMap((comment) => {
    const old = before.find(({ id }) => id === comment.id);
    const lines: string[] = [];
    const words = firstWords(comment.body);
    if (old === undefined) lines.push(`${at} ${comment.author}: ${words}`);
    else if (firstWords(old.body) !== words) lines.push(`${at} ${comment.author} edited: ${words}`);
    for (const answer of answersIn(comment.body))
      if (!answersIn(old?.body ?? "").includes(answer)) lines.push(`${at} ${comment.author}: ${answer}`);
    const cost = costIn(comment.body);
    if (cost !== undefined && cost !== costIn(old?.body ?? ""))
      lines.push(`${at} ${comment.author}: ${cost}`);
    for (const { by, content } of comment.reactions)
      if (!(old?.reactions ?? []).some((known) => known.by === by && known.content === content))
        lines.push(`${at} ${by} ${REACTION_SIGNS[content] ?? content} on ${comment.author}'s comment`);
    return lines;
  });
}

/** A status comment's answers to refused or unknown commands, the oldest first. */
function answersIn(body: string): readonly string[] {
  return body
    .split("\n")
    .filter((line) => line.startsWith("- `/case"))
    .map((line) => clip(printable(line.slice(2).replaceAll("`", "")), MAX_ANSWER))
    .reverse();
}

/** The cost at the end of a status comment: `cost $0.0412 of at most $3.00`. */
function costIn(body: string): string | undefined {
  return /· (cost \\\$[\d.]+(?: of at most \\\$[\d.]+)?)\*$/m.exec(body)?.[1]?.replaceAll("\\", "");
}

/** The first line without its markup. */
function firstWords(body: string): string {
  return clip(
    printable(
      body
        .split("\n", 1)[0]!
        .replace(/^#+ /, "")
        .replaceAll(/\*\*|`/g, ""),
    ),
    MAX_SHOWN,
  );
}
