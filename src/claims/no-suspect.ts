import { z } from "zod";
import { inlineCode } from "../text/inline-code.ts";
import { listed } from "../text/listed.ts";
import { percent } from "../text/percent.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";
import type { Ranking } from "../evidence/ranking/locate.ts";
import { qualifiedName } from "../languages/syntax.ts";

/** In whole percent: a guess that is wrong more than two times of three helps nobody. The list of suspects has them all. */
export const MIN_GUESS = 30;

/** Only words speak for a place. None stands out where none is likelier than one half. */
export const noSuspect = claimType({
  name: "no-suspect",
  mark: "concluded",
  schema: z.strictObject({
    best: z.array(z.strictObject({ at: part.definition, percent: z.int().min(0).max(100) })).max(3),
    /** In whole percent: functions from here on are named, at most three. 0: no file answers. */
    from: z.int().min(0).max(100),
  }),
  say: ({ best, from }) => ({
    text:
      from === 0
        ? "Casebook found no file that answers to the issue"
        : best.length === 0
          ? `No suspect stands out: no function is as likely as ${from} %`
          : best[0]!.percent >= 50
            ? `Likely in ${inlineCode(best[0]!.at.name)} (${percent(best[0]!.percent)}), by wording alone`
            : `No suspect stands out. Best ${best.length === 1 ? "guess" : "guesses"} by wording: ${listed(
                best.map(({ at, percent: likelihood }) => `${inlineCode(at.name)} (${percent(likelihood)})`),
              )}.`,
    citations: best.map(({ at }) => ({ kind: "lines", path: at.path, start: at.start, end: at.end })),
  }),
  async check({ best, from }, { ranking }) {
    if (ranking === undefined) return undecided("the issue is not at hand");
    if (best.length > 0 && from !== MIN_GUESS) return wrong("guesses are named from another likelihood on");
    if (from === 0 && (best.length > 0 || (await ranking()).files.length > 0))
      return wrong("a file answers to the issue");
    const there = bestOf(await ranking(), from);
    return JSON.stringify(there) ===
      JSON.stringify(
        best.map(({ at, percent: likelihood }) => [at.path, at.name, at.start, at.end, likelihood]),
      )
      ? holds("ranked again")
      : wrong("the ranking is another");
  },
});

/** Path, name, lines and likelihood of the likeliest functions from a likelihood on, at most three. */
function bestOf({ functions }: Ranking, from: number): readonly unknown[] {
  return functions
    .map(({ path, symbol, confidence }) => ({ path, symbol, likelihood: Math.round(confidence * 100) }))
    .filter(({ likelihood }) => likelihood >= from)
    .toSorted((a, b) => b.likelihood - a.likelihood)
    .slice(0, 3)
    .map(({ path, symbol, likelihood }) => [
      path,
      qualifiedName(symbol),
      symbol.start,
      symbol.end,
      likelihood,
    ]);
}
