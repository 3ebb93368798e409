import { z } from "zod";
import type { Account, CommentInfo, IssueInfo, PullInfo, RepositoryInfo } from "../github.ts";

/** The parts of GitHub's responses that we use, each converted to our types. */

/** GitHub shows this account for a deleted one. */
const GHOST: Account = { id: 10_137, login: "ghost", type: "User" };

export const ACCOUNT = z.object({
  id: z.int(),
  login: z.string(),
  type: z.enum(["User", "Bot", "Organization"]).catch("User"),
});

const AUTHOR = ACCOUNT.nullish().transform((account): Account => account ?? GHOST);
const TEXT = z
  .string()
  .nullish()
  .transform((text) => text ?? "");

export const REPOSITORY = z
  .object({
    id: z.int(),
    name: z.string(),
    owner: z.object({ login: z.string() }),
    private: z.boolean(),
    archived: z.boolean(),
    has_issues: z.boolean(),
    default_branch: z.string(),
    html_url: z.string(),
    clone_url: z.string(),
  })
  .transform((repository): RepositoryInfo => ({
    id: repository.id,
    owner: repository.owner.login,
    name: repository.name,
    isPrivate: repository.private,
    archived: repository.archived,
    hasIssues: repository.has_issues,
    defaultBranch: repository.default_branch,
    webUrl: repository.html_url,
    cloneUrl: repository.clone_url,
  }));

export const ISSUE = z
  .object({
    number: z.int(),
    title: z.string(),
    body: TEXT,
    user: AUTHOR,
    state: z.enum(["open", "closed"]),
    locked: z.boolean().nullish(),
    labels: z.array(z.union([z.string(), z.object({ name: TEXT })])),
    created_at: z.string(),
    pull_request: z.unknown().optional(),
    html_url: z.string(),
  })
  .transform((issue): IssueInfo => ({
    number: issue.number,
    title: issue.title,
    body: issue.body,
    author: issue.user,
    state: issue.state,
    locked: issue.locked ?? false,
    labels: issue.labels.map((label) => (typeof label === "string" ? label : label.name)),
    createdAt: issue.created_at,
    isPullRequest: issue.pull_request !== undefined && issue.pull_request !== null,
    webUrl: issue.html_url,
  }));

export const COMMENT = z
  .object({
    id: z.int(),
    body: TEXT,
    user: AUTHOR,
    performed_via_github_app: z.object({ id: z.int() }).nullish(),
    created_at: z.string(),
    updated_at: z.string(),
    minimized: z.object({}).nullish(),
  })
  .transform((comment): CommentInfo => ({
    id: comment.id,
    body: comment.body,
    author: comment.user,
    ...(comment.performed_via_github_app ? { appId: comment.performed_via_github_app.id } : {}),
    isMinimized: comment.minimized !== null && comment.minimized !== undefined,
    createdAt: comment.created_at,
    updatedAt: comment.updated_at,
  }));

const END = z.object({
  ref: z.string(),
  sha: z.string(),
  /** Null when the fork was deleted. */
  repo: z.object({ id: z.int() }).nullish(),
});

export const PULL = z
  .object({
    number: z.int(),
    state: z.enum(["open", "closed"]),
    draft: z.boolean().nullish(),
    merged_at: z.string().nullish(),
    title: z.string(),
    body: TEXT,
    head: END,
    base: END,
    user: AUTHOR,
    html_url: z.string(),
    changed_files: z.int().optional(),
    commits: z.int().optional(),
  })
  .transform((pull): PullInfo => ({
    number: pull.number,
    state: typeof pull.merged_at === "string" ? "merged" : pull.state,
    draft: pull.draft ?? false,
    title: pull.title,
    body: pull.body,
    head: pull.head.sha,
    headBranch: pull.head.ref,
    isOwnBranch: pull.head.repo != null && pull.head.repo.id === pull.base.repo?.id,
    base: pull.base.ref,
    author: pull.user,
    webUrl: pull.html_url,
    ...(pull.changed_files === undefined ? {} : { files: pull.changed_files }),
    ...(pull.commits === undefined ? {} : { commits: pull.commits }),
  }));

export const NUMBERED = z.object({ number: z.int() });
export const WITH_ID = z.object({ id: z.int() });
