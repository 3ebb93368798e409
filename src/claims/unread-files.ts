import { z } from "zod";
import { counted } from "../text/counted.ts";
import { inlineCode } from "../text/inline-code.ts";
import { listed } from "../text/listed.ts";
import { claimType, holds, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

export const MAX_UNREAD_SHOWN = 3;

/** Files whose content the clone does not have: a partial clone leaves them out, and nothing is said of them. */
export const unreadFiles = claimType({
  name: "unread-files",
  mark: "code",
  schema: z.strictObject({
    count: part.count.min(1),
    /** The first of them, in the order of their paths. */
    shown: z.array(part.path).min(1).max(MAX_UNREAD_SHOWN),
  }),
  say: ({ count, shown }) => ({
    text: `Casebook could not read ${counted(count, "file")}: ${listed(shown.map((path) => inlineCode(path)))}${count > shown.length ? ` and ${count - shown.length} more` : ""}`,
  }),
  check({ count, shown }, { codebase: { unreadable } }) {
    return unreadable.length === count &&
      JSON.stringify(unreadable.slice(0, MAX_UNREAD_SHOWN)) === JSON.stringify(shown)
      ? holds("the clone lacks them")
      : wrong(`the clone lacks ${counted(unreadable.length, "file")}`);
  },
});
