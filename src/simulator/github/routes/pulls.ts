import { demand } from "../access.ts";
import {
  type ApiResponse,
  type ApiRequest,
  ApiRefusal,
  invalid,
  member,
  notFound,
  paged,
  textOf,
} from "../api.ts";
import { authorOf, type Json } from "../backend.ts";
import {
  afterMove,
  emitPull,
  isProtected,
  RULE_WORDS,
  setPullHead,
  signatureOf,
  webFlow,
} from "../branches.ts";
import { changesOf, overPull, pullJson } from "../view.ts";
import { actorOf, backPath, mustAs, read, readAll, type RepositoryRecord, type World } from "../world.ts";
import { numberOf, type RepositoryRoute } from "./route.ts";

const ROOT = "/repos/{owner}/{repo}/pulls";

export const PULL_ROUTES: readonly RepositoryRoute[] = [
  {
    at: `GET ${ROOT}`,
    async answer(world, request, repository) {
      const state = request.query.get("state") ?? "open";
      const head = request.query.get("head");
      const base = request.query.get("base");
      const pulls = (await readAll(world, repository, "/pulls?state=all"))
        .filter(
          (pull) =>
            (state === "all" || pull["state"] === state) &&
            (head === null || sameHead(repository, String((pull["head"] as Json)["ref"]), head)) &&
            (base === null || (pull["base"] as Json)["ref"] === base),
        )
        .sort((one, other) => (other["number"] as number) - (one["number"] as number));
      const page = paged(
        request.query.get("direction") === "asc" ? pulls.reverse() : pulls,
        request,
        world.url,
      );
      const shown = await Promise.all(
        (page.body as readonly Json[]).map(async (pull) => {
          // A list does not count what a pull request holds.
          const {
            commits: _,
            changed_files: __,
            additions: ___,
            deletions: ____,
            ...listed
          } = await overPull(world, repository, pull);
          return listed;
        }),
      );
      return { ...page, body: shown };
    },
  },
  { at: `POST ${ROOT}`, answer: createPull },
  {
    at: `GET ${ROOT}/{pull_number}`,
    answer: async (world, request, repository) => ({
      status: 200,
      body: await pullOf(world, request, repository),
    }),
  },
  {
    at: `PATCH ${ROOT}/{pull_number}`,
    async answer(world, request, repository) {
      const before = await pullOf(world, request, repository);
      const author = authorOf(before).toLowerCase();
      if (request.caller.kind === "person" && request.caller.login.toLowerCase() !== author)
        demand(request, repository, "triage");
      const number = before["number"] as number;
      await changePull(world, request, repository, number);
      return { status: 200, body: await pullJson(world, repository, number) };
    },
  },
  { at: `PUT ${ROOT}/{pull_number}/merge`, answer: mergePull },
  {
    at: `POST ${ROOT}/{pull_number}/reviews`,
    async answer(world, request, repository) {
      const pull = await pullOf(world, request, repository);
      const event = textOf(request.body, "event");
      const isOwn = (pull["user"] as Json)["id"] === actorOf(world, request).id;
      if (isOwn && (event === "APPROVE" || event === "REQUEST_CHANGES"))
        throw new ApiRefusal(422, "Unprocessable Entity", {
          body: { errors: ["Can not approve your own pull request"] },
        });
      const path = `/pulls/${String(pull["number"])}/reviews`;
      const review = await mustAs(world, request, repository, "POST", path, request.body);
      await world.emit({
        event: "pull_request_review",
        action: "submitted",
        owner: repository.owner,
        repository,
        sender: actorOf(world, request),
        payload: {
          // Webhooks write the state in small letters, the REST API in capital ones.
          review: { ...review, state: String(review["state"]).toLowerCase() },
          pull_request: pull,
        },
      });
      return { status: 200, body: review };
    },
  },
];

/** Title, body, state and base of a pull request; fires what changed. */
export async function changePull(
  world: World,
  request: ApiRequest,
  repository: RepositoryRecord,
  number: number,
): Promise<void> {
  const before = await pullJson(world, repository, number);
  if (before === undefined) throw notFound();
  const { title, body, state } = (request.body ?? {}) as Record<string, unknown>;
  if (state === "open" && before["merged"] === true)
    throw invalid("PullRequest", "state", "invalid", "Cannot reopen a merged pull request.");
  const headBranch = String((before["head"] as Json)["ref"]);
  if (state === "open" && before["state"] === "closed") {
    const head = await repository.bare.head(headBranch);
    if (head === undefined)
      throw invalid("PullRequest", "state", "invalid", `The ${headBranch} branch was deleted.`);
    await setPullHead(repository, number, head);
  }
  await mustAs(world, request, repository, "PATCH", `/pulls/${number}`, { title, body, state });
  const after = (await pullJson(world, repository, number)) ?? before;
  const changes = changesOf(before, after);
  if (Object.keys(changes).length > 0)
    await emitPull(world, request, repository, "edited", after, { changes });
  if (before["state"] !== after["state"])
    await emitPull(world, request, repository, after["state"] === "closed" ? "closed" : "reopened", after);
}

async function createPull(
  world: World,
  request: ApiRequest,
  repository: RepositoryRecord,
): Promise<ApiResponse> {
  const title = textOf(request.body, "title") ?? "";
  if (title.trim() === "") throw invalid("PullRequest", "title", "missing_field");
  const label = textOf(request.body, "head") ?? "";
  const base = textOf(request.body, "base") ?? "";
  const head = branchOf(repository, label);
  const [headOid, baseOid] = [await repository.bare.head(head), await repository.bare.head(base)];
  if (headOid === undefined) throw invalid("PullRequest", "head", "invalid");
  if (baseOid === undefined) throw invalid("PullRequest", "base", "invalid");
  if ((await repository.bare.between(baseOid, headOid)).length === 0)
    throw custom(`No commits between ${base} and ${head}`);
  const open = await readAll(world, repository, "/pulls?state=open");
  if (open.some((pull) => (pull["head"] as Json)["ref"] === head && (pull["base"] as Json)["ref"] === base))
    throw custom(`A pull request already exists for ${repository.owner.login}:${head}.`);
  const created = await mustAs(world, request, repository, "POST", "/pulls", {
    title,
    body: textOf(request.body, "body") ?? null,
    head,
    base,
    draft: member(request.body, "draft") === true,
  });
  await setPullHead(repository, created["number"] as number, headOid);
  const pull = await overPull(world, repository, created);
  await emitPull(world, request, repository, "opened", pull);
  return { status: 201, body: pull };
}

async function mergePull(
  world: World,
  request: ApiRequest,
  repository: RepositoryRecord,
): Promise<ApiResponse> {
  demand(request, repository, "write");
  const pull = await pullOf(world, request, repository);
  const number = pull["number"] as number;
  const [base, head] = endsOf(pull);
  const branch = String((pull["base"] as Json)["ref"]);
  const asked = textOf(request.body, "sha");
  if (asked !== undefined && asked !== head)
    throw new ApiRefusal(409, "Head branch was modified. Review and try the merge again.");
  if (pull["draft"] === true) throw new ApiRefusal(405, "Pull Request is still a draft");
  if (pull["state"] !== "open") throw new ApiRefusal(405, "Pull Request is not mergeable");
  if (isProtected(repository, branch)) throw new ApiRefusal(405, RULE_WORDS);
  const tree = await repository.bare.mergeTree(base, head);
  if (tree === undefined) throw new ApiRefusal(405, "Pull Request is not mergeable");
  const isSquash = textOf(request.body, "merge_method") === "squash";
  const title = isSquash
    ? `${String(pull["title"])} (#${number})`
    : `Merge pull request #${number} from ${repository.owner.login}/${String((pull["head"] as Json)["ref"])}`;
  const message = textOf(request.body, "commit_title") ?? `${title}\n\n${String(pull["title"])}`;
  const oid = await repository.bare.writeMerge(
    tree,
    isSquash ? [base] : [base, head],
    message,
    signatureOf(world, actorOf(world, request)),
    webFlow(world),
  );
  // The backend merges what it saw first; its branch is put right by the move below.
  await mustAs(world, request, repository, "PUT", `/pulls/${number}/merge`, {});
  if (!(await repository.bare.move(branch, base, oid)))
    throw new ApiRefusal(409, "Base branch was modified. Review and try the merge again.");
  repository.mergeCommits.set(number, oid);
  await afterMove(world, request, repository, { branch, before: base, after: oid });
  const merged = (await pullJson(world, repository, number)) ?? pull;
  await emitPull(world, request, repository, "closed", merged);
  await closeNamedIssues(world, request, repository, textOf(merged, "body") ?? "", { pull: number });
  return { status: 200, body: { sha: oid, merged: true, message: "Pull Request successfully merged" } };
}

/** `Fixes #7` closes issue 7: in the message of a commit on the default branch, or in the text of a pull request that is merged. */
export async function closeNamedIssues(
  world: World,
  request: Pick<ApiRequest, "caller">,
  repository: RepositoryRecord,
  text: string,
  by: { readonly commit: string } | { readonly pull: number },
): Promise<void> {
  const words = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):? #(\d{1,9})\b/gi;
  for (const [, number] of text.matchAll(words)) {
    const issue = await read(world, repository, `/issues/${number}`);
    if (issue?.["state"] !== "open") continue;
    const closed = await mustAs(world, request, repository, "PATCH", `/issues/${number}`, {
      state: "closed",
    });
    repository.closers.set(Number(number), by);
    await world.emit({
      event: "issues",
      action: "closed",
      owner: repository.owner,
      repository,
      sender: actorOf(world, request),
      payload: { issue: closed },
    });
  }
}

async function pullOf(world: World, request: ApiRequest, repository: RepositoryRecord): Promise<Json> {
  const pull = await pullJson(world, repository, numberOf(request, "pull_number"));
  if (pull === undefined) throw notFound();
  return pull;
}

/** Draft to ready: people do this in the browser; GitHub's REST API cannot. */
export async function markReady(
  world: World,
  request: Pick<ApiRequest, "caller">,
  repository: RepositoryRecord,
  number: number,
): Promise<void> {
  const path = `${backPath(repository)}/pulls/${number}`;
  await world.backend.as(repository.owner.seat, "PATCH", path, { draft: false });
  const pull = await pullJson(world, repository, number);
  if (pull !== undefined) await emitPull(world, request, repository, "ready_for_review", pull);
}

function endsOf(pull: Json): readonly [base: string, head: string] {
  return [String((pull["base"] as Json)["sha"]), String((pull["head"] as Json)["sha"])];
}

/** `branch` or `owner:branch`. A branch of another owner is in a fork, and there are none here. */
function branchOf(repository: RepositoryRecord, label: string): string {
  const colon = label.indexOf(":");
  if (colon < 0) return label;
  if (label.slice(0, colon).toLowerCase() !== repository.owner.login.toLowerCase())
    throw invalid("PullRequest", "head", "invalid");
  return label.slice(colon + 1);
}

function sameHead(repository: RepositoryRecord, branch: string, asked: string): boolean {
  // GitHub leaves a filter without an owner out.
  if (!asked.includes(":")) return true;
  const colon = asked.indexOf(":");
  return (
    asked.slice(0, colon).toLowerCase() === repository.owner.login.toLowerCase() &&
    asked.slice(colon + 1) === branch
  );
}

function custom(message: string): ApiRefusal {
  return new ApiRefusal(422, "Validation Failed", {
    body: { errors: [{ resource: "PullRequest", code: "custom", message }] },
  });
}
