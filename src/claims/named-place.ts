import { z } from "zod";
import type { Frame } from "../issue/issue-reading.ts";
import { qualifiedName } from "../languages/syntax.ts";
import { formatLocation } from "../text/location.ts";
import { inlineCode } from "../text/inline-code.ts";
import { canBeInTrace, shortRef } from "./frame-in.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

/** Lines that the reporter points to, and where they are at the base commit. */
export const namedPlace = claimType({
  name: "named-place",
  mark: "reported",
  schema: z.strictObject({
    /** As the report writes it: a permalink, `path:12`, "line 12 of x.py". */
    written: part.words,
    /** The revision in which the lines are counted; empty for the base commit. */
    ref: z.string().max(300),
    lines: part.lines,
    /** The function around them. */
    in: part.name.optional(),
  }),
  say: ({ lines, in: name, ref }) => ({
    text: `The report points to ${inlineCode(name ?? formatLocation(lines))}${ref === "" ? "" : `, by its lines in ${inlineCode(shortRef(ref))}`}`,
    citations: [{ kind: "lines", ...lines }],
  }),
  async check({ written, ref, lines, in: name }, { reported, codebase }) {
    if (reported === undefined) return undecided("the issue is not at hand");
    const { places, frames } = await reported();
    const found = [
      ...places.filter((one) => one.named === written),
      ...frames.filter(({ frame }) => writtenFrame(frame) === written),
    ];
    if (found.length === 0) return wrong("the report does not write it, or it leads nowhere");
    const shown = (await codebase.text(lines.path))?.lines.slice(lines.start - 1, lines.end) ?? [];
    // The reporter counts in another version.
    if (!shown.some((line) => canBeInTrace(line, lines.path))) return wrong("nothing stands on these lines");
    return found.some(
      (one) =>
        one.ref === ref &&
        one.atBase !== undefined &&
        one.atBase !== "gone" &&
        formatLocation(one.atBase) === formatLocation(lines) &&
        (name === undefined || (one.function !== undefined && qualifiedName(one.function) === name)),
    )
      ? holds("the reference leads to these lines")
      : wrong("it leads to other lines, or to another function");
  },
});

/** How a claim names a frame whose function is not known. */
export function writtenFrame({ path, line }: Frame): string {
  return `${path}:${line ?? 0}`;
}
