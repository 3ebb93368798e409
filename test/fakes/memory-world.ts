import { createHash } from "node:crypto";
import type { Permission } from "../../src/investigation/commands/rights.ts";
import { GitHubFailure } from "../../src/github/github-failure.ts";
import type {
  Account,
  Annotation,
  CheckRunContent,
  DeliveryRecord,
  RepositoryInfo,
} from "../../src/github/github.ts";

/** What the GitHub in memory consists of. */
export interface MemoryWorld {
  readonly url: string;
  readonly now: () => number;
  readonly appId: number;
  readonly slug: string;
  readonly bot: Account;
  readonly accounts: Map<string, Account>;
  readonly installations: Map<string, { readonly id: number; suspended: boolean }>;
  readonly repositories: MemoryRecord[];
  /** Newest first. */
  readonly deliveries: DeliveryRecord[];
  readonly nextId: () => number;
}

export interface MemoryRecord {
  readonly id: number;
  readonly owner: Account;
  name: string;
  readonly isPrivate: boolean;
  archived: boolean;
  protectedPattern: string | undefined;
  readonly people: Map<string, Permission>;
  /** Names as they are written, by their small letters. */
  readonly labels: Map<string, string>;
  /** Issues and pull requests share their numbers. */
  readonly threads: Map<number, Thread>;
  /** Where a deleted (undefined) or transferred issue is. */
  readonly gone: Map<number, string | undefined>;
  readonly branches: Map<string, string>;
  readonly commits: Map<string, Commit>;
  readonly checks: Check[];
  lastNumber: number;
}

export interface Thread {
  readonly number: number;
  title: string;
  body: string;
  readonly author: Account;
  state: "open" | "closed";
  locked: boolean;
  labels: readonly string[];
  readonly labelled: { readonly label: string; readonly by: Account }[];
  readonly comments: Comment[];
  readonly reactions: Reaction[];
  readonly createdAt: string;
  readonly pull?: Pull;
}

export interface Pull {
  readonly branch: string;
  readonly base: string;
  head: string;
  draft: boolean;
  merged: boolean;
}

export interface Comment {
  readonly id: number;
  body: string;
  readonly author: Account;
  readonly reactions: Reaction[];
  readonly createdAt: string;
  updatedAt: string;
}

export interface Reaction {
  readonly id: number;
  readonly by: Account;
  readonly content: string;
}

export interface Commit {
  readonly parents: readonly string[];
  /** Every file of the tree. */
  readonly files: ReadonlyMap<string, string>;
  readonly author: Account;
  readonly message: string;
}

export interface Check {
  readonly id: number;
  content: CheckRunContent;
  readonly annotations: Annotation[];
}

/** The account of a login in any case, made when it is not there. */
export function person(world: MemoryWorld, login: string): Account {
  const known = world.accounts.get(login.toLowerCase());
  if (known !== undefined) return known;
  const account: Account = { id: world.nextId(), login, type: "User" };
  world.accounts.set(login.toLowerCase(), account);
  return account;
}

export function permissionOf(record: MemoryRecord, login: string): Permission {
  if (login.toLowerCase() === record.owner.login.toLowerCase()) return "admin";
  return record.people.get(login.toLowerCase()) ?? (record.isPrivate ? "none" : "read");
}

export function infoOf(world: MemoryWorld, record: MemoryRecord): RepositoryInfo {
  const webUrl = `${world.url}/${record.owner.login}/${record.name}`;
  return {
    id: record.id,
    owner: record.owner.login,
    name: record.name,
    isPrivate: record.isPrivate,
    archived: record.archived,
    hasIssues: true,
    defaultBranch: "main",
    webUrl,
    cloneUrl: `${webUrl}.git`,
  };
}

/** To the second, as GitHub writes times. */
export function timeOf(world: MemoryWorld): string {
  return new Date(world.now()).toISOString().replace(/\.\d+Z$/, "Z");
}

/** Logs what GitHub would send; nobody listens here. */
export function emit(world: MemoryWorld, event: string): void {
  const id = world.nextId();
  world.deliveries.unshift({
    id: String(id),
    guid: `guid-${id}`,
    event,
    deliveredAt: timeOf(world),
    ok: false,
  });
}

export function threadOf(record: MemoryRecord, number: number): Thread {
  const thread = record.threads.get(number);
  if (thread === undefined) throw new GitHubFailure("gone", `there is no issue ${number}`);
  return thread;
}

export function addThread(
  world: MemoryWorld,
  record: MemoryRecord,
  thread: Pick<Thread, "title" | "body" | "author"> & { readonly pull?: Pull },
): Thread {
  const number = ++record.lastNumber;
  const added: Thread = {
    number,
    state: "open",
    locked: false,
    labels: [],
    labelled: [],
    comments: [],
    reactions: [],
    createdAt: timeOf(world),
    ...thread,
  };
  record.threads.set(number, added);
  return added;
}

export function addComment(world: MemoryWorld, thread: Thread, author: Account, body: string): Comment {
  const at = timeOf(world);
  const comment = { id: world.nextId(), body, author, reactions: [], createdAt: at, updatedAt: at };
  thread.comments.push(comment);
  return comment;
}

export function commentOf(
  record: MemoryRecord,
  id: number,
): { comment: Comment; thread: Thread } | undefined {
  for (const thread of record.threads.values()) {
    const comment = thread.comments.find((one) => one.id === id);
    if (comment !== undefined) return { comment, thread };
  }
  return undefined;
}

/** Puts labels on, new ones as they are written; names are the same in any case. */
export function addLabels(record: MemoryRecord, thread: Thread, by: Account, names: readonly string[]): void {
  for (const name of names) {
    const label = record.labels.get(name.toLowerCase()) ?? name;
    record.labels.set(name.toLowerCase(), label);
    if (thread.labels.includes(label)) continue;
    thread.labels = [...thread.labels, label];
    thread.labelled.push({ label, by });
  }
}

export function removeLabel(thread: Thread, name: string): void {
  thread.labels = thread.labels.filter((label) => label.toLowerCase() !== name.toLowerCase());
}

/** A commit on a branch; open pull requests from it follow. Gives its hash. */
export function commitOn(
  record: MemoryRecord,
  branch: string,
  commit: Pick<Commit, "author" | "message"> & { readonly files: ReadonlyMap<string, string> },
  parents: readonly string[],
): string {
  const files = new Map([...(record.commits.get(parents[0] ?? "")?.files ?? []), ...commit.files]);
  // The number of commits makes the same change twice two commits.
  const { id } = commit.author;
  const all = [record.id, record.commits.size, parents, [...files], commit.message, id];
  const oid = createHash("sha1").update(JSON.stringify(all)).digest("hex");
  record.commits.set(oid, { ...commit, parents, files });
  record.branches.set(branch, oid);
  for (const { state, pull } of record.threads.values())
    if (state === "open" && pull?.branch === branch) pull.head = oid;
  return oid;
}

/** Pull requests from a branch that goes are closed. */
export function removeBranch(record: MemoryRecord, branch: string): void {
  record.branches.delete(branch);
  for (const thread of record.threads.values()) if (thread.pull?.branch === branch) thread.state = "closed";
}

/** The commit and everything it is built on, oldest first. */
export function reach(record: MemoryRecord, oid: string): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (at: string): void => {
    if (found.has(at)) return;
    for (const parent of record.commits.get(at)?.parents ?? []) visit(parent);
    found.add(at);
  };
  visit(oid);
  return found;
}

export function between(record: MemoryRecord, base: string, head: string): readonly string[] {
  const known = reach(record, base);
  return [...reach(record, head)].filter((oid) => !known.has(oid));
}

/** Files that the head has otherwise than the commit where it left the base. */
export function changedFiles(record: MemoryRecord, base: string, head: string): ReadonlyMap<string, string> {
  const known = reach(record, base);
  const fork = [...reach(record, head)].findLast((oid) => known.has(oid)) ?? base;
  const before = record.commits.get(fork)?.files;
  const after = record.commits.get(head)?.files ?? new Map<string, string>();
  return new Map([...after].filter(([path, text]) => before?.get(path) !== text));
}

/** `*` stands for anything without a slash, `**` for anything. */
export function isProtected({ protectedPattern }: MemoryRecord, branch: string): boolean {
  if (protectedPattern === undefined) return false;
  const source = protectedPattern
    .replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(/\*+/g, (stars) => (stars.length > 1 ? ".*" : "[^/]*"));
  return new RegExp(`^${source}$`).test(branch);
}
