import { generateKeyPairSync } from "node:crypto";
import nock from "nock";
import { openGitHubApp, type GitHubAppOptions } from "../../../src/github/io/open-github-app.ts";
import type { GitHubApp, RepositoryPage } from "../../../src/github/github.ts";

/** GitHub's own address; the test plays GitHub with nock. */
export const API = "https://api.github.com";
export const INSTALLATION = 7;
export const REPOSITORY: RepositoryPage = {
  id: 42,
  owner: "o",
  name: "r",
  webUrl: "https://github.com/o/r",
};

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "pkcs1", format: "pem" },
});

/** The clock of these tests: 2026-11-24T00:00:00Z. */
export const NOW = Date.UTC(2026, 10, 24);

export interface Nocked extends Disposable {
  readonly app: GitHubApp;
  /** Installations whose turn to write came. */
  readonly turns: number[];
  /** What GitHub said to wait for. */
  readonly holds: { readonly installation: number; readonly until: number }[];
  /** Bodies of the requests for tokens. */
  readonly minted: unknown[];
  /** Moves the adapter's clock. */
  advance(milliseconds: number): void;
}

/** The adapter with a GitHub that gives out tokens named after what they may do: `ghs_read`, `ghs_write`, `ghs_git`, `ghs_list`. */
export function nockedGitHub(options: Partial<GitHubAppOptions> = {}): Nocked {
  // Another file of this process may have ended it.
  if (!nock.isActive()) nock.activate();
  nock.disableNetConnect();
  const turns: number[] = [];
  const holds: Nocked["holds"] = [];
  const minted: unknown[] = [];
  let offset = 0;
  const now = (): number => NOW + offset;
  nock(options.baseUrl ?? API)
    .persist()
    .post(`/app/installations/${INSTALLATION}/access_tokens`)
    .matchHeader("authorization", /^bearer [\w-]+\.[\w-]+\.[\w-]+$/)
    .optionally()
    .reply(201, async (request: Request) => {
      const body: unknown = await request.json();
      minted.push(body);
      return { token: `ghs_${purposeOf(body)}`, expires_at: new Date(now() + 3_600_000).toISOString() };
    });
  const app = openGitHubApp({
    baseUrl: API,
    appId: 1,
    privateKey,
    userAgent: "casebook/test",
    now,
    rateLimiter: {
      turn: async (installation) => void turns.push(installation),
      hold: async (installation, until) => void holds.push({ installation, until }),
    },
    ...options,
  });
  return {
    app,
    turns,
    holds,
    minted,
    advance(milliseconds) {
      offset += milliseconds;
    },
    [Symbol.dispose]: () => nock.cleanAll(),
  };
}

/** Answers of `GET /app` and what follows, for methods that must know who we are. */
export function nockIdentity(): void {
  nock(API).get("/app").reply(200, { id: 1, slug: "casebook" });
  nock(API)
    .get("/app/installations?per_page=100")
    .reply(200, [{ id: INSTALLATION, account: { login: "o" }, suspended_at: null }]);
  nock(API)
    .get("/users/casebook%5Bbot%5D")
    .matchHeader("authorization", "token ghs_list")
    .reply(200, { id: 99, login: "casebook[bot]", type: "Bot" });
}

/** nock changes `fetch` for the whole process: the next test file must find it as it was. */
export function endNock(): void {
  nock.cleanAll();
  nock.enableNetConnect();
  nock.restore();
}

function purposeOf(body: unknown): string {
  const { permissions = {} } = body as { readonly permissions?: Readonly<Record<string, string>> };
  if (permissions["metadata"] === "read") return "list";
  if (permissions["issues"] === undefined) return permissions["contents"] === "read" ? "git" : "all";
  return permissions["issues"];
}
