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
  const own = new URL(emulator.url).host;
  const front = new URL(options.url).host;
  const ask = async (
    token: string,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<BackendResponse> => {
    const answer = await fetch(`http://127.0.0.1:${new URL(emulator.url).port}${path}`, {
      method,
      redirect: "manual",
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = accounts.rewrite((await answer.text()).replaceAll(own, front));
    return { status: answer.status, body: parse(text), link: answer.headers.get("link") ?? undefined };
  };
  const backend: Backend = {
    as: (seat, method, path, body) => ask(accounts.token(seat), method, path, body),
    with: ask,
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
    [Symbol.asyncDispose]: () => emulator.close(),
  };
  return backend;
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
