import { z } from "zod";
import type { CommitRecord } from "../repository/history.ts";
import { dateOf } from "../text/date-of.ts";
import { inlineCode } from "../text/inline-code.ts";
import { quoted } from "../text/safe-text.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";
import { sentencesAround } from "./person-said.ts";

/** A commit: who made it and when, a file that it changed, words of its message. */
export const commitMade = claimType({
  name: "commit-made",
  mark: "history",
  schema: z.strictObject({
    oid: part.oid,
    subject: z.string().max(10_000),
    author: z.string().max(1_000),
    date: z.string().regex(/^\d{4}-\d\d-\d\d$/),
    path: part.path.optional(),
    /** Whole sentences of the message. */
    words: z.string().min(1).max(600).optional(),
  }),
  say: ({ oid, subject, author, date, path, words }) => ({
    text: [
      `${inlineCode(author, 100)} committed it on ${date}`,
      ...(path === undefined ? [] : [`it changed ${inlineCode(path)}`]),
      ...(words === undefined ? [] : [`its message says ${quoted(words, 400)}`]),
    ].join("; "),
    citations: [{ kind: "commit", oid, subject, ...(path === undefined ? {} : { path }) }],
  }),
  async check({ oid, subject, author, date, path, words }, { history, baseCommit }) {
    const commit = await history.commit(baseCommit, oid);
    if (commit === undefined) return wrong("the base commit does not reach it");
    if (commit.subject !== subject || commit.author !== author || dateOf(commit.time) !== date)
      return wrong("subject, author or date is another");
    if (words !== undefined && sentencesAround(words, messageOf(commit)) !== words)
      return wrong("its message has no such sentence");
    if (path === undefined || commit.files.includes(path)) return holds("read again");
    // Of a merge, and of a commit over very many files, none is listed.
    return commit.files.length === 0
      ? undecided("its files are not listed")
      : wrong("it did not change the file");
  },
});

/** Subject and body as paragraphs. */
export function messageOf({ subject, body }: Pick<CommitRecord, "subject" | "body">): string {
  return `${subject}\n\n${body}`;
}
