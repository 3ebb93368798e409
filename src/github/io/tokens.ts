import { z } from "zod";
import { GitHubFailure } from "../github-failure.ts";
import { failureOf } from "./failure-of.ts";
import { parseAnswer } from "./parse-answer.ts";
import { NoToken } from "./tolerate.ts";
import type { Transport } from "./transport.ts";

/** What a token is for, and so the least that it may do. */
export interface TokenScope {
  readonly installation: number;
  /** Undefined: every repository of the installation. */
  readonly repository?: number;
  readonly purpose: keyof typeof PURPOSES;
}

const PURPOSES = {
  /** Handed to git. */
  git: { contents: "read" },
  read: { contents: "read", issues: "read", pull_requests: "read", checks: "read" },
  write: { contents: "write", issues: "write", pull_requests: "write", checks: "write" },
  /** What exists. */
  list: { metadata: "read" },
} as const;

export interface Tokens {
  token(scope: TokenScope): Promise<string>;
  /** GitHub does not take it any more. */
  forget(scope: TokenScope): void;
}

/** How long before its end a token is not handed out any more. */
const SPARE = 5 * 60_000;

interface Minted {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

const MINTED = z.object({ token: z.string().min(1), expires_at: z.iso.datetime({ offset: true }) });

/** Tokens of installations, minted when they are needed and kept in memory only. */
export function createTokens(transport: Transport, now: () => number): Tokens {
  const minted = new Map<string, Promise<Minted>>();
  return {
    async token(scope) {
      const key = keyOf(scope);
      const known = minted.get(key);
      if (known !== undefined) {
        const { token, expiresAt } = await known;
        if (expiresAt - now() > SPARE) return token;
        if (minted.get(key) === known) minted.delete(key);
      }
      const wanted = minted.get(key) ?? mint(transport, scope, now);
      minted.set(key, wanted);
      try {
        return (await wanted).token;
      } catch (error) {
        if (minted.get(key) === wanted) minted.delete(key);
        throw error;
      }
    },
    forget: (scope) => void minted.delete(keyOf(scope)),
  };
}

function keyOf({ installation, repository, purpose }: TokenScope): string {
  return `${installation}:${repository ?? "all"}:${purpose}`;
}

async function mint(transport: Transport, scope: TokenScope, now: () => number): Promise<Minted> {
  try {
    return await ask(transport, scope, PURPOSES[scope.purpose], now);
  } catch (error) {
    const isPartly =
      error instanceof GitHubFailure && error.code === "refused" && scope.repository !== undefined;
    if (!isPartly || scope.purpose === "git") throw error;
    // An owner has not accepted one of the permissions: what was accepted still works.
    return ask(transport, scope, undefined, now);
  }
}

async function ask(
  transport: Transport,
  { installation, repository }: TokenScope,
  permissions: Readonly<Record<string, string>> | undefined,
  now: () => number,
): Promise<Minted> {
  const route = "POST /app/installations/{installation_id}/access_tokens";
  const answer = await transport.send({
    route,
    parameters: {
      installation_id: installation,
      ...(repository === undefined ? {} : { repository_ids: [repository] }),
      ...(permissions === undefined ? {} : { permissions }),
    },
    caller: { kind: "app" },
  });
  const failure = failureOf(route, answer, now());
  if (failure !== undefined) throw new NoToken(failure);
  const { token, expires_at } = parseAnswer(MINTED, answer, route);
  return { token, expiresAt: Date.parse(expires_at) };
}
