import { z } from "zod";
import { type Relation, RELATION_KINDS } from "../evidence/related/find-related.ts";
import { inlineCode } from "../text/inline-code.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

const number = z.int().min(1).max(9_999_999_999);
const MAX_QUOTE = 160;

/** Another entry of the tracker has to do with the issue, by a check of both texts. */
export const related = claimType({
  name: "related",
  mark: "concluded",
  schema: z.strictObject({
    number,
    isPull: z.boolean(),
    state: z.enum(["open", "closed", "unknown"]),
    kind: z.enum(RELATION_KINDS),
    theirs: z.string().max(20_000),
    ours: z.string().max(20_000),
    what: z.string().max(2_000),
    holders: part.count,
    fix: z.strictObject({ oid: part.oid, inBase: z.boolean() }).optional(),
    isDuplicate: z.boolean(),
    /** The highest number in the tracker, where the issue is newer. */
    until: number.optional(),
  }),
  say: (data) => ({ label: "Related", text: relationText(data) }),
  async check(data, { related: look }) {
    const at = await look?.();
    if (at === undefined) return undecided("the tracker is not at hand");
    const { relations, last } = at;
    const { until, ...relation } = data;
    if (until !== undefined && until !== last) return wrong("the tracker ends elsewhere");
    const found = relations.find((one) => one.number === relation.number);
    return found !== undefined && keyOf(found) === keyOf(relation)
      ? holds("both texts were compared again")
      : wrong("the check does not pass for these two");
  },
});

function keyOf(relation: Relation): string {
  return JSON.stringify(Object.entries(relation).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const IN_BASE = "which the base commit has";
const NOT_IN_BASE = "which the base commit does not have";

/** A relation as a sentence, on one line of Markdown. Both texts are quoted. */
export function relationText(relation: Relation & { readonly until?: number | undefined }): string {
  const { number: other, isPull, state, fix, isDuplicate, until } = relation;
  const told = [
    ...(state === "unknown" ? [] : [state]),
    ...(fix === undefined
      ? []
      : [`fixed by ${inlineCode(fix.oid.slice(0, 12))}, ${fix.inBase ? IN_BASE : NOT_IN_BASE}`]),
  ];
  const name = `${isDuplicate ? "Possible duplicate of " : isPull ? "Pull request " : ""}${inlineCode(`#${other}`)}`;
  return [
    `${name}${told.length === 0 ? "" : ` (${told.join("; ")})`}`,
    `: ${sentence(relation)}`,
    until === undefined ? "" : `. The tracker at hand ends at ${inlineCode(`#${until}`)}, before this issue`,
  ].join("");
}

function sentence({ kind, theirs, ours, what, holders }: Relation): string {
  const both = `${inlineCode(theirs, MAX_QUOTE)} there, ${inlineCode(ours, MAX_QUOTE)} here`;
  const others = holders > 1 ? `; ${holders} entries of the tracker have it` : "";
  switch (kind) {
    case "line":
      return `both name line ${inlineCode(what)} of the base commit: ${both}${others}`;
    case "message":
      return `both report the same message: ${both}${others}`;
    case "frame":
      return `both traces end in ${inlineCode(what)}: ${both}${others}`;
    case "commit":
      return `both name commit ${inlineCode(what.slice(0, 12))}: ${both}${others}`;
    case "option":
      return `both fail with an option and a function, ${what
        .split(" ")
        .map((one) => inlineCode(one))
        .join(" and ")}: ${both}${others}`;
    case "cited":
      return `it names this issue: ${inlineCode(theirs, MAX_QUOTE)}`;
    case "cites":
      return `this issue names it: ${inlineCode(ours, MAX_QUOTE)}`;
  }
}
