import { hasAtLeast } from "../investigation/commands/rights.ts";
import { type Issue, type IssueComment, isPartOfReport } from "../issue/issue.ts";
import type { CommentInfo, IssueInfo } from "../github/github.ts";
import type { RepositoryFacts } from "./repository-facts.ts";

/** Authors whose rights are asked for; further ones count as readers. */
const MAX_AUTHORS = 30;

/** The issue as research reads it: what people wrote, each comment with whether its author may write to the repository. */
export async function issueForResearch(
  { github, repository }: RepositoryFacts,
  issue: IssueInfo,
  all: readonly CommentInfo[],
): Promise<Issue> {
  const comments = all.filter(({ author, isMinimized, body }) =>
    isPartOfReport({ isBot: author.type === "Bot", isMinimized, body }),
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
