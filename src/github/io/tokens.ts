import { GitHubFailure } from "../github-failure.ts";
import { NoToken } from "./failure-of.ts";
import type { Transport } from "./transport.ts";

/** The least rights that a token needs. */
export interface TokenScope {
  readonly installation: number;
  /** Undefined: every repository of the installation. */
  readonly repository?: number;
  readonly purpose: keyof typeof PERMISSIONS;
}

/** Permissions by purpose. */
const PERMISSIONS = {
  /** Handed to git. */
  git: { contents: "read" },
  read: { contents: "read", issues: "read", pull_requests: "read", checks: "read" },
  write: { contents: "write", issues: "write", pull_requests: "write", checks: "write" },
  /** Lists repositories and reads users. */
  list: { metadata: "read" },
} as const;

export interface Tokens {
  token(scope: TokenScope): Promise<string>;
  /** GitHub no longer accepts the token, or its permissions may have changed. */
  forget(scope: TokenScope): void;
}

/** A token is replaced this long before its end. */
const SPARE = 5 * 60_000;

/** Installation tokens. Octokit mints and keeps them; this says which rights they have and when one is replaced. */
export function createTokens(transport: Transport, now: () => number): Tokens {
  const stale = new Set<string>();
  /** Scopes with a permission that the owner has not accepted: what was accepted still works. */
  const partial = new Set<string>();

  const ask = async (scope: TokenScope, refresh: boolean): Promise<string> => {
    const { installation, repository, purpose } = scope;
    const key = keyOf(scope);
    const permissions = partial.has(key) ? undefined : PERMISSIONS[purpose];
    try {
      const request = { installation, repository, permissions, refresh };
      const { token, expiresAt } = await transport.authenticate(request);
      if (expiresAt - now() > SPARE || refresh) return token;
    } catch (error) {
      if (!(error instanceof GitHubFailure)) throw error;
      const isPartial =
        error.code === "refused" &&
        permissions !== undefined &&
        repository !== undefined &&
        purpose !== "git";
      if (!isPartial) {
        stale.add(key);
        throw new NoToken(error);
      }
      partial.add(key);
    }
    return ask(scope, true);
  };

  return {
    token: (scope) => ask(scope, stale.delete(keyOf(scope))),
    forget(scope) {
      stale.add(keyOf(scope));
      partial.delete(keyOf(scope));
    },
  };
}

function keyOf({ installation, repository, purpose }: TokenScope): string {
  return `${installation}:${repository ?? "all"}:${purpose}`;
}
