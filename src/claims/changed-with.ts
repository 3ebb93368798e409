import { z } from "zod";
import type { CommitRecord } from "../repository/history.ts";
import { counted } from "../text/counted.ts";
import { inlineCode } from "../text/inline-code.ts";
import { claimType, holds, wrong } from "./claim.ts";
import { MAX_COMMITS } from "../repository/history.ts";
import { part } from "./claim-data.ts";

/** A commit over more files says nothing about any pair of them. */
const MAX_COMMIT_FILES = 30;

/** Two files that changed in the same commits: how many of how many. */
export const changedWith = claimType({
  name: "changed-with",
  mark: "history",
  schema: z.strictObject({
    path: part.path,
    other: part.path,
    count: part.count.min(1),
    /** Commits of at most 30 files that changed `path`, among those that were read. */
    of: part.count,
    newest: part.oid,
    subject: z.string().max(10_000),
  }),
  say: ({ path, other, count, of, newest, subject }) => ({
    label: inlineCode(other),
    text: `changed in ${count} of the ${counted(of, "commit")} of at most ${MAX_COMMIT_FILES} files that changed ${inlineCode(path)}, among the newest ${MAX_COMMITS.toLocaleString("en-US")} at most`,
    citations: [{ kind: "commit", oid: newest, subject, path: other }],
  }),
  async check({ path, other, count, of, newest, subject }, { commits }) {
    if (path === other) return wrong("it is the same file");
    const own = commitsOf(path, await commits());
    const shared = own.filter(({ files }) => files.includes(other));
    if (own.length !== of || shared.length !== count) return wrong(`it is ${shared.length} of ${own.length}`);
    return shared[0]!.oid === newest && shared[0]!.subject === subject
      ? holds("counted again")
      : wrong("the newest of them is another commit");
  },
});

/** Commits that changed a file and few others, newest first. */
export function commitsOf(path: string, commits: readonly CommitRecord[]): readonly CommitRecord[] {
  return commits.filter(({ files }) => files.length <= MAX_COMMIT_FILES && files.includes(path));
}
