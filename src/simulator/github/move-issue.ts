import type { ApiRequest } from "./api.ts";
import { authorOf, type Json } from "./backend.ts";
import { emitIssue } from "./routes/issues.ts";
import { issueJson, repositoryJson } from "./view.ts";
import { backPath, readAll, type RepositoryRecord, type World } from "./world.ts";

/**
 * Transfers an issue to another repository of the owner: a new number, the comments kept, labels only where the target
 * has them. The old place leads to the new one. Gives the new number.
 */
export async function moveIssue(
  world: World,
  request: Pick<ApiRequest, "caller">,
  from: RepositoryRecord,
  issue: Json,
  to: RepositoryRecord,
): Promise<number> {
  if (from.owner.id !== to.owner.id) throw new Error("an issue stays with its owner");
  if (from.isPrivate && !to.isPrivate) throw new Error("a private issue does not become public");
  const number = issue["number"] as number;
  const have = (await readAll(world, to, "/labels")).map(({ name }) => name);
  const labels = (issue["labels"] as readonly Json[]).map(({ name }) => name);
  const created = await write(world, to, issue, "POST", "/issues", {
    title: issue["title"],
    body: issue["body"],
    labels: labels.filter((name) => have.includes(name)),
  });
  const newNumber = created["number"] as number;
  if (issue["state"] === "closed")
    await write(world, to, issue, "PATCH", `/issues/${newNumber}`, { state: "closed" });
  carryReactions(from, `issue:${number}`, to, `issue:${newNumber}`);
  for (const comment of await readAll(world, from, `/issues/${number}/comments`)) {
    const { body } = comment;
    const copy = await write(world, to, comment, "POST", `/issues/${newNumber}/comments`, { body });
    carryReactions(from, `comment:${String(comment["id"])}`, to, `comment:${String(copy["id"])}`);
  }
  from.transferredIssues.set(number, { to, number: newNumber });
  const moved = (await issueJson(world, to, newNumber)) ?? created;
  await emitIssue(world, request, from, "transferred", issue, {
    changes: { new_issue: moved, new_repository: await repositoryJson(world, to) },
  });
  await emitIssue(world, request, to, "opened", moved, {
    changes: { old_issue: issue, old_repository: await repositoryJson(world, from) },
  });
  return newNumber;
}

/** Writes as the author of the original. */
async function write(
  world: World,
  to: RepositoryRecord,
  original: Json,
  method: string,
  path: string,
  body: unknown,
): Promise<Json> {
  const author = world.accounts.find(authorOf(original)) ?? to.owner;
  const below = `${backPath(to)}${path}`;
  const answer =
    author.type === "Bot"
      ? await world.backend.with(await world.botToken(to.owner), method, below, body)
      : await world.backend.as(author.seat, method, below, body);
  if (answer.status >= 300) throw new Error(`the copy was refused: ${JSON.stringify(answer.body)}`);
  return answer.body as Json;
}

function carryReactions(from: RepositoryRecord, key: string, to: RepositoryRecord, newKey: string): void {
  const reactions = from.reactions.get(key);
  if (reactions !== undefined) to.reactions.set(newKey, reactions);
}
