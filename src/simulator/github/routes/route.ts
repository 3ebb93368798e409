import { type ApiResponse, type ApiRequest, ApiRefusal, notFound } from "../api.ts";
import type { Json } from "../backend.ts";
import { issueJson } from "../view.ts";
import { movedTo, type RepositoryRecord, type World } from "../world.ts";

/** A route below `/repos/{owner}/{repo}`, called with the repository after authorisation. */
export interface RepositoryRoute {
  /** `POST /repos/{owner}/{repo}/issues`, as in GitHub's OpenAPI description. */
  readonly at: string;
  readonly answer: (world: World, request: ApiRequest, repository: RepositoryRecord) => Promise<ApiResponse>;
}

/** Any other route; it authorises the caller itself. */
export interface OtherRoute {
  readonly at: string;
  readonly answer: (world: World, request: ApiRequest) => Promise<ApiResponse>;
}

export function numberOf(request: ApiRequest, name: string): number {
  return Number(request.params[name]);
}

/** The issue; 410 when it was deleted, 301 when it was transferred, 404 when it never existed. */
export async function issueOf(
  world: World,
  request: ApiRequest,
  repository: RepositoryRecord,
): Promise<Json> {
  const number = numberOf(request, "issue_number");
  if (repository.deletedIssues.has(number)) throw new ApiRefusal(410, "This issue was deleted");
  const moved = repository.transferredIssues.get(number);
  if (moved !== undefined) {
    const rest = request.path.split("/").slice(6).join("/");
    throw movedTo(
      request,
      `${world.url}/repositories/${moved.to.id}/issues/${moved.number}${rest === "" ? "" : `/${rest}`}`,
    );
  }
  const issue = await issueJson(world, repository, number);
  if (issue === undefined) throw notFound();
  return issue;
}

export function labelNames(issue: Json): readonly string[] {
  return ((issue["labels"] as readonly Json[] | undefined) ?? []).map(({ name }) =>
    String(name).toLowerCase(),
  );
}
