import type { KeyObject } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { type ApiResponse, type ApiRequest, ApiRefusal, type Caller, notFound } from "./api.ts";
import type { LoggedRequest } from "./contract.ts";
import type { FaultAction, FaultGate } from "./faults.ts";
import { answerGit, isGitPath } from "./git-server.ts";
import { identify, type Identity, nameOf } from "./identify.ts";
import type { Limits } from "./limits.ts";
import type { Matched, Router } from "./router.ts";
import { CLOSER_QUERY, mutationOf } from "./routes/graphql.ts";
import { fullName, type World } from "./world.ts";

/** GitHub's published description as a judge. Each finding is a sentence. */
export interface Description {
  /** What is wrong with a request, members that are not described included. */
  checkRequest(route: string, query: URLSearchParams, body: unknown): readonly string[];
  /** What is wrong with a response. Text that is no JSON (a diff) passes. */
  checkResponse(route: string, status: number, body: unknown): readonly string[];
}

/** Dependencies of the front; `world` comes later, since the backend needs the front's address first. */
export interface FrontOptions {
  readonly publicKey: KeyObject;
  readonly router: Router;
  readonly faults: FaultGate;
  readonly limits: Limits;
  /** Undefined outside of tests. */
  readonly description: Description | undefined;
  readonly violations: string[];
  readonly requests: LoggedRequest[];
  /** Runs writes one after the other. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>;
  /** Asked just before the limits are: what they have to know. */
  readonly beforeLimits: (request: ApiRequest, route: string) => Promise<void>;
}

export interface Front extends AsyncDisposable {
  readonly url: string;
  open(world: World, options: FrontOptions): void;
}

/** More than any webhook or request of GitHub's. */
const MAX_BODY = 64 * 1024 * 1024;

/** Makes git send its credentials. */
const GIT_ASKS_AGAIN = { "www-authenticate": 'Basic realm="GitHub"' };

/** Listens at once, answers 503 until it is opened. */
export async function listen(port: number): Promise<Front> {
  let answer: (request: IncomingMessage, response: ServerResponse) => Promise<void> = async (_, response) => {
    response.writeHead(503).end();
  };
  const underway = new Set<Promise<void>>();
  const server: Server = createServer((request, response) => {
    const answered = answer(request, response)
      .catch((error: unknown) => {
        if (response.headersSent) response.destroy();
        else send(response, { status: 500, body: { message: String(error) } }, {});
      })
      .finally(() => underway.delete(answered));
    underway.add(answered);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open(world, options) {
      answer = (request, response) => handle(world, options, request, response);
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      // Whoever asked is gone; what was asked still uses what is behind us.
      await Promise.allSettled(underway);
    },
  };
}

async function handle(
  world: World,
  options: FrontOptions,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(message.url ?? "/", world.url);
  const body = await readBody(message);
  const identity = identify(world, options.publicKey, message.headers.authorization);
  if (isGitPath(url.pathname)) {
    const answer =
      identity.kind === "refused"
        ? {
            ...identity.refusal.answer,
            headers: GIT_ASKS_AGAIN,
            body: Buffer.from(`${identity.refusal.message}\n`),
          }
        : await answerGit(world, gitRequest(message, url, body, identity.caller), options.alone);
    response.writeHead(answer.status, { ...answer.headers, "content-length": answer.body.length });
    response.end(answer.body);
    return;
  }
  await answerApi(world, options, { message, url, body, identity, response });
}

interface Exchange {
  readonly message: IncomingMessage;
  readonly url: URL;
  readonly body: Buffer;
  readonly identity: Identity;
  readonly response: ServerResponse;
}

/** In this order: log, fault, identity, limits, description, route, fault, description, response. */
async function answerApi(world: World, options: FrontOptions, exchange: Exchange): Promise<void> {
  const { faults, requests } = options;
  const { message, url, identity, response } = exchange;
  const method = message.method ?? "GET";
  const path = byName(world, url.pathname);
  const matched = match(options, method, path);
  const parsed = parse(exchange.body);
  const log = {
    method,
    path: `${url.pathname}${url.search}`,
    route: matched === undefined ? `${method} ${path}` : routeOf(matched, parsed.value),
    status: 0,
    isWrite: isWrite(method, matched, parsed.value),
    as: nameOf(world, identity),
    at: world.now(),
    body: parsed.value,
  };
  requests.push(log);

  const before = await faults.before(log);
  if (before.kind === "wait") await wait(before.milliseconds);
  if (before.kind === "cut") return void message.socket.destroy();
  const installation =
    identity.kind === "known" && identity.caller.kind === "installation"
      ? identity.caller.token.installation
      : undefined;
  const answer =
    before.kind === "respond"
      ? before
      : await decide(world, options, { ...exchange, matched, path, parsed, log, installation });

  const after: FaultAction = before.kind === "respond" ? { kind: "go" } : await faults.after(log);
  if (after.kind === "wait") await wait(after.milliseconds);
  if (after.kind === "cut") return void message.socket.destroy();
  const shown = after.kind === "respond" ? after : answer;
  // Redirects are described for some routes and come from all.
  const isRedirect = shown.status >= 300 && shown.status < 400;
  if (before.kind !== "respond" && after.kind !== "respond" && matched !== undefined && !isRedirect)
    for (const violation of options.description?.checkResponse(log.route, shown.status, shown.body) ?? [])
      options.violations.push(`${log.route}: our answer ${shown.status}: ${violation}`);
  // The client is gone: the effect stays, and it saw no response.
  if (message.socket.destroyed) return;
  log.status = shown.status;
  const sent = new Promise<void>((resolve) => {
    response.once("close", resolve);
  });
  send(response, shown, {
    ...options.limits.headers(installation),
    ...shown.headers,
    date: new Date(world.now()).toUTCString(),
    "x-github-request-id": `SIM:${requests.length}`,
  });
  await sent;
  await faults.answered(log);
}

interface Decision extends Exchange {
  readonly matched: Matched | undefined;
  readonly path: string;
  readonly parsed: Parsed;
  readonly log: LoggedRequest;
  readonly installation: number | undefined;
}

interface Parsed {
  readonly value: unknown;
  readonly isBroken: boolean;
}

/** The answer, refusals included. Writes run one after the other. */
async function decide(world: World, options: FrontOptions, decision: Decision): Promise<ApiResponse> {
  const { message, url, identity, matched, path, parsed, log, installation } = decision;
  if (identity.kind === "refused") return identity.refusal.answer;
  if (matched === undefined) {
    // A missing route would otherwise look like a missing resource.
    options.violations.push(`${log.method} ${path}: the simulated GitHub has no such route`);
    return notFound().answer;
  }
  if (parsed.isBroken) return new ApiRefusal(400, "Problems parsing JSON").answer;
  const request: ApiRequest = {
    caller: identity.caller,
    method: log.method,
    path,
    query: url.searchParams,
    params: matched.params,
    body: parsed.value,
    accept: message.headers.accept ?? "",
  };
  const { method, route, body, isWrite } = log;
  await options.beforeLimits(request, route);
  const limited = options.limits.check({
    method,
    route,
    params: matched.params,
    body,
    installation,
    isWrite,
  });
  if (limited !== undefined) return limited;
  for (const violation of options.description?.checkRequest(route, url.searchParams, parsed.value) ?? [])
    options.violations.push(`${route}: ${violation}`);
  return perform(world, options, matched, request);
}

/** Runs a route; what it throws as a refusal is its answer. */
export async function perform(
  world: World,
  { alone }: Pick<FrontOptions, "alone">,
  matched: Matched,
  request: ApiRequest,
): Promise<ApiResponse> {
  const work = (): Promise<ApiResponse> => matched.answer(world, request);
  try {
    return await (request.method === "GET" ? work() : alone(work));
  } catch (error) {
    if (error instanceof ApiRefusal) return error.answer;
    throw error;
  }
}

function match({ router }: FrontOptions, method: string, path: string): Matched | undefined {
  try {
    return router(method, path);
  } catch {
    return undefined;
  }
}

/** `/repositories/7/issues` is `/repos/<owner>/<name>/issues` of that repository. */
function byName(world: World, path: string): string {
  const [, id, rest = ""] = /^\/repositories\/(\d{1,12})(\/.*)?$/s.exec(path) ?? [];
  const repository = world.repositories.find((one) => one.id === Number(id));
  return repository === undefined ? path : `/repos/${fullName(repository)}${rest}`;
}

function routeOf({ at }: Matched, body: unknown): string {
  return at === "POST /graphql" ? `${at} ${mutationOf(body)}` : at;
}

/** A token changes nothing that is visible. */
const TOKEN_ROUTES = [
  "POST /app/installations/{installation_id}/access_tokens",
  "DELETE /installation/token",
];

function isWrite(method: string, matched: Matched | undefined, body: unknown): boolean {
  if (matched?.at === "POST /graphql" && mutationOf(body) === CLOSER_QUERY) return false;
  return method !== "GET" && method !== "HEAD" && !TOKEN_ROUTES.includes(matched?.at ?? "");
}

function parse(body: Buffer): Parsed {
  if (body.length === 0) return { value: undefined, isBroken: false };
  try {
    return { value: JSON.parse(body.toString()) as unknown, isBroken: false };
  } catch {
    return { value: undefined, isBroken: true };
  }
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY) throw new Error("the request is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function gitRequest(
  message: IncomingMessage,
  url: URL,
  body: Buffer,
  caller: Caller,
): Parameters<typeof answerGit>[1] {
  const names = ["content-type", "content-encoding", "git-protocol"];
  return {
    method: message.method ?? "GET",
    path: url.pathname,
    query: url.search.slice(1),
    headers: Object.fromEntries(names.map((name) => [name, message.headers[name]?.toString()])),
    body,
    caller,
  };
}

function send(
  response: ServerResponse,
  { status, body }: ApiResponse,
  headers: Readonly<Record<string, string>>,
): void {
  const isText = typeof body === "string" || body instanceof Uint8Array;
  const bytes = body === undefined ? Buffer.alloc(0) : Buffer.from(isText ? body : JSON.stringify(body));
  response.writeHead(status, {
    ...(body === undefined || isText ? {} : { "content-type": "application/json; charset=utf-8" }),
    "x-github-media-type": "github.v3; format=json",
    ...headers,
    ...(status === 204 ? {} : { "content-length": bytes.length }),
  });
  response.end(status === 204 ? undefined : bytes);
}
