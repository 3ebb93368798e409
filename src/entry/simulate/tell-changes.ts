import type { CommentState, RepositoryState } from "../../adapters/simulated-github/contract.ts";
import { printable } from "../../domain/document/inline-code.ts";

/** Characters of a comment that a line shows. */
const MAX_SHOWN = 100;
const SIGNS: Readonly<Record<string, string>> = { eyes: "👀", rocket: "🚀", confused: "😕", "-1": "👎" };

/** What happened between two looks at a repository, a line for each thing that a person would notice. */
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
    else if (old.body !== pull.body) lines.push(`${at} the pull request's text was brought up to date`);
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
    if (old === undefined) lines.push(`${at} ${comment.author}: ${firstWords(comment.body)}`);
    else if (old.body !== comment.body)
      lines.push(`${at} ${comment.author} edited: ${firstWords(comment.body)}`);
    for (const { by, content } of comment.reactions)
      if (!(old?.reactions ?? []).some((known) => known.by === by && known.content === content))
        lines.push(`${at} ${by} ${SIGNS[content] ?? content} on ${comment.author}'s comment`);
    return lines;
  });
}

/** The first line, and of a status comment the phase that runs. */
function firstWords(body: string): string {
  const first = printable(body.split("\n", 1)[0]!.replaceAll("**", ""));
  const running = /^\| *(?:\[?([a-z-]+)[^|]*) *\| ◐/m.exec(body)?.[1];
  const shown = [...first].slice(0, MAX_SHOWN).join("");
  return `${shown}${[...first].length > MAX_SHOWN ? "…" : ""}${running === undefined ? "" : ` (${running})`}`;
}
