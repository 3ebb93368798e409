import type { ApiAnswer, ApiRequest } from "../api.ts";
import type { RepositoryRecord, World } from "../world.ts";

/** A route below `/repos/{owner}/{repo}`: whoever asks was let in, and the repository found. */
export interface RepositoryRoute {
  /** `POST /repos/{owner}/{repo}/issues`, as in GitHub's OpenAPI description. */
  readonly at: string;
  readonly answer: (world: World, request: ApiRequest, repository: RepositoryRecord) => Promise<ApiAnswer>;
}

/** Any other route; it looks itself at who asks. */
export interface OtherRoute {
  readonly at: string;
  readonly answer: (world: World, request: ApiRequest) => Promise<ApiAnswer>;
}

export function numberOf(request: ApiRequest, name: string): number {
  return Number(request.params[name]);
}
