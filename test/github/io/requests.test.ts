import { afterAll, describe, expect, test } from "@jest/globals";
import nock from "nock";
import type { GitHub, GitHubApp } from "../../../src/github/github.ts";
import { WRITES } from "../../../src/github/github.ts";
import type { SafeText } from "../../../src/text/safe-text.ts";
import { API, endNock, INSTALLATION, nockedGitHub, nockIdentity, REPOSITORY } from "./nocked-github.ts";

/** One request as it must be, and GitHub's answer to it. */
interface Expected {
  readonly at: string;
  readonly body?: unknown;
  readonly status?: number;
  readonly answer?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: "read" | "write";
}

interface Row {
  readonly name: Exclude<keyof GitHub, "readToken">;
  readonly situation: string;
  readonly call: (github: GitHub) => Promise<unknown>;
  readonly requests: readonly Expected[];
  readonly gives: unknown;
  /** The method asks first who we are. */
  readonly asksIdentity?: true;
}

const SHA = "a".repeat(40);
const OTHER = "b".repeat(40);
const text = (value: string): SafeText => value as SafeText;
const R = REPOSITORY;
const bot = { id: 99, login: "casebook[bot]", type: "Bot" };
const person = { id: 5, login: "ann", type: "User" };

const issue = (number: number, more: object = {}): object => ({
  number,
  title: "Crash",
  body: "It crashes.",
  user: person,
  state: "open",
  locked: false,
  labels: [{ name: "bug" }, "old"],
  created_at: "2026-01-01T00:00:00Z",
  html_url: `https://github.com/o/r/issues/${number}`,
  ...more,
});
const issueInfo = {
  number: 3,
  title: "Crash",
  body: "It crashes.",
  author: person,
  state: "open",
  locked: false,
  labels: ["bug", "old"],
  createdAt: "2026-01-01T00:00:00Z",
  isPullRequest: false,
  webUrl: "https://github.com/o/r/issues/3",
};
const comment = (id: number, more: object = {}): object => ({
  id,
  body: "Hello",
  user: person,
  created_at: "2026-01-01T00:00:00Z",
  updated_at: "2026-01-02T00:00:00Z",
  ...more,
});
const commentInfo = (id: number): object => ({
  id,
  body: "Hello",
  author: person,
  createdAt: "2026-01-01T00:00:00Z",
  updatedAt: "2026-01-02T00:00:00Z",
  isMinimized: false,
});
const pull = (number: number, more: object = {}): object => ({
  number,
  state: "open",
  draft: true,
  merged_at: null,
  title: "Research",
  body: null,
  head: { ref: "casebook/issue-3", sha: SHA, repo: { id: 42 } },
  base: { ref: "main", sha: OTHER, repo: { id: 42 } },
  user: bot,
  html_url: `https://github.com/o/r/pull/${number}`,
  ...more,
});
const pullInfo = {
  number: 4,
  state: "open",
  draft: true,
  title: "Research",
  body: "",
  head: SHA,
  headBranch: "casebook/issue-3",
  isOwnBranch: true,
  base: "main",
  author: bot,
  webUrl: "https://github.com/o/r/pull/4",
};
const repository = {
  id: 42,
  name: "r",
  owner: { login: "o" },
  private: true,
  archived: false,
  has_issues: true,
  default_branch: "main",
  html_url: "https://github.com/o/r",
  clone_url: "https://github.com/o/r.git",
};
const repositoryInfo = {
  id: 42,
  owner: "o",
  name: "r",
  isPrivate: true,
  archived: false,
  hasIssues: true,
  defaultBranch: "main",
  webUrl: "https://github.com/o/r",
  cloneUrl: "https://github.com/o/r.git",
};
const annotation = (line: number): object => ({
  path: "a.ts",
  start_line: line,
  end_line: line,
  annotation_level: "notice",
  message: "m",
});
const ownAnnotations = (
  count: number,
): { path: string; line: number; level: "notice"; message: SafeText }[] =>
  Array.from({ length: count }, (_, at) => ({
    path: "a.ts",
    line: at + 1,
    level: "notice",
    message: text("m"),
  }));
const sentAnnotations = (from: number, to: number): object[] =>
  Array.from({ length: to - from + 1 }, (_, at) => annotation(from + at));
const content = {
  name: "Casebook",
  head: SHA,
  externalId: "issue-3",
  conclusion: "neutral",
  title: "2 criteria open",
  summary: text("Summary"),
} as const;
const checkBody = {
  name: "Casebook",
  external_id: "issue-3",
  status: "completed",
  conclusion: "neutral",
};
const output = { title: "2 criteria open", summary: "Summary" };

/** The answer to what closed issue 3. */
const closed = (closer: object | null, state = "CLOSED"): object => ({
  data: { repository: { issue: { state, timelineItems: { nodes: [{ closer }] } } } },
});
/** A merged pull request of two commits, the last of which is called "Mend it". */
const mergedPull = (messageHeadline: string, parents: number, repository = 42): object => ({
  __typename: "PullRequest",
  number: 4,
  repository: { databaseId: repository },
  mergeCommit: { oid: SHA, messageHeadline, parents: { totalCount: parents } },
  commits: { totalCount: 2, nodes: [{ commit: { messageHeadline: "Mend it" } }] },
});

const CLOSERS: readonly Row[] = (
  [
    ["a commit", closed({ __typename: "Commit", oid: SHA, repository: { databaseId: 42 } }), { commit: SHA }],
    ["a merge", closed(mergedPull("Merge pull request #4", 2)), { commit: SHA, pull: 4 }],
    ["a squashed pull request", closed(mergedPull("Mend all of it (#4)", 1)), { commit: SHA, pull: 4 }],
    ["a rebased pull request of several commits", closed(mergedPull("Mend it", 1)), undefined],
    ["a pull request of another repository", closed(mergedPull("Merge", 2, 43)), undefined],
    ["a project", closed({ __typename: "ProjectV2" }), undefined],
    ["a person", closed(null), undefined],
    ["a commit, and it is open again", closed(mergedPull("Merge", 2), "OPEN"), undefined],
  ] as const
).map(([situation, answer, gives]) => ({
  name: "closedBy",
  situation: `is ${situation}`,
  call: (github) => github.closedBy(R, 3),
  requests: [
    {
      at: "POST /graphql",
      body: {
        query: expect.stringMatching(/^query closer\(/),
        variables: { owner: "o", name: "r", number: 3 },
      },
      answer,
    },
  ],
  gives,
}));

const READS: readonly Row[] = [
  ...CLOSERS,
  {
    name: "repository",
    situation: "is asked for by its number",
    call: (github) => github.repository(42),
    requests: [{ at: "GET /repositories/42", answer: repository }],
    gives: repositoryInfo,
  },
  {
    name: "issue",
    situation: "that is there",
    call: (github) => github.issue(R, 3),
    requests: [{ at: "GET /repos/o/r/issues/3", answer: issue(3) }],
    gives: { kind: "issue", issue: issueInfo },
  },
  {
    name: "issue",
    situation: "of a deleted account, which is also a pull request",
    call: (github) => github.issue(R, 3),
    requests: [
      {
        at: "GET /repos/o/r/issues/3",
        answer: issue(3, { user: null, body: null, pull_request: { url: "x" } }),
      },
    ],
    gives: {
      kind: "issue",
      issue: {
        ...issueInfo,
        body: "",
        author: { id: 10137, login: "ghost", type: "User" },
        isPullRequest: true,
      },
    },
  },
  {
    name: "issue",
    situation: "that was deleted",
    call: (github) => github.issue(R, 3),
    requests: [{ at: "GET /repos/o/r/issues/3", status: 410, answer: { message: "This issue was deleted" } }],
    gives: { kind: "deleted" },
  },
  {
    name: "issue",
    situation: "in a repository that was renamed",
    call: (github) => github.issue(R, 3),
    requests: [
      {
        at: "GET /repos/o/r/issues/3",
        status: 301,
        headers: { location: `${API}/repositories/42/issues/3` },
        answer: { message: "Moved Permanently" },
      },
      { at: "GET /repositories/42", answer: { ...repository, name: "new" } },
      { at: "GET /repos/o/new/issues/3", answer: issue(3) },
    ],
    gives: { kind: "issue", issue: issueInfo },
  },
  {
    name: "issue",
    situation: "that was deleted in a repository that was renamed",
    call: (github) => github.issue(R, 3),
    requests: [
      {
        at: "GET /repos/o/r/issues/3",
        status: 301,
        headers: { location: `${API}/repositories/42/issues/3` },
        answer: { message: "Moved Permanently" },
      },
      { at: "GET /repositories/42", answer: { ...repository, name: "new" } },
      { at: "GET /repos/o/new/issues/3", status: 410, answer: { message: "This issue was deleted" } },
    ],
    gives: { kind: "deleted" },
  },
  {
    name: "comments",
    situation: "of all pages",
    call: (github) => github.comments(R, 3, "2026-01-01T00:00:00Z"),
    requests: [
      {
        at: "GET /repos/o/r/issues/3/comments?per_page=100&since=2026-01-01T00%3A00%3A00Z",
        answer: [comment(1), comment(2, { performed_via_github_app: { id: 1 } })],
        headers: {
          link: `<${API}/repositories/42/issues/3/comments?page=2>; rel="next", <${API}/x>; rel="last"`,
        },
      },
      { at: "GET /repositories/42/issues/3/comments?page=2", answer: [comment(3)] },
    ],
    gives: [commentInfo(1), { ...commentInfo(2), appId: 1 }, commentInfo(3)],
  },
  {
    name: "comment",
    situation: "that is there",
    call: (github) => github.comment(R, 1),
    requests: [{ at: "GET /repos/o/r/issues/comments/1", answer: comment(1) }],
    gives: commentInfo(1),
  },
  {
    name: "comment",
    situation: "that somebody hid",
    call: (github) => github.comment(R, 1),
    requests: [
      { at: "GET /repos/o/r/issues/comments/1", answer: comment(1, { minimized: { reason: "spam" } }) },
    ],
    gives: { ...commentInfo(1), isMinimized: true },
  },
  {
    name: "comment",
    situation: "that is not there",
    call: (github) => github.comment(R, 1),
    requests: [{ at: "GET /repos/o/r/issues/comments/1", status: 404, answer: { message: "Not Found" } }],
    gives: undefined,
  },
  ...(
    [
      ["a role with a name of ours", { permission: "write", role_name: "maintain" }, "maintain"],
      ["triage, which the old name calls read", { permission: "read", role_name: "triage" }, "triage"],
      [
        "a role that the organisation made up",
        { permission: "write", role_name: "release-captain" },
        "write",
      ],
      ["a server that knows no roles", { permission: "admin" }, "admin"],
      ["nobody", { permission: "none", role_name: "none" }, "none"],
      ["a word that is not known", { permission: "sudo", role_name: "sudo" }, "none"],
    ] as const
  ).map(([situation, answer, gives]): Row => ({
    name: "permission",
    situation,
    call: (github) => github.permission(R, "ann"),
    requests: [{ at: "GET /repos/o/r/collaborators/ann/permission", answer }],
    gives,
  })),
  {
    name: "permission",
    situation: "of a bot, whom the endpoint does not know",
    call: (github) => github.permission(R, "casebook[bot]"),
    requests: [
      {
        at: "GET /repos/o/r/collaborators/casebook%5Bbot%5D/permission",
        status: 404,
        answer: { message: "casebook[bot] is not a user" },
      },
    ],
    gives: "none",
  },
  {
    name: "issuesLabelled",
    situation: "without pull requests",
    call: (github) => github.issuesLabelled(R, "casebook: go"),
    requests: [
      {
        at: "GET /repos/o/r/issues?per_page=100&labels=casebook%3A%20go&state=open",
        answer: [issue(3), issue(4, { pull_request: {} }), issue(5)],
      },
    ],
    gives: [3, 5],
  },
  {
    name: "issuesChangedSince",
    situation: "with their labels, without pull requests",
    call: (github) => github.issuesChangedSince(R, "2026-01-01T00:00:00Z"),
    requests: [
      {
        at: "GET /repos/o/r/issues?per_page=100&since=2026-01-01T00%3A00%3A00Z&state=open&sort=updated&direction=asc",
        answer: [issue(3), issue(4, { pull_request: {} })],
      },
    ],
    gives: [{ number: 3, labels: expect.any(Array) }],
  },
  {
    name: "trackerIssues",
    situation: "of people, in any state, with the change that the page ends at",
    asksIdentity: true,
    call: (github) => github.trackerIssues(R, { since: "2026-01-01T00:00:00Z", page: 2 }),
    requests: [
      {
        at: "GET /repos/o/r/issues?per_page=100&sort=updated&direction=asc&page=2&since=2026-01-01T00%3A00%3A00Z&state=all",
        headers: { link: `<${API}/repos/o/r/issues?page=3>; rel="next"` },
        answer: [
          issue(3, { state: "closed", updated_at: "2026-01-02T00:00:00Z" }),
          issue(4, { user: bot, updated_at: "2026-01-03T00:00:00Z" }),
        ],
      },
    ],
    gives: {
      items: [expect.objectContaining({ key: "3", body: "It crashes.", isOpen: false, comments: [] })],
      changedAt: "2026-01-03T00:00:00Z",
      isLast: false,
    },
  },
  {
    name: "trackerComments",
    situation: "of all issues, without the words of bots",
    call: (github) => github.trackerComments(R, { page: 1 }),
    requests: [
      {
        at: "GET /repos/o/r/issues/comments?per_page=100&sort=updated&direction=asc&page=1",
        answer: [
          comment(8, { issue_url: `${API}/repos/o/r/issues/3` }),
          comment(9, {
            issue_url: `${API}/repos/o/r/issues/3`,
            user: bot,
            updated_at: "2026-01-03T00:00:00Z",
          }),
        ],
      },
    ],
    gives: {
      items: [
        { id: 8, issue: 3, comment: expect.objectContaining({ body: "Hello" }) },
        { id: 9, issue: 3, comment: undefined },
      ],
      changedAt: "2026-01-03T00:00:00Z",
      isLast: true,
    },
  },
  {
    name: "labelledBy",
    situation: "is the last who put it on",
    call: (github) => github.labelledBy(R, 3, "Go"),
    requests: [
      {
        at: "GET /repos/o/r/issues/3/events?per_page=100",
        answer: [
          { event: "labeled", actor: bot, label: { name: "go" } },
          { event: "labeled", actor: person, label: { name: "go" } },
          { event: "unlabeled", actor: bot, label: { name: "go" } },
          { event: "labeled", actor: bot, label: { name: "stop" } },
          { event: "closed", actor: null },
        ],
      },
    ],
    gives: person,
  },
  {
    name: "labelledBy",
    situation: "is not known when the account was deleted",
    call: (github) => github.labelledBy(R, 3, "go"),
    requests: [
      {
        at: "GET /repos/o/r/issues/3/events?per_page=100",
        answer: [{ event: "labeled", actor: null, label: { name: "go" } }],
      },
    ],
    gives: undefined,
  },
  {
    name: "ownIssues",
    situation: "that our bot opened",
    asksIdentity: true,
    call: (github) => github.ownIssues(R),
    requests: [
      {
        at: "GET /repos/o/r/issues?per_page=100&creator=casebook%5Bbot%5D&state=all&sort=created&direction=asc",
        answer: [
          issue(3, { user: bot, state: "closed" }),
          issue(4, { user: bot, pull_request: {} }),
          issue(5),
        ],
      },
    ],
    gives: [{ number: 3, state: "closed", body: "It crashes." }],
  },
  {
    name: "filesIn",
    situation: "a folder",
    call: (github) => github.filesIn(R, ".github/ISSUE_TEMPLATE"),
    requests: [
      {
        at: "GET /repos/o/r/contents/.github%2FISSUE_TEMPLATE",
        answer: [
          { name: "bug.yml", type: "file" },
          { name: "old", type: "dir" },
        ],
      },
    ],
    gives: ["bug.yml"],
  },
  {
    name: "filesIn",
    situation: "a folder that is a file",
    call: (github) => github.filesIn(R, "a"),
    requests: [
      { at: "GET /repos/o/r/contents/a", answer: { type: "file", encoding: "base64", content: "" } },
    ],
    gives: [],
  },
  {
    name: "filesIn",
    situation: "a folder that is not there",
    call: (github) => github.filesIn(R, "a"),
    requests: [{ at: "GET /repos/o/r/contents/a", status: 404, answer: { message: "Not Found" } }],
    gives: [],
  },
  {
    name: "file",
    situation: "as text",
    call: (github) => github.file(R, ".github/casebook.yml"),
    requests: [
      {
        at: "GET /repos/o/r/contents/.github%2Fcasebook.yml",
        answer: { type: "file", encoding: "base64", content: "w6\nQ=\n" },
      },
    ],
    gives: "ä",
  },
  {
    name: "file",
    situation: "at a commit",
    call: (github) => github.file(R, "a", SHA),
    requests: [
      {
        at: `GET /repos/o/r/contents/a?ref=${SHA}`,
        answer: { type: "file", encoding: "base64", content: "" },
      },
    ],
    gives: "",
  },
  {
    name: "commitOf",
    situation: "a branch",
    call: (github) => github.commitOf(R, "a/b"),
    requests: [{ at: "GET /repos/o/r/commits/a%2Fb", answer: { sha: SHA } }],
    gives: SHA,
  },
  {
    name: "commitOf",
    situation: "what is not there",
    call: (github) => github.commitOf(R, "nowhere"),
    requests: [
      {
        at: "GET /repos/o/r/commits/nowhere",
        status: 422,
        answer: { message: "No commit found for SHA: nowhere" },
      },
    ],
    gives: undefined,
  },
  {
    name: "file",
    situation: "that is not there",
    call: (github) => github.file(R, "a"),
    requests: [{ at: "GET /repos/o/r/contents/a", status: 404, answer: { message: "Not Found" } }],
    gives: undefined,
  },
  {
    name: "file",
    situation: "that is a folder",
    call: (github) => github.file(R, "a"),
    requests: [{ at: "GET /repos/o/r/contents/a", answer: [] }],
    gives: undefined,
  },
  {
    name: "branchHead",
    situation: "of a branch",
    call: (github) => github.branchHead(R, "casebook/issue-3"),
    requests: [
      {
        at: "GET /repos/o/r/git/ref/heads%2Fcasebook%2Fissue-3",
        answer: { ref: "refs/heads/casebook/issue-3", object: { sha: SHA } },
      },
    ],
    gives: SHA,
  },
  {
    name: "branchHead",
    situation: "of a repository without commits",
    call: (github) => github.branchHead(R, "main"),
    requests: [
      {
        at: "GET /repos/o/r/git/ref/heads%2Fmain",
        status: 409,
        answer: { message: "Git Repository is empty." },
      },
    ],
    gives: undefined,
  },
  {
    name: "branches",
    situation: "below a prefix",
    call: (github) => github.branches(R, "casebook/"),
    requests: [
      {
        at: "GET /repos/o/r/git/matching-refs/heads%2Fcasebook%2F",
        answer: [{ ref: "refs/heads/casebook/issue-3", object: { sha: SHA } }],
      },
    ],
    gives: ["casebook/issue-3"],
  },
  {
    name: "commitsBetween",
    situation: "oldest first, authors that GitHub does not know by the name in the commit",
    call: (github) => github.commitsBetween(R, "main", "casebook/issue-3"),
    requests: [
      {
        at: "GET /repos/o/r/compare/main...casebook%2Fissue-3?per_page=100",
        answer: {
          commits: [
            { sha: OTHER, author: person, commit: { message: "One", author: { name: "Ann" } } },
            { sha: SHA, author: null, commit: { message: "Two", author: { name: "Bea" } } },
          ],
        },
      },
    ],
    gives: [
      { oid: OTHER, authorId: 5, author: "ann", message: "One" },
      { oid: SHA, author: "Bea", message: "Two" },
    ],
  },
  {
    name: "pullsFrom",
    situation: "a branch of this repository and no fork's",
    call: (github) => github.pullsFrom(R, "casebook/issue-3"),
    requests: [
      {
        at: "GET /repos/o/r/pulls?per_page=100&head=o%3Acasebook%2Fissue-3&state=all&sort=created&direction=desc",
        answer: [
          pull(4),
          pull(5, { head: { ref: "casebook/issue-3", sha: SHA, repo: { id: 43 } } }),
          pull(6, { head: { ref: "casebook/issue-3", sha: SHA, repo: null } }),
        ],
      },
    ],
    gives: [pullInfo],
  },
  {
    name: "pull",
    situation: "that was merged",
    call: (github) => github.pull(R, 4),
    requests: [
      {
        at: "GET /repos/o/r/pulls/4",
        answer: pull(4, { state: "closed", draft: false, merged_at: "2026-01-01T00:00:00Z" }),
      },
    ],
    gives: { ...pullInfo, state: "merged", draft: false },
  },
  {
    name: "pull",
    situation: "that is not there",
    call: (github) => github.pull(R, 4),
    requests: [{ at: "GET /repos/o/r/pulls/4", status: 404, answer: { message: "Not Found" } }],
    gives: undefined,
  },
  {
    name: "ownReactions",
    situation: "at a comment",
    asksIdentity: true,
    call: (github) => github.ownReactions(R, { kind: "comment", id: 1 }),
    requests: [
      {
        at: "GET /repos/o/r/issues/comments/1/reactions?per_page=100",
        answer: [
          { id: 11, content: "eyes", user: bot },
          { id: 12, content: "eyes", user: person },
          { id: 13, content: "heart", user: null },
        ],
      },
    ],
    gives: [{ id: 11, content: "eyes" }],
  },
  {
    name: "ownReactions",
    situation: "at an issue",
    asksIdentity: true,
    call: (github) => github.ownReactions(R, { kind: "issue", number: 3 }),
    requests: [{ at: "GET /repos/o/r/issues/3/reactions?per_page=100", answer: [] }],
    gives: [],
  },
  {
    name: "ownCheckRuns",
    situation: "of this name, made by this App",
    asksIdentity: true,
    call: (github) => github.ownCheckRuns(R, SHA, "Casebook"),
    requests: [
      {
        at: `GET /repos/o/r/commits/${SHA}/check-runs?per_page=100&check_name=Casebook&filter=all`,
        answer: {
          total_count: 2,
          check_runs: [
            { id: 21, name: "Casebook", external_id: "issue-3", app: { id: 1 } },
            { id: 22, name: "Casebook", external_id: null, app: { id: 2 } },
          ],
        },
      },
    ],
    gives: [{ id: 21, name: "Casebook", externalId: "issue-3" }],
  },
];

const CHANGES: readonly Row[] = [
  {
    name: "createLabel",
    situation: "that is new",
    call: (github) => github.createLabel(R, { name: "casebook", color: "00ff00", description: "Ours" }),
    requests: [
      {
        at: "POST /repos/o/r/labels",
        body: { name: "casebook", color: "00ff00", description: "Ours" },
        status: 201,
        answer: {},
      },
    ],
    gives: undefined,
  },
  {
    name: "createLabel",
    situation: "that is there",
    call: (github) => github.createLabel(R, { name: "casebook", color: "00ff00", description: "Ours" }),
    requests: [
      {
        at: "POST /repos/o/r/labels",
        body: { name: "casebook", color: "00ff00", description: "Ours" },
        status: 422,
        answer: {
          message: "Validation Failed",
          errors: [{ resource: "Label", code: "already_exists", field: "name" }],
        },
      },
    ],
    gives: undefined,
  },
  {
    name: "addLabels",
    situation: "to an issue",
    call: (github) => github.addLabels(R, 3, ["a", "b"]),
    requests: [{ at: "POST /repos/o/r/issues/3/labels", body: { labels: ["a", "b"] }, answer: [] }],
    gives: undefined,
  },
  {
    name: "removeLabel",
    situation: "with a name that needs encoding",
    call: (github) => github.removeLabel(R, 3, "casebook: a/b"),
    requests: [{ at: "DELETE /repos/o/r/issues/3/labels/casebook%3A%20a%2Fb", answer: [] }],
    gives: undefined,
  },
  {
    name: "removeLabel",
    situation: "that is not there",
    call: (github) => github.removeLabel(R, 3, "a"),
    requests: [
      {
        at: "DELETE /repos/o/r/issues/3/labels/a",
        status: 404,
        answer: { message: "Label does not exist" },
      },
    ],
    gives: undefined,
  },
  {
    name: "addReaction",
    situation: "to a comment",
    call: (github) => github.addReaction(R, { kind: "comment", id: 1 }, "eyes"),
    requests: [
      {
        at: "POST /repos/o/r/issues/comments/1/reactions",
        body: { content: "eyes" },
        status: 201,
        answer: { id: 11 },
      },
    ],
    gives: 11,
  },
  {
    name: "addReaction",
    situation: "that is there, to an issue",
    call: (github) => github.addReaction(R, { kind: "issue", number: 3 }, "-1"),
    requests: [{ at: "POST /repos/o/r/issues/3/reactions", body: { content: "-1" }, answer: { id: 12 } }],
    gives: 12,
  },
  {
    name: "removeReaction",
    situation: "from a comment",
    call: (github) => github.removeReaction(R, { kind: "comment", id: 1 }, 11),
    requests: [{ at: "DELETE /repos/o/r/issues/comments/1/reactions/11", status: 204 }],
    gives: undefined,
  },
  {
    name: "removeReaction",
    situation: "that is not there, from an issue",
    call: (github) => github.removeReaction(R, { kind: "issue", number: 3 }, 11),
    requests: [
      { at: "DELETE /repos/o/r/issues/3/reactions/11", status: 404, answer: { message: "Not Found" } },
    ],
    gives: undefined,
  },
  {
    name: "createComment",
    situation: "at an issue",
    call: (github) => github.createComment(R, 3, text("Hello")),
    requests: [
      {
        at: "POST /repos/o/r/issues/3/comments",
        body: { body: "Hello" },
        status: 201,
        answer: { id: 1 },
      },
    ],
    gives: 1,
  },
  {
    name: "updateComment",
    situation: "by its id",
    call: (github) => github.updateComment(R, 1, text("Hello")),
    requests: [{ at: "PATCH /repos/o/r/issues/comments/1", body: { body: "Hello" }, answer: { id: 1 } }],
    gives: undefined,
  },
  {
    name: "deleteComment",
    situation: "by its id",
    call: (github) => github.deleteComment(R, 1),
    requests: [{ at: "DELETE /repos/o/r/issues/comments/1", status: 204 }],
    gives: undefined,
  },
  {
    name: "deleteComment",
    situation: "that is not there",
    call: (github) => github.deleteComment(R, 1),
    requests: [{ at: "DELETE /repos/o/r/issues/comments/1", status: 404, answer: { message: "Not Found" } }],
    gives: undefined,
  },
  {
    name: "createBranch",
    situation: "at a commit",
    call: (github) => github.createBranch(R, "casebook/issue-3", SHA),
    requests: [
      {
        at: "POST /repos/o/r/git/refs",
        body: { ref: "refs/heads/casebook/issue-3", sha: SHA },
        status: 201,
        answer: {},
      },
    ],
    gives: undefined,
  },
  {
    name: "createBranch",
    situation: "that is there at the same commit",
    call: (github) => github.createBranch(R, "casebook/issue-3", SHA),
    requests: [
      {
        at: "POST /repos/o/r/git/refs",
        body: { ref: "refs/heads/casebook/issue-3", sha: SHA },
        status: 422,
        answer: { message: "Reference already exists" },
      },
      {
        at: "GET /repos/o/r/git/ref/heads%2Fcasebook%2Fissue-3",
        answer: { ref: "refs/heads/casebook/issue-3", object: { sha: SHA } },
        token: "read",
      },
    ],
    gives: undefined,
  },
  {
    name: "deleteBranch",
    situation: "by its name",
    call: (github) => github.deleteBranch(R, "casebook/issue-3"),
    requests: [{ at: "DELETE /repos/o/r/git/refs/heads%2Fcasebook%2Fissue-3", status: 204 }],
    gives: undefined,
  },
  {
    name: "deleteBranch",
    situation: "that is not there",
    call: (github) => github.deleteBranch(R, "casebook/issue-3"),
    requests: [
      {
        at: "DELETE /repos/o/r/git/refs/heads%2Fcasebook%2Fissue-3",
        status: 422,
        answer: { message: "Reference does not exist" },
      },
    ],
    gives: undefined,
  },
  {
    name: "commit",
    situation: "of several files on an expected head",
    call: (github) =>
      github.commit(R, {
        branch: "casebook/issue-3",
        expectedHead: OTHER,
        files: new Map([
          ["a.md", "ä"],
          ["b.md", ""],
        ]),
        message: "Add a document\n\nSpec: x\nRun: y\n",
      }),
    requests: [
      {
        at: "POST /graphql",
        body: {
          query:
            "mutation Commit($input: CreateCommitOnBranchInput!) {\n  createCommitOnBranch(input: $input) {\n    commit {\n      oid\n    }\n  }\n}",
          variables: {
            input: {
              branch: { repositoryNameWithOwner: "o/r", branchName: "casebook/issue-3" },
              expectedHeadOid: OTHER,
              message: { headline: "Add a document", body: "Spec: x\nRun: y" },
              fileChanges: {
                additions: [
                  { path: "a.md", contents: "w6Q=" },
                  { path: "b.md", contents: "" },
                ],
              },
            },
          },
        },
        answer: { data: { createCommitOnBranch: { commit: { oid: SHA } } } },
      },
    ],
    gives: SHA,
  },
  {
    name: "createPull",
    situation: "as a draft",
    call: (github) =>
      github.createPull(R, { head: "casebook/issue-3", base: "main", title: text("T"), body: text("B") }),
    requests: [
      {
        at: "POST /repos/o/r/pulls",
        body: { head: "casebook/issue-3", base: "main", title: "T", body: "B", draft: true },
        status: 201,
        answer: { number: 4 },
      },
    ],
    gives: 4,
  },
  {
    name: "createPull",
    situation: "where the plan has no drafts",
    call: (github) =>
      github.createPull(R, { head: "casebook/issue-3", base: "main", title: text("T"), body: text("B") }),
    requests: [
      {
        at: "POST /repos/o/r/pulls",
        body: { head: "casebook/issue-3", base: "main", title: "T", body: "B", draft: true },
        status: 422,
        answer: { message: "Draft pull requests are not supported in this repository." },
      },
      {
        at: "POST /repos/o/r/pulls",
        body: { head: "casebook/issue-3", base: "main", title: "T", body: "B", draft: false },
        status: 201,
        answer: { number: 4 },
      },
    ],
    gives: 4,
  },
  {
    name: "updatePull",
    situation: "only what changes",
    call: (github) => github.updatePull(R, 4, { body: text("B"), state: "closed" }),
    requests: [{ at: "PATCH /repos/o/r/pulls/4", body: { body: "B", state: "closed" }, answer: pull(4) }],
    gives: undefined,
  },
  {
    name: "createCheckRun",
    situation: "with more annotations than fit into a request",
    call: (github) => github.createCheckRun(R, { ...content, annotations: ownAnnotations(120) }),
    requests: [
      {
        at: "POST /repos/o/r/check-runs",
        body: { head_sha: SHA, ...checkBody, output: { ...output, annotations: sentAnnotations(1, 50) } },
        status: 201,
        answer: { id: 21 },
      },
      {
        at: "PATCH /repos/o/r/check-runs/21",
        body: { ...checkBody, output: { ...output, annotations: sentAnnotations(51, 100) } },
        answer: { id: 21 },
      },
      {
        at: "PATCH /repos/o/r/check-runs/21",
        body: { ...checkBody, output: { ...output, annotations: sentAnnotations(101, 120) } },
        answer: { id: 21 },
      },
    ],
    gives: 21,
  },
  {
    name: "updateCheckRun",
    situation: "sends the annotations that are not there yet",
    call: (github) => github.updateCheckRun(R, 21, { ...content, annotations: ownAnnotations(52) }),
    requests: [
      {
        at: "GET /repos/o/r/check-runs/21/annotations?per_page=100",
        answer: sentAnnotations(1, 50),
        token: "read",
      },
      {
        at: "PATCH /repos/o/r/check-runs/21",
        body: { ...checkBody, output: { ...output, annotations: sentAnnotations(51, 52) } },
        answer: { id: 21 },
      },
    ],
    gives: undefined,
  },
  {
    name: "updateCheckRun",
    situation: "without annotations",
    call: (github) => github.updateCheckRun(R, 21, { ...content, annotations: [] }),
    requests: [{ at: "PATCH /repos/o/r/check-runs/21", body: { ...checkBody, output }, answer: { id: 21 } }],
    gives: undefined,
  },
  {
    name: "createIssue",
    situation: "about a configuration",
    call: (github) => github.createIssue(R, { title: text("T"), body: text("B") }),
    requests: [
      {
        at: "POST /repos/o/r/issues",
        body: { title: "T", body: "B" },
        status: 201,
        answer: { number: 6 },
      },
    ],
    gives: 6,
  },
  {
    name: "updateIssue",
    situation: "only what changes",
    call: (github) => github.updateIssue(R, 6, { state: "closed" }),
    requests: [{ at: "PATCH /repos/o/r/issues/6", body: { state: "closed" }, answer: issue(6) }],
    gives: undefined,
  },
];

afterAll(endNock);

/** Plays GitHub for these requests, each exactly once. */
function play(requests: readonly Expected[], token: "read" | "write"): void {
  for (const { at, body, status = 200, answer, headers = {}, token: own = token } of requests) {
    const [method = "", path = ""] = at.split(" ");
    nock(API, {
      reqheaders: {
        accept: "application/vnd.github+json",
        authorization: `token ghs_${own}`,
        "x-github-api-version": "2022-11-28",
        "user-agent": /^casebook\/test /,
      },
    })
      .intercept(path, method, (sent: unknown) => {
        if (body === undefined) return sent === "";
        expect(sent).toEqual(body);
        return true;
      })
      .reply(status, answer as nock.Body, headers);
  }
}

describe.each([
  ["read", READS],
  ["write", CHANGES],
] as const)("a %s", (token, rows) => {
  test.each(rows.map((row) => [row.name, row.situation, row] as const))("%s: %s", async (_, __, row) => {
    using github = nockedGitHub();
    if (row.asksIdentity === true) nockIdentity();
    play(row.requests, token);
    expect(await row.call(github.app.forInstallation(INSTALLATION))).toEqual(row.gives);
    expect(nock.isDone()).toBe(true);
    // Every write takes a turn; no read does.
    const writes = row.requests.filter(({ at }) => !at.startsWith("GET ") && row.name !== "closedBy").length;
    expect(github.turns).toEqual(Array.from({ length: writes }, () => INSTALLATION));
  });
});

test("every method is here", () => {
  using github = nockedGitHub();
  const methods = Object.keys(github.app.forInstallation(INSTALLATION)).toSorted();
  const tested = [...READS, ...CHANGES].map(({ name }) => name);
  // Two have tests of their own, since they use another token.
  expect(methods).toEqual([...new Set([...tested, "readToken", "accountMadeAt"])].toSorted());
  expect([...new Set(CHANGES.map(({ name }) => name)), "redeliver"].toSorted()).toEqual(WRITES.toSorted());
});

test("methods stand on their own, so that they can be wrapped", async () => {
  using github = nockedGitHub();
  const here = Object.getOwnPropertyDescriptors(github.app.forInstallation(INSTALLATION));
  expect(Object.values(here).every(({ enumerable }) => enumerable)).toBe(true);
  const branchHead = here.branchHead.value as GitHub["branchHead"];
  play(
    [{ at: "GET /repos/o/r/git/ref/heads%2Fmain", answer: { ref: "refs/heads/main", object: { sha: SHA } } }],
    "read",
  );
  expect(await branchHead(R, "main")).toBe(SHA);
});

describe("the App", () => {
  test("asks who it is once", async () => {
    using github = nockedGitHub();
    nockIdentity();
    const expected: Awaited<ReturnType<GitHubApp["identity"]>> = {
      appId: 1,
      slug: "casebook",
      bot: { id: 99, login: "casebook[bot]" },
    };
    expect(await github.app.identity()).toEqual(expected);
    expect(await github.app.identity()).toEqual(expected);
  });

  test("asks again when it got no answer", async () => {
    using github = nockedGitHub();
    nock(API).get("/app").reply(502);
    await expect(github.app.identity()).rejects.toMatchObject({ code: "unavailable" });
    nockIdentity();
    expect(await github.app.identity()).toMatchObject({ slug: "casebook" });
  });

  test("finds its bot before it is installed anywhere", async () => {
    using github = nockedGitHub();
    nock(API).get("/app").reply(200, { id: 1, slug: "casebook" });
    nock(API).get("/app/installations?per_page=100").reply(200, []);
    nock(API, { badheaders: ["authorization"] })
      .get("/users/casebook%5Bbot%5D")
      .reply(200, { id: 99, login: "casebook[bot]", type: "Bot" });
    expect((await github.app.identity()).bot.id).toBe(99);
  });

  test("lists installations of people, organisations and enterprises", async () => {
    using github = nockedGitHub();
    nock(API, { reqheaders: { authorization: /^bearer \S+\.\S+\.\S+$/ } })
      .get("/app/installations?per_page=100")
      .reply(200, [
        { id: 1, account: { login: "ann" }, suspended_at: null },
        { id: 2, account: { slug: "big" }, suspended_at: "2026-01-01T00:00:00Z" },
      ]);
    expect(await github.app.installations()).toEqual([
      { id: 1, account: "ann", suspended: false },
      { id: 2, account: "big", suspended: true },
    ]);
  });

  test("lists the repositories of an installation with a token that sees names only", async () => {
    using github = nockedGitHub();
    nock(API, { reqheaders: { authorization: "token ghs_list" } })
      .get("/installation/repositories?per_page=100")
      .reply(200, { total_count: 1, repositories: [repository] });
    expect(await github.app.repositoriesOf(INSTALLATION)).toEqual([repositoryInfo]);
    expect(github.minted).toEqual([{ permissions: { metadata: "read" } }]);
  });

  test("reads when an account was made with a token that sees names only", async () => {
    using github = nockedGitHub();
    nock(API, { reqheaders: { authorization: "token ghs_list" } })
      .get("/users/ann")
      .reply(200, { id: 1, login: "ann", created_at: "2026-01-01T00:00:00Z" })
      .get("/users/nobody")
      .reply(404, { message: "Not Found" });
    const installation = github.app.forInstallation(INSTALLATION);
    expect(await installation.accountMadeAt("ann")).toBe(Date.parse("2026-01-01T00:00:00Z"));
    expect(await installation.accountMadeAt("nobody")).toBeUndefined();
  });

  test("lists deliveries back to a time and no further", async () => {
    using github = nockedGitHub();
    const delivery = (id: number, delivered_at: string, status_code: number): object => ({
      id,
      guid: `guid-${id}`,
      event: "issues",
      delivered_at,
      status_code,
    });
    nock(API)
      .get("/app/hook/deliveries?per_page=100")
      .reply(200, [delivery(9, "2026-01-03T00:00:00Z", 200)], {
        link: `<${API}/app/hook/deliveries?per_page=100&cursor=v1_8>; rel="next"`,
      })
      .get("/app/hook/deliveries?per_page=100&cursor=v1_8")
      .reply(200, [delivery(8, "2026-01-02T00:00:00Z", 502), delivery(7, "2025-12-31T23:59:59Z", 200)], {
        link: `<${API}/app/hook/deliveries?per_page=100&cursor=v1_6>; rel="next"`,
      });
    expect(await github.app.deliveries("2026-01-01T00:00:00Z")).toEqual([
      { id: "9", guid: "guid-9", event: "issues", deliveredAt: "2026-01-03T00:00:00Z", ok: true },
      { id: "8", guid: "guid-8", event: "issues", deliveredAt: "2026-01-02T00:00:00Z", ok: false },
    ]);
  });

  test("keeps every digit of a delivery's number, confirmed by 304 or not", async () => {
    using github = nockedGitHub();
    const at = "2026-01-03T00:00:00Z";
    const body = `[{"id":3804004623172239366,"guid":"g","event":"push","delivered_at":"${at}","status_code":502}]`;
    const list = "/app/hook/deliveries?per_page=100";
    nock(API).get(list).reply(200, body, { "content-type": "application/json", etag: '"one"' });
    nock(API).get(list).matchHeader("if-none-match", '"one"').reply(304);
    nock(API).post("/app/hook/deliveries/3804004623172239366/attempts").reply(202, {});
    const first = await github.app.deliveries("2026-01-01T00:00:00Z");
    expect(first).toMatchObject([{ id: "3804004623172239366", guid: "g" }]);
    expect(await github.app.deliveries("2026-01-01T00:00:00Z")).toEqual(first);
    await github.app.redeliver(first[0]!.id);
    expect(nock.isDone()).toBe(true);
  });

  test("has a delivery sent again, in the App's own turn", async () => {
    using github = nockedGitHub();
    nock(API, { reqheaders: { authorization: /^bearer / } })
      .post("/app/hook/deliveries/9/attempts")
      .reply(202, {});
    await github.app.redeliver("9");
    expect(nock.isDone()).toBe(true);
    expect(github.turns).toEqual([0]);
  });
});

describe("a transferred issue", () => {
  const moved = { location: `${API}/repositories/43/issues/8` };

  test("has a new address", async () => {
    using github = nockedGitHub();
    nock(API).get("/repos/o/r/issues/3").reply(301, { message: "Moved Permanently" }, moved);
    nock(API, { reqheaders: { authorization: "token ghs_list" } })
      .get("/repositories/43")
      .reply(200, { ...repository, id: 43, html_url: "https://github.com/o/other" });
    expect(await github.app.forInstallation(INSTALLATION).issue(R, 3)).toEqual({
      kind: "transferred",
      to: "https://github.com/o/other/issues/8",
    });
  });

  test("that is now where we see nothing has GitHub's own address", async () => {
    using github = nockedGitHub();
    nock(API).get("/repos/o/r/issues/3").reply(301, { message: "Moved Permanently" }, moved);
    nock(API).get("/repositories/43").reply(404, { message: "Not Found" });
    expect(await github.app.forInstallation(INSTALLATION).issue(R, 3)).toEqual({
      kind: "transferred",
      to: moved.location,
    });
  });

  test("is not taken for an issue of a repository that was renamed too", async () => {
    using github = nockedGitHub();
    const renamed = { location: `${API}/repositories/42/issues/3` };
    nock(API).get("/repos/o/r/issues/3").reply(301, { message: "Moved Permanently" }, renamed);
    nock(API)
      .get("/repositories/42")
      .reply(200, { ...repository, name: "new" });
    nock(API).get("/repos/o/new/issues/3").reply(301, { message: "Moved Permanently" }, moved);
    nock(API)
      .get("/repositories/43")
      .reply(200, { ...repository, id: 43, html_url: "https://github.com/o/other" });
    expect(await github.app.forInstallation(INSTALLATION).issue(R, 3)).toEqual({
      kind: "transferred",
      to: "https://github.com/o/other/issues/8",
    });
  });

  test("is not made of a new name that GitHub does not know everywhere: asked again later", async () => {
    using github = nockedGitHub();
    const renamed = { location: `${API}/repositories/42/issues/3` };
    nock(API).get("/repos/o/r/issues/3").twice().reply(301, { message: "Moved Permanently" }, renamed);
    nock(API).get("/repositories/42").reply(200, repository);
    await expect(github.app.forInstallation(INSTALLATION).issue(R, 3)).rejects.toMatchObject({
      code: "unavailable",
    });
  });

  test("whose new address names no number is there all the same", async () => {
    using github = nockedGitHub();
    const location = `${API}/repos/o/other/issues/8`;
    const named = { location };
    nock(API).get("/repos/o/r/issues/3").twice().reply(301, { message: "Moved Permanently" }, named);
    nock(API).get("/repositories/42").reply(200, repository);
    expect(await github.app.forInstallation(INSTALLATION).issue(R, 3)).toEqual({
      kind: "transferred",
      to: location,
    });
  });

  test("has no comments here", async () => {
    using github = nockedGitHub();
    nock(API).get("/repos/o/r/issues/3/comments?per_page=100").reply(301, {}, moved);
    await expect(github.app.forInstallation(INSTALLATION).comments(R, 3)).rejects.toMatchObject({
      code: "gone",
    });
  });
});

test("GitHub Enterprise Server has GraphQL beside REST", async () => {
  using github = nockedGitHub({ baseUrl: "https://ghe.example/api/v3" });
  nock("https://ghe.example/api/v3").get("/repositories/42").reply(200, repository);
  nock("https://ghe.example")
    .post("/api/graphql")
    .matchHeader("authorization", "token ghs_write")
    .reply(200, { data: { createCommitOnBranch: { commit: { oid: SHA } } } });
  const installation = github.app.forInstallation(INSTALLATION);
  expect(await installation.repository(42)).toEqual(repositoryInfo);
  const change = { branch: "b", expectedHead: OTHER, files: new Map([["a", "b"]]), message: "M" };
  expect(await installation.commit(R, change)).toBe(SHA);
});
