import type { Permission } from "../../investigation/commands/rights.ts";

/** A GitHub on this machine: REST, a little GraphQL, git over HTTP, webhooks; with people who act on it and faults on demand. */
export interface SimulatedGitHub extends AsyncDisposable {
  /** Base of the REST API, no slash at the end: `http://127.0.0.1:4321`. Git is below `/<owner>/<repo>.git`. */
  readonly url: string;
  readonly app: SimulatedApp;
  /** Sends the App's webhooks there from now on. */
  deliverTo(url: string): void;
  /** A new repository of `owner` with these files in one commit on `main`; the App is installed on the owner and sees it. */
  createRepository(owner: string, name: string, options: RepositoryOptions): Promise<SimulatedRepository>;
  repository(owner: string, name: string): SimulatedRepository;
  /** The id of the App's installation on an account; installing it when it is not there (fires `installation.created`). */
  installation(owner: string): Promise<number>;
  suspend(owner: string): Promise<void>;
  unsuspend(owner: string): Promise<void>;
  uninstall(owner: string): Promise<void>;
  readonly webhooks: SimulatedWebhooks;
  readonly faults: SimulatedFaults;
  /** Requests to the API so far, oldest first; git transport left out. */
  readonly requests: readonly LoggedRequest[];
  /** Requests without a route, and what the description found; tests expect none. */
  readonly violations: readonly string[];
  /** Moves the clock of tokens and limits forward. */
  advance(seconds: number): void;
}

export interface SimulatedApp {
  readonly id: number;
  readonly slug: string;
  /** PEM, PKCS#1. */
  readonly privateKey: string;
  readonly webhookSecret: string;
  /** `<slug>[bot]` and its user id. */
  readonly bot: { readonly id: number; readonly login: string };
}

export interface RepositoryOptions {
  readonly files: Readonly<Record<string, string>>;
  readonly isPrivate?: boolean;
  /** Login to permission; the owner has `admin`, everybody else `read` (public) or `none` (private). */
  readonly people?: Readonly<Record<string, Permission>>;
}

/** Actions of people in a browser. Each fires the webhooks that GitHub would send. */
export interface SimulatedRepository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  openIssue(login: string, title: string, body: string, labels?: readonly string[]): Promise<number>;
  editIssue(
    login: string,
    number: number,
    change: { readonly title?: string; readonly body?: string },
  ): Promise<void>;
  closeIssue(login: string, number: number): Promise<void>;
  reopenIssue(login: string, number: number): Promise<void>;
  lockIssue(login: string, number: number): Promise<void>;
  unlockIssue(login: string, number: number): Promise<void>;
  deleteIssue(login: string, number: number): Promise<void>;
  /** To another repository of the same owner; gives its number there. */
  transferIssue(login: string, number: number, to: SimulatedRepository): Promise<number>;
  /** Gives the comment's id. */
  comment(login: string, number: number, body: string): Promise<number>;
  editComment(login: string, id: number, body: string): Promise<void>;
  deleteComment(login: string, id: number): Promise<void>;
  label(login: string, number: number, name: string): Promise<void>;
  unlabel(login: string, number: number, name: string): Promise<void>;
  setPermission(login: string, permission: Permission): Promise<void>;
  /** Commits on a branch as that person, over real git; gives the commit's hash. */
  push(
    login: string,
    branch: string,
    files: Readonly<Record<string, string>>,
    message?: string,
  ): Promise<string>;
  /** Proposes a branch for `main`; gives the number. */
  /** `Fixes #7` in the body closes issue 7 when it is merged. */
  openPull(login: string, branch: string, title: string, body?: string): Promise<number>;
  mergePull(login: string, number: number): Promise<void>;
  closePull(login: string, number: number): Promise<void>;
  reopenPull(login: string, number: number): Promise<void>;
  /** A review with this text. */
  review(
    login: string,
    number: number,
    body: string,
    state: "approve" | "comment" | "request_changes",
  ): Promise<void>;
  /** The re-run button of a check run. */
  rerequestCheck(login: string, checkRun: number): Promise<void>;
  deleteBranch(login: string, branch: string): Promise<void>;
  rename(login: string, name: string): Promise<void>;
  archive(login: string): Promise<void>;
  /** Creating or updating branches that match is refused as a ruleset does. `undefined` lifts it. */
  protect(pattern: string | undefined): void;

  /** The visible state. */
  state(): Promise<RepositoryState>;
  /** Text of a file on a branch; undefined when there is none. */
  file(branch: string, path: string): Promise<string | undefined>;
  /** Folder of the bare repository, for `git` in tests. */
  readonly gitDir: string;
}

export interface RepositoryState {
  readonly issues: readonly IssueState[];
  readonly pulls: readonly PullState[];
  /** Branch to its head. */
  readonly branches: Readonly<Record<string, string>>;
  readonly checks: readonly CheckState[];
  /** Names of labels that exist. */
  readonly labels: readonly string[];
}

export interface IssueState {
  readonly number: number;
  readonly title: string;
  readonly state: "open" | "closed";
  readonly locked: boolean;
  readonly labels: readonly string[];
  readonly reactions: readonly ReactionState[];
  readonly comments: readonly CommentState[];
}

export interface CommentState {
  readonly id: number;
  readonly author: string;
  readonly body: string;
  readonly reactions: readonly ReactionState[];
}

export interface ReactionState {
  readonly by: string;
  readonly content: string;
}

export interface PullState {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: "open" | "merged" | "closed";
  readonly draft: boolean;
  readonly head: string;
  readonly headBranch: string;
  readonly author: string;
  readonly files: readonly string[];
  readonly comments: readonly CommentState[];
}

export interface CheckState {
  readonly id: number;
  readonly name: string;
  readonly head: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly title: string;
  readonly summary: string;
  readonly annotations: readonly {
    readonly path: string;
    readonly line: number;
    readonly level: string;
    readonly message: string;
  }[];
}

/** Deliveries: signed, logged as GitHub logs them, and sent at once unless held. */
export interface SimulatedWebhooks {
  /** Keeps new deliveries back; they are logged as undelivered until `release`. */
  hold(): void;
  /** Sends what is held: as it came, or in this order of its indexes; each `times` times. Ends when all were answered. */
  release(options?: { readonly order?: readonly number[]; readonly times?: number }): Promise<void>;
  /** Held deliveries, oldest first. */
  readonly held: readonly Delivery[];
  /** New deliveries are logged as failed and never sent, as when the bot is down. */
  lose(isLost: boolean): void;
  /** Sends a delivery again as it was, with the same or a new GUID. */
  resend(delivery: Delivery, options?: { readonly guid?: string; readonly event?: string }): Promise<number>;
  /** Resolves when no delivery is under way. */
  settled(): Promise<void>;
  readonly log: readonly Delivery[];
}

export interface Delivery {
  readonly id: number;
  readonly guid: string;
  readonly event: string;
  readonly action: string | undefined;
  /** The body as it is signed and sent. */
  readonly body: string;
  /** Status of the answer; undefined while none came. */
  readonly status: number | undefined;
}

/** Faults on demand. The request that a fault hits uses it up. */
export interface SimulatedFaults {
  add(fault: Fault): void;
  /** Faults that no request has used up. */
  readonly left: readonly Fault[];
  /** Called at every write, before and after its effect: kill suites hang on here. May throw `CutConnection`. */
  onWrite:
    ((moment: "before" | "during" | "after", request: LoggedRequest) => void | Promise<void>) | undefined;
  clear(): void;
}

export interface Fault {
  /** `POST /repos/{owner}/{repo}/issues/{issue_number}/comments`, or `any`, `any-write`, `any-read`. */
  readonly at: string;
  /** Which of the matching requests, from 1. */
  readonly nth?: number;
  readonly kind:
    | {
        readonly kind: "status";
        readonly status: number;
        readonly headers?: Readonly<Record<string, string>>;
        readonly body?: unknown;
      }
    /** The connection is cut before the effect, or after it and before the answer. */
    | { readonly kind: "cut"; readonly when: "before" | "after" }
    /** The answer comes late. */
    | { readonly kind: "slow"; readonly milliseconds: number };
}

export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  /** Route of GitHub's OpenAPI description, `POST /repos/{owner}/{repo}/pulls`; `POST /graphql createCommitOnBranch`. */
  readonly route: string;
  /** 0 while unanswered or cut. */
  readonly status: number;
  readonly isWrite: boolean;
  /** Login of the caller: the bot's, or `app` for requests with the App's own token. */
  readonly as: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly body: unknown;
}
