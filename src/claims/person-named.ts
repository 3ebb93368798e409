import { z } from "zod";
import { formatLocation } from "../text/location.ts";
import { inlineCode } from "../text/inline-code.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";
import { qualifiedName } from "../languages/syntax.ts";
import { part } from "./claim-data.ts";

/** A person named the place of the cause; that is what confirms it. */
export const personNamed = claimType({
  name: "person-named",
  mark: "reported",
  schema: z.strictObject({ lines: part.lines, name: part.name.optional() }),
  say: ({ lines, name }) => ({
    text: `Confirmed: a person named ${inlineCode(name ?? formatLocation(lines))} as the place of the cause`,
    citations: [{ kind: "lines", ...lines }],
  }),
  async check({ lines, name }, { at, codebase }) {
    const source = await codebase.text(lines.path);
    if (source === undefined || lines.end > source.lines.length) return wrong("there are no such lines");
    if (name !== undefined) {
      const around = (await codebase.syntax(lines.path))?.symbols.some(
        (symbol) => symbol.start <= lines.start && symbol.end >= lines.end && qualifiedName(symbol) === name,
      );
      if (around !== true) return wrong("the lines are in another function");
    }
    if (at === undefined) return undecided("what a person named is not at hand");
    return at.path === lines.path && at.start === lines.start && at.end === lines.end
      ? holds("these are the lines that a person named")
      : wrong("a person named other lines");
  },
});
