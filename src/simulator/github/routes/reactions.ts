import { type ApiResponse, type ApiRequest, ApiRefusal, invalid, notFound, paged, textOf } from "../api.ts";
import { reactionJson, REACTIONS } from "../view.ts";
import { actorOf, isoTime, type RepositoryRecord, type World } from "../world.ts";
import { commentOf } from "./comments.ts";
import { issueOf, numberOf, type RepositoryRoute } from "./route.ts";

/** What the reactions stand at, and whether its conversation is locked. */
type Find = (
  world: World,
  request: ApiRequest,
  repository: RepositoryRecord,
) => Promise<{ readonly key: string; readonly isLocked: boolean }>;

const ofIssue: Find = async (world, request, repository) => {
  const issue = await issueOf(world, request, repository);
  return { key: `issue:${String(issue["number"])}`, isLocked: issue["locked"] === true };
};

const ofComment: Find = async (world, request, repository) => {
  const { comment, issue } = await commentOf(world, request, repository);
  return { key: `comment:${String(comment["id"])}`, isLocked: issue["locked"] === true };
};

export const REACTION_ROUTES: readonly RepositoryRoute[] = [
  ...routesAt("/repos/{owner}/{repo}/issues/{issue_number}/reactions", ofIssue),
  ...routesAt("/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions", ofComment),
];

function routesAt(path: string, find: Find): readonly RepositoryRoute[] {
  return [
    {
      at: `GET ${path}`,
      async answer(world, request, repository) {
        const { key } = await find(world, request, repository);
        const content = request.query.get("content");
        const reactions = (repository.reactions.get(key) ?? []).filter(
          (reaction) => content === null || reaction.content === content,
        );
        return paged(
          reactions.map((reaction) => reactionJson(world, reaction)),
          request,
          world.url,
        );
      },
    },
    {
      at: `POST ${path}`,
      async answer(world, request, repository) {
        const { key, isLocked } = await find(world, request, repository);
        // Nobody reacts in a locked conversation, whatever their rights.
        if (isLocked) throw new ApiRefusal(403, "Unable to create reaction because issue is locked.");
        return add(world, request, repository, key);
      },
    },
    {
      at: `DELETE ${path}/{reaction_id}`,
      async answer(world, request, repository) {
        const { key } = await find(world, request, repository);
        const reactions = repository.reactions.get(key) ?? [];
        const at = reactions.findIndex(({ id }) => id === numberOf(request, "reaction_id"));
        if (at < 0) throw notFound();
        if (reactions[at]?.by.id !== actorOf(world, request).id)
          throw new ApiRefusal(403, "Must be the author of the reaction.");
        reactions.splice(at, 1);
        return { status: 204 };
      },
    },
  ];
}

/** The same reaction of the same account is there once: 200 instead of 201. */
function add(world: World, request: ApiRequest, repository: RepositoryRecord, key: string): ApiResponse {
  const content = textOf(request.body, "content") ?? "";
  if (!REACTIONS.some((kind) => kind === content)) throw invalid("Reaction", "content", "invalid");
  const by = actorOf(world, request);
  const reactions = repository.reactions.get(key) ?? [];
  const known = reactions.find((reaction) => reaction.by.id === by.id && reaction.content === content);
  if (known !== undefined) return { status: 200, body: reactionJson(world, known) };
  const reaction = { id: world.nextId(), by, content, createdAt: isoTime(world.now()) };
  repository.reactions.set(key, [...reactions, reaction]);
  return { status: 201, body: reactionJson(world, reaction) };
}
