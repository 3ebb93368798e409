import type {
  CheckState,
  CommentState,
  IssueState,
  PullState,
  ReactionState,
  RepositoryState,
} from "./contract.ts";
import { textOf } from "./api.ts";
import { authorOf, type Json } from "./backend.ts";
import { allIssues, overPull } from "./view.ts";
import { readAll, type RepositoryRecord, type World } from "./world.ts";

/** What anybody can see of a repository now. Lists are in the order of their numbers. */
export async function snapshot(world: World, record: RepositoryRecord): Promise<RepositoryState> {
  const issues = (await allIssues(world, record)).filter((issue) => issue["pull_request"] === undefined);
  const pulls = await readAll(world, record, "/pulls?state=all");
  const branches = await record.bare.branches();
  return {
    issues: await Promise.all(issues.toReversed().map((issue) => issueState(world, record, issue))),
    pulls: await Promise.all(byNumber(pulls).map((pull) => pullState(world, record, pull))),
    branches: Object.fromEntries(branches),
    checks: await checks(world, record),
    labels: (await readAll(world, record, "/labels")).map(({ name }) => String(name)),
  };
}

async function issueState(world: World, record: RepositoryRecord, issue: Json): Promise<IssueState> {
  const number = issue["number"] as number;
  return {
    number,
    title: String(issue["title"]),
    state: issue["state"] === "closed" ? "closed" : "open",
    locked: issue["locked"] === true,
    labels: (issue["labels"] as readonly Json[]).map(({ name }) => String(name)),
    reactions: reactions(record, `issue:${number}`),
    comments: await comments(world, record, number),
  };
}

async function pullState(world: World, record: RepositoryRecord, bare: Json): Promise<PullState> {
  const pull = await overPull(world, record, bare);
  const number = pull["number"] as number;
  const [head, base] = [pull["head"] as Json, pull["base"] as Json];
  const files = await record.bare.changedFiles(String(base["sha"]), String(head["sha"]));
  return {
    number,
    title: String(pull["title"]),
    body: textOf(pull, "body") ?? "",
    state: pull["merged"] === true ? "merged" : pull["state"] === "closed" ? "closed" : "open",
    draft: pull["draft"] === true,
    head: String(head["sha"]),
    headBranch: String(head["ref"]),
    author: authorOf(pull),
    files: files.map(({ path }) => path),
    comments: await comments(world, record, number),
  };
}

async function comments(
  world: World,
  record: RepositoryRecord,
  number: number,
): Promise<readonly CommentState[]> {
  return (await readAll(world, record, `/issues/${number}/comments`)).map((comment) => ({
    id: comment["id"] as number,
    author: authorOf(comment),
    body: String(comment["body"]),
    reactions: reactions(record, `comment:${String(comment["id"])}`),
  }));
}

/** Check runs of every commit that has some. */
async function checks(world: World, record: RepositoryRecord): Promise<readonly CheckState[]> {
  const runs = await Promise.all(
    [...record.annotations.keys()].map(async (id) => {
      const { body } = await world.backend.as(
        record.owner.seat,
        "GET",
        `/repos/${record.owner.seat}/${record.name}/check-runs/${id}`,
      );
      return body as Json;
    }),
  );
  return runs.map((run) => {
    const output = run["output"] as Json;
    return {
      id: run["id"] as number,
      name: String(run["name"]),
      head: String(run["head_sha"]),
      status: String(run["status"]),
      conclusion: run["conclusion"] as string | null,
      title: textOf(output, "title") ?? "",
      summary: textOf(output, "summary") ?? "",
      annotations: (record.annotations.get(run["id"] as number) ?? []).map((annotation) => ({
        path: annotation.path,
        line: annotation.start_line,
        level: annotation.annotation_level,
        message: annotation.message,
      })),
    };
  });
}

function reactions(record: RepositoryRecord, key: string): readonly ReactionState[] {
  return (record.reactions.get(key) ?? []).map(({ by, content }) => ({ by: by.login, content }));
}

function byNumber(items: readonly Json[]): readonly Json[] {
  return [...items].sort((one, other) => (one["number"] as number) - (other["number"] as number));
}
