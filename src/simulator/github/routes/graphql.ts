import { admit } from "../access.ts";
import { type ApiResponse, type ApiRequest, ApiRefusal, member, textOf } from "../api.ts";
import { isTreePath } from "../bare-repository.ts";
import { afterMove, isProtected, RULE_DETAILS, RULE_WORDS, signatureOf, webFlow } from "../branches.ts";
import { actorOf, fullName, type RepositoryRecord, type World } from "../world.ts";
import type { Json } from "../backend.ts";
import { issueJson } from "../view.ts";
import type { OtherRoute } from "./route.ts";

/** The one mutation that is here: several files in one commit, on the head that is expected. */
const COMMIT_MUTATION = "createCommitOnBranch";

/** The one query that is here, by its name: what closed an issue. */
export const CLOSER_QUERY = "closer";

export const GRAPHQL_ROUTE: OtherRoute = {
  at: "POST /graphql",
  async answer(world, request) {
    if (request.caller.kind === "nobody")
      throw new ApiRefusal(401, "This endpoint requires you to be authenticated.");
    if (mutationOf(request.body) === CLOSER_QUERY) return closer(world, request);
    const input = inputOf(request.body);
    if (input === undefined)
      return failed(
        "UNDEFINED_FIELD",
        `The simulated GitHub answers only ${CLOSER_QUERY} and ${COMMIT_MUTATION} with a variable`,
      );
    return commit(world, request, input);
  },
};

/** Which query or mutation a request asks for, for the log. */
export function mutationOf(body: unknown): string {
  const query = (textOf(body, "query") ?? "").slice(0, MAX_QUERY);
  if (query.startsWith(`query ${CLOSER_QUERY}(`)) return CLOSER_QUERY;
  return query.includes(COMMIT_MUTATION) ? COMMIT_MUTATION : "unknown";
}

const MAX_QUERY = 20_000;

/** The variable that is given as the mutation's input. */
function inputOf(body: unknown): unknown {
  const query = (textOf(body, "query") ?? "").slice(0, MAX_QUERY);
  const at = query.indexOf(COMMIT_MUTATION);
  if (at < 0) return undefined;
  const variable = /^\s{0,20}\(\s{0,20}input\s{0,20}:\s{0,20}\$(\w{1,100})/.exec(
    query.slice(at + COMMIT_MUTATION.length),
  )?.[1];
  return variable === undefined ? undefined : member(member(body, "variables"), variable);
}

async function commit(world: World, request: ApiRequest, input: unknown): Promise<ApiResponse> {
  const target = member(input, "branch");
  const repository = repositoryNamed(world, request, textOf(target, "repositoryNameWithOwner") ?? "");
  if (repository === undefined) return failed("NOT_FOUND", "Could not resolve to a Repository.");
  const branch = (textOf(target, "branchName") ?? "").replace(/^refs\/heads\//, "");
  const head = await repository.bare.head(branch);
  if (head === undefined) return failed("NOT_FOUND", `Could not resolve to a Ref with the name '${branch}'.`);
  if (textOf(input, "expectedHeadOid") !== head)
    return failed("STALE_DATA", `Expected branch to point to "${head}" but it did not. Pull and try again.`);
  if (isProtected(repository, branch))
    return failed("UNPROCESSABLE", `${RULE_WORDS}\n\n${RULE_DETAILS.update}\n\n`);

  const files = fileChanges(input);
  if (typeof files === "string") return failed("UNPROCESSABLE", files);
  const workflow = [...files.additions.keys(), ...files.deletions].find((path) =>
    path.startsWith(".github/workflows/"),
  );
  if (workflow !== undefined && request.caller.kind === "installation")
    return failed(
      "FORBIDDEN",
      `refusing to allow a GitHub App to create or update workflow \`${workflow}\` without \`workflows\` permission`,
    );

  const headline = textOf(member(input, "message"), "headline") ?? "";
  const text = textOf(member(input, "message"), "body") ?? "";
  const oid = await repository.bare.write({
    branch,
    parent: head,
    message: text === "" ? headline : `${headline}\n\n${text}`,
    author: signatureOf(world, actorOf(world, request)),
    committer: webFlow(world),
    ...files,
  });
  await afterMove(world, request, repository, { branch, before: head, after: oid });
  return {
    status: 200,
    body: {
      data: {
        [COMMIT_MUTATION]: {
          clientMutationId: textOf(input, "clientMutationId") ?? null,
          commit: { oid, url: `${world.url}/${fullName(repository)}/commit/${oid}` },
          ref: { name: branch, target: { oid } },
        },
      },
    },
  };
}

/** What closed the issue of the variables, as `ClosedEvent.closer`. */
async function closer(world: World, request: ApiRequest): Promise<ApiResponse> {
  const variables = member(request.body, "variables");
  const name = `${textOf(variables, "owner") ?? ""}/${textOf(variables, "name") ?? ""}`;
  const number = Number(member(variables, "number"));
  const read = { ...request, method: "GET" };
  const repository = repositoryNamed(world, read, name, "/repos/{owner}/{repo}/issues/{issue_number}");
  const issue = repository && (await issueJson(world, repository, number));
  if (repository === undefined || issue === undefined || issue["pull_request"] !== undefined)
    return failed("NOT_FOUND", `Could not resolve to an issue with the number of ${number}.`, "repository");
  const state = issue["state"] === "closed" ? "CLOSED" : "OPEN";
  const nodes = state === "OPEN" ? [] : [{ closer: await closerOf(world, repository, number) }];
  return {
    status: 200,
    body: { data: { repository: { issue: { state, timelineItems: { nodes } } } } },
  };
}

async function closerOf(world: World, repository: RepositoryRecord, issue: number): Promise<Json | null> {
  const by = repository.closers.get(issue);
  const of = { repository: { databaseId: repository.id } };
  if (by === undefined) return null;
  if ("commit" in by) return { __typename: "Commit", oid: by.commit, ...of };
  const headlineOf = async (commit: string): Promise<string> =>
    (await repository.bare.described(commit)).message.split("\n")[0]!;
  const oid = repository.mergeCommits.get(by.pull)!;
  const [base] = await repository.bare.parents(oid);
  const head = repository.pullHeads.get(by.pull)!;
  return {
    __typename: "PullRequest",
    number: by.pull,
    ...of,
    mergeCommit: {
      oid,
      messageHeadline: await headlineOf(oid),
      parents: { totalCount: (await repository.bare.parents(oid)).length },
    },
    commits: {
      totalCount: (await repository.bare.between(base, head)).length,
      nodes: [{ commit: { messageHeadline: await headlineOf(head) } }],
    },
  };
}

function repositoryNamed(
  world: World,
  request: ApiRequest,
  name: string,
  route = "/graphql",
): RepositoryRecord | undefined {
  const [owner = "", repo = ""] = name.split("/");
  try {
    return admit(world, { ...request, params: { owner, repo } }, route);
  } catch (error) {
    // GraphQL has no redirects: an old name is no name.
    if (error instanceof ApiRefusal && error.answer.status !== 403) return undefined;
    throw error;
  }
}

interface Files {
  readonly additions: ReadonlyMap<string, Uint8Array>;
  readonly deletions: readonly string[];
}

/** Files of the input, or what is wrong with them. */
function fileChanges(input: unknown): Files | string {
  const changes = member(input, "fileChanges");
  const added = member(changes, "additions");
  const deleted = member(changes, "deletions");
  const additions = new Map<string, Uint8Array>();
  for (const addition of Array.isArray(added) ? (added as readonly unknown[]) : []) {
    const path = textOf(addition, "path") ?? "";
    if (!isTreePath(path)) return `A path was requested for addition which is invalid: ${path}`;
    additions.set(path, Buffer.from(textOf(addition, "contents") ?? "", "base64"));
  }
  const deletions = (Array.isArray(deleted) ? (deleted as readonly unknown[]) : []).map(
    (deletion) => textOf(deletion, "path") ?? "",
  );
  const wrong = deletions.find((path) => !isTreePath(path));
  return wrong === undefined
    ? { additions, deletions }
    : `A path was requested for deletion which is invalid: ${wrong}`;
}

/** GraphQL refuses with status 200. */
function failed(type: string, message: string, path: string = COMMIT_MUTATION): ApiResponse {
  return {
    status: 200,
    body: {
      data: { [path]: null },
      errors: [{ type, path: [path], locations: [{ line: 1, column: 1 }], message }],
    },
  };
}
