import { ProbotOctokit } from "probot";
import { createAppAuth } from "@octokit/auth-app";
import { GitHubFailure } from "../github-failure.ts";

/** What GitHub answered, whatever its status. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly data: unknown;
}

/** Whose rights a request has. */
export type Caller =
  | { readonly kind: "app" }
  | { readonly kind: "nobody" }
  | { readonly kind: "installation"; readonly installation: number; readonly token: string };

export interface Request {
  /** `GET /repos/{owner}/{repo}`, as in GitHub's documentation. */
  readonly route: string;
  /** Parts of the path; the rest is the query or the body. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
  readonly headers?: Readonly<Record<string, string>>;
  /** Asked instead of the route's own address: a page that GitHub named, or where it redirects to. */
  readonly url?: string;
}

export interface Transport {
  send(request: Request): Promise<Answer>;
  /** An address that GitHub gave, if it is one of its API; our token goes nowhere else. */
  ownUrl(url: string): string | undefined;
}

/** One request, for logs and metrics: no text of anybody, no secret. */
export interface RequestRecord {
  readonly route: string;
  /** 0: no answer. */
  readonly status: number;
  readonly milliseconds: number;
  readonly installation?: number;
  /** Requests that are left in this hour. */
  readonly remaining?: number;
}

export interface TransportOptions {
  /** `https://api.github.com`, or `https://ghe.example/api/v3`. */
  readonly baseUrl: string;
  readonly appId: number;
  /** PEM. */
  readonly privateKey: string;
  readonly userAgent: string;
  readonly timeoutMilliseconds?: number;
  readonly onRequest?: (record: RequestRecord) => void;
}

/** GitHub cuts requests itself after this time. */
const TIMEOUT = 10_000;
const API_VERSION = "2022-11-28";

const SILENT = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/**
 * Single requests on Octokit: no retries, no redirects, no waiting. Any status is an answer; no answer, or one that was
 * cut, is GitHubFailure `unavailable`.
 */
export function openTransport(options: TransportOptions): Transport {
  const base = new URL(options.baseUrl.replace(/\/{1,9}$/, ""));
  const baseUrl = base.href.replace(/\/$/, "");
  const shared = {
    baseUrl,
    userAgent: options.userAgent,
    log: SILENT,
    retry: { enabled: false },
    throttle: { enabled: false },
  };
  const { appId, privateKey } = options;
  const asApp = new ProbotOctokit({
    ...shared,
    authStrategy: createAppAuth,
    auth: { appId, privateKey },
  });
  // Tokens of installations are handed over with each request: Octokit keeps none.
  const asOther = new ProbotOctokit({ ...shared, authStrategy: undefined });

  const ownUrl = (text: string): string | undefined => {
    const url = URL.parse(text, `${baseUrl}/`);
    const isOurs =
      url?.origin === base.origin && url.pathname.startsWith(`${base.pathname.replace(/\/$/, "")}/`);
    return isOurs ? url.href : undefined;
  };

  return {
    ownUrl,
    async send(request) {
      const { caller } = request;
      const octokit = caller.kind === "app" ? asApp : asOther;
      const { method, url, body } = octokit.request.endpoint(request.route, { ...request.parameters });
      const started = performance.now();
      let status = 0;
      let remaining: number | undefined;
      try {
        const answer = await answerOf(
          octokit.request({
            method,
            url: request.url ?? addressOf(baseUrl, request.route, url),
            headers: {
              accept: "application/vnd.github+json",
              "x-github-api-version": API_VERSION,
              ...(caller.kind === "installation" ? { authorization: `token ${caller.token}` } : {}),
              ...request.headers,
            },
            ...(body === undefined ? {} : { data: body as unknown }),
            request: {
              redirect: "manual",
              signal: AbortSignal.timeout(options.timeoutMilliseconds ?? TIMEOUT),
            },
          }),
          request.route,
        );
        status = answer.status;
        const left = answer.headers["x-ratelimit-remaining"];
        if (left !== undefined) remaining = Number(left);
        return answer;
      } finally {
        options.onRequest?.({
          route: request.route,
          status,
          milliseconds: Math.round(performance.now() - started),
          ...(caller.kind === "installation" ? { installation: caller.installation } : {}),
          ...(remaining === undefined ? {} : { remaining }),
        });
      }
    },
  };
}

/** GraphQL is beside the REST API: on GitHub Enterprise Server below `/api` instead of `/api/v3`. */
function addressOf(baseUrl: string, route: string, url: string): string {
  if (route === "POST /graphql") return `${baseUrl.replace(/\/api\/v3$/, "/api")}/graphql`;
  // A name that is two dots would climb to another resource once the address is read.
  if (/\/(?:\.|%2e){1,2}(?:\/|\?|$)/i.test(url))
    throw new GitHubFailure("invalid", `${route}: a part of the path is "." or ".."`);
  return url;
}

async function answerOf(
  asked: Promise<{ status: number; headers: object; data: unknown }>,
  route: string,
): Promise<Answer> {
  const { status, headers, data } = await asked.catch((error: unknown) => {
    const response = responseOf(error);
    if (response === undefined) throw unreachable(route, error);
    return response;
  });
  // Octokit gives a body that it could not read to its end as text.
  if (status === 200 || status === 201)
    if (typeof data !== "object" || data === null)
      throw new GitHubFailure("unavailable", `${route}: the answer was cut or is not JSON`);
  return { status, headers: headers as Answer["headers"], data };
}

function responseOf(error: unknown): { status: number; headers: object; data: unknown } | undefined {
  if (!(error instanceof Error) || !("response" in error)) return undefined;
  const { response } = error;
  if (typeof response !== "object" || response === null || !("headers" in response)) return undefined;
  return response as { status: number; headers: object; data: unknown };
}

/** Octokit's own error holds the whole request, so only its reason goes on. */
function unreachable(route: string, error: unknown): GitHubFailure {
  const message = error instanceof Error ? error.message : "no answer";
  return new GitHubFailure("unavailable", `${route}: ${message.slice(0, 300)}`);
}

function nothing(): void {
  // Octokit writes to the console when it is given no log.
}
