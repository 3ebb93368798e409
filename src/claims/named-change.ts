import { z } from "zod";
import type { ReportedChange } from "../evidence/reported-places/reported-place.ts";
import { formatLocation, type Location } from "../text/location.ts";
import { inlineCode } from "../text/inline-code.ts";
import type { ClaimEvidence } from "./claim-evidence.ts";
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
  async check({ written, oid, subject, left }, evidence) {
    const { reported } = evidence;
    if (reported === undefined) return undecided("the issue is not at hand");
    const found = (await reported()).changes.find((one) => one.named === written && one.commit === oid);
    if (found === undefined) return wrong("the report names no such change of this history");
    if (found.subject !== subject) return wrong("the commit has another subject");
    if (left === undefined) return holds("the history has the change");
    if (!found.written.some((one) => formatLocation(one) === formatLocation(left)))
      return wrong("the change did not write these lines, or they are gone");
    return (await wroteAll(found, left, evidence))
      ? holds("git says that it wrote the lines")
      : wrong("git says that another change wrote a line of these");
  },
});

/** Whether git says of each line that the commit wrote it, or one of the branch that it merged. Lines of the same text may be of another change. */
async function wroteAll(
  { commit, by }: ReportedChange,
  { path, start, end }: Location,
  { history, baseCommit }: ClaimEvidence,
): Promise<boolean> {
  const lines = await history.blame(baseCommit, path, start, end);
  if (lines === undefined) return false;
  for (const oid of new Set(lines.map((one) => one.oid))) {
    if (oid === commit) continue;
    if (by !== "merge" || (await history.commit(commit, oid)) === undefined) return false;
    if ((await history.commit(`${commit}^1`, oid)) !== undefined) return false;
  }
  return true;
}
