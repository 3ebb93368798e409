import { type Account, accountOfEmail, noReply, WEB_FLOW } from "./accounts.ts";
import { type ApiRequest, ApiRefusal } from "./api.ts";
import type { Json } from "./backend.ts";
import type { Signature } from "./bare-repository.ts";
import { replay } from "./replay.ts";
import { overPull, repositoryJson } from "./view.ts";
import { actorOf, backPath, readAll, type RepositoryRecord, type World } from "./world.ts";

/** A branch that was moved in the bare repository: from, to; undefined when it was or is not there. */
export interface BranchMove {
  readonly branch: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Brings the backend up to a move, then fires what GitHub fires: `push`, and what it means for pull requests. */
export async function afterMove(
  world: World,
  request: Pick<ApiRequest, "caller">,
  repository: RepositoryRecord,
  { branch, before, after }: BranchMove,
): Promise<void> {
  await tell(world, repository, { branch, before, after });
  const open = (await readAll(world, repository, "/pulls?state=open")).filter(
    (pull) => (pull["head"] as Json)["ref"] === branch,
  );
  for (const pull of open)
    if (after !== undefined) await setPullHead(repository, pull["number"] as number, after);
  await emitPush(world, request, repository, { branch, before, after });
  for (const pull of open)
    if (after === undefined) await closePull(world, request, repository, pull);
    else if (before !== undefined) {
      const payload = { number: pull["number"], before, after };
      await emitPull(world, request, repository, "synchronize", pull, payload);
    }
}

/** Where the head of a pull request is now, also for git: `refs/pull/7/head`. */
export async function setPullHead(
  { pullHeads, bare }: Pick<RepositoryRecord, "pullHeads" | "bare">,
  number: number,
  oid: string,
): Promise<void> {
  pullHeads.set(number, oid);
  await bare.setPullHead(number, oid);
}

/** The branch as it is in the bare repository, in the backend. */
export async function tell(
  world: World,
  repository: RepositoryRecord,
  { branch, after }: BranchMove,
): Promise<void> {
  const { owner, bare } = repository;
  const path = backPath(repository);
  const ref = `${path}/git/refs/heads/${pathOf(branch)}`;
  if (after === undefined) {
    await world.backend.as(owner.seat, "DELETE", ref);
    return;
  }
  const target = { backend: world.backend, seat: owner.seat, path };
  await replay(bare, target, [after], [...repository.replayed]);
  repository.replayed.add(after);
  const moved = await world.backend.as(owner.seat, "PATCH", ref, { sha: after, force: true });
  const answer =
    moved.status === 404
      ? await world.backend.as(owner.seat, "POST", `${path}/git/refs`, {
          ref: `refs/heads/${branch}`,
          sha: after,
        })
      : moved;
  if (answer.status >= 300) throw new Error(`${branch} was not taken: ${JSON.stringify(answer.body)}`);
}

export async function emitPull(
  world: World,
  request: Pick<ApiRequest, "caller">,
  repository: RepositoryRecord,
  action: string,
  pull: Json,
  more: object = {},
): Promise<void> {
  await world.emit({
    event: "pull_request",
    action,
    owner: repository.owner,
    repository,
    sender: actorOf(world, request),
    payload: {
      number: pull["number"],
      pull_request: await overPull(world, repository, pull),
      ...more,
    },
  });
}

/** Refuses what a ruleset refuses. */
export function assertUnprotected(repository: RepositoryRecord, branch: string, act: RuledAct): void {
  if (!isProtected(repository, branch)) return;
  throw new ApiRefusal(422, `${RULE_WORDS}\n\n${RULE_DETAILS[act]}\n\n`);
}

export const RULE_WORDS = "Repository rule violations found";
export type RuledAct = keyof typeof RULE_DETAILS;
export const RULE_DETAILS = {
  create: "Cannot create ref due to creations being restricted.",
  update: "Cannot update this protected ref.",
  delete: "Cannot delete this protected ref.",
} as const;

export function isProtected({ protectedPattern }: RepositoryRecord, branch: string): boolean {
  return protectedPattern !== undefined && matches(protectedPattern, branch);
}

/** How a commit names an account. */
export function signatureOf(world: World, account: Account): Signature {
  return { name: account.login, email: noReply(account), seconds: Math.floor(world.now() / 1000) };
}

export function webFlow(world: World): Signature {
  return { name: WEB_FLOW.name, email: WEB_FLOW.email, seconds: Math.floor(world.now() / 1000) };
}

/** A name with slashes, in a path. */
export function pathOf(name: string): string {
  return name.split("/").map(encodeURIComponent).join("/");
}

async function closePull(
  world: World,
  request: Pick<ApiRequest, "caller">,
  repository: RepositoryRecord,
  pull: Json,
): Promise<void> {
  const path = `${backPath(repository)}/pulls/${String(pull["number"])}`;
  const { body } = await world.backend.as(repository.owner.seat, "PATCH", path, { state: "closed" });
  await emitPull(world, request, repository, "closed", body as Json);
}

async function emitPush(
  world: World,
  request: Pick<ApiRequest, "caller">,
  repository: RepositoryRecord,
  { branch, before, after }: BranchMove,
): Promise<void> {
  const sender = actorOf(world, request);
  const none = "0".repeat(40);
  const repo = await repositoryJson(world, repository);
  const oids =
    after === undefined || before === undefined ? [] : await repository.bare.between(before, after);
  const isForced =
    after !== undefined &&
    before !== undefined &&
    (await repository.bare.mergeBase(before, after)) !== before;
  const commits: object[] = [];
  for (const oid of oids.slice(-MAX_PUSHED)) commits.push(await pushedCommit(world, repository, repo, oid));
  await world.emit({
    event: "push",
    action: undefined,
    owner: repository.owner,
    repository,
    sender,
    payload: {
      ref: `refs/heads/${branch}`,
      before: before ?? none,
      after: after ?? none,
      created: before === undefined,
      deleted: after === undefined,
      forced: isForced,
      base_ref: null,
      compare: `${String(repo["html_url"])}/compare/${before ?? none}...${after ?? none}`,
      commits,
      head_commit: commits.at(-1) ?? null,
      pusher: { name: sender.login, email: noReply(sender) },
    },
  });
}

/** A push tells at most so many commits (docs: webhook events and payloads). */
const MAX_PUSHED = 2_048;

async function pushedCommit(
  world: World,
  repository: RepositoryRecord,
  repo: Json,
  oid: string,
): Promise<object> {
  const commit = await repository.bare.described(oid);
  const named = (by: { readonly name: string; readonly email: string }): object => {
    const login = accountOfEmail(by.email, world.accounts)?.login;
    return { ...by, ...(login === undefined ? {} : { username: login }) };
  };
  return {
    id: oid,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.date,
    url: `${String(repo["html_url"])}/commit/${oid}`,
    author: named(commit.author),
    committer: named(commit.committer),
    added: commit.added,
    removed: commit.removed,
    modified: commit.modified,
  };
}

/** `*` stands for anything without a slash, `**` for anything. One pass over the name for each part between stars. */
function matches(pattern: string, name: string): boolean {
  const source = pattern
    .split("**")
    .map((part) =>
      part
        .split("*")
        .map((text) => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
        .join("[^/]*"),
    )
    .join(".*");
  return new RegExp(`^${source}$`).test(name);
}
