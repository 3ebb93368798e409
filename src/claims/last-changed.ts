import { z } from "zod";
import { inlineCode } from "../text/inline-code.ts";
import { counted } from "../text/counted.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";
import { formatLocation } from "../text/location.ts";
import { definitionAt } from "./claim-evidence.ts";
import { part } from "./claim-data.ts";
import { dateOf } from "../text/date-of.ts";

/** The newest commit that changed lines which are still there, and how many of them. */
export const lastChanged = claimType({
  name: "last-changed",
  mark: "history",
  schema: z.strictObject({
    lines: part.lines,
    /** Of the function on these lines, if they are one. */
    name: part.name.optional(),
    oid: part.oid,
    subject: z.string().max(10_000),
    author: z.string().max(1_000),
    date: z.string().regex(/^\d{4}-\d\d-\d\d$/),
    count: part.count.min(1),
  }),
  say: ({ lines, name, oid, subject, author, date, count }) => ({
    label: "Last change",
    text: `${inlineCode(author)} changed ${counted(count, "line")} of ${inlineCode(name ?? formatLocation(lines))} on ${date}`,
    citations: [{ kind: "commit", oid, subject, path: lines.path }],
  }),
  async check({ lines, name, oid, subject, author, date, count }, evidence) {
    const { history, baseCommit } = evidence;
    if (name !== undefined && (await definitionAt({ ...lines, name }, evidence)) === undefined)
      return wrong("the function on these lines is another");
    const blamed = await history.blame(baseCommit, lines.path, lines.start, lines.end);
    if (blamed === undefined || blamed.length === 0) return undecided("git cannot tell");
    const newest = [...blamed].sort((a, b) => b.time - a.time)[0]!;
    const own = blamed.filter((one) => one.oid === oid);
    const known = own[0];
    if (known === undefined || known.time !== newest.time) return wrong("another commit changed them last");
    return known.subject === subject &&
      known.author === author &&
      dateOf(known.time) === date &&
      own.length === count
      ? holds("blamed again")
      : wrong("the commit, its author, its date or the number of lines is another");
  },
});
