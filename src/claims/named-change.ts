import { z } from "zod";
import { formatLocation } from "../text/location.ts";
import { inlineCode } from "../text/inline-code.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

/** A change that the report names, found in the history; with lines of it that are still there. */
export const namedChange = claimType({
  name: "named-change",
  mark: "history",
  schema: z.strictObject({
    /** As the report writes it: `#123`, a hash, a link. */
    written: part.words,
    oid: part.oid,
    subject: z.string().max(10_000),
    /** Lines that it wrote and that are at the base commit. */
    left: part.lines.optional(),
  }),
  say: ({ written, oid, subject, left }) => ({
    text: `The report names the change ${/[0-9a-f]{12}/.test(written) ? inlineCode(oid.slice(0, 12)) : inlineCode(written, 80)}${left === undefined ? "" : `; it wrote ${inlineCode(formatLocation(left))}`}`,
    citations: [
      { kind: "commit", oid, subject },
      ...(left === undefined ? [] : [{ kind: "lines" as const, ...left }]),
    ],
  }),
  async check({ written, oid, subject, left }, { reported }) {
    if (reported === undefined) return undecided("the issue is not at hand");
    const found = (await reported()).changes.find((one) => one.named === written && one.commit === oid);
    if (found === undefined) return wrong("the report names no such change of this history");
    if (found.subject !== subject) return wrong("the commit has another subject");
    return left === undefined || found.written.some((one) => formatLocation(one) === formatLocation(left))
      ? holds("the history has the change")
      : wrong("the change did not write these lines, or they are gone");
  },
});
