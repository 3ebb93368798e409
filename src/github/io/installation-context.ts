import type { AppIdentity, RepositoryName } from "../github.ts";
import type { Client, ReadCall, ReadRoute } from "./client.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import { CLOSER_QUERY } from "./request-bodies.ts";
import type { ApiResponse } from "./api-response.ts";
import { holding, type Write } from "./write.ts";

/** Shared by the methods of one installation. */
export interface InstallationContext {
  readonly client: Client;
  readonly write: Write;
  readonly rateLimiter: RateLimiter;
  readonly identity: () => Promise<AppIdentity>;
  readonly installation: number;
}

type Parameters = Readonly<Record<string, unknown>>;

/** Reads one repository with a token for it alone, so that a reused name reveals nothing private. */
export interface Reading {
  readonly read: (
    repository: RepositoryName,
    route: ReadRoute,
    parameters?: Parameters,
  ) => Promise<ApiResponse>;
  /** As `read`; a redirect is a response. */
  readonly readHere: (
    repository: RepositoryName,
    route: ReadRoute,
    parameters?: Parameters,
  ) => Promise<ApiResponse>;
  /** The query about an issue. */
  readonly query: (repository: RepositoryName, issue: number) => Promise<ApiResponse>;
  /** One page of a list that is not asked for again as it is. */
  readonly page: (
    repository: RepositoryName,
    route: ReadRoute,
    parameters: Parameters,
  ) => Promise<ApiResponse>;
  /** Every page of a list, 100 items each. */
  readonly list: <T>(
    repository: RepositoryName,
    route: ReadRoute,
    parameters: Parameters,
    items: (page: ApiResponse) => readonly T[],
    pages?: number,
  ) => Promise<readonly T[]>;
}

export function reading({ client, rateLimiter, installation }: InstallationContext): Reading {
  const callOf = (repository: RepositoryName, route: ReadRoute, parameters: Parameters): ReadCall => ({
    route,
    parameters: { owner: repository.owner, repo: repository.name, ...parameters },
    rights: { installation, repository: repository.id, purpose: "read" },
  });
  return {
    read: (repository, route, parameters = {}) =>
      holding(rateLimiter, installation, () => client.ask(callOf(repository, route, parameters))),
    readHere: (repository, route, parameters = {}) =>
      holding(rateLimiter, installation, () =>
        client.ask({ ...callOf(repository, route, parameters), redirects: "answer" }),
      ),
    query: ({ owner, name, id }, number) =>
      holding(rateLimiter, installation, () =>
        client.query({
          route: "POST /graphql",
          parameters: { query: CLOSER_QUERY, variables: { owner, name, number } },
          rights: { installation, repository: id, purpose: "read" },
        }),
      ),
    page: (repository, route, parameters) =>
      holding(rateLimiter, installation, () =>
        client.ask({ ...callOf(repository, route, { per_page: 100, ...parameters }), isReadOnce: true }),
      ),
    list: (repository, route, parameters, items, pages) =>
      holding(rateLimiter, installation, async () => {
        const found = [];
        const call = callOf(repository, route, { per_page: 100, ...parameters });
        for await (const page of client.pages(call, pages === undefined ? {} : { pages }))
          found.push(...items(page));
        return found;
      }),
  };
}
