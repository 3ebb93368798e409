import { z } from "zod";
import { inlineCode } from "../text/inline-code.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

/** A commit that names this issue by its number. */
export const citesIssue = claimType({
  name: "cites-issue",
  mark: "history",
  schema: z.strictObject({
    issue: z.string().regex(/^\d{1,10}$/),
    oid: part.oid,
    subject: z.string().max(10_000),
  }),
  say: ({ issue, oid, subject }) => ({
    text: `a commit names ${inlineCode(`#${issue}`)}`,
    citations: [{ kind: "commit", oid, subject }],
  }),
  async check({ issue, oid, subject }, { history, baseCommit, issue: at }) {
    if (at === undefined) return undecided("the issue is not at hand");
    if (at.key !== issue) return wrong("the issue has another number");
    const commit = await history.commit(baseCommit, oid);
    if (commit === undefined) return wrong("the base commit does not reach it");
    return commit.subject === subject && namesIssue(commit, issue)
      ? holds("the message holds the number")
      : wrong("the commit says something else");
  },
});

/** How commits name pull requests, which have the numbers of issues: of this repository, or of one whose history it holds. */
const PULL_REQUEST =
  /\(#\d+\)\s*$|\b(?:pull[\s-]?(?:requests?|req)|pull|PRs?|merge(?:[sd]|\s+of)?|merging|rollup(?:\s+of)?)[\s:(]*#\d+(?:(?:\s*,\s*|\s+and\s+)#\d+)*/gim;

/**
 * True where the message holds `#N`, whole and of no other repository. The number of a pull request is not counted: `Merge pull request #N`,
 * `(#N)` at the end of a line, `PR #N`.
 */
export function namesIssue(
  { subject, body }: { readonly subject: string; readonly body: string },
  issue: string,
): boolean {
  const said = `${subject}\n${body}`.replace(PULL_REQUEST, "");
  return new RegExp(`(?<![\\w/])#${issue}(?!\\d)`).test(said);
}
