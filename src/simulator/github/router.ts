import { admit } from "./access.ts";
import { type ApiResponse, type ApiRequest, ApiRefusal } from "./api.ts";
import { APP_ROUTES } from "./routes/app.ts";
import { CHECK_ROUTES } from "./routes/checks.ts";
import { COMMENT_ROUTES } from "./routes/comments.ts";
import { CONTENT_ROUTES } from "./routes/contents.ts";
import { GRAPHQL_ROUTE } from "./routes/graphql.ts";
import { ISSUE_ROUTES } from "./routes/issues.ts";
import { LABEL_ROUTES } from "./routes/labels.ts";
import { PULL_ROUTES } from "./routes/pulls.ts";
import { REACTION_ROUTES } from "./routes/reactions.ts";
import { REF_ROUTES } from "./routes/refs.ts";
import { REPOSITORY_ROUTES } from "./routes/repositories.ts";
import type { OtherRoute, RepositoryRoute } from "./routes/route.ts";
import type { World } from "./world.ts";

/** A route that a request fits, with the parts of its path. */
export interface Matched {
  /** `POST /repos/{owner}/{repo}/issues`. */
  readonly at: string;
  readonly params: Readonly<Record<string, string>>;
  readonly answer: (world: World, request: ApiRequest) => Promise<ApiResponse>;
}

export type Router = (method: string, path: string) => Matched | undefined;

/** All routes of the simulated GitHub, with more that the caller adds. */
export function createRouter(more: readonly OtherRoute[]): Router {
  const routes = [
    ...[
      ...REPOSITORY_ROUTES,
      ...COMMENT_ROUTES,
      ...REACTION_ROUTES,
      ...LABEL_ROUTES,
      ...ISSUE_ROUTES,
      ...PULL_ROUTES,
      // Before `commits/{ref}`, whose ref takes the rest of the path.
      ...CHECK_ROUTES,
      ...REF_ROUTES,
      ...CONTENT_ROUTES,
    ].map(admitted),
    ...APP_ROUTES,
    GRAPHQL_ROUTE,
    ...more,
  ].map((route) => ({ ...route, ...compile(route.at) }));
  return (method, path) => {
    for (const route of routes) {
      if (route.method !== method) continue;
      const parts = route.pattern.exec(path);
      if (parts === null) continue;
      const params = Object.fromEntries(route.names.map((name, at) => [name, decode(parts[at + 1] ?? "")]));
      return { at: route.at, params, answer: route.answer };
    }
    return undefined;
  };
}

function admitted({ at, answer }: RepositoryRoute): OtherRoute {
  const route = at.slice(at.indexOf(" ") + 1);
  return { at, answer: async (world, request) => answer(world, request, admit(world, request, route)) };
}

/** These parts of a path hold slashes. */
const LONG = new Set(["path", "ref", "basehead"]);

function compile(at: string): {
  readonly method: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
} {
  const [method = "", template = ""] = at.split(" ");
  const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
  const source = template
    .replace(/[.*+?^$()|[\]\\]/g, "\\$&")
    .replace(/\{(\w+)\}/g, (_, name: string) => (LONG.has(name) ? "(.+)" : "([^/]+)"));
  return { method, names, pattern: new RegExp(`^${source}$`) };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ApiRefusal(400, "Problems parsing the path");
  }
}
