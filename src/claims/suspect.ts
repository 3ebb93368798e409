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
  schema: z.strictObject({
    at: part.definition,
    percent: z.int().min(0).max(100).optional(),
    /** The one named before: the claim is about every other function, of which `at` is the likeliest. */
    beside: part.definition.optional(),
  }),
  say: ({ at, percent: likelihood, beside }) => ({
    label: `${inlineCode(at.name)} ${inlineCode(`${at.start}-${at.end}`)}`,
    text:
      beside === undefined
        ? `${inlineCode(at.name)}${likelihood === undefined ? "" : `, ${percent(likelihood)}`}: Open`
        : `any other function, each under ${percent(MIN_NAMED)}: Open`,
    citations: [{ kind: "lines", path: at.path, start: at.start, end: at.end }],
  }),
  async check({ at, percent: likelihood, beside }, evidence) {
    const { ranking } = evidence;
    if (beside !== undefined) {
      if (ranking === undefined) return undecided("the issue is not at hand");
      const [next] = othersThan(beside, await ranking());
      if (next === undefined || !isAt(next, at))
        return wrong("another function is the likeliest of the others");
      return Math.round(next.confidence * 100) < MIN_NAMED && likelihood === undefined
        ? holds("ranked again")
        : wrong("it is likelier");
    }
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

/** In whole percent: a less likely function is not named where another is. */
export const MIN_NAMED = 4;

/** The functions of a ranking but one, likeliest first. */
export function othersThan(one: DefinitionData, { functions }: Ranking): Ranking["functions"] {
  return functions.filter((other) => !isAt(other, one)).toSorted((a, b) => b.confidence - a.confidence);
}

/** The likelihood of a function in whole percent; undefined where the ranking does not list it. */
export function percentOf(at: DefinitionData, { functions }: Ranking): number | undefined {
  const found = functions.find((one) => isAt(one, at));
  return found === undefined ? undefined : Math.round(found.confidence * 100);
}

function isAt(
  { path, symbol }: Pick<Ranking["functions"][number], "path" | "symbol">,
  at: DefinitionData,
): boolean {
  return (
    path === at.path &&
    symbol.start === at.start &&
    symbol.end === at.end &&
    qualifiedName(symbol) === at.name
  );
}
