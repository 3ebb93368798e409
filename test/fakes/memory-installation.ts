import { LIMITS } from "../../src/text/github-limits.ts";
import { GitHubFailure, type GitHubFailureCode } from "../../src/github/github-failure.ts";
import type {
  Account,
  CheckRunContent,
  CommentInfo,
  GitHub,
  IssueInfo,
  PullInfo,
  ReactionTarget,
  RepositoryName,
} from "../../src/github/github.ts";
import {
  addComment,
  addLabels,
  addThread,
  between,
  type Comment,
  commentOf,
  commitOn,
  emit,
  infoOf,
  isProtected,
  type MemoryRecord,
  type MemoryWorld,
  permissionOf,
  type Reaction,
  removeBranch,
  removeLabel,
  type Thread,
  threadOf,
} from "./memory-world.ts";

/** GitHub in memory with the rights of one installation. */
export function memoryInstallation(world: MemoryWorld, installation: number): GitHub {
  const { bot } = world;
  const see = ({ id }: Pick<RepositoryName, "id">): MemoryRecord => {
    const [owner, place] = [...world.installations].find(([, { id }]) => id === installation) ?? [];
    if (place?.suspended === true) throw fail("suspended", "the installation is suspended");
    const record = world.repositories.find((one) => one.id === id);
    if (record === undefined || record.owner.login.toLowerCase() !== owner)
      throw fail("gone", `there is no repository ${id} in installation ${installation}`);
    return record;
  };
  const change = (repository: RepositoryName): MemoryRecord => {
    const record = see(repository);
    if (record.archived) throw fail("refused", "Repository was archived so is read-only.");
    return record;
  };

  return {
    repository: async (id) => infoOf(world, see({ id })),

    async issue(repository, number) {
      const record = see(repository);
      const thread = record.threads.get(number);
      if (thread !== undefined) return { kind: "issue", issue: issueInfo(world, record, thread) };
      const to = record.gone.get(number);
      return to === undefined ? { kind: "deleted" } : { kind: "transferred", to };
    },

    async comments(repository, issue, since) {
      const { comments } = threadOf(see(repository), issue);
      return comments
        .filter(({ updatedAt }) => since === undefined || Date.parse(updatedAt) >= Date.parse(since))
        .map((comment) => commentInfo(world, comment));
    },

    async comment(repository, id) {
      const found = commentOf(see(repository), id);
      return found === undefined ? undefined : commentInfo(world, found.comment);
    },

    async permission(repository, login) {
      const record = see(repository);
      return world.accounts.has(login.toLowerCase()) ? permissionOf(record, login) : "none";
    },

    async issuesLabelled(repository, label) {
      return [...see(repository).threads.values()]
        .filter(({ state, pull, labels }) => state === "open" && pull === undefined && has(labels, label))
        .map(({ number }) => number);
    },

    async labelledBy(repository, issue, label) {
      const { labelled } = threadOf(see(repository), issue);
      return labelled.findLast((one) => one.label.toLowerCase() === label.toLowerCase())?.by;
    },

    async ownIssues(repository) {
      return [...see(repository).threads.values()]
        .filter(({ author, pull }) => author.id === bot.id && pull === undefined)
        .map(({ number, state, body }) => ({ number, state, body }));
    },

    async filesIn(repository, folder) {
      return [...filesOf(see(repository)).keys()]
        .filter((path) => path.startsWith(`${folder}/`) && !path.slice(folder.length + 1).includes("/"))
        .map((path) => path.slice(folder.length + 1));
    },

    file: async (repository, path) => filesOf(see(repository)).get(path),
    branchHead: async (repository, branch) => see(repository).branches.get(branch),
    branches: async (repository, prefix) =>
      [...see(repository).branches.keys()].filter((branch) => branch.startsWith(prefix)),

    async commitsBetween(repository, base, head) {
      const record = see(repository);
      return between(record, mustCommit(record, base), mustCommit(record, head))
        .slice(0, 250)
        .map((oid) => {
          const { author, message } = record.commits.get(oid)!;
          return { oid, authorId: author.id, author: author.login, message };
        });
    },

    async pullsFrom(repository, branch) {
      const record = see(repository);
      return [...record.threads.values()]
        .filter(({ pull }) => pull?.branch === branch)
        .flatMap((thread) => pullInfo(world, record, thread) ?? [])
        .toReversed();
    },

    async pull(repository, number) {
      const record = see(repository);
      const thread = record.threads.get(number);
      return thread === undefined ? undefined : pullInfo(world, record, thread);
    },

    async ownReactions(repository, target) {
      return placeOf(see(repository), target)
        .reactions.filter(({ by }) => by.id === bot.id)
        .map(({ id, content }) => ({ id, content }));
    },

    async ownCheckRuns(repository, head, name) {
      return see(repository)
        .checks.filter(({ content }) => content.head === head && content.name === name)
        .map(({ id, content }) => ({ id, name: content.name, externalId: content.externalId }));
    },

    readToken: async (repository) => `memory-token-${see(repository).id}`,

    async createLabel(repository, { name }) {
      const { labels } = change(repository);
      checkLabels([], [name]);
      if (!labels.has(name.toLowerCase())) labels.set(name.toLowerCase(), name);
    },

    async addLabels(repository, issue, labels) {
      const record = change(repository);
      const thread = threadOf(record, issue);
      checkLabels(thread.labels, labels);
      addLabels(record, thread, bot, labels);
      emit(world, "issues");
    },

    async removeLabel(repository, issue, label) {
      const thread = change(repository).threads.get(issue);
      if (thread !== undefined) removeLabel(thread, label);
    },

    async addReaction(repository, target, content) {
      const { reactions, thread } = placeOf(change(repository), target);
      if (thread.locked) throw fail("refused", "Unable to create reaction because issue is locked.");
      const known = reactions.find((one) => one.by.id === bot.id && one.content === content);
      if (known !== undefined) return known.id;
      const reaction = { id: world.nextId(), by: bot, content };
      reactions.push(reaction);
      return reaction.id;
    },

    async removeReaction(repository, target, id) {
      const { reactions } = placeOf(change(repository), target);
      const at = reactions.findIndex((one) => one.id === id && one.by.id === bot.id);
      if (at >= 0) reactions.splice(at, 1);
    },

    async createComment(repository, issue, body) {
      const thread = threadOf(change(repository), issue);
      if (thread.locked) throw fail("refused", "Unable to create comment because issue is locked.");
      if (thread.comments.length >= LIMITS.commentsPerIssue)
        throw fail("thread-full", "Commenting is disabled on issues with more than 2500 comments");
      checkBody(body);
      const { id } = addComment(world, thread, bot, body);
      emit(world, "issue_comment");
      return id;
    },

    async updateComment(repository, id, body) {
      const found = commentOf(change(repository), id);
      if (found === undefined) throw fail("gone", `there is no comment ${id}`);
      checkBody(body);
      found.comment.body = body;
      found.comment.updatedAt = new Date(world.now()).toISOString();
      emit(world, "issue_comment");
    },

    async deleteComment(repository, id) {
      const found = commentOf(change(repository), id);
      found?.thread.comments.splice(found.thread.comments.indexOf(found.comment), 1);
    },

    async createBranch(repository, branch, oid) {
      const record = change(repository);
      if (!record.commits.has(oid)) throw fail("gone", "Object does not exist");
      const head = record.branches.get(branch);
      if (head === oid) return;
      if (head !== undefined) throw fail("exists", `${branch} is there already, at another commit`);
      refuseProtected(record, branch);
      record.branches.set(branch, oid);
      emit(world, "push");
    },

    async deleteBranch(repository, branch) {
      const record = change(repository);
      if (!record.branches.has(branch)) return;
      if (branch === "main") throw fail("invalid", "Cannot delete the default branch");
      refuseProtected(record, branch);
      removeBranch(record, branch);
      emit(world, "push");
    },

    async commit(repository, { branch, expectedHead, files, message }) {
      const record = change(repository);
      const head = record.branches.get(branch);
      if (head === undefined) throw fail("gone", `there is no branch ${branch}`);
      if (head !== expectedHead) throw fail("head-moved", `${branch} is at ${head}`);
      refuseProtected(record, branch);
      if ([...files.keys()].some((path) => path.startsWith(".github/workflows/")))
        throw fail("refused", "refusing to allow a GitHub App to create or update workflow");
      const oid = commitOn(record, branch, { author: bot, message, files }, [head]);
      emit(world, "push");
      return oid;
    },

    async createPull(repository, { head: branch, base, title, body }) {
      const record = change(repository);
      const [head, target] = [record.branches.get(branch), record.branches.get(base)];
      if (head === undefined || target === undefined) throw fail("invalid", "PullRequest head invalid");
      if (between(record, target, head).length === 0)
        throw fail("nothing-to-publish", `No commits between ${base} and ${branch}`);
      const isOpen = ({ state, pull }: Thread): boolean =>
        state === "open" && pull?.branch === branch && pull.base === base;
      if ([...record.threads.values()].some(isOpen))
        throw fail("exists", `A pull request already exists for ${branch}.`);
      checkThread(title, body);
      const pull = { branch, base, head, draft: true, merged: false };
      const { number } = addThread(world, record, { title, body, author: bot, pull });
      emit(world, "pull_request");
      return number;
    },

    async updatePull(repository, number, changes) {
      const thread = threadOf(change(repository), number);
      if (thread.pull === undefined) throw fail("gone", `${number} is no pull request`);
      checkThread(changes.title ?? thread.title, changes.body ?? thread.body);
      Object.assign(thread, changes);
      emit(world, "pull_request");
    },

    async createCheckRun(repository, content) {
      const record = change(repository);
      if (!record.commits.has(content.head)) throw fail("gone", `No commit found for SHA: ${content.head}`);
      const check = { id: world.nextId(), content, annotations: [] };
      record.checks.push(check);
      annotate(check, content);
      return check.id;
    },

    async updateCheckRun(repository, id, content) {
      const check = change(repository).checks.find((one) => one.id === id);
      if (check === undefined) throw fail("gone", `there is no check run ${id}`);
      check.content = { ...content, head: check.content.head };
      annotate(check, content);
    },

    async createIssue(repository, { title, body }) {
      const record = change(repository);
      checkThread(title, body);
      const { number } = addThread(world, record, { title, body, author: bot });
      emit(world, "issues");
      return number;
    },

    async updateIssue(repository, number, changes) {
      const thread = threadOf(change(repository), number);
      checkThread(thread.title, changes.body ?? thread.body);
      Object.assign(thread, changes);
      emit(world, "issues");
    },
  };
}

function fail(code: GitHubFailureCode, message: string): GitHubFailure {
  return new GitHubFailure(code, message);
}

function filesOf(record: MemoryRecord): ReadonlyMap<string, string> {
  return record.commits.get(record.branches.get("main") ?? "")?.files ?? new Map();
}

function mustCommit(record: MemoryRecord, name: string): string {
  const oid = record.branches.get(name) ?? name;
  if (!record.commits.has(oid)) throw fail("gone", `there is no commit ${name}`);
  return oid;
}

function refuseProtected(record: MemoryRecord, branch: string): void {
  if (isProtected(record, branch)) throw fail("rule-violated", "Repository rule violations found");
}

function has(labels: readonly string[], label: string): boolean {
  return labels.some((one) => one.toLowerCase() === label.toLowerCase());
}

function placeOf(
  record: MemoryRecord,
  target: ReactionTarget,
): { readonly reactions: Reaction[]; readonly thread: Thread } {
  if (target.kind === "issue") {
    const thread = threadOf(record, target.number);
    return { reactions: thread.reactions, thread };
  }
  const found = commentOf(record, target.id);
  if (found === undefined) throw fail("gone", `there is no comment ${target.id}`);
  return { reactions: found.comment.reactions, thread: found.thread };
}

function checkBody(body: string): void {
  if (body.trim() === "") throw fail("invalid", "body can't be blank");
  checkLength(body);
}

function checkThread(title: string, body: string): void {
  if (title.trim() === "") throw fail("invalid", "title is missing");
  if (title.length > LIMITS.titleCharacters) throw fail("invalid", "title is too long");
  checkLength(body);
}

function checkLength(body: string): void {
  if (body.length > LIMITS.bodyCharacters) throw fail("invalid", "Body is too long");
}

function checkLabels(present: readonly string[], added: readonly string[]): void {
  if (added.some((name) => name.trim() === "" || name.length > LIMITS.labelNameCharacters))
    throw fail("invalid", "the name of a label is too long or blank");
  if (new Set([...present, ...added].map((name) => name.toLowerCase())).size > LIMITS.labelsPerIssue)
    throw fail("invalid", "labels are too many");
}

/** An annotation that is there already is not there twice. */
function annotate(
  check: { readonly annotations: CheckRunContent["annotations"][number][] },
  { annotations }: CheckRunContent,
): void {
  const there = new Set(check.annotations.map((annotation) => JSON.stringify(annotation)));
  const wanted = annotations.slice(0, LIMITS.ownAnnotations);
  check.annotations.push(...wanted.filter((annotation) => !there.has(JSON.stringify(annotation))));
}

function issueInfo(world: MemoryWorld, record: MemoryRecord, thread: Thread): IssueInfo {
  const { number, title, body, author, state, locked, labels, createdAt, pull } = thread;
  const kind = pull === undefined ? "issues" : "pull";
  return {
    number,
    title,
    body,
    author,
    state,
    locked,
    labels,
    createdAt,
    isPullRequest: pull !== undefined,
    webUrl: `${infoOf(world, record).webUrl}/${kind}/${number}`,
  };
}

function commentInfo(world: MemoryWorld, comment: Comment): CommentInfo {
  const { id, body, author, createdAt, updatedAt } = comment;
  return { id, body, author, ...ownApp(world, author), isMinimized: false, createdAt, updatedAt };
}

function ownApp(world: MemoryWorld, author: Account): { readonly appId?: number } {
  return author.id === world.bot.id ? { appId: world.appId } : {};
}

function pullInfo(world: MemoryWorld, record: MemoryRecord, thread: Thread): PullInfo | undefined {
  const { number, state, title, body, author, pull } = thread;
  if (pull === undefined) return undefined;
  return {
    number,
    state: pull.merged ? "merged" : state,
    draft: pull.draft,
    title,
    body,
    head: pull.head,
    headBranch: pull.branch,
    isOwnBranch: true,
    base: pull.base,
    author,
    webUrl: `${infoOf(world, record).webUrl}/pull/${number}`,
  };
}
