import { z } from "zod";
import { inlineCode } from "../text/inline-code.ts";
import { listed } from "../text/listed.ts";
import { percent } from "../text/percent.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";
import { percentOf } from "./suspect.ts";

/** Only words speak for a place. None stands out where none is likelier than one half. */
export const noSuspect = claimType({
  name: "no-suspect",
  mark: "concluded",
  schema: z.strictObject({
    best: z.array(z.strictObject({ at: part.definition, percent: z.int().min(0).max(100) })).max(3),
  }),
  say: ({ best }) => ({
    text:
      best.length === 0
        ? "No suspect stands out: no function answers to the report."
        : best[0]!.percent >= 50
          ? `Likely in ${inlineCode(best[0]!.at.name)} (${percent(best[0]!.percent)}), by wording alone`
          : `No suspect stands out. Best guesses by wording: ${listed(
              best.map(({ at, percent: likelihood }) => `${inlineCode(at.name)} (${percent(likelihood)})`),
            )}.`,
    citations: best.map(({ at }) => ({ kind: "lines", path: at.path, start: at.start, end: at.end })),
  }),
  async check({ best }, { ranking }) {
    if (ranking === undefined) return undecided("the issue is not at hand");
    const there = await ranking();
    if (best.length === 0)
      return there.functions.length === 0 ? holds("ranked again") : wrong("functions are ranked");
    return best.every(({ at, percent: likelihood }) => percentOf(at, there) === likelihood)
      ? holds("ranked again")
      : wrong("the ranking is another");
  },
});
