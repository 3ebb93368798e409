import type { RepositoryState, SimulatedRepository } from "../../src/simulator/github/contract.ts";
import {
  addComment,
  addLabels,
  addThread,
  changedFiles,
  commentOf,
  commitOn,
  emit,
  infoOf,
  type MemoryRecord,
  type MemoryWorld,
  person,
  type Reaction,
  removeBranch,
  removeLabel,
  type Thread,
  threadOf,
} from "./memory-world.ts";

/** What people do in a repository in memory; the same acts as in the simulated GitHub. Their rights are not looked at. */
export interface MemoryRepository extends Omit<
  SimulatedRepository,
  "gitDir" | "review" | "rerequestCheck" | "transferIssue"
> {
  transferIssue(login: string, number: number, to: MemoryRepository): Promise<number>;
}

export function peopleOf(
  world: MemoryWorld,
  record: MemoryRecord,
  recordOf: (repository: MemoryRepository) => MemoryRecord,
): MemoryRepository {
  const change = (event: string, number: number, alter: (thread: Thread) => void): void => {
    alter(threadOf(record, number));
    emit(world, event);
  };
  return {
    id: record.id,
    owner: record.owner.login,
    get name() {
      return record.name;
    },
    async openIssue(login, title, body, labels = []) {
      const author = person(world, login);
      const thread = addThread(world, record, { title, body, author });
      addLabels(record, thread, author, labels);
      emit(world, "issues");
      return thread.number;
    },
    async editIssue(_login, number, alter) {
      change("issues", number, (thread) => Object.assign(thread, alter));
    },
    async closeIssue(_login, number) {
      change("issues", number, (thread) => (thread.state = "closed"));
    },
    async reopenIssue(_login, number) {
      change("issues", number, (thread) => (thread.state = "open"));
    },
    async lockIssue(_login, number) {
      change("issues", number, (thread) => (thread.locked = true));
    },
    async unlockIssue(_login, number) {
      change("issues", number, (thread) => (thread.locked = false));
    },
    async deleteIssue(_login, number) {
      change("issues", number, () => record.threads.delete(number));
      record.gone.set(number, undefined);
    },
    async transferIssue(_login, number, to) {
      const target = recordOf(to);
      const old = threadOf(record, number);
      const { title, body, author, state, comments, reactions } = old;
      const moved = addThread(world, target, { title, body, author });
      moved.state = state;
      moved.comments.push(...comments);
      moved.reactions.push(...reactions);
      moved.labels = old.labels.filter((label) => target.labels.has(label.toLowerCase()));
      record.threads.delete(number);
      record.gone.set(number, `${infoOf(world, target).webUrl}/issues/${moved.number}`);
      emit(world, "issues");
      return moved.number;
    },
    async comment(login, number, body) {
      const { id } = addComment(world, threadOf(record, number), person(world, login), body);
      emit(world, "issue_comment");
      return id;
    },
    async editComment(_login, id, body) {
      const { comment } = mustComment(record, id);
      comment.body = body;
      emit(world, "issue_comment");
    },
    async deleteComment(_login, id) {
      const { comment, thread } = mustComment(record, id);
      thread.comments.splice(thread.comments.indexOf(comment), 1);
      emit(world, "issue_comment");
    },
    async label(login, number, name) {
      change("issues", number, (thread) => addLabels(record, thread, person(world, login), [name]));
    },
    async unlabel(_login, number, name) {
      change("issues", number, (thread) => removeLabel(thread, name));
    },
    async setPermission(login, permission) {
      record.people.set(person(world, login).login.toLowerCase(), permission);
    },
    async push(login, branch, files, message = "Change files") {
      const parent = record.branches.get(branch) ?? record.branches.get("main");
      const commit = { author: person(world, login), message, files: new Map(Object.entries(files)) };
      const oid = commitOn(record, branch, commit, parent === undefined ? [] : [parent]);
      emit(world, "push");
      return oid;
    },
    async mergePull(login, number) {
      const thread = threadOf(record, number);
      const { pull } = thread;
      if (pull === undefined || thread.state === "closed") throw new Error(`${number} cannot be merged`);
      const base = record.branches.get(pull.base) ?? "";
      const message = `Merge pull request #${number}`;
      const files = changedFiles(record, base, pull.head);
      commitOn(record, pull.base, { author: person(world, login), message, files }, [base, pull.head]);
      Object.assign(pull, { merged: true, draft: false });
      change("pull_request", number, () => (thread.state = "closed"));
    },
    async closePull(_login, number) {
      change("pull_request", number, (thread) => (thread.state = "closed"));
    },
    async reopenPull(_login, number) {
      const { pull } = threadOf(record, number);
      if (pull === undefined || pull.merged || !record.branches.has(pull.branch))
        throw new Error(`${number} cannot be opened again`);
      change("pull_request", number, (thread) => (thread.state = "open"));
    },
    async deleteBranch(_login, branch) {
      removeBranch(record, branch);
      emit(world, "push");
    },
    async rename(_login, name) {
      record.name = name;
      emit(world, "repository");
    },
    async archive() {
      record.archived = true;
      emit(world, "repository");
    },
    protect(pattern) {
      record.protectedPattern = pattern;
    },
    state: async () => stateOf(record),
    file: async (branch, path) => record.commits.get(record.branches.get(branch) ?? "")?.files.get(path),
  };
}

function mustComment(record: MemoryRecord, id: number): NonNullable<ReturnType<typeof commentOf>> {
  const found = commentOf(record, id);
  if (found === undefined) throw new Error(`there is no comment ${id}`);
  return found;
}

function stateOf(record: MemoryRecord): RepositoryState {
  const threads = [...record.threads.values()];
  return {
    issues: threads
      .filter(({ pull }) => pull === undefined)
      .map((thread) => ({
        number: thread.number,
        title: thread.title,
        state: thread.state,
        locked: thread.locked,
        labels: thread.labels,
        reactions: shown(thread.reactions),
        comments: commentsOf(thread),
      })),
    pulls: threads.flatMap((thread) => {
      const { pull } = thread;
      if (pull === undefined) return [];
      const base = record.branches.get(pull.base) ?? "";
      return {
        number: thread.number,
        title: thread.title,
        body: thread.body,
        state: pull.merged ? "merged" : thread.state,
        draft: pull.draft,
        head: pull.head,
        headBranch: pull.branch,
        author: thread.author.login,
        files: [...changedFiles(record, base, pull.head).keys()],
        comments: commentsOf(thread),
      };
    }),
    branches: Object.fromEntries(record.branches),
    checks: record.checks.map(({ id, content, annotations }) => ({
      id,
      name: content.name,
      head: content.head,
      status: "completed",
      conclusion: content.conclusion,
      title: content.title,
      summary: content.summary,
      annotations: annotations.map(({ path, line, level, message }) => ({ path, line, level, message })),
    })),
    labels: [...record.labels.values()],
  };
}

function commentsOf(thread: Thread): RepositoryState["issues"][number]["comments"] {
  return thread.comments.map(({ id, author, body, reactions }) => ({
    id,
    author: author.login,
    body,
    reactions: shown(reactions),
  }));
}

function shown(reactions: readonly Reaction[]): readonly { readonly by: string; readonly content: string }[] {
  return reactions.map(({ by, content }) => ({ by: by.login, content }));
}
