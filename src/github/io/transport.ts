import { pino } from "pino";
import { Probot, ProbotOctokit } from "probot";
import { z } from "zod";
import { GitHubFailure } from "../github-failure.ts";
import type { ApiResponse } from "./api-response.ts";
import { failureOf } from "./failure-of.ts";

/** The rights of a request: the App's own, an installation token's, or none. */
export type Authorization =
  | { readonly kind: "app" }
  | { readonly kind: "none" }
  | { readonly kind: "token"; readonly installation: number; readonly token: string };

interface ApiRequest {
  /** `GET /repos/{owner}/{repo}`, as in GitHub's documentation. */
  readonly route: string;
  /** Parts of the path; the rest is the query or the body. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly authorization: Authorization;
  readonly headers?: Readonly<Record<string, string>>;
  /** Replaces the address of the route: a page that GitHub named, or the target of a redirect. */
  readonly url?: string;
}

/** An installation token and the end of its life in milliseconds since 1970. */
interface InstallationToken {
  readonly token: string;
  readonly expiresAt: number;
}

interface TokenRequest {
  readonly installation: number;
  /** Undefined: every repository of the installation. */
  readonly repository: number | undefined;
  /** Undefined: every permission that the owner accepted. */
  readonly permissions: Readonly<Record<string, string>> | undefined;
  /** Skips the token that Octokit keeps. */
  readonly refresh: boolean;
}

export interface Transport {
  send(request: ApiRequest): Promise<ApiResponse>;
  /** A token that Octokit keeps, or a new one. Throws GitHubFailure. */
  authenticate(request: TokenRequest): Promise<InstallationToken>;
  /** An address that GitHub gave, if it is one of its API; our token goes nowhere else. */
  ownUrl(url: string): string | undefined;
}

/** One request, for logs and metrics: no text of anybody, no secret. */
export interface RequestRecord {
  readonly route: string;
  /** 0: no response. */
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
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onRequest?: (record: RequestRecord) => void;
}

type OctokitOptions = NonNullable<ConstructorParameters<typeof ProbotOctokit>[0]>;

/** GitHub cuts requests itself after this time. */
const TIMEOUT = 10_000;
const API_VERSION = "2022-11-28";
const TOKEN_ROUTE = "POST /app/installations/{installation_id}/access_tokens";
const TOKEN = z.object({ token: z.string().min(1), expiresAt: z.iso.datetime({ offset: true }) });

/**
 * Single requests through the clients of Probot: no retries, no redirects, no waiting. Any status is a response; none, or
 * one that was cut, is GitHubFailure `unavailable`.
 */
export function openTransport(options: TransportOptions): Transport {
  const base = new URL(options.baseUrl.replace(/\/{1,9}$/, ""));
  const baseUrl = base.href.replace(/\/$/, "");
  const Octokit = octokitClass({ ...options, baseUrl });
  const { appId, privateKey } = options;
  const probot = new Probot({ appId, privateKey, Octokit, log: pino({ level: "silent" }) });
  const clientFor = (authorization: Authorization): ProbotOctokit | Promise<ProbotOctokit> => {
    if (authorization.kind === "app") return probot.auth();
    return new Octokit(authorization.kind === "token" ? { auth: { token: authorization.token } } : {});
  };

  return {
    ownUrl(text) {
      const url = URL.parse(text, `${baseUrl}/`);
      const isOurs =
        url?.origin === base.origin && url.pathname.startsWith(`${base.pathname.replace(/\/$/, "")}/`);
      return isOurs ? url.href : undefined;
    },
    async authenticate({ installation, repository, permissions, refresh }) {
      const octokit = await probot.auth(installation);
      // Octokit's own clients use a token with every right: this one is for one repository and one purpose.
      const wanted = {
        type: "installation",
        refresh,
        ...(repository === undefined ? {} : { repositoryIds: [repository] }),
        ...(permissions === undefined ? {} : { permissions }),
      };
      const given: unknown = await octokit.auth(wanted).catch((error: unknown) => {
        throw failureOf(TOKEN_ROUTE, responseOf(TOKEN_ROUTE, error), options.now()) ?? error;
      });
      const { data } = TOKEN.safeParse(given);
      if (data === undefined)
        throw new GitHubFailure("invalid", `${TOKEN_ROUTE}: the response holds no token`);
      return { token: data.token, expiresAt: Date.parse(data.expiresAt) };
    },
    async send({ route, parameters, authorization, headers, url: address }) {
      const octokit = await clientFor(authorization);
      const { method, url, body } = octokit.request.endpoint(route, { ...parameters });
      const request = {
        method,
        url: address ?? addressOf(baseUrl, route, url),
        headers: { accept: "application/vnd.github+json", ...headers },
        ...(body === undefined ? {} : { data: body as unknown }),
        request: {
          route,
          ...(authorization.kind === "token" ? { installation: authorization.installation } : {}),
        },
      };
      return octokit.request(request).then(plain, (error: unknown) => responseOf(route, error));
    },
  };
}

/** Octokit without retries and waits, with a record of each request that it sends, its tokens' included. */
function octokitClass(
  options: Pick<TransportOptions, "baseUrl" | "userAgent" | "timeoutMilliseconds" | "onRequest">,
): typeof ProbotOctokit {
  const { baseUrl, userAgent, timeoutMilliseconds = TIMEOUT, onRequest } = options;
  return ProbotOctokit.plugin((octokit) => {
    octokit.hook.wrap("request", async (request, asked) => {
      const { route = `${asked.method} ${asked.url}`, installation } = (asked.request ?? {}) as {
        readonly route?: string;
        readonly installation?: number;
      };
      // Octokit hands its own object on: a copy with other options would be ignored.
      Object.assign(asked, {
        headers: { ...asked.headers, "x-github-api-version": API_VERSION },
        request: {
          ...asked.request,
          redirect: "manual",
          signal: AbortSignal.timeout(timeoutMilliseconds),
        },
      });
      const started = performance.now();
      let seen: ApiResponse | undefined;
      try {
        const response = await request(asked);
        seen = plain(response);
        // Octokit gives a body that it could not read to its end as text.
        if ((seen.status === 200 || seen.status === 201) && !isObject(seen.data))
          throw new GitHubFailure("unavailable", `${route}: the response was cut or is not JSON`);
        return response;
      } catch (error) {
        if (isObject(error) && "response" in error) seen = error.response as ApiResponse | undefined;
        throw error;
      } finally {
        const remaining = seen?.headers["x-ratelimit-remaining"];
        onRequest?.({
          route,
          status: seen?.status ?? 0,
          milliseconds: Math.round(performance.now() - started),
          ...(installation === undefined ? {} : { installation }),
          ...(remaining === undefined ? {} : { remaining: Number(remaining) }),
        });
      }
    });
    return {};
  }).defaults((given: OctokitOptions) => {
    // Probot sends requests for tokens to api.github.com, wherever `baseUrl` is; without its `request`, Octokit's own is used.
    const { request: _, ...auth } = (given.auth ?? {}) as Readonly<Record<string, unknown>>;
    return {
      ...given,
      auth,
      baseUrl,
      userAgent,
      retry: { enabled: false },
      throttle: { enabled: false },
    };
  });
}

/** GraphQL is beside the REST API: on GitHub Enterprise Server below `/api` instead of `/api/v3`. */
function addressOf(baseUrl: string, route: string, url: string): string {
  if (route === "POST /graphql") return `${baseUrl.replace(/\/api\/v3$/, "/api")}/graphql`;
  // A name that is two dots would climb to another resource once the address is read.
  if (/\/(?:\.|%2e){1,2}(?:\/|\?|$)/i.test(url))
    throw new GitHubFailure("invalid", `${route}: a part of the path is "." or ".."`);
  return url;
}

/** The response in an error of Octokit. Without one, only the error's reason goes on: it holds the whole request. */
function responseOf(route: string, error: unknown): ApiResponse {
  if (error instanceof GitHubFailure) throw error;
  if (isObject(error) && "response" in error && isObject(error.response) && "headers" in error.response)
    return error.response as ApiResponse;
  const reason = error instanceof Error ? error.message : "no response";
  throw new GitHubFailure("unavailable", `${route}: ${reason.slice(0, 300)}`);
}

/** Octokit's type says that a header may be a number; `fetch` gives text. */
function plain({ status, headers, data }: { status: number; headers: object; data: unknown }): ApiResponse {
  return { status, headers: headers as ApiResponse["headers"], data };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
