import { z } from "zod";
import { counted } from "../text/counted.ts";
import { inlineCode } from "../text/inline-code.ts";
import { listed } from "../text/listed.ts";
import { claimType, holds, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

/** A change that a model proposes: which lines it takes out. Whether it helps is what a run says, elsewhere. */
export const proposedChange = claimType({
  name: "proposed-change",
  mark: "concluded",
  schema: z.strictObject({
    edits: z
      .array(z.strictObject({ lines: part.lines, adds: part.count }))
      .min(1)
      .max(10),
  }),
  say: ({ edits }) => ({
    text: `A model proposes to change ${listed(edits.map(({ lines, adds }) => `${counted(lines.end - lines.start + 1, "line")} of ${inlineCode(lines.path)} into ${adds}`))}`,
    citations: edits.map(({ lines }) => ({ kind: "lines", ...lines })),
  }),
  async check({ edits }, { codebase }) {
    for (const { lines } of edits) {
      const source = await codebase.text(lines.path);
      if (source === undefined || lines.end > source.lines.length || lines.end < lines.start)
        return wrong("there are no such lines");
    }
    return holds("the commit has these lines, and more is not said");
  },
});
