import { createHash } from "node:crypto";
import { GitHubFailure, type GitHubFailureCode } from "../../src/github/github-failure.ts";
import type {
  Account,
  CheckRunContent,
  ClosedBy,
  CommentInfo,
  CommitInfo,
  DeliveryRecord,
  GitHub,
  GitHubApp,
  IssueInfo,
  PullInfo,
  ReactionTarget,
  RepositoryInfo,
  RepositoryName,
  TrackerList,
} from "../../src/github/github.ts";
import type { Permission } from "../../src/investigation/commands/rights.ts";
import type {
  RepositoryOptions,
  RepositoryState,
  SimulatedRepository,
} from "../../src/simulator/github/contract.ts";
import { commentsOfJson } from "../../src/issue/parse-issue-input.ts";
import { trackedIssue } from "../../src/issue/parse-tracker.ts";
import type { TrackerCursor } from "../../src/store/store.ts";
import { LIMITS } from "../../src/text/github-limits.ts";

export interface MemoryGitHubOptions {
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Milliseconds that GitHub's lists are behind. */
  readonly lag?: () => number;
  /** A webhook is to be sent now. */
  readonly onDelivery?: (delivery: MemoryDelivery) => void;
}

/** A delivery as GitHub logs it; whoever carries it sets `ok`. */
export interface MemoryDelivery {
  readonly id: string;
  readonly guid: string;
  readonly event: string;
  readonly payload: object;
  readonly installation: number;
  readonly deliveredAt: number;
  ok: boolean;
}

/** People in a repository in memory; what the simulated GitHub over HTTP offers beyond that needs a real git. */
export interface MemoryRepository extends Omit<
  SimulatedRepository,
  "gitDir" | "review" | "rerequestCheck" | "transferIssue"
> {
  transferIssue(login: string, number: number, to: { readonly id: number }): Promise<number>;
}

export interface MemoryGitHub {
  /** What Casebook uses; passes the contract of the client on the simulated GitHub. */
  readonly app: GitHubApp;
  readonly deliveries: readonly MemoryDelivery[];
  createRepository(owner: string, name: string, options: RepositoryOptions): Promise<MemoryRepository>;
  installation(owner: string): Promise<number>;
  suspend(owner: string): Promise<void>;
  unsuspend(owner: string): Promise<void>;
  uninstall(owner: string): Promise<void>;
  /** Commits with all of their files, for a mirror. */
  commit(repository: number, oid: string): MemoryCommit | undefined;
  head(repository: number, branch: string): string | undefined;
  /** What an installation token may read now; undefined: the token is not accepted. */
  readsWith(token: string): number | undefined;
}

interface MemoryCommit {
  readonly oid: string;
  readonly parents: readonly string[];
  readonly files: ReadonlyMap<string, string>;
  readonly authorId: number;
  readonly author: string;
  readonly message: string;
}

interface Comment {
  readonly id: number;
  body: string;
  readonly author: Account;
  readonly createdAt: number;
  updatedAt: number;
  readonly reactions: ReactionRow[];
}

interface ReactionRow {
  readonly id: number;
  readonly content: string;
  readonly by: Account;
}

interface Item {
  readonly number: number;
  title: string;
  body: string;
  readonly author: Account;
  state: "open" | "closed";
  locked: boolean;
  labels: string[];
  readonly labelledBy: Map<string, Account>;
  readonly createdAt: number;
  updatedAt: number;
  comments: Comment[];
  readonly reactions: ReactionRow[];
  pull?: { readonly branch: string; head: string; readonly base: string; merged: boolean };
  /** Where it was transferred to. */
  movedTo?: string;
  /** What closed it, where a person did not. */
  closedBy?: ClosedBy | undefined;
}

interface Repository {
  readonly id: number;
  readonly owner: string;
  name: string;
  readonly isPrivate: boolean;
  archived: boolean;
  readonly people: Map<string, Permission>;
  readonly branches: Map<string, string>;
  readonly commits: Map<string, MemoryCommit>;
  readonly items: Map<number, Item>;
  /** The newest number of an issue or pull request: no number is given twice. */
  lastNumber: number;
  readonly labels: string[];
  readonly checks: (CheckRunContent & { readonly id: number; readonly createdAt: number })[];
  protected: RegExp | undefined;
}

interface Installation {
  readonly id: number;
  readonly account: string;
  suspended: boolean;
}

const APP_ID = 4711;
const SLUG = "casebook";
export const BOT: Account = { id: 900_001, login: `${SLUG}[bot]`, type: "Bot" };
const MAIN = "main";
const HOUR = 3_600_000;
const PAGE = 100;

/** A GitHub in memory, at the port that Casebook uses: one step a call, no clock and no chance of its own. */
export function memoryGitHub(options: MemoryGitHubOptions = {}): MemoryGitHub {
  const { now = Date.now, lag = () => 0, onDelivery } = options;
  const repositories = new Map<number, Repository>();
  const installations = new Map<number, Installation>();
  const accounts = new Map<string, Account>();
  const tokens = new Map<string, { readonly repository: number; readonly until: number }>();
  const deliveries: MemoryDelivery[] = [];
  let last = 1_000;
  const nextId = (): number => ++last;
  let lastDelivery = 7_000;

  const account = (login: string): Account => {
    const known = accounts.get(login.toLowerCase());
    if (known !== undefined) return known;
    const made: Account = { id: nextId(), login, type: "User" };
    accounts.set(login.toLowerCase(), made);
    return made;
  };
  const installationOf = (owner: string): Installation | undefined =>
    [...installations.values()].find((known) => known.account === owner);

  const emit = (
    event: string,
    owner: string,
    body: Readonly<Record<string, unknown>>,
    about?: Repository,
  ): void => {
    const place = installationOf(owner);
    if (place === undefined || (place.suspended && event !== "installation")) return;
    const delivery: MemoryDelivery = {
      id: String(++lastDelivery),
      guid: `guid-${lastDelivery}`,
      event,
      payload: {
        installation: { id: place.id, ...(event === "installation" ? { app_id: APP_ID } : {}) },
        ...(about === undefined ? {} : { repository: shownRepository(about) }),
        ...body,
      },
      installation: place.id,
      deliveredAt: now(),
      ok: false,
    };
    deliveries.push(delivery);
    onDelivery?.(delivery);
  };

  const commitOn = (
    repository: Repository,
    branch: string,
    files: ReadonlyMap<string, string>,
    by: Account,
    message: string,
    parents: readonly string[],
  ): string => {
    const before = parents[0] === undefined ? undefined : repository.commits.get(parents[0]);
    const all = new Map([...(before?.files ?? []), ...files]);
    const oid = createHash("sha1")
      .update(JSON.stringify([repository.id, nextId(), parents, [...files], message]))
      .digest("hex");
    repository.commits.set(oid, { oid, parents, files: all, authorId: by.id, author: by.login, message });
    repository.branches.set(branch, oid);
    for (const item of repository.items.values())
      if (item.pull?.branch === branch && item.state === "open") item.pull.head = oid;
    return oid;
  };

  return {
    deliveries,
    app: appOf(),
    async createRepository(owner, name, { files, isPrivate = false, people = {} }) {
      const repository: Repository = {
        id: nextId(),
        owner,
        name,
        isPrivate,
        archived: false,
        people: new Map([...Object.entries(people), [owner, "admin" as const]]),
        branches: new Map(),
        commits: new Map(),
        items: new Map(),
        lastNumber: 0,
        labels: [],
        checks: [],
        protected: undefined,
      };
      account(owner);
      for (const login of Object.keys(people)) account(login);
      commitOn(repository, MAIN, new Map(Object.entries(files)), account(owner), "First", []);
      repositories.set(repository.id, repository);
      install(owner);
      return peopleOf(repository);
    },
    installation: async (owner) => install(owner).id,
    suspend: async (owner) => suspend(owner, true),
    unsuspend: async (owner) => suspend(owner, false),
    async uninstall(owner) {
      const place = installationOf(owner);
      if (place === undefined) return;
      emit("installation", owner, { action: "deleted" });
      installations.delete(place.id);
    },
    commit: (repository, oid) => repositories.get(repository)?.commits.get(oid),
    head: (repository, branch) => repositories.get(repository)?.branches.get(branch),
    readsWith(token) {
      const known = tokens.get(token);
      return known !== undefined && now() < known.until ? known.repository : undefined;
    },
  };

  function install(owner: string): Installation {
    const known = installationOf(owner);
    if (known !== undefined) return known;
    const made = { id: nextId(), account: owner, suspended: false };
    installations.set(made.id, made);
    emit("installation", owner, { action: "created" });
    return made;
  }

  function suspend(owner: string, suspended: boolean): void {
    const place = install(owner);
    place.suspended = suspended;
    emit("installation", owner, { action: suspended ? "suspend" : "unsuspend" });
  }

  function appOf(): GitHubApp {
    return {
      identity: async () => ({ appId: APP_ID, slug: SLUG, bot: { id: BOT.id, login: BOT.login } }),
      installations: async () => [...installations.values()].map((known) => ({ ...known })),
      async repositoriesOf(installation) {
        const place = reached(installation);
        return [...repositories.values()].filter(({ owner }) => owner === place.account).map(infoOf);
      },
      async deliveries(since) {
        return deliveries
          .filter(({ deliveredAt }) => deliveredAt >= Date.parse(since) && deliveredAt <= now() - lag())
          .map(({ id, guid, event, deliveredAt, ok }): DeliveryRecord => ({
            id,
            guid,
            event,
            deliveredAt: new Date(deliveredAt).toISOString(),
            ok,
          }))
          .reverse();
      },
      async redeliver(id) {
        const known = deliveries.find((delivery) => delivery.id === id);
        if (known === undefined) throw failure("gone", "no such delivery");
        const again: MemoryDelivery = { ...known, id: String(++lastDelivery), deliveredAt: now(), ok: false };
        deliveries.push(again);
        onDelivery?.(again);
      },
      forInstallation: (installation) => githubOf(installation),
    };
  }

  function reached(installation: number): Installation {
    const place = installations.get(installation);
    if (place === undefined) throw failure("gone", "the App is not installed there");
    if (place.suspended) throw failure("suspended", "the installation is suspended");
    return place;
  }

  function githubOf(installation: number): GitHub {
    const repositoryOf = ({ id }: Pick<RepositoryName, "id">): Repository => {
      const place = reached(installation);
      const found = repositories.get(id);
      if (found === undefined || found.owner !== place.account) throw failure("gone", "no such repository");
      return found;
    };
    /** To write into. */
    const writable = (name: RepositoryName): Repository => {
      const found = repositoryOf(name);
      if (found.archived) throw failure("refused", "the repository is archived");
      return found;
    };
    const itemOf = (repository: Repository, number: number): Item => {
      const item = repository.items.get(number);
      if (item === undefined || item.movedTo !== undefined) throw failure("gone", "no such issue");
      return item;
    };
    const commentOf = (repository: Repository, id: number): { item: Item; comment: Comment } | undefined => {
      for (const item of repository.items.values()) {
        const comment =
          item.movedTo === undefined ? item.comments.find((known) => known.id === id) : undefined;
        if (comment !== undefined) return { item, comment };
      }
      return undefined;
    };
    const reactionsAt = (
      repository: Repository,
      target: ReactionTarget,
    ): { readonly item: Item; readonly reactions: ReactionRow[] } => {
      if (target.kind === "issue") {
        const item = itemOf(repository, target.number);
        return { item, reactions: item.reactions };
      }
      const found = commentOf(repository, target.id);
      if (found === undefined) throw failure("gone", "no such comment");
      return { item: found.item, reactions: found.comment.reactions };
    };
    const known = (at: number): boolean => at <= now() - lag();
    /** A page of a list that is in the order of changes. */
    const listed = <R extends { readonly updatedAt: number }, T>(
      all: readonly R[],
      { since, page }: TrackerCursor,
      read: (row: R) => readonly T[],
    ): TrackerList<T> => {
      const from = since === undefined ? 0 : Date.parse(since);
      const sorted = all
        .filter(({ updatedAt }) => known(updatedAt) && updatedAt >= from)
        .toSorted((a, b) => a.updatedAt - b.updatedAt);
      const rows = sorted.slice((page - 1) * PAGE, page * PAGE);
      const last = rows.at(-1)?.updatedAt;
      return {
        items: rows.flatMap(read),
        changedAt: last === undefined ? undefined : new Date(last).toISOString(),
        isLast: sorted.length <= page * PAGE,
      };
    };
    const headOf = (repository: Repository, revision: string): MemoryCommit | undefined =>
      repository.commits.get(repository.branches.get(revision) ?? revision);
    const guardBranch = (repository: Repository, branch: string): void => {
      if (repository.protected?.test(branch) === true) throw failure("rule-violated", "rule violations");
    };
    const pullInfo = (repository: Repository, item: Item): PullInfo => ({
      number: item.number,
      state: item.pull!.merged ? "merged" : item.state,
      draft: item.author.id === BOT.id,
      title: item.title,
      body: item.body,
      head: item.pull!.head,
      headBranch: item.pull!.branch,
      isOwnBranch: true,
      base: item.pull!.base,
      author: item.author,
      webUrl: `${webUrlOf(repository)}/pull/${item.number}`,
    });

    return {
      repository: async (id) => infoOf(repositoryOf({ id })),
      async issue(name, number) {
        const repository = repositoryOf(name);
        const item = repository.items.get(number);
        if (item === undefined) return { kind: "deleted" };
        if (item.movedTo !== undefined) return { kind: "transferred", to: item.movedTo };
        return { kind: "issue", issue: issueInfo(repository, item) };
      },
      async comments(name, issue, since) {
        const { comments } = itemOf(repositoryOf(name), issue);
        const from = since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(since);
        return comments
          .filter(({ createdAt, updatedAt }) => updatedAt >= from && known(createdAt))
          .map(commentInfo);
      },
      async comment(name, id) {
        const found = commentOf(repositoryOf(name), id);
        return found === undefined ? undefined : commentInfo(found.comment);
      },
      async permission(name, login) {
        const repository = repositoryOf(name);
        const found = accounts.get(login.toLowerCase());
        if (found === undefined) return "none";
        return permissionOf(repository, found.login);
      },
      accountMadeAt: async (login) =>
        accounts.has(login.toLowerCase()) ? now() - 1_000 * 24 * HOUR : undefined,
      async issuesLabelled(name, label) {
        return [...repositoryOf(name).items.values()]
          .filter(
            (item) =>
              isOpenIssue(item) && known(item.updatedAt) && item.labels.some((one) => isSame(one, label)),
          )
          .map(({ number }) => number);
      },
      async issuesChangedSince(name, since) {
        return [...repositoryOf(name).items.values()]
          .filter((item) => isOpenIssue(item) && known(item.updatedAt) && item.updatedAt >= Date.parse(since))
          .sort((a, b) => a.updatedAt - b.updatedAt)
          .map(({ number, labels }) => ({ number, labels: [...labels] }));
      },
      async trackerIssues(name, from) {
        const repository = repositoryOf(name);
        const items = [...repository.items.values()].filter(({ movedTo }) => movedTo === undefined);
        return listed(items, from, (item) => {
          const entry = {
            number: item.number,
            title: item.title,
            body: item.body,
            user: item.author,
            state: item.state,
            created_at: new Date(item.createdAt).toISOString(),
            ...(item.pull === undefined
              ? {}
              : { pull_request: { merged_at: item.pull.merged ? "2026-01-01T00:00:00Z" : null } }),
          };
          const issue = item.author.id === BOT.id ? undefined : trackedIssue(entry);
          return issue === undefined ? [] : [issue];
        });
      },
      async trackerComments(name, from) {
        const items = [...repositoryOf(name).items.values()].filter(({ movedTo }) => movedTo === undefined);
        const comments = items.flatMap(({ number, comments: rows }) =>
          rows.map((row) => ({ ...row, number })),
        );
        return listed(comments, from, ({ id, number, author, body, createdAt }) => {
          const { login, type } = author;
          const at = new Date(createdAt).toISOString();
          const [comment] = commentsOfJson([{ body, user: { login, type }, created_at: at }]);
          return [{ id, issue: number, comment }];
        });
      },
      async closedBy(name, issue) {
        const { state, closedBy } = itemOf(repositoryOf(name), issue);
        return state === "closed" ? closedBy : undefined;
      },
      async labelledBy(name, issue, label) {
        return itemOf(repositoryOf(name), issue).labelledBy.get(label.toLowerCase());
      },
      async ownIssues(name) {
        return [...repositoryOf(name).items.values()]
          .filter(
            (item) =>
              item.author.id === BOT.id &&
              item.pull === undefined &&
              item.movedTo === undefined &&
              known(item.createdAt),
          )
          .map(({ number, state, body }) => ({ number, state, body }));
      },
      async filesIn(name, folder) {
        const files = headOf(repositoryOf(name), MAIN)?.files ?? new Map<string, string>();
        return [...files.keys()]
          .filter((path) => path.startsWith(`${folder}/`))
          .map((path) => path.slice(folder.length + 1))
          .filter((path) => !path.includes("/"));
      },
      async file(name, path, revision = MAIN) {
        return headOf(repositoryOf(name), revision)?.files.get(path);
      },
      commitOf: async (name, revision) => headOf(repositoryOf(name), revision)?.oid,
      branchHead: async (name, branch) => repositoryOf(name).branches.get(branch),
      branches: async (name, prefix) =>
        [...repositoryOf(name).branches.keys()].filter((branch) => branch.startsWith(prefix)),
      async commitsBetween(name, base, head) {
        const repository = repositoryOf(name);
        const [from, to] = [headOf(repository, base), headOf(repository, head)];
        if (from === undefined || to === undefined) throw failure("gone", "no commit found for sha");
        return between(repository, from.oid, to.oid).map(
          ({ oid, authorId, author, message }): CommitInfo => ({ oid, authorId, author, message }),
        );
      },
      async pullsFrom(name, branch) {
        const repository = repositoryOf(name);
        return [...repository.items.values()]
          .filter((item) => item.pull?.branch === branch && known(item.createdAt))
          .map((item) => pullInfo(repository, item))
          .reverse();
      },
      async pull(name, number) {
        const repository = repositoryOf(name);
        const item = repository.items.get(number);
        if (item?.pull === undefined) return undefined;
        const base = repository.branches.get(item.pull.base) ?? "";
        const commits = between(repository, base, item.pull.head);
        return {
          ...pullInfo(repository, item),
          files: changedBetween(repository, base, item.pull.head).length,
          commits: commits.length,
        };
      },
      async ownReactions(name, target) {
        return reactionsAt(repositoryOf(name), target)
          .reactions.filter(({ by }) => by.id === BOT.id)
          .map(({ id, content }) => ({ id, content }));
      },
      async ownCheckRuns(name, head, wanted) {
        return repositoryOf(name)
          .checks.filter((check) => check.head === head && check.name === wanted && known(check.createdAt))
          .map(({ id, name: called, externalId }) => ({ id, name: called, externalId }));
      },
      async readToken(name) {
        const { id } = repositoryOf(name);
        const token = `token-${nextId()}`;
        tokens.set(token, { repository: id, until: now() + HOUR });
        return token;
      },

      async createLabel(name, { name: label }) {
        const repository = writable(name);
        if (label.length > LIMITS.labelNameCharacters) throw failure("invalid", "the label is too long");
        if (!repository.labels.some((one) => isSame(one, label))) repository.labels.push(label);
      },
      async addLabels(name, issue, labels) {
        addLabels(writable(name), itemOf(repositoryOf(name), issue), labels, BOT);
      },
      async removeLabel(name, issue, label) {
        const repository = writable(name);
        const item = itemOf(repository, issue);
        removeLabel(repository, item, label, BOT);
      },
      async addReaction(name, target, content) {
        const repository = writable(name);
        const { item, reactions } = reactionsAt(repository, target);
        if (item.locked) throw failure("refused", "the issue is locked");
        const present = reactions.find((one) => one.content === content && one.by.id === BOT.id);
        if (present !== undefined) return present.id;
        const id = nextId();
        reactions.push({ id, content, by: BOT });
        return id;
      },
      async removeReaction(name, target, id) {
        const { reactions } = reactionsAt(writable(name), target);
        const at = reactions.findIndex((one) => one.id === id);
        if (at >= 0) reactions.splice(at, 1);
      },
      async createComment(name, issue, body) {
        const repository = writable(name);
        const item = itemOf(repository, issue);
        if (item.locked) throw failure("refused", "the issue is locked");
        refuseBody(body);
        return addComment(repository, item, BOT, body).id;
      },
      async updateComment(name, id, body) {
        const found = commentOf(writable(name), id);
        if (found === undefined) throw failure("gone", "no such comment");
        if (found.comment.author.id !== BOT.id) throw failure("refused", "the comment of somebody else");
        refuseBody(body);
        found.comment.body = body;
        found.comment.updatedAt = now();
      },
      async deleteComment(name, id) {
        const found = commentOf(writable(name), id);
        if (found !== undefined) found.item.comments = found.item.comments.filter((one) => one.id !== id);
      },
      async createBranch(name, branch, oid) {
        const repository = writable(name);
        guardBranch(repository, branch);
        if (!repository.commits.has(oid)) throw failure("gone", "object does not exist");
        const present = repository.branches.get(branch);
        if (present !== undefined && present !== oid) throw failure("exists", "reference already exists");
        repository.branches.set(branch, oid);
        if (present === undefined) pushed(repository, branch, oid, BOT);
      },
      async deleteBranch(name, branch) {
        const repository = writable(name);
        guardBranch(repository, branch);
        deleteBranch(repository, branch, BOT);
      },
      async commit(name, { branch, expectedHead, files, message }) {
        const repository = writable(name);
        guardBranch(repository, branch);
        const present = repository.branches.get(branch);
        if (present === undefined) throw failure("gone", "reference does not exist");
        if (present !== expectedHead)
          throw failure("head-moved", "expected branch to point to another commit");
        if ([...files.keys()].some((path) => path.startsWith(".github/workflows/")))
          throw failure("refused", "needs the permission workflows");
        const oid = commitOn(repository, branch, files, BOT, message, [present]);
        pushed(repository, branch, oid, BOT);
        return oid;
      },
      async createPull(name, { head, base, title, body }) {
        const repository = writable(name);
        const at = repository.branches.get(head);
        if (at === undefined) throw failure("invalid", "head is invalid");
        if (
          [...repository.items.values()].some(
            (item) => item.pull?.branch === head && item.state === "open" && !item.pull.merged,
          )
        )
          throw failure("exists", "a pull request already exists");
        if (between(repository, repository.branches.get(base) ?? "", at).length === 0)
          throw failure("nothing-to-publish", "no commits between");
        return newItem(repository, BOT, title, body, [], { branch: head, head: at, base, merged: false })
          .number;
      },
      async updatePull(name, number, { title, body, state }) {
        const repository = writable(name);
        const item = itemOf(repository, number);
        if (item.pull === undefined) throw failure("gone", "no such pull request");
        if (title !== undefined) item.title = title;
        if (body !== undefined) item.body = body;
        if (state !== undefined && item.state === "open") {
          item.state = "closed";
          pullEvent(repository, item, "closed", BOT);
        }
      },
      async createCheckRun(name, content) {
        const repository = writable(name);
        if (!repository.commits.has(content.head)) throw failure("gone", "no commit found for sha");
        const id = nextId();
        repository.checks.push({ ...content, id, createdAt: now() });
        return id;
      },
      async updateCheckRun(name, id, content) {
        const { checks } = writable(name);
        const at = checks.findIndex((check) => check.id === id);
        if (at < 0) throw failure("gone", "no such check run");
        checks[at] = { ...content, id, createdAt: checks[at]!.createdAt };
      },
      async createIssue(name, { title, body }) {
        const repository = writable(name);
        if (title.trim() === "") throw failure("invalid", "a title is missing");
        return newItem(repository, BOT, title, body, []).number;
      },
      async updateIssue(name, number, { body, state }) {
        const repository = writable(name);
        const item = itemOf(repository, number);
        if (body !== undefined) item.body = body;
        if (state !== undefined && state !== item.state) setState(repository, item, state, BOT);
      },
    };
  }

  function peopleOf(repository: Repository): MemoryRepository {
    const item = (number: number): Item => {
      const found = repository.items.get(number);
      if (found === undefined || found.movedTo !== undefined) throw new Error(`there is no issue ${number}`);
      return found;
    };
    const comment = (id: number): { readonly of: Item; readonly comment: Comment } => {
      for (const of of repository.items.values()) {
        const found = of.comments.find((known) => known.id === id);
        if (found !== undefined) return { of, comment: found };
      }
      throw new Error(`there is no comment ${id}`);
    };
    return {
      id: repository.id,
      owner: repository.owner,
      get name() {
        return repository.name;
      },
      async openIssue(login, title, body, labels = []) {
        return newItem(repository, account(login), title, body, labels).number;
      },
      async editIssue(login, number, change) {
        const found = item(number);
        Object.assign(found, change);
        found.updatedAt = now();
        issueEvent(repository, found, "edited", account(login));
      },
      closeIssue: async (login, number) => setState(repository, item(number), "closed", account(login)),
      reopenIssue: async (login, number) => setState(repository, item(number), "open", account(login)),
      async lockIssue(login, number) {
        item(number).locked = true;
        issueEvent(repository, item(number), "locked", account(login));
      },
      async unlockIssue(login, number) {
        item(number).locked = false;
        issueEvent(repository, item(number), "unlocked", account(login));
      },
      async deleteIssue(login, number) {
        const found = item(number);
        repository.items.delete(number);
        issueEvent(repository, found, "deleted", account(login));
      },
      async transferIssue(login, number, { id }) {
        const found = item(number);
        const target = repositories.get(id)!;
        const there = newItem(target, found.author, found.title, found.body, [], undefined, account(login));
        issueEvent(repository, found, "transferred", account(login));
        found.movedTo = `${webUrlOf(target)}/issues/${there.number}`;
        return there.number;
      },
      async comment(login, number, body) {
        return addComment(repository, item(number), account(login), body).id;
      },
      async editComment(login, id, body) {
        const found = comment(id);
        found.comment.body = body;
        found.comment.updatedAt = now();
        commentEvent(repository, found.of, found.comment, "edited", account(login));
      },
      async deleteComment(login, id) {
        const found = comment(id);
        found.of.comments = found.of.comments.filter((one) => one.id !== id);
        commentEvent(repository, found.of, found.comment, "deleted", account(login));
      },
      label: async (login, number, label) => addLabels(repository, item(number), [label], account(login)),
      unlabel: async (login, number, label) => removeLabel(repository, item(number), label, account(login)),
      async setPermission(login, permission) {
        repository.people.set(account(login).login, permission);
      },
      async push(login, branch, files, message = "Change") {
        const parent = repository.branches.get(branch) ?? repository.branches.get(MAIN)!;
        const by = account(login);
        const oid = commitOn(repository, branch, new Map(Object.entries(files)), by, message, [parent]);
        pushed(repository, branch, oid, by);
        if (branch === MAIN) closeNamed(repository, message, { commit: oid }, by);
        return oid;
      },
      async openPull(login, branch, title, body = "") {
        const head = repository.branches.get(branch)!;
        const pull = { branch, head, base: MAIN, merged: false };
        return newItem(repository, account(login), title, body, [], pull).number;
      },
      async mergePull(login, number) {
        const found = item(number);
        const { pull } = found;
        if (pull === undefined || found.state !== "open") throw new Error("it cannot be merged");
        const main = repository.branches.get(MAIN)!;
        const theirs = repository.commits.get(pull.head)!.files;
        const changed = changedBetween(repository, main, pull.head);
        const files = new Map(
          changed.flatMap((path) => (theirs.has(path) ? [[path, theirs.get(path)!]] : [])),
        );
        const by = account(login);
        const oid = commitOn(repository, MAIN, files, by, `Merge #${number}`, [main, pull.head]);
        pull.merged = true;
        found.state = "closed";
        pullEvent(repository, found, "closed", by);
        pushed(repository, MAIN, oid, by);
        closeNamed(repository, found.body, { commit: oid, pull: number }, by);
      },
      async closePull(login, number) {
        item(number).state = "closed";
        pullEvent(repository, item(number), "closed", account(login));
      },
      async reopenPull(login, number) {
        item(number).state = "open";
        pullEvent(repository, item(number), "reopened", account(login));
      },
      deleteBranch: async (login, branch) => deleteBranch(repository, branch, account(login)),
      async rename(login, name) {
        repository.name = name;
        emit("repository", repository.owner, { action: "renamed", sender: account(login) }, repository);
      },
      async archive(login) {
        repository.archived = true;
        emit("repository", repository.owner, { action: "archived", sender: account(login) }, repository);
      },
      protect(pattern) {
        repository.protected =
          pattern === undefined
            ? undefined
            : new RegExp(`^${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll(/\*+/g, ".*")}$`);
      },
      state: async () => stateOf(repository),
      file: async (branch, path) =>
        repository.commits.get(repository.branches.get(branch) ?? "")?.files.get(path),
    };
  }

  function permissionOf(repository: Repository, login: string): Permission {
    return repository.people.get(login) ?? (repository.isPrivate ? "none" : "read");
  }

  function newItem(
    repository: Repository,
    author: Account,
    title: string,
    body: string,
    labels: readonly string[],
    pull?: NonNullable<Item["pull"]>,
    sender = author,
  ): Item {
    const made: Item = {
      number: ++repository.lastNumber,
      title,
      body,
      author,
      state: "open",
      locked: false,
      labels: [...labels],
      labelledBy: new Map(),
      createdAt: now(),
      updatedAt: now(),
      comments: [],
      reactions: [],
      ...(pull === undefined ? {} : { pull }),
    };
    repository.items.set(made.number, made);
    if (pull === undefined) issueEvent(repository, made, "opened", sender);
    else pullEvent(repository, made, "opened", sender);
    return made;
  }

  function addComment(repository: Repository, item: Item, author: Account, body: string): Comment {
    const made: Comment = { id: nextId(), body, author, createdAt: now(), updatedAt: now(), reactions: [] };
    item.comments.push(made);
    item.updatedAt = now();
    commentEvent(repository, item, made, "created", author);
    return made;
  }

  function addLabels(repository: Repository, item: Item, labels: readonly string[], by: Account): void {
    const missing = labels.filter((label) => !item.labels.some((one) => isSame(one, label)));
    if (
      labels.some((label) => label.length > LIMITS.labelNameCharacters) ||
      item.labels.length + missing.length > LIMITS.labelsPerIssue
    )
      throw failure("invalid", "too long, or too many labels");
    for (const label of missing) {
      item.labels.push(repository.labels.find((one) => isSame(one, label)) ?? label);
      if (!repository.labels.some((one) => isSame(one, label))) repository.labels.push(label);
      item.labelledBy.set(label.toLowerCase(), by);
      item.updatedAt = now();
      issueEvent(repository, item, "labeled", by, { label: { name: label } });
    }
  }

  function removeLabel(repository: Repository, item: Item, label: string, by: Account): void {
    if (!item.labels.some((one) => isSame(one, label))) return;
    item.labels = item.labels.filter((one) => !isSame(one, label));
    item.updatedAt = now();
    issueEvent(repository, item, "unlabeled", by, { label: { name: label } });
  }

  function setState(repository: Repository, item: Item, state: "open" | "closed", by: Account): void {
    item.state = state;
    item.closedBy = undefined;
    item.updatedAt = now();
    issueEvent(repository, item, state === "open" ? "reopened" : "closed", by);
  }

  function closeNamed(repository: Repository, text: string, closedBy: ClosedBy, by: Account): void {
    for (const [, number] of text.matchAll(/\bfixes #(\d{1,9})\b/gi)) {
      const item = repository.items.get(Number(number));
      if (item?.state !== "open" || item.pull !== undefined) continue;
      setState(repository, item, "closed", by);
      item.closedBy = closedBy;
    }
  }

  function deleteBranch(repository: Repository, branch: string, by: Account): void {
    if (!repository.branches.delete(branch)) return;
    for (const item of repository.items.values())
      if (item.pull?.branch === branch && item.state === "open") {
        item.state = "closed";
        pullEvent(repository, item, "closed", by);
      }
    const gone = "0".repeat(40);
    const ref = `refs/heads/${branch}`;
    emit("push", repository.owner, { ref, after: gone, deleted: true, sender: by }, repository);
  }

  function pushed(repository: Repository, branch: string, after: string, by: Account): void {
    emit("push", repository.owner, { ref: `refs/heads/${branch}`, after, sender: by }, repository);
    for (const item of repository.items.values())
      if (item.pull?.branch === branch && item.state === "open" && item.pull.head === after)
        pullEvent(repository, item, "synchronize", by);
  }

  function issueEvent(
    repository: Repository,
    item: Item,
    action: string,
    sender: Account,
    more: object = {},
  ): void {
    emit("issues", repository.owner, { action, issue: shownIssue(item), sender, ...more }, repository);
  }

  function commentEvent(
    repository: Repository,
    item: Item,
    { id, body, createdAt, author }: Comment,
    action: string,
    sender: Account,
  ): void {
    const comment = {
      id,
      body,
      created_at: new Date(createdAt).toISOString(),
      user: author,
      ...(author.id === BOT.id ? { performed_via_github_app: { id: APP_ID } } : {}),
    };
    const issue = shownIssue(item);
    emit("issue_comment", repository.owner, { action, issue, comment, sender }, repository);
  }

  function pullEvent(repository: Repository, item: Item, action: string, sender: Account): void {
    const pull_request = { number: item.number, head: { ref: item.pull!.branch } };
    emit("pull_request", repository.owner, { action, pull_request, sender }, repository);
  }
}

function failure(code: GitHubFailureCode, message: string): GitHubFailure {
  return new GitHubFailure(code, message);
}

function refuseBody(body: string): void {
  if (body.trim() === "" || body.length > LIMITS.bodyCharacters)
    throw failure("invalid", "the body is empty or too long");
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function isOpenIssue(item: Item): boolean {
  return item.state === "open" && item.pull === undefined && item.movedTo === undefined;
}

function webUrlOf({ owner, name }: Repository): string {
  return `https://github.com/${owner}/${name}`;
}

function infoOf(repository: Repository): RepositoryInfo {
  const { id, owner, name, isPrivate, archived } = repository;
  const webUrl = webUrlOf(repository);
  return {
    id,
    owner,
    name,
    isPrivate,
    archived,
    hasIssues: true,
    defaultBranch: MAIN,
    webUrl,
    cloneUrl: `${webUrl}.git`,
  };
}

function issueInfo(repository: Repository, item: Item): IssueInfo {
  const { number, title, body, author, state, locked, labels, createdAt, pull } = item;
  return {
    number,
    title,
    body,
    author,
    state,
    locked,
    labels: [...labels],
    createdAt: new Date(createdAt).toISOString(),
    isPullRequest: pull !== undefined,
    webUrl: `${webUrlOf(repository)}/issues/${number}`,
  };
}

function commentInfo({ id, body, author, createdAt, updatedAt }: Comment): CommentInfo {
  return {
    id,
    body,
    author,
    ...(author.id === BOT.id ? { appId: APP_ID } : {}),
    isMinimized: false,
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
  };
}

function shownRepository({ id, name, owner }: Repository): object {
  return { id, name, owner: { login: owner }, default_branch: MAIN };
}

function shownIssue({ number, title, body, createdAt, author, pull }: Item): object {
  return {
    number,
    title,
    body,
    created_at: new Date(createdAt).toISOString(),
    user: author,
    ...(pull === undefined ? {} : { pull_request: {} }),
  };
}

/** Commits that `head` reaches and `base` does not, oldest first. */
function between({ commits }: Repository, base: string, head: string): readonly MemoryCommit[] {
  const reach = (from: string): Set<string> => {
    const seen = new Set<string>();
    const open = [from];
    for (let oid = open.pop(); oid !== undefined; oid = open.pop()) {
      if (seen.has(oid)) continue;
      seen.add(oid);
      open.push(...(commits.get(oid)?.parents ?? []));
    }
    return seen;
  };
  const left = reach(base);
  const wanted = reach(head);
  // The map holds commits in the order in which they were made.
  return [...commits.values()].filter(({ oid }) => wanted.has(oid) && !left.has(oid));
}

/** Paths that the commits between say otherwise than their first parents. */
function changedBetween(repository: Repository, base: string, head: string): readonly string[] {
  const paths = new Set<string>();
  for (const commit of between(repository, base, head))
    for (const path of changedPaths(commit, repository.commits.get(commit.parents[0] ?? ""))) paths.add(path);
  return [...paths];
}

/** Paths that a commit changed. */
export function changedPaths(commit: MemoryCommit, parent: MemoryCommit | undefined): readonly string[] {
  return [...commit.files].filter(([path, text]) => parent?.files.get(path) !== text).map(([path]) => path);
}

function stateOf(repository: Repository): RepositoryState {
  const reactions = (rows: readonly ReactionRow[]): { by: string; content: string }[] =>
    rows.map(({ by, content }) => ({ by: by.login, content }));
  const comments = ({ comments: rows }: Item): RepositoryState["issues"][number]["comments"] =>
    rows.map(({ id, author, body, reactions: own }) => ({
      id,
      author: author.login,
      body,
      reactions: reactions(own),
    }));
  const items = [...repository.items.values()].filter(({ movedTo }) => movedTo === undefined);
  return {
    issues: items
      .filter(({ pull }) => pull === undefined)
      .map((item) => ({
        number: item.number,
        title: item.title,
        state: item.state,
        locked: item.locked,
        labels: [...item.labels],
        reactions: reactions(item.reactions),
        comments: comments(item),
      })),
    pulls: items
      .filter(({ pull }) => pull !== undefined)
      .map((item) => ({
        number: item.number,
        title: item.title,
        body: item.body,
        state: item.pull!.merged ? ("merged" as const) : item.state,
        draft: item.author.id === BOT.id,
        head: item.pull!.head,
        headBranch: item.pull!.branch,
        author: item.author.login,
        files: changedBetween(repository, repository.branches.get(item.pull!.base) ?? "", item.pull!.head),
        comments: comments(item),
      })),
    branches: Object.fromEntries(repository.branches),
    checks: repository.checks.map(({ id, name, head, conclusion, title, summary, annotations }) => ({
      id,
      name,
      head,
      status: "completed",
      conclusion,
      title,
      summary,
      annotations: annotations.map(({ path, line, level, message }) => ({ path, line, level, message })),
    })),
    labels: [...repository.labels],
  };
}
