import { z } from "zod";
import { LIKELY } from "../evidence/ranking/locate.ts";
import { inlineCode } from "../text/inline-code.ts";
import { listed } from "../text/listed.ts";
import { percent } from "../text/percent.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

/** The files that a fix most likely changes, best first, each with its calibrated likelihood in whole percent. */
export const likelyFiles = claimType({
  name: "likely-files",
  mark: "concluded",
  schema: z.strictObject({
    files: z
      .array(z.strictObject({ path: part.path, percent: z.int().min(0).max(100) }))
      .min(1)
      .max(8),
  }),
  say: ({ files }) => ({
    text: `${files[0]!.percent >= LIKELY * 100 ? "Likely in" : `The file is not established; best ${files.length === 1 ? "guess" : "guesses"}:`} ${listed(
      files.map(({ path, percent: likelihood }) => `${inlineCode(path)} (${percent(likelihood)})`),
    )}`,
  }),
  async check({ files }, { ranking }) {
    if (ranking === undefined) return undecided("the issue is not at hand");
    const there = (await ranking()).files;
    return files.every(
      ({ path, percent: likelihood }, i) =>
        there[i]?.path === path && Math.round(there[i].confidence * 100) === likelihood,
    )
      ? holds("ranked again")
      : wrong("the ranking is another");
  },
});
