import type { Permission } from "../investigation/commands/rights.ts";
import type { TrackedIssue } from "../issue/parse-tracker.ts";
import type { TrackedComment, TrackerCursor } from "../store/store.ts";
import type { SafeText } from "../text/safe-text.ts";

/**
 * GitHub as Casebook uses it. Reads say what is there now. Each write is one outside effect (`WRITES`), can be repeated
 * without a second effect or says that it was there already, and takes foreign words only as `SafeText`. Before a text is sent it
 * is read back as a page shows it; one that would do more than show is refused (`would-act`).
 * Every method throws GitHubFailure and nothing else on purpose.
 */
export interface GitHubApp {
  /** Who we are. Asked once. */
  identity(): Promise<AppIdentity>;
  installations(): Promise<readonly Installation[]>;
  /** Repositories that an installation may see. */
  repositoriesOf(installation: number): Promise<readonly RepositoryInfo[]>;
  /** Deliveries of the App's webhook, newest first, not older than `since` (ISO 8601). */
  deliveries(since: string): Promise<readonly DeliveryRecord[]>;
  /** Asks GitHub to send it again, with the same GUID. */
  redeliver(delivery: DeliveryRecord["id"]): Promise<void>;
  /** GitHub with the rights of one installation. */
  forInstallation(installation: number): GitHub;
}

export interface AppIdentity {
  readonly appId: number;
  readonly slug: string;
  /** `casebook[bot]` and its user id: author of our comments and commits. */
  readonly bot: { readonly id: number; readonly login: string };
}

interface Installation {
  readonly id: number;
  readonly account: string;
  readonly suspended: boolean;
}

export interface DeliveryRecord {
  /** Its digits: since 2026 more of them than a number keeps. */
  readonly id: string;
  readonly guid: string;
  readonly event: string;
  /** ISO 8601. */
  readonly deliveredAt: string;
  /** GitHub got a 2xx. */
  readonly ok: boolean;
}

/** A repository by its number; owner and name are what they are today. */
export interface RepositoryInfo {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly isPrivate: boolean;
  readonly archived: boolean;
  readonly hasIssues: boolean;
  readonly defaultBranch: string;
  /** `https://github.com/o/r`. */
  readonly webUrl: string;
  /** What git clones from. */
  readonly cloneUrl: string;
}

/** Names a repository in a request: the adapter asks GitHub by owner and name, found from the number. */
export type RepositoryName = Pick<RepositoryInfo, "id" | "owner" | "name">;

/** The same where a text is written: links to the repository's own pages are the only ones that may leave. */
export type RepositoryPage = RepositoryName & Pick<RepositoryInfo, "webUrl">;

export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: "User" | "Bot" | "Organization";
}

export interface IssueInfo {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  /** Null in GitHub's answer (a deleted account): `ghost`, id 10137. */
  readonly author: Account;
  readonly state: "open" | "closed";
  readonly locked: boolean;
  readonly labels: readonly string[];
  /** ISO 8601. */
  readonly createdAt: string;
  readonly isPullRequest: boolean;
  readonly webUrl: string;
}

export type IssueAnswer =
  | { readonly kind: "issue"; readonly issue: IssueInfo }
  | { readonly kind: "deleted" }
  /** Where it is now; the number belongs to that repository. */
  | { readonly kind: "transferred"; readonly to: string };

/** What closed an issue: the commit that brought the whole change to the default branch, and the pull request that it was. */
export interface ClosedBy {
  /** 40 hex digits. */
  readonly commit: string;
  readonly pull?: number;
}

interface OwnIssue {
  readonly number: number;
  readonly state: "open" | "closed";
  readonly body: string;
}

/** One page of a list, oldest change first. */
export interface TrackerList<T> {
  readonly items: readonly T[];
  /** When the last one changed that GitHub listed (ISO 8601); undefined when it listed none. */
  readonly changedAt: string | undefined;
  /** No page follows. */
  readonly isLast: boolean;
}

export interface CommentInfo {
  readonly id: number;
  readonly body: string;
  readonly author: Account;
  /** The App that wrote it, when one did. */
  readonly appId?: number;
  /** Somebody hid it: spam, off-topic, outdated. */
  readonly isMinimized: boolean;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What a reaction is for: a comment of an issue or pull request, or the issue itself. */
export type ReactionTarget =
  { readonly kind: "comment"; readonly id: number } | { readonly kind: "issue"; readonly number: number };

type Reaction = "eyes" | "rocket" | "confused" | "-1";

export interface CommitInfo {
  /** 40 hex digits. */
  readonly oid: string;
  /** GitHub's user id of the author, when it knows one. */
  readonly authorId?: number;
  /** Login, or the name in the commit. */
  readonly author: string;
  readonly message: string;
}

export interface PullInfo {
  readonly number: number;
  readonly state: "open" | "merged" | "closed";
  readonly draft: boolean;
  readonly title: string;
  readonly body: string;
  /** 40 hex digits. */
  readonly head: string;
  readonly headBranch: string;
  /** The head is in this repository, not in a fork. */
  readonly isOwnBranch: boolean;
  readonly base: string;
  readonly author: Account;
  readonly webUrl: string;
  /** Files that it changes and commits that it has; lists of pull requests do not say it. */
  readonly files?: number;
  readonly commits?: number;
}

interface CheckRunInfo {
  readonly id: number;
  readonly name: string;
  readonly externalId: string;
}

export interface CheckRunContent {
  readonly name: string;
  readonly head: string;
  /** Ours, so that the same result is found again. */
  readonly externalId: string;
  readonly conclusion: "success" | "neutral" | "failure";
  readonly title: string;
  readonly summary: SafeText;
  /** At most `LIMITS.ownAnnotations`; the adapter sends them in batches. */
  readonly annotations: readonly Annotation[];
}

export interface Annotation {
  readonly path: string;
  readonly line: number;
  readonly level: "notice" | "warning" | "failure";
  readonly message: SafeText;
}

export interface GitHub {
  /** Throws GitHubFailure `gone` when it is not there or not ours to see. */
  repository(id: number): Promise<RepositoryInfo>;
  issue(repository: RepositoryName, number: number): Promise<IssueAnswer>;
  /** Comments of an issue updated at or after `since` (ISO 8601), oldest first; all when undefined. */
  comments(repository: RepositoryName, issue: number, since?: string): Promise<readonly CommentInfo[]>;
  comment(repository: RepositoryName, id: number): Promise<CommentInfo | undefined>;
  /**
   * The commit or the merged pull request of this repository that closed an issue which is closed now. Undefined where a person did, and
   * where one commit does not hold the whole change: a pull request of several commits that was rebased.
   */
  closedBy(repository: RepositoryName, issue: number): Promise<ClosedBy | undefined>;
  /** From the collaborator-permission endpoint. `none` for accounts that it does not know, bots included. */
  permission(repository: RepositoryName, login: string): Promise<Permission>;
  /** When an account was made, in milliseconds since 1970; undefined when there is none of that name. */
  accountMadeAt(login: string): Promise<number | undefined>;
  /** Numbers of open issues with this label, pull requests left out. */
  issuesLabelled(repository: RepositoryName, label: string): Promise<readonly number[]>;
  /** Open issues that changed at or after `since` (ISO 8601), oldest change first, pull requests left out. */
  issuesChangedSince(
    repository: RepositoryName,
    since: string,
  ): Promise<readonly Pick<IssueInfo, "number" | "labels">[]>;
  /** A page of 100 issues and pull requests in any state, oldest change first, without comments. What our bot opened is left out. */
  trackerIssues(repository: RepositoryName, from: TrackerCursor): Promise<TrackerList<TrackedIssue>>;
  /** The same of the comments of all issues and pull requests. One that says nothing about a problem has no text. */
  trackerComments(repository: RepositoryName, from: TrackerCursor): Promise<TrackerList<TrackedComment>>;
  /**
   * Who put a label on an issue last, from the issue's events (`GET /repos/{owner}/{repo}/issues/{issue_number}/events`);
   * undefined when it is not known.
   */
  labelledBy(repository: RepositoryName, issue: number, label: string): Promise<Account | undefined>;
  /** Issues that our bot opened, any state, oldest first (`GET /repos/{owner}/{repo}/issues?creator=&state=all`), pull requests left out. */
  ownIssues(repository: RepositoryName): Promise<readonly OwnIssue[]>;
  /** Names of the files in a folder of the default branch, sub-folders left out; empty when there is no such folder. */
  filesIn(repository: RepositoryName, folder: string): Promise<readonly string[]>;
  /** A file as text at a branch, tag or commit, else of the default branch; undefined when there is none. */
  file(repository: RepositoryName, path: string, revision?: string): Promise<string | undefined>;
  /** The commit of a branch, tag or hash, 40 hex digits; undefined when there is none. */
  commitOf(repository: RepositoryName, revision: string): Promise<string | undefined>;
  /** 40 hex digits; undefined when there is no such branch. */
  branchHead(repository: RepositoryName, branch: string): Promise<string | undefined>;
  /** Names of branches that start with `prefix`. */
  branches(repository: RepositoryName, prefix: string): Promise<readonly string[]>;
  /** Commits of `head` that `base` does not reach, oldest first, at most 250. */
  commitsBetween(repository: RepositoryName, base: string, head: string): Promise<readonly CommitInfo[]>;
  /** Pull requests from a branch of this repository, newest first, any state. */
  pullsFrom(repository: RepositoryName, branch: string): Promise<readonly PullInfo[]>;
  pull(repository: RepositoryName, number: number): Promise<PullInfo | undefined>;
  /** Our own reactions there. */
  ownReactions(
    repository: RepositoryName,
    target: ReactionTarget,
  ): Promise<readonly { readonly id: number; readonly content: string }[]>;
  /** Our own check runs of this name on a commit. */
  ownCheckRuns(repository: RepositoryName, head: string, name: string): Promise<readonly CheckRunInfo[]>;
  /** A token for reading `contents` of this repository and nothing else, for git. Lives an hour. */
  readToken(repository: RepositoryName): Promise<string>;

  createLabel(repository: RepositoryName, label: LabelInfo): Promise<void>;
  addLabels(repository: RepositoryName, issue: number, labels: readonly string[]): Promise<void>;
  removeLabel(repository: RepositoryName, issue: number, label: string): Promise<void>;
  addReaction(repository: RepositoryName, target: ReactionTarget, content: Reaction): Promise<number>;
  removeReaction(repository: RepositoryName, target: ReactionTarget, id: number): Promise<void>;
  createComment(repository: RepositoryPage, issue: number, body: SafeText): Promise<number>;
  updateComment(repository: RepositoryPage, id: number, body: SafeText): Promise<void>;
  deleteComment(repository: RepositoryName, id: number): Promise<void>;
  createBranch(repository: RepositoryName, branch: string, oid: string): Promise<void>;
  deleteBranch(repository: RepositoryName, branch: string): Promise<void>;
  /**
   * One commit with these files (path to text) on the branch, if its head is still `expectedHead`; gives the new head.
   * Another head: GitHubFailure `head-moved`, and nothing was written.
   */
  commit(
    repository: RepositoryName,
    change: {
      readonly branch: string;
      readonly expectedHead: string;
      readonly files: ReadonlyMap<string, string>;
      readonly message: string;
    },
  ): Promise<string>;
  /** A draft where the plan allows drafts. Throws `exists` when the branch has an open one, `nothing-to-publish` without commits. */
  createPull(
    repository: RepositoryPage,
    pull: {
      readonly head: string;
      readonly base: string;
      readonly title: SafeText;
      readonly body: SafeText;
    },
  ): Promise<number>;
  updatePull(
    repository: RepositoryPage,
    number: number,
    change: { readonly title?: SafeText; readonly body?: SafeText; readonly state?: "closed" },
  ): Promise<void>;
  createCheckRun(repository: RepositoryPage, content: CheckRunContent): Promise<number>;
  updateCheckRun(repository: RepositoryPage, id: number, content: CheckRunContent): Promise<void>;
  createIssue(
    repository: RepositoryPage,
    issue: { readonly title: SafeText; readonly body: SafeText },
  ): Promise<number>;
  updateIssue(
    repository: RepositoryPage,
    number: number,
    change: { readonly body?: SafeText; readonly state?: "open" | "closed" },
  ): Promise<void>;
}

interface LabelInfo {
  readonly name: string;
  /** Six hex digits. */
  readonly color: string;
  readonly description: string;
}

/** Every outside effect that Casebook can have on GitHub. The crash suite goes through this list. */
export const WRITES = [
  "redeliver",
  "createLabel",
  "addLabels",
  "removeLabel",
  "addReaction",
  "removeReaction",
  "createComment",
  "updateComment",
  "deleteComment",
  "createBranch",
  "deleteBranch",
  "commit",
  "createPull",
  "updatePull",
  "createCheckRun",
  "updateCheckRun",
  "createIssue",
  "updateIssue",
] as const satisfies readonly (keyof GitHub | "redeliver")[];
export type WriteName = (typeof WRITES)[number];
