import { demand } from "../access.ts";
import { type ApiRequest, invalid, member, paged, textOf } from "../api.ts";
import { authorOf, type Json } from "../backend.ts";
import { allIssues, changesOf, issueJson } from "../view.ts";
import { actorOf, mustAs, type RepositoryRecord, type World } from "../world.ts";
import { canonicalLabels, emitLabels } from "./labels.ts";
import { changePull } from "./pulls.ts";
import { issueOf, labelNames, type RepositoryRoute } from "./route.ts";

export async function emitIssue(
  world: World,
  request: Pick<ApiRequest, "caller">,
  repository: RepositoryRecord,
  action: string,
  issue: Json,
  more: object = {},
): Promise<void> {
  const sender = actorOf(world, request);
  const { owner } = repository;
  await world.emit({ event: "issues", action, owner, repository, sender, payload: { issue, ...more } });
}

/** Items that are listed newest first, in the order that the request names. */
export function inOrder(items: readonly Json[], { query }: Pick<ApiRequest, "query">): readonly Json[] {
  const time = (item: Json): number => Date.parse(String(item["updated_at"]));
  const sorted = query.get("sort") === "updated" ? items.toSorted((a, b) => time(b) - time(a)) : items;
  return query.get("direction") === "asc" ? sorted.toReversed() : sorted;
}

export const ISSUE_ROUTES: readonly RepositoryRoute[] = [
  {
    at: "GET /repos/{owner}/{repo}/issues",
    async answer(world, request, repository) {
      const state = request.query.get("state") ?? "open";
      const labels = (request.query.get("labels") ?? "").toLowerCase().split(",").filter(Boolean);
      const since = request.query.get("since");
      const creator = request.query.get("creator")?.toLowerCase();
      const issues = (await allIssues(world, repository)).filter(
        (issue) =>
          (state === "all" || issue["state"] === state) &&
          labels.every((label) => labelNames(issue).includes(label)) &&
          (since === null || Date.parse(String(issue["updated_at"])) >= Date.parse(since)) &&
          (creator === undefined || authorOf(issue).toLowerCase() === creator),
      );
      return paged(inOrder(issues, request), request, world.url);
    },
  },
  {
    at: "POST /repos/{owner}/{repo}/issues",
    async answer(world, request, repository) {
      const title = textOf(request.body, "title") ?? "";
      if (title.trim() === "") throw invalid("Issue", "title", "missing_field");
      const names = strings(member(request.body, "labels"));
      const labels = await canonicalLabels(world, repository, names);
      const created = await mustAs(world, request, repository, "POST", "/issues", {
        title,
        body: textOf(request.body, "body") ?? null,
        labels,
      });
      const issue = (await issueJson(world, repository, created["number"] as number)) ?? created;
      await emitIssue(world, request, repository, "opened", issue);
      await emitLabels(world, request, repository, issue, labels, "labeled");
      return { status: 201, body: issue };
    },
  },
  {
    at: "GET /repos/{owner}/{repo}/issues/{issue_number}",
    answer: async (world, request, repository) => ({
      status: 200,
      body: await issueOf(world, request, repository),
    }),
  },
  {
    at: "PATCH /repos/{owner}/{repo}/issues/{issue_number}",
    async answer(world, request, repository) {
      const before = await issueOf(world, request, repository);
      if (
        request.caller.kind === "person" &&
        authorOf(before).toLowerCase() !== request.caller.login.toLowerCase()
      )
        demand(request, repository, "triage");
      const number = before["number"] as number;
      if (before["pull_request"] !== undefined) {
        await changePull(world, request, repository, number);
        return { status: 200, body: await issueOf(world, request, repository) };
      }
      const { title, body, state, state_reason } = (request.body ?? {}) as Record<string, unknown>;
      await mustAs(world, request, repository, "PATCH", `/issues/${number}`, {
        title,
        body,
        state,
        state_reason,
      });
      const issue = (await issueJson(world, repository, number)) ?? before;
      const changes = changesOf(before, issue);
      if (Object.keys(changes).length > 0)
        await emitIssue(world, request, repository, "edited", issue, { changes });
      if (before["state"] !== issue["state"]) repository.closers.delete(number);
      if (before["state"] !== issue["state"])
        await emitIssue(
          world,
          request,
          repository,
          issue["state"] === "closed" ? "closed" : "reopened",
          issue,
        );
      return { status: 200, body: issue };
    },
  },
  ...(["PUT", "DELETE"] as const).map((method) => ({
    at: `${method} /repos/{owner}/{repo}/issues/{issue_number}/lock`,
    async answer(world: World, request: ApiRequest, repository: RepositoryRecord) {
      demand(request, repository, "triage");
      const number = (await issueOf(world, request, repository))["number"] as number;
      if (method === "PUT") repository.lockedIssues.add(number);
      else repository.lockedIssues.delete(number);
      const issue = await issueOf(world, request, repository);
      await emitIssue(world, request, repository, method === "PUT" ? "locked" : "unlocked", issue);
      return { status: 204 };
    },
  })),
];

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}
