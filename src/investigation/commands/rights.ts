import { inlineCode } from "../../text/inline-code.ts";
import { type Form, FORMS, type Verb } from "./forms.ts";

/** What GitHub's collaborator-permission endpoint says of a person, weakest first. Custom roles count as what they inherit. */
export const PERMISSIONS = ["none", "read", "triage", "write", "maintain", "admin"] as const;
export type Permission = (typeof PERMISSIONS)[number];

export function hasAtLeast(permission: Permission, needed: Permission): boolean {
  return PERMISSIONS.indexOf(permission) >= PERMISSIONS.indexOf(needed);
}

/** Who asks: what GitHub says of the person, and whether the investigation is theirs. */
export interface Requester {
  readonly login: string;
  readonly permission: Permission;
  readonly isStarter: boolean;
}

/**
 * Why a person may not give a command, with the right that is missing; undefined when they may. `start` is what the
 * repository asks for starting work. Mentions nobody: the login is inline code.
 */
export function missingRight(verb: Verb, asker: Requester, start: Permission): string | undefined {
  const { who, effect }: Form = FORMS[verb];
  switch (who) {
    case "anyone":
      return undefined;
    case "write": {
      const needed = effect === "starts" || effect === "continues" ? start : "write";
      return hasAtLeast(asker.permission, needed) ? undefined : `\`${verb}\` needs ${needed}; ${has(asker)}.`;
    }
    case "triage-or-starter":
      return asker.isStarter || hasAtLeast(asker.permission, "triage")
        ? undefined
        : `\`${verb}\` needs triage, or the person who started the investigation; ${has(asker)}.`;
  }
}

export function has({ login, permission }: Pick<Requester, "login" | "permission">): string {
  return `${inlineCode(login, 40)} has ${permission === "none" ? "no right here" : permission}`;
}
