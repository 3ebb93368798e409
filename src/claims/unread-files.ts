import { z } from "zod";
import { counted } from "../text/counted.ts";
import { inlineCode } from "../text/inline-code.ts";
import { listed } from "../text/listed.ts";
import type { ClaimEvidence } from "./claim-evidence.ts";
import { claimType, holds, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

export const MAX_UNREAD_SHOWN = 3;

/** Source files of the commit whose content the clone does not have. Of pictures and data nobody expects that they are read. */
export function unreadSources(codebase: ClaimEvidence["codebase"]): readonly string[] {
  return codebase.unreadable.filter((path) => codebase.roleOf(path) === "source");
}

/** What a partial clone leaves out of the source: nothing is said of these files. */
export const unreadFiles = claimType({
  name: "unread-files",
  mark: "code",
  schema: z.strictObject({
    count: part.count.min(1),
    /** The first of them, in the order of their paths. */
    shown: z.array(part.path).min(1).max(MAX_UNREAD_SHOWN),
  }),
  say: ({ count, shown }) => ({
    text: `Casebook could not read ${counted(count, "source file")}: ${listed(shown.map((path) => inlineCode(path)))}${count > shown.length ? ` and ${count - shown.length} more` : ""}`,
  }),
  check({ count, shown }, { codebase }) {
    const there = unreadSources(codebase);
    return there.length === count &&
      JSON.stringify(there.slice(0, MAX_UNREAD_SHOWN)) === JSON.stringify(shown)
      ? holds("the clone lacks them")
      : wrong(`the clone lacks ${counted(there.length, "source file")}`);
  },
});
