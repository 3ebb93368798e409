import { GitHubFailure } from "../github-failure.ts";
import type { CLOSER_QUERY } from "./request-bodies.ts";
import { createEtagCache, type EtagCache } from "./etag-cache.ts";
import { failureOf } from "./failure-of.ts";
import { createTokens, type Tokens, type TokenScope } from "./tokens.ts";
import type { ApiResponse } from "./api-response.ts";
import type { Authorization, Transport } from "./transport.ts";

/** The rights of a call: the App's own, none, or those of an installation token. */
type Rights = "app" | "none" | TokenScope;

export interface Call {
  /** `POST /repos/{owner}/{repo}/issues`. */
  readonly route: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly rights: Rights;
  /** Undefined: follow redirects within the repository. `answer`: return them to the caller. */
  readonly redirects?: "answer";
  /** It is read once: keeping it for its ETag would push out what is asked for again. */
  readonly isReadOnce?: true;
}

export type ReadRoute = `GET /${string}`;
export type ReadCall = Call & { readonly route: ReadRoute };
/** The one query of GraphQL: it is sent as a `POST` and changes nothing. */
type QueryCall = Call & {
  readonly route: "POST /graphql";
  readonly parameters: { readonly query: typeof CLOSER_QUERY; readonly variables: object };
};

/** GitHub's responses after tokens, redirects, ETags and failures are handled. */
export interface Client {
  readonly tokens: Tokens;
  /** A response below 400; everything else is a GitHubFailure. */
  ask(call: ReadCall): Promise<ApiResponse>;
  query(call: QueryCall): Promise<ApiResponse>;
  /** Every page of a list, at most `pages` of them. */
  pages(call: ReadCall, most?: { readonly pages?: number }): AsyncGenerator<ApiResponse>;
  /** As `ask`, for requests that change something: for `createWrite` only. */
  change(call: Call): Promise<ApiResponse>;
}

/** Pages of one list: 10,000 items. */
const MAX_PAGES = 100;
const MAX_REDIRECTS = 3;

export function createClient(transport: Transport, now: () => number): Client {
  const tokens = createTokens(transport, now);
  const known = createEtagCache({ answers: 1_000, characters: 16 * 1024 * 1024, ofOne: 512 * 1024 });
  const context = { transport, tokens, known, now };
  return {
    tokens,
    ask: (call) => follow(context, call, undefined),
    query: (call) => follow(context, call, undefined),
    change: (call) => follow(context, call, undefined),
    async *pages(call, { pages = MAX_PAGES } = {}) {
      let url: string | undefined;
      for (let page = 0; page < pages; page++) {
        const answer = await follow(context, call, url);
        yield answer;
        const next = nextOf(answer, transport);
        if (next === undefined || next === url) return;
        url = next;
      }
    },
  };
}

interface Context {
  readonly transport: Transport;
  readonly tokens: Tokens;
  readonly known: EtagCache;
  readonly now: () => number;
}

async function follow(context: Context, call: Call, start: string | undefined): Promise<ApiResponse> {
  const { transport, tokens, now } = context;
  let url = start;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const answer = await withRights(context, call, url);
    const failure = failureOf(call.route, answer, now());
    if (failure !== undefined) {
      // The permission may be granted by now; the next try uses a new token.
      if (failure.code === "refused" && typeof call.rights !== "string") tokens.forget(call.rights);
      throw failure;
    }
    if (!isRedirect(answer) || call.redirects === "answer") return answer;
    const { location } = answer.headers;
    url = location === undefined ? undefined : transport.ownUrl(location);
    if (url === undefined)
      throw new GitHubFailure("gone", `${call.route}: redirected away from GitHub's API`);
    const repository = typeof call.rights === "string" ? undefined : call.rights.repository;
    // A redirect of a renamed repository names its id. Another id is another repository.
    const other = numberIn(url);
    if (repository !== undefined && other !== undefined && other !== repository)
      throw new GitHubFailure("gone", `${call.route}: moved to another repository`);
  }
  throw new GitHubFailure("gone", `${call.route}: redirected in a circle`);
}

/** Replaces a token once when GitHub no longer accepts it: a 401 has no effect. */
async function withRights(context: Context, call: Call, url: string | undefined): Promise<ApiResponse> {
  const { rights } = call;
  if (typeof rights === "string") return confirmed(context, call, { kind: rights }, url);
  const { tokens } = context;
  const send = async (): Promise<ApiResponse> => {
    const { installation } = rights;
    const token = await tokens.token(rights);
    return confirmed(context, call, { kind: "token", installation, token }, url);
  };
  const answer = await send();
  if (answer.status !== 401) return answer;
  tokens.forget(rights);
  return send();
}

/** A read with an ETag costs nothing of the limit when the answer is unchanged. */
async function confirmed(
  { transport, known }: Context,
  { route, parameters, rights, isReadOnce }: Call,
  authorization: Authorization,
  url: string | undefined,
): Promise<ApiResponse> {
  const request = { route, parameters, authorization, ...(url === undefined ? {} : { url }) };
  if (!route.startsWith("GET ") || isReadOnce === true) return transport.send(request);
  const key = JSON.stringify([rights, url ?? [route, parameters]]);
  const before = known.get(key);
  const answer = await transport.send(
    before === undefined ? request : { ...request, headers: { "if-none-match": before.etag } },
  );
  if (answer.status === 304 && before !== undefined)
    return { status: 200, headers: { ...answer.headers, link: before.headers["link"] }, data: before.data };
  const { etag } = answer.headers;
  if (answer.status === 200 && etag !== undefined && !mayGrowUnseen(parameters, answer))
    known.set(key, { etag, ...answer });
  return answer;
}

/** A full last page keeps its ETag when a further page is added. */
function mayGrowUnseen({ per_page }: Call["parameters"], { data, headers }: ApiResponse): boolean {
  if (!Array.isArray(data) || typeof per_page !== "number" || data.length < per_page) return false;
  return !(headers["link"] ?? "").includes('rel="next"');
}

function isRedirect({ status }: ApiResponse): boolean {
  return status === 301 || status === 302 || status === 307 || status === 308;
}

/** The repository in `/repositories/<number>/…`. */
export function numberIn(url: string): number | undefined {
  const found = /\/repositories\/(\d{1,15})(?:\/|$|\?)/.exec(url)?.[1];
  return found === undefined ? undefined : Number(found);
}

function nextOf(answer: ApiResponse, transport: Transport): string | undefined {
  for (const link of (answer.headers["link"] ?? "").slice(0, 10_000).split(",")) {
    const [place = "", ...about] = link.split(";");
    const isNext = about.some((part) => part.trim() === 'rel="next"');
    if (isNext) return transport.ownUrl(place.trim().replace(/^</, "").replace(/>$/, ""));
  }
  return undefined;
}
