import { z } from "zod";
import { inlineCode } from "../text/inline-code.ts";
import { listed } from "../text/listed.ts";
import { formatLocation } from "../text/location.ts";
import { claimType, holds, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";
import { readLines } from "./lines-read.ts";

export const MAX_PLACES = 4;

/** Places that a model suspects. That it does is all that is said: nothing was run. */
export const proposedCause = claimType({
  name: "proposed-cause",
  mark: "concluded",
  schema: z.strictObject({
    places: z
      .array(z.strictObject({ lines: part.lines, in: part.name.optional() }))
      .min(1)
      .max(MAX_PLACES),
  }),
  say: ({ places }) => ({
    text: `A model suspects ${listed(places.map(({ lines, in: name }) => inlineCode(name ?? formatLocation(lines))))}: Open, no run confirms it`,
    citations: places.map(({ lines }) => ({ kind: "lines", ...lines })),
  }),
  async check({ places }, evidence) {
    for (const { lines, in: name } of places) {
      const first = await readLines({ ...lines, end: lines.start }, evidence);
      const source = await evidence.codebase.text(lines.path);
      if (
        first === undefined ||
        source === undefined ||
        lines.end > source.lines.length ||
        lines.end < lines.start
      )
        return wrong("there are no such lines");
      if (first.in !== name) return wrong("the lines are in another function");
    }
    return holds("the commit has these lines, and more is not said");
  },
});
