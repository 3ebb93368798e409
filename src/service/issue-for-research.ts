import { findCommandLines } from "../investigation/commands/command-lines.ts";
import { hasAtLeast } from "../investigation/commands/rights.ts";
import type { Issue, IssueComment } from "../issue/issue.ts";
import type { IssueInfo } from "../github/github.ts";
import type { RepositoryFacts } from "./repository-facts.ts";

/** Authors whose rights are asked for; further ones count as readers. */
const MAX_AUTHORS = 30;

/**
 * The issue as research reads it: what people wrote, each with whether they may write to the repository. Comments of
 * bots and comments that only hold commands say nothing about the problem.
 */
export async function issueForResearch(
  { github, repository }: RepositoryFacts,
  issue: IssueInfo,
): Promise<Issue> {
  const comments = (await github.comments(repository, issue.number)).filter(
    ({ author, body }) => author.type !== "Bot" && !isOnlyCommands(body),
  );
  const maintainers = new Map<string, boolean>();
  for (const { author } of comments)
    if (!maintainers.has(author.login) && maintainers.size < MAX_AUTHORS)
      maintainers.set(author.login, hasAtLeast(await github.permission(repository, author.login), "write"));
  return {
    key: String(issue.number),
    title: issue.title,
    body: issue.body.replace(/\r\n?/g, "\n"),
    author: issue.author.login,
    url: issue.webUrl,
    comments: comments.map(({ author, body, createdAt }): IssueComment => ({
      author: author.login,
      maintainer: maintainers.get(author.login) ?? false,
      body: body.replace(/\r\n?/g, "\n"),
      createdAt,
    })),
  };
}

function isOnlyCommands(body: string): boolean {
  const lines = body.split("\n").filter((line) => line.trim() !== "").length;
  return lines > 0 && findCommandLines(body, lines + 1).length === lines;
}
