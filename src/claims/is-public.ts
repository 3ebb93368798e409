import { z } from "zod";
import { inlineCode } from "../text/inline-code.ts";
import { definitionAt } from "./claim-evidence.ts";
import { claimType, holds, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

/** Definitions that code outside their file can use. */
export const isPublic = claimType({
  name: "is-public",
  mark: "code",
  schema: z.strictObject({ at: z.array(part.definition).min(1).max(12) }),
  say: ({ at }) => ({
    label: "Compatibility",
    text: `${at.map(({ name }) => inlineCode(name)).join(", ")} ${at.length === 1 ? "is" : "are"} public`,
    citations: at.slice(0, 3).map(({ path, start, end }) => ({ kind: "lines", path, start, end })),
  }),
  async check({ at }, evidence) {
    for (const one of at)
      if ((await definitionAt(one, evidence))?.isPublic !== true)
        return wrong(`${inlineCode(one.name)} is not public`);
    return holds("their files show it");
  },
});
