import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { createEmulator } from "emulate";
import type { Accounts } from "./accounts.ts";

export type Json = Readonly<Record<string, unknown>>;

/** Who wrote an issue, a comment or a pull request; `ghost` when the account is gone. */
export function authorOf(item: Json): string {
  const login = (item["user"] as Json | null | undefined)?.["login"];
  return typeof login === "string" ? login : "ghost";
}

/** The state behind the front: `emulate`, a GitHub that nobody here wrote. It listens on this machine only. */
export interface Backend extends AsyncDisposable {
  /** Asks with the rights of a seat. Paths name owners by their seats; answers name them by their logins. */
  as(seat: string, method: string, path: string, body?: unknown): Promise<BackendResponse>;
  /** Asks with a token: an installation's, or the App's own. */
  with(token: string, method: string, path: string, body?: unknown): Promise<BackendResponse>;
  /** All pages of a list. */
  all(seat: string, path: string): Promise<readonly Json[]>;
}

export interface BackendResponse {
  readonly status: number;
  readonly body: unknown;
  /** `link`, when there are more pages. */
  readonly link: string | undefined;
}

export interface BackendOptions {
  /** What clients ask: addresses in answers point there. */
  readonly url: string;
  readonly accounts: Accounts;
  readonly app: { readonly id: number; readonly slug: string; readonly name: string };
  readonly privateKey: string;
  readonly permissions: Readonly<Record<string, string>>;
}

/** First number of the backend's installations: one for every seat. */
const FIRST_SEAT_INSTALLATION = 900_000;

/** The installation that the backend has for an owner. */
export function seatInstallation(accounts: Accounts, seat: string): number {
  return FIRST_SEAT_INSTALLATION + accounts.seed.users.findIndex(({ login }) => login === seat);
}

export async function startBackend(options: BackendOptions): Promise<Backend> {
  const { accounts, app, permissions, privateKey } = options;
  const emulator = await createEmulator({
    service: "github",
    port: 0,
    hostname: "127.0.0.1",
    seed: {
      tokens: { ...accounts.seed.tokens },
      github: {
        users: accounts.seed.users,
        apps: [
          {
            app_id: app.id,
            slug: app.slug,
            name: app.name,
            private_key: privateKey,
            permissions,
            // Webhooks are sent by the front.
            events: [],
            installations: accounts.seed.users.map(({ login }, at) => ({
              installation_id: FIRST_SEAT_INSTALLATION + at,
              account: login,
              repository_selection: "all",
            })),
          },
        ],
      },
    },
  });
  const { host: own, port } = new URL(emulator.url);
  const front = new URL(options.url).host;
  const agent = new Agent({ keepAlive: true });
  const exchange = async (
    token: string,
    method: string,
    path: string,
    body: unknown,
  ): Promise<BackendResponse> => {
    const sent = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const headers = {
      authorization: `Bearer ${token}`,
      ...(sent === undefined
        ? {}
        : { "content-type": "application/json", "content-length": String(sent.length) }),
    };
    const question = request({ host: "127.0.0.1", port, agent, method, path, headers }).end(sent);
    const answered = once(question, "response").catch((error: NodeJS.ErrnoException) => {
      // The backend closed the connection as idle before it saw the question.
      if (!question.reusedSocket || error.code !== "ECONNRESET") throw error;
    });
    const [answer] = ((await answered) ?? []) as [IncomingMessage?];
    if (answer === undefined) return exchange(token, method, path, body);
    const { statusCode: status = 0, headers: received } = answer;
    const shown = accounts.rewrite((await text(answer)).replaceAll(own, front));
    return { status, body: parse(shown), link: received["link"] as string | undefined };
  };
  const kept = keptAnswers();
  const ask = (
    who: string,
    token: () => string,
    method: string,
    path: string,
    body: unknown,
  ): Promise<BackendResponse> => kept(who, method, path, () => exchange(token(), method, path, body));
  const backend: Backend = {
    as: (seat, method, path, body) => ask(seat, () => accounts.token(seat), method, path, body),
    with: (token, method, path, body) => ask(token, () => token, method, path, body),
    async all(seat, path) {
      const items: Json[] = [];
      for (let page = 1; ; page += 1) {
        const separator = path.includes("?") ? "&" : "?";
        const { body, link } = await backend.as(seat, "GET", `${path}${separator}per_page=100&page=${page}`);
        if (!Array.isArray(body)) return items;
        items.push(...(body as Json[]));
        if (link?.includes('rel="next"') !== true) return items;
      }
    },
    async [Symbol.asyncDispose]() {
      agent.destroy();
      await emulator.close();
    },
  };
  return backend;
}

type Asking = () => Promise<BackendResponse>;

/**
 * Asks for what is known once: a repository stays as it is until somebody writes to it, and nobody else writes. One
 * request to the front is three to the backend, and two of three of these were asked before.
 */
function keptAnswers(): (who: string, method: string, path: string, ask: Asking) => Promise<BackendResponse> {
  const repositories = new Map<string, Map<string, Promise<BackendResponse>>>();
  return async (who, method, path, ask) => {
    const [, repository = "", below] = /^(\/repos\/[^/?]+\/[^/?]+)(\/)?/.exec(path) ?? [];
    if (method !== "GET") {
      // A token changes nothing. A write to the repository itself, or to none, may change names.
      if (path.endsWith("/access_tokens")) return ask();
      const forget = (): void =>
        below === undefined ? repositories.clear() : void repositories.delete(repository);
      forget();
      return ask().finally(forget);
    }
    if (repository === "") return ask();
    const answers = repositories.get(repository) ?? new Map<string, Promise<BackendResponse>>();
    repositories.set(repository, answers);
    const key = `${who} ${path}`;
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = ask();
    answers.set(key, answer);
    answer.catch(() => answers.delete(key));
    return answer;
  };
}

/** GitHub's times have no milliseconds. */
function parse(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text, (key, value: unknown) =>
      typeof value === "string" && (key.endsWith("_at") || key === "date")
        ? value.replace(/^(.{19})\.\d{3}Z$/, "$1Z")
        : value,
    );
  } catch {
    return text;
  }
}
