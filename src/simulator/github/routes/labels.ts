import { demand } from "../access.ts";
import { accountJson } from "../accounts.ts";
import { type ApiRequest, ApiRefusal, invalid, member, paged, textOf } from "../api.ts";
import type { Json } from "../backend.ts";
import { actorOf, mustAs, readAll, type RepositoryRecord, type World } from "../world.ts";
import { issueOf, labelNames, type RepositoryRoute } from "./route.ts";

/** The color GitHub gives to a label that comes to be by being put on an issue. */
const UNASKED_COLOR = "ededed";

/** Names as they are written in the repository: GitHub compares them without case. Unknown ones stay as they are. */
export async function canonicalLabels(
  world: World,
  repository: RepositoryRecord,
  names: readonly string[],
): Promise<readonly string[]> {
  const known = new Map(
    (await readAll(world, repository, "/labels")).map(({ name }) => [
      String(name).toLowerCase(),
      String(name),
    ]),
  );
  const missing = names.filter((name) => !known.has(name.toLowerCase()));
  for (const name of new Set(missing))
    await mustAs(world, { caller: ownerOf(repository) }, repository, "POST", "/labels", {
      name,
      color: UNASKED_COLOR,
    });
  return [...new Set(names.map((name) => known.get(name.toLowerCase()) ?? name))];
}

/** One event for each label. */
export async function emitLabels(
  world: World,
  request: Pick<ApiRequest, "caller">,
  repository: RepositoryRecord,
  issue: Json,
  names: readonly string[],
  action: "labeled" | "unlabeled",
): Promise<void> {
  const labels = await readAll(world, repository, "/labels");
  const isPull = issue["pull_request"] !== undefined;
  for (const name of names) {
    repository.labelEvents.push({
      id: world.nextId(),
      issue: issue["number"] as number,
      event: action,
      label: name,
      actor: actorOf(world, request),
      at: world.now(),
    });
    await world.emit({
      event: isPull ? "pull_request" : "issues",
      action,
      owner: repository.owner,
      repository,
      sender: actorOf(world, request),
      payload: {
        ...(isPull ? { number: issue["number"], pull_request: issue } : { issue }),
        label: labels.find((label) => label["name"] === name) ?? { name },
      },
    });
  }
}

export const LABEL_ROUTES: readonly RepositoryRoute[] = [
  {
    at: "POST /repos/{owner}/{repo}/labels",
    async answer(world, request, repository) {
      demand(request, repository, "write");
      const name = textOf(request.body, "name") ?? "";
      if (name.trim() === "") throw invalid("Label", "name", "missing_field");
      const known = await readAll(world, repository, "/labels");
      if (known.some((label) => String(label["name"]).toLowerCase() === name.toLowerCase()))
        throw invalid("Label", "name", "already_exists");
      return { status: 201, body: await mustAs(world, request, repository, "POST", "/labels", request.body) };
    },
  },
  {
    at: "GET /repos/{owner}/{repo}/issues/{issue_number}/events",
    async answer(world, request, repository) {
      const issue = await issueOf(world, request, repository);
      const events = repository.labelEvents.filter((event) => event.issue === issue["number"]);
      const base = `${world.url}/repos/${repository.owner.login}/${repository.name}/issues/events`;
      return paged(
        events.map(({ id, event, label, actor, at }) => ({
          id,
          node_id: Buffer.from(`issue-event:${id}`).toString("base64"),
          url: `${base}/${id}`,
          actor: accountJson(actor, world.url),
          event,
          commit_id: null,
          commit_url: null,
          created_at: new Date(at).toISOString(),
          label: { name: label, color: UNASKED_COLOR },
          performed_via_github_app: null,
        })),
        request,
        world.url,
      );
    },
  },
  {
    at: "POST /repos/{owner}/{repo}/issues/{issue_number}/labels",
    async answer(world, request, repository) {
      demand(request, repository, "triage");
      const before = await issueOf(world, request, repository);
      const asked = Array.isArray(request.body) ? request.body : member(request.body, "labels");
      const names = await canonicalLabels(
        world,
        repository,
        Array.isArray(asked) ? asked.filter((name): name is string => typeof name === "string") : [],
      );
      const path = `/issues/${String(before["number"])}/labels`;
      const labels = await mustAs(world, request, repository, "POST", path, { labels: names });
      const had = labelNames(before);
      const added = names.filter((name) => !had.includes(name.toLowerCase()));
      await emitLabels(world, request, repository, { ...before, labels }, added, "labeled");
      return { status: 200, body: labels };
    },
  },
  {
    at: "DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}",
    async answer(world, request, repository) {
      demand(request, repository, "triage");
      const before = await issueOf(world, request, repository);
      const name = (request.params["name"] ?? "").toLowerCase();
      const had = (before["labels"] as readonly Json[]).find(
        (label) => String(label["name"]).toLowerCase() === name,
      );
      if (had === undefined) throw new ApiRefusal(404, "Label does not exist");
      const path = `/issues/${String(before["number"])}/labels/${encodeURIComponent(String(had["name"]))}`;
      const labels = await mustAs(world, request, repository, "DELETE", path);
      await emitLabels(world, request, repository, { ...before, labels }, [String(had["name"])], "unlabeled");
      return { status: 200, body: labels };
    },
  },
];

function ownerOf(repository: RepositoryRecord): { readonly kind: "person"; readonly login: string } {
  return { kind: "person", login: repository.owner.login };
}
