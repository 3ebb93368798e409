import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { LIMITS } from "../../text/github-limits.ts";

/** What an installation token may do, and until when. */
export interface InstallationToken {
  readonly token: string;
  /** Number of the installation. */
  readonly installation: number;
  readonly owner: string;
  /** Numbers of the repositories it is narrowed to; undefined: all of the installation. */
  readonly repositories: readonly number[] | undefined;
  readonly permissions: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export type JwtVerdict = { readonly ok: true } | { readonly ok: false; readonly why: string };

/** GitHub takes an App's own token when its signature, its App and its times are right. */
export function verifyAppToken(
  token: string,
  app: { readonly id: number; readonly publicKey: KeyObject },
  now: number,
): JwtVerdict {
  const [head = "", payload = "", signature = "", ...more] = token.split(".");
  const header = decode(head);
  const claims = decode(payload);
  if (more.length > 0 || header?.["alg"] !== "RS256" || claims === undefined)
    return { ok: false, why: "A JSON web token could not be decoded" };
  const signed = Buffer.from(`${head}.${payload}`);
  if (!verify("sha256", signed, app.publicKey, Buffer.from(signature, "base64url")))
    return { ok: false, why: "A JSON web token could not be decoded" };
  const { iat, exp, iss } = claims;
  if (String(iss) !== String(app.id))
    return { ok: false, why: "'Issuer' claim ('iss') must be an Integer: the App's id" };
  const seconds = now / 1000;
  if (typeof exp !== "number" || exp <= seconds)
    return {
      ok: false,
      why: "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    };
  // GitHub allows a minute for clocks that differ.
  if (exp > seconds + MAX_JWT_SECONDS + 60)
    return { ok: false, why: "'Expiration time' claim ('exp') is too far in the future" };
  if (typeof iat !== "number" || iat > seconds + 60)
    return {
      ok: false,
      why: "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    };
  return { ok: true };
}

/** Seconds that the App's own token may live. */
const MAX_JWT_SECONDS = 600;

export const TOKEN_MILLISECONDS = LIMITS.tokenSeconds * 1000;

export function publicKeyOf(privateKey: string): KeyObject {
  return createPublicKey(privateKey);
}

function decode(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
