import { accountJson, accountOfEmail, WEB_FLOW } from "./accounts.ts";
import type { Json } from "./backend.ts";
import { APP_PERMISSIONS, WEBHOOK_EVENTS } from "./permissions.ts";
import {
  backPath,
  fullName,
  read,
  readAll,
  type RepositoryRecord,
  type StoredReaction,
  type World,
} from "./world.ts";

/** What clients see: the answers of the backend, with what the front knows laid over them. */

export const REACTIONS = ["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"] as const;

export async function repositoryJson(world: World, repository: RepositoryRecord): Promise<Json> {
  const answer = await world.backend.as(repository.owner.seat, "GET", backPath(repository));
  const found = answer.body as Json;
  return {
    ...found,
    pushed_at: found["pushed_at"] ?? found["created_at"],
    owner: accountJson(repository.owner, world.url),
    archived: repository.archived,
    web_commit_signoff_required: false,
    subscribers_count: 0,
    network_count: 0,
    custom_properties: {},
  };
}

/** The App as it stands in comments and check runs. */
export function appJson(world: World): Json {
  return {
    id: world.app.id,
    slug: world.app.slug,
    node_id: Buffer.from(`03:App${world.app.id}`).toString("base64"),
    client_id: `Iv1.${world.app.id}`,
    owner: accountJson(world.bot, world.url),
    name: world.app.name,
    description: "",
    external_url: world.url,
    html_url: `${world.url}/apps/${world.app.slug}`,
    created_at: "2026-01-01T00:00:00Z",
    updated_at: "2026-01-01T00:00:00Z",
    permissions: APP_PERMISSIONS,
    events: WEBHOOK_EVENTS,
  };
}

/** An issue or a pull request in the shape of an issue. Undefined when it is not there (any more). */
export async function issueJson(
  world: World,
  repository: RepositoryRecord,
  number: number,
): Promise<Json | undefined> {
  if (repository.deletedIssues.has(number) || repository.transferredIssues.has(number)) return undefined;
  const issue = await read(world, repository, `/issues/${number}`);
  if (issue !== undefined) return overIssue(world, repository, issue);
  const pull = await read(world, repository, `/pulls/${number}`);
  return pull === undefined ? undefined : pullAsIssue(world, repository, pull);
}

/** All issues and pull requests, newest first. */
export async function allIssues(world: World, repository: RepositoryRecord): Promise<readonly Json[]> {
  const issues = await readAll(world, repository, "/issues?state=all");
  const pulls = await readAll(world, repository, "/pulls?state=all");
  const there = issues.filter(
    ({ number }) =>
      !repository.deletedIssues.has(number as number) && !repository.transferredIssues.has(number as number),
  );
  return [
    ...there.map((issue) => overIssue(world, repository, issue)),
    ...(await Promise.all(pulls.map((pull) => pullAsIssue(world, repository, pull)))),
  ].sort((one, other) => (other["number"] as number) - (one["number"] as number));
}

function overIssue(world: World, repository: RepositoryRecord, issue: Json): Json {
  const number = issue["number"] as number;
  return {
    ...issue,
    locked: repository.lockedIssues.has(number),
    draft: false,
    reactions: reactionsJson(world, repository, `issue:${number}`, String(issue["url"])),
  };
}

async function pullAsIssue(world: World, repository: RepositoryRecord, pull: Json): Promise<Json> {
  const number = pull["number"] as number;
  const api = `${world.url}/repos/${fullName(repository)}`;
  const url = `${api}/issues/${number}`;
  const { body: labels } = await world.backend.as(
    repository.owner.seat,
    "GET",
    `${backPath(repository)}/issues/${number}/labels`,
  );
  const comments = await readAll(world, repository, `/issues/${number}/comments`);
  return {
    url,
    repository_url: api,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: pull["html_url"],
    id: pull["id"],
    node_id: pull["node_id"],
    number,
    title: pull["title"],
    user: pull["user"],
    labels,
    state: pull["state"],
    state_reason: null,
    locked: repository.lockedIssues.has(number),
    active_lock_reason: null,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: comments.length,
    created_at: pull["created_at"],
    updated_at: pull["updated_at"],
    closed_at: pull["closed_at"],
    closed_by: null,
    author_association: pull["author_association"],
    draft: pull["draft"],
    pull_request: {
      url: `${api}/pulls/${number}`,
      html_url: pull["html_url"],
      diff_url: pull["diff_url"],
      patch_url: pull["patch_url"],
      merged_at: pull["merged_at"],
    },
    body: pull["body"],
    reactions: reactionsJson(world, repository, `issue:${number}`, url),
    timeline_url: `${url}/timeline`,
    performed_via_github_app: isOfBot(world, pull) ? appJson(world) : null,
  };
}

export function commentJson(world: World, repository: RepositoryRecord, comment: Json): Json {
  return {
    ...comment,
    reactions: reactionsJson(world, repository, `comment:${String(comment["id"])}`, String(comment["url"])),
    performed_via_github_app: isOfBot(world, comment) ? appJson(world) : null,
  };
}

/** A pull request with its commits and counts from real git, and its head where its branch is. */
export async function pullJson(
  world: World,
  repository: RepositoryRecord,
  number: number,
): Promise<Json | undefined> {
  const pull = await read(world, repository, `/pulls/${number}`);
  return pull === undefined ? undefined : overPull(world, repository, pull);
}

export async function overPull(world: World, repository: RepositoryRecord, pull: Json): Promise<Json> {
  const number = pull["number"] as number;
  const { bare } = repository;
  const head = pull["head"] as Json;
  const base = pull["base"] as Json;
  const sha = repository.pullHeads.get(number) ?? String(head["sha"]);
  const baseSha =
    pull["state"] === "open"
      ? ((await bare.head(String(base["ref"]))) ?? String(base["sha"]))
      : String(base["sha"]);
  const files = await bare.changedFiles(baseSha, sha);
  const commits = await bare.between(baseSha, sha);
  const repo = await repositoryJson(world, repository);
  const merge = repository.mergeCommits.get(number);
  return {
    ...pull,
    locked: repository.lockedIssues.has(number),
    active_lock_reason: null,
    head: { ...head, sha, repo, user: repo["owner"] },
    base: { ...base, sha: baseSha, repo, user: repo["owner"] },
    merge_commit_sha: merge ?? null,
    commits: commits.length,
    changed_files: files.length,
    additions: sum(files.map(({ additions }) => additions)),
    deletions: sum(files.map(({ deletions }) => deletions)),
  };
}

export function checkRunJson(world: World, repository: RepositoryRecord, run: Json): Json {
  const output = run["output"] as Json;
  const suite = run["check_suite"] as Json | null;
  return {
    ...run,
    output: {
      ...output,
      annotations_count: repository.annotations.get(run["id"] as number)?.length ?? 0,
      annotations_url: `${String(run["url"])}/annotations`,
    },
    check_suite: suite === null ? null : { id: suite["id"] },
    app: appJson(world),
    pull_requests: [],
  };
}

/** A commit with the accounts that its addresses name. What GitHub committed is signed by it. */
export function commitJson(world: World, commit: Json): Json {
  const git = commit["commit"] as Json;
  const author = accountOfEmail(String((git["author"] as Json)["email"]), world.accounts);
  const email = String((git["committer"] as Json)["email"]);
  const committer = accountOfEmail(email, world.accounts);
  const verified = email === WEB_FLOW.email;
  return {
    ...commit,
    commit: {
      ...git,
      // Git ends a message with a line end, GitHub's API does not.
      message: String(git["message"]).replace(/\n$/, ""),
      verification: {
        verified,
        reason: verified ? "valid" : "unsigned",
        signature: null,
        payload: null,
        verified_at: null,
      },
    },
    author: author === null ? null : accountJson(author, world.url),
    committer: committer === null ? null : accountJson(committer, world.url),
  };
}

export function reactionJson(world: World, reaction: StoredReaction): Json {
  return {
    id: reaction.id,
    node_id: Buffer.from(`08:Reaction${reaction.id}`).toString("base64"),
    user: accountJson(reaction.by, world.url),
    content: reaction.content,
    created_at: reaction.createdAt,
  };
}

export function installationJson(world: World, owner: string): Json | undefined {
  const installation = world.installations.get(owner.toLowerCase());
  if (installation === undefined) return undefined;
  const api = `${world.url}/app/installations/${installation.id}`;
  return {
    id: installation.id,
    client_id: `Iv1.${world.app.id}`,
    account: accountJson(installation.owner, world.url),
    repository_selection: "all",
    access_tokens_url: `${api}/access_tokens`,
    repositories_url: `${world.url}/installation/repositories`,
    html_url: `${world.url}/settings/installations/${installation.id}`,
    app_id: world.app.id,
    app_slug: world.app.slug,
    target_id: installation.owner.id,
    target_type: "User",
    permissions: APP_PERMISSIONS,
    events: WEBHOOK_EVENTS,
    created_at: installation.createdAt,
    updated_at: installation.createdAt,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: installation.suspendedAt === undefined ? null : accountJson(installation.owner, world.url),
    suspended_at: installation.suspendedAt ?? null,
  };
}

/** What an edit changed, as webhooks tell it. */
export function changesOf(before: Json, after: Json): Json {
  return Object.fromEntries(
    ["title", "body"].flatMap((name) =>
      before[name] === after[name] ? [] : [[name, { from: before[name] ?? "" }]],
    ),
  );
}

function reactionsJson(world: World, repository: RepositoryRecord, key: string, url: string): Json {
  const reactions = repository.reactions.get(key) ?? [];
  return {
    url: `${url}/reactions`,
    total_count: reactions.length,
    ...Object.fromEntries(
      REACTIONS.map((kind) => [kind, reactions.filter(({ content }) => content === kind).length]),
    ),
  };
}

function isOfBot(world: World, item: Json): boolean {
  return (item["user"] as Json | null)?.["id"] === world.bot.id;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
