import { z } from "zod";
import { qualifiedName } from "../languages/syntax.ts";
import { inlineCode } from "../text/inline-code.ts";
import { listed } from "../text/listed.ts";
import { formatLocation, type Location } from "../text/location.ts";
import type { ClaimEvidence } from "./claim-evidence.ts";
import { claimType, holds, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

export const MAX_PLACES = 4;
/** Lines of one place: more is no place. */
const MAX_LINES = 40;

/** Places that a model suspects. That it does is all that is said: nothing was run. */
export const proposedCause = claimType({
  name: "proposed-cause",
  mark: "concluded",
  schema: z.strictObject({
    places: z
      .array(
        z.strictObject({
          lines: part.lines,
          /** What is on the lines, without the white space around them. */
          words: z.string().max(20_000),
          /** The innermost function or class around the first line. */
          in: part.name.optional(),
        }),
      )
      .min(1)
      .max(MAX_PLACES),
  }),
  say: ({ places }) => ({
    text: `A model suspects ${listed(places.map(({ lines, in: name }) => inlineCode(name ?? formatLocation(lines))))}: Open, no run confirms it`,
    citations: places.map(({ lines }) => ({ kind: "lines", ...lines })),
  }),
  async check({ places }, evidence) {
    for (const { lines, words, in: name } of places) {
      const there = await placeAt(lines, evidence);
      if (there === undefined) return wrong("there are no such lines");
      if (there.words !== words) return wrong("the lines hold other words");
      if (there.in !== name) return wrong("the lines are in another function");
    }
    return holds("the commit has these lines, and more is not said");
  },
});

/** Lines as a place that a model suspects; undefined where there are none or too many. */
export async function placeAt(
  lines: Location,
  { codebase }: Pick<ClaimEvidence, "codebase">,
): Promise<{ readonly lines: Location; readonly words: string; readonly in?: string } | undefined> {
  const { path, start, end } = lines;
  const source = await codebase.text(path);
  if (source === undefined || end < start || end > source.lines.length || end - start >= MAX_LINES)
    return undefined;
  const around = (await codebase.syntax(path))?.symbols
    .filter((symbol) => symbol.start <= start && symbol.end >= start)
    .sort((a, b) => a.end - a.start - (b.end - b.start))[0];
  return {
    lines,
    words: source.lines
      .slice(start - 1, end)
      .map((line) => line.trim())
      .join("\n"),
    ...(around === undefined ? {} : { in: qualifiedName(around) }),
  };
}
