import { demand } from "../access.ts";
import {
  type ApiAnswer,
  type ApiRequest,
  ApiRefusal,
  invalid,
  member,
  notFound,
  paged,
  textOf,
} from "../api.ts";
import type { Json } from "../backend.ts";
import { isTreePath } from "../bare-repository.ts";
import {
  afterMove,
  isProtected,
  pathOf,
  RULE_DETAILS,
  RULE_WORDS,
  signatureOf,
  webFlow,
} from "../branches.ts";
import { commitJson } from "../view.ts";
import { actorOf, backPath, read, type RepositoryRecord, type World } from "../world.ts";
import type { RepositoryRoute } from "./route.ts";

const ROOT = "/repos/{owner}/{repo}";

/** What is read of files and history. The state behind us has the same objects as real git, and answers. */
export const CONTENT_ROUTES: readonly RepositoryRoute[] = [
  { at: `GET ${ROOT}/contents/{path}`, answer: getContents },
  { at: `PUT ${ROOT}/contents/{path}`, answer: putContents },
  {
    at: `GET ${ROOT}/compare/{basehead}`,
    async answer(world, request, repository) {
      const query = request.query.size === 0 ? "" : `?${request.query.toString()}`;
      const path = `/compare/${pathOf(request.params["basehead"] ?? "")}${query}`;
      const compared = await below(world, repository, path);
      const commits = (compared["commits"] as readonly Json[]).map((commit) => commitJson(world, commit));
      return {
        status: 200,
        body: {
          ...compared,
          base_commit: commitJson(world, compared["base_commit"] as Json),
          merge_base_commit: commitJson(world, compared["merge_base_commit"] as Json),
          commits,
        },
      };
    },
  },
  {
    at: `GET ${ROOT}/commits`,
    async answer(world, request, repository) {
      const answer = await world.backend.as(
        repository.owner.seat,
        "GET",
        `${backPath(repository)}/commits?${request.query.toString()}`,
      );
      if (!Array.isArray(answer.body)) throw notFound();
      const commits = (answer.body as readonly Json[]).map((commit) => commitJson(world, commit));
      return {
        status: 200,
        body: commits,
        ...(answer.link === undefined ? {} : { headers: { link: answer.link } }),
      };
    },
  },
  {
    at: `GET ${ROOT}/commits/{ref}`,
    answer: async (world, request, repository) => ({
      status: 200,
      body: commitJson(
        world,
        await below(world, repository, `/commits/${pathOf(request.params["ref"] ?? "")}`),
      ),
    }),
  },
  {
    at: `GET ${ROOT}/git/commits/{commit_sha}`,
    answer: async (world, request, repository) => ({
      status: 200,
      body: await below(world, repository, `/git/commits/${request.params["commit_sha"] ?? ""}`),
    }),
  },
  {
    at: `GET ${ROOT}/git/trees/{tree_sha}`,
    async answer(world, request, repository) {
      const recursive = request.query.has("recursive") ? "?recursive=1" : "";
      const path = `/git/trees/${pathOf(request.params["tree_sha"] ?? "")}${recursive}`;
      return { status: 200, body: await below(world, repository, path) };
    },
  },
  {
    at: `GET ${ROOT}/git/blobs/{file_sha}`,
    answer: async (world, request, repository) => ({
      status: 200,
      body: await below(world, repository, `/git/blobs/${request.params["file_sha"] ?? ""}`),
    }),
  },
  {
    at: `GET ${ROOT}/branches`,
    async answer(world, request, repository) {
      const branches = [...(await repository.bare.branches()).keys()];
      const page = paged(branches, request, world.url);
      const shown = await Promise.all(
        (page.body as readonly string[]).map(async (name) => {
          const { commit } = await below(world, repository, `/branches/${pathOf(name)}`);
          return { name, commit, protected: isProtected(repository, name) };
        }),
      );
      return { ...page, body: shown };
    },
  },
  {
    at: `GET ${ROOT}/branches/{branch}`,
    async answer(world, request, repository) {
      const name = request.params["branch"] ?? "";
      const branch = await below(world, repository, `/branches/${pathOf(name)}`);
      const { sha } = branch["commit"] as Json;
      const commit = await below(world, repository, `/commits/${String(sha)}`);
      const api = `${world.url}${request.path}`;
      return {
        status: 200,
        body: {
          name,
          commit: commitJson(world, commit),
          _links: { self: api, html: String(commit["html_url"]) },
          protected: isProtected(repository, name),
          protection: { enabled: isProtected(repository, name) },
          protection_url: `${api}/protection`,
        },
      };
    },
  },
];

async function getContents(
  world: World,
  request: ApiRequest,
  repository: RepositoryRecord,
): Promise<ApiAnswer> {
  const ref = request.query.get("ref");
  const query = ref === null ? "" : `?ref=${encodeURIComponent(ref)}`;
  const path = request.params["path"] ?? "";
  const found = await below(world, repository, `/contents/${pathOf(path)}${query}`);
  if (!request.accept.includes("raw") || Array.isArray(found)) return { status: 200, body: found };
  return {
    status: 200,
    headers: { "content-type": "application/vnd.github.raw; charset=utf-8" },
    body: Buffer.from(String(found["content"]), "base64"),
  };
}

/** One file in one commit, made with real git. */
async function putContents(
  world: World,
  request: ApiRequest,
  repository: RepositoryRecord,
): Promise<ApiAnswer> {
  demand(request, repository, "write");
  const path = request.params["path"] ?? "";
  const message = textOf(request.body, "message");
  const content = textOf(request.body, "content");
  if (message === undefined) throw invalid("Commit", "message", "missing_field");
  if (content === undefined || !isTreePath(path)) throw invalid("Commit", "path", "invalid");
  const branch = textOf(request.body, "branch") ?? "main";
  const head = await repository.bare.head(branch);
  if (head === undefined) throw new ApiRefusal(404, `Branch ${branch} not found`);
  if (isProtected(repository, branch))
    throw new ApiRefusal(409, `${RULE_WORDS}\n\n${RULE_DETAILS.update}\n\n`);
  const old = (await read(world, repository, `/contents/${pathOf(path)}?ref=${head}`))?.["sha"];
  const expected = member(request.body, "sha");
  if (old !== undefined && expected === undefined)
    throw new ApiRefusal(422, 'Invalid request.\n\n"sha" wasn\'t supplied.');
  if (expected !== old) throw new ApiRefusal(409, `${path} does not match ${String(expected)}`);
  const after = await repository.bare.write({
    branch,
    parent: head,
    message,
    author: signatureOf(world, actorOf(world, request)),
    committer: webFlow(world),
    additions: new Map([[path, Buffer.from(content, "base64")]]),
    deletions: [],
  });
  await afterMove(world, request, repository, { branch, before: head, after });
  return {
    status: old === undefined ? 201 : 200,
    body: {
      content: await below(world, repository, `/contents/${pathOf(path)}?ref=${after}`),
      commit: await below(world, repository, `/git/commits/${after}`),
    },
  };
}

async function below(world: World, repository: RepositoryRecord, path: string): Promise<Json> {
  const found = await read(world, repository, path);
  if (found === undefined) throw notFound();
  return found;
}
