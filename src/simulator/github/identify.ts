import type { KeyObject } from "node:crypto";
import { type Caller, ApiRefusal } from "./api.ts";
import { verifyAppToken } from "./tokens.ts";
import type { World } from "./world.ts";

/** The caller, or the refusal of its credentials. */
export type Identity =
  | { readonly kind: "known"; readonly caller: Caller }
  | { readonly kind: "refused"; readonly refusal: ApiRefusal };

/** Reads an `Authorization` header: the App's own token, an installation's, or `x-access-token` with one as git sends it. */
export function identify(world: World, publicKey: KeyObject, header: string | undefined): Identity {
  const token = tokenIn(header ?? "");
  if (token === undefined) return { kind: "known", caller: { kind: "nobody" } };
  if (token.split(".").length === 3) {
    const verdict = verifyAppToken(token, { id: world.app.id, publicKey }, world.now());
    return verdict.ok
      ? { kind: "known", caller: { kind: "app" } }
      : { kind: "refused", refusal: new ApiRefusal(401, verdict.why) };
  }
  const record = world.tokens.get(token);
  const installation = [...world.installations.values()].find(({ id }) => id === record?.installation);
  if (record === undefined || installation === undefined || record.expiresAt <= world.now())
    return { kind: "refused", refusal: new ApiRefusal(401, "Bad credentials") };
  if (installation.suspendedAt !== undefined)
    return { kind: "refused", refusal: new ApiRefusal(403, "This installation has been suspended") };
  return { kind: "known", caller: { kind: "installation", token: record } };
}

/** For the log. */
export function nameOf(world: World, identity: Identity): string {
  if (identity.kind === "refused") return "unknown";
  switch (identity.caller.kind) {
    case "installation":
      return world.bot.login;
    case "person":
      return identity.caller.login;
    case "app":
      return "app";
    case "nobody":
      return "nobody";
  }
}

function tokenIn(header: string): string | undefined {
  const [scheme = "", value] = header.trim().split(" ", 2);
  if (value === undefined || value === "") return undefined;
  if (scheme.toLowerCase() !== "basic") return value;
  const pair = Buffer.from(value, "base64").toString();
  return pair.slice(pair.indexOf(":") + 1);
}
