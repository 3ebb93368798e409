import { z } from "zod";
import { counted } from "../text/counted.ts";
import { inlineCode } from "../text/inline-code.ts";
import { claimType, holds, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

export const MAX_UNPARSED_SHOWN = 3;

/** Files whose structure was not read, so that their calls are in no count: too many steps for the parser, too large, too many. */
export const unparsedFiles = claimType({
  name: "unparsed-files",
  mark: "code",
  schema: z.strictObject({
    count: part.count.min(1),
    /** The first of them, in the order of their paths. */
    shown: z.array(part.path).min(1).max(MAX_UNPARSED_SHOWN),
  }),
  say: ({ count, shown }) => ({
    text: `Casebook did not read the structure of ${counted(count, "file")}, and counts no call there: ${shown.map((path) => inlineCode(path)).join(", ")}${count > shown.length ? ` and ${count - shown.length} more` : ""}`,
  }),
  async check({ count, shown }, { symbolIndex }) {
    const { unparsed } = await symbolIndex();
    return unparsed.length === count &&
      JSON.stringify(unparsed.slice(0, MAX_UNPARSED_SHOWN)) === JSON.stringify(shown)
      ? holds("their structure was not read")
      : wrong(`the structure of ${counted(unparsed.length, "file")} was not read`);
  },
});
