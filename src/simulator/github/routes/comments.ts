import { demand, isWriter } from "../access.ts";
import { type ApiRequest, ApiRefusal, invalid, notFound, paged, textOf } from "../api.ts";
import { authorOf, type Json } from "../backend.ts";
import { allIssues, commentJson, issueJson } from "../view.ts";
import { actorOf, mustAs, read, readAll, type RepositoryRecord, type World } from "../world.ts";
import { inOrder } from "./issues.ts";
import { issueOf, numberOf, type RepositoryRoute } from "./route.ts";

/** A comment whose issue is still here, with the issue. */
export async function commentOf(
  world: World,
  request: ApiRequest,
  repository: RepositoryRecord,
): Promise<{ readonly comment: Json; readonly issue: Json }> {
  const comment = await read(world, repository, `/issues/comments/${numberOf(request, "comment_id")}`);
  if (comment === undefined) throw notFound();
  const number = Number(String(comment["issue_url"]).split("/").at(-1));
  const issue = await issueJson(world, repository, number);
  if (issue === undefined) throw notFound();
  return { comment, issue };
}

export const COMMENT_ROUTES: readonly RepositoryRoute[] = [
  {
    at: "GET /repos/{owner}/{repo}/issues/comments",
    async answer(world, request, repository) {
      const since = request.query.get("since");
      const all: Json[] = [];
      for (const issue of await allIssues(world, repository))
        all.push(...(await readAll(world, repository, `/issues/${String(issue["number"])}/comments`)));
      const comments = all
        .filter((comment) => since === null || Date.parse(String(comment["updated_at"])) >= Date.parse(since))
        .sort((a, b) => Number(b["id"]) - Number(a["id"]))
        .map((comment) => commentJson(world, repository, comment));
      return paged(inOrder(comments, request), request, world.url);
    },
  },
  {
    at: "GET /repos/{owner}/{repo}/issues/{issue_number}/comments",
    async answer(world, request, repository) {
      const issue = await issueOf(world, request, repository);
      const since = request.query.get("since");
      const comments = (await readAll(world, repository, `/issues/${String(issue["number"])}/comments`))
        .filter((comment) => since === null || Date.parse(String(comment["updated_at"])) >= Date.parse(since))
        .map((comment) => commentJson(world, repository, comment));
      return paged(comments, request, world.url);
    },
  },
  {
    at: "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
    async answer(world, request, repository) {
      const issue = await issueOf(world, request, repository);
      const body = textOf(request.body, "body") ?? "";
      if (body.trim() === "") throw invalid("IssueComment", "body", "missing_field", "body can't be blank");
      if (issue["locked"] === true && !isWriter(request, repository))
        throw new ApiRefusal(403, "Unable to create comment because issue is locked.");
      const path = `/issues/${String(issue["number"])}/comments`;
      const comment = commentJson(
        world,
        repository,
        await mustAs(world, request, repository, "POST", path, { body }),
      );
      world.noteComment(repository, issue["number"] as number);
      await emitComment(world, request, repository, "created", comment);
      return { status: 201, body: comment };
    },
  },
  {
    at: "GET /repos/{owner}/{repo}/issues/comments/{comment_id}",
    async answer(world, request, repository) {
      const { comment } = await commentOf(world, request, repository);
      return { status: 200, body: commentJson(world, repository, comment) };
    },
  },
  {
    at: "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",
    async answer(world, request, repository) {
      const { comment: before } = await commentOf(world, request, repository);
      ownOr(request, repository, before);
      const body = textOf(request.body, "body") ?? "";
      if (body.trim() === "") throw invalid("IssueComment", "body", "missing_field", "body can't be blank");
      const path = `/issues/comments/${String(before["id"])}`;
      const comment = commentJson(
        world,
        repository,
        await mustAs(world, request, repository, "PATCH", path, { body }),
      );
      if (body !== before["body"])
        await emitComment(world, request, repository, "edited", comment, {
          changes: { body: { from: before["body"] } },
        });
      return { status: 200, body: comment };
    },
  },
  {
    at: "DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}",
    async answer(world, request, repository) {
      const { comment } = await commentOf(world, request, repository);
      ownOr(request, repository, comment);
      await mustAs(world, request, repository, "DELETE", `/issues/comments/${String(comment["id"])}`);
      repository.reactions.delete(`comment:${String(comment["id"])}`);
      await emitComment(world, request, repository, "deleted", commentJson(world, repository, comment));
      return { status: 204 };
    },
  },
];

/** People change their own comments; other people's only with the right to write. */
function ownOr(request: ApiRequest, repository: RepositoryRecord, comment: Json): void {
  const login = authorOf(comment).toLowerCase();
  if (request.caller.kind === "person" && request.caller.login.toLowerCase() !== login)
    demand(request, repository, "write");
}

async function emitComment(
  world: World,
  request: ApiRequest,
  repository: RepositoryRecord,
  action: string,
  comment: Json,
  more: object = {},
): Promise<void> {
  const number = Number(String(comment["issue_url"]).split("/").at(-1));
  const issue = await issueJson(world, repository, number);
  await world.emit({
    event: "issue_comment",
    action,
    owner: repository.owner,
    repository,
    sender: actorOf(world, request),
    payload: { issue, comment, ...more },
  });
}
