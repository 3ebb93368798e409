import { z } from "zod";
import { inlineCode } from "../text/inline-code.ts";
import { percent } from "../text/percent.ts";
import type { Ranking } from "../evidence/ranking/locate.ts";
import { qualifiedName } from "../languages/syntax.ts";
import { definitionAt } from "./claim-evidence.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";
import { type DefinitionData, part } from "./claim-data.ts";

/**
 * A function that may hold the cause, and how likely it is that a fix changes it, in whole percent: calibrated on the fixes of
 * other repositories. Absent where more than wording speaks for it. It stays open: nothing was run.
 */
export const suspect = claimType({
  name: "suspect",
  mark: "concluded",
  schema: z.strictObject({ at: part.definition, percent: z.int().min(0).max(100).optional() }),
  say: ({ at, percent: likelihood }) => ({
    label: `${inlineCode(at.name)} ${inlineCode(`${at.start}-${at.end}`)}`,
    text: `${inlineCode(at.name)}${likelihood === undefined ? "" : `, ${percent(likelihood)}`}: Open`,
    citations: [{ kind: "lines", path: at.path, start: at.start, end: at.end }],
  }),
  async check({ at, percent: likelihood }, evidence) {
    const { ranking } = evidence;
    if (likelihood === undefined)
      return (await definitionAt(at, evidence)) === undefined
        ? wrong("the file has no such definition on these lines")
        : holds("the file has it, and more is not said");
    if (ranking === undefined) return undecided("the issue is not at hand");
    return percentOf(at, await ranking()) === likelihood
      ? holds("ranked again")
      : wrong("the ranking is another");
  },
});

/** The likelihood of a function in whole percent; undefined where the ranking does not list it. */
export function percentOf(at: DefinitionData, { functions }: Ranking): number | undefined {
  const found = functions.find(
    ({ path, symbol }) =>
      path === at.path &&
      symbol.start === at.start &&
      symbol.end === at.end &&
      qualifiedName(symbol) === at.name,
  );
  return found === undefined ? undefined : Math.round(found.confidence * 100);
}
