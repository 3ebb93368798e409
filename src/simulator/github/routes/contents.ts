import { type ApiResponse, type ApiRequest, ApiRefusal, notFound } from "../api.ts";
import type { Json } from "../backend.ts";
import { pathOf } from "../branches.ts";
import { commitJson } from "../view.ts";
import { read, type RepositoryRecord, type World } from "../world.ts";
import type { RepositoryRoute } from "./route.ts";

const ROOT = "/repos/{owner}/{repo}";

/** Reads of files and history. The backend has the same objects as real git. */
export const CONTENT_ROUTES: readonly RepositoryRoute[] = [
  { at: `GET ${ROOT}/contents/{path}`, answer: getContents },
  {
    at: `GET ${ROOT}/commits/{ref}`,
    async answer(world, request, repository) {
      const ref = request.params["ref"] ?? "";
      const oid = (await repository.bare.head(ref)) ?? (await repository.bare.commit(ref));
      // GitHub names the missing commit with a 422, not a 404.
      if (oid === undefined) throw new ApiRefusal(422, `No commit found for SHA: ${ref}`);
      const commit = await below(world, repository, `/commits/${oid}`);
      return { status: 200, body: commitJson(world, commit) };
    },
  },
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
];

async function getContents(
  world: World,
  request: ApiRequest,
  repository: RepositoryRecord,
): Promise<ApiResponse> {
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

async function below(world: World, repository: RepositoryRecord, path: string): Promise<Json> {
  const found = await read(world, repository, path);
  if (found === undefined) throw notFound();
  return found;
}
