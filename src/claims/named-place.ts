import { z } from "zod";
import { formatLocation, splitLocation } from "../text/location.ts";
import { inlineCode } from "../text/inline-code.ts";
import type { ClaimEvidence } from "./claim-evidence.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";
import { pathOfFrame } from "./frame-in.ts";

/** Lines that the reporter points to, and what they are at the base commit. */
export const namedPlace = claimType({
  name: "named-place",
  mark: "reported",
  schema: z.strictObject({
    /** As the report writes it: a permalink, `path:12`. */
    written: part.words,
    lines: part.lines,
    /** The innermost function around them. */
    in: part.name.optional(),
  }),
  say: ({ lines, in: name }) => ({
    text: `The report points to ${inlineCode(name ?? formatLocation(lines))}`,
    citations: [{ kind: "lines", ...lines }],
  }),
  async check({ written, lines, in: name }, evidence) {
    const { report, codebase } = evidence;
    if (report === undefined) return undecided("the issue is not at hand");
    if (!report.references.some(({ quote }) => quote === written))
      return wrong("the report does not write it");
    const found = await placeOfReference(written, evidence);
    if (found === undefined || formatLocation(found) !== formatLocation(lines))
      return wrong("it leads to other lines, or to none");
    if (name === undefined) return holds("the file has these lines");
    return (await codebase.syntax(lines.path))?.symbols.some(
      (symbol) =>
        [...symbol.container, symbol.name].join(".") === name &&
        symbol.start <= lines.start &&
        symbol.end >= lines.start,
    ) === true
      ? holds("the file has these lines, and the function is around them")
      : wrong("another function is around them");
  },
});

/** The lines of the base commit that a written reference means; undefined where it is not certain. */
export async function placeOfReference(
  written: string,
  evidence: Pick<ClaimEvidence, "codebase" | "baseCommit">,
): Promise<z.infer<typeof part.lines> | undefined> {
  const at = splitLocation(written.replaceAll("`", ""));
  if (at === undefined || at.start < 1 || at.end < at.start) return undefined;
  // Lines of another commit may have moved.
  if (at.link !== undefined && !evidence.baseCommit.startsWith(at.link.revision)) return undefined;
  const path = evidence.codebase.tree.find(at.path) !== undefined ? at.path : pathOfFrame(at.path, evidence);
  const source = path === undefined ? undefined : await evidence.codebase.text(path);
  return path === undefined || source === undefined || at.end > source.lines.length
    ? undefined
    : { path, start: at.start, end: at.end };
}
